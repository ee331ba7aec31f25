"""Reading the cells of one row, collecting everything that is wrong instead of stopping at it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, time
from difflib import get_close_matches
from enum import StrEnum
from typing import TypeVar

from service.register.imports.problems import Problem, shortened
from service.register.imports.reading import Row

E = TypeVar("E", bound=StrEnum)

_SPREADSHEET_ERROR = re.compile(r"#(REF!|N/A|VALUE!|NAME\?|DIV/0!|NULL!|NUM!|SPILL!|CALC!|#+)")
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[T ]00:00(?::00)?)?")
_BRITISH_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_CLOCK = re.compile(r"(\d{1,2}):(\d{2})(?::00)?")
_WHOLE = re.compile(r"[+-]?\d{1,15}")
FIRST_YEAR, LAST_YEAR = 1900, 2200
"""Dates outside are slips of typing (year 0206) or a program's stand-in for none (9999, 0001)."""


class Cells:
    """The cells of one row, by column, and the problems found in them.

    A method gives None (or nothing) both for an empty cell and for a wrong one; the wrong one is
    also in `problems`.
    """

    def __init__(self, row: Row) -> None:
        self.row = row
        self.problems: list[Problem] = []
        self.warnings: list[Problem] = []
        if row.surplus:
            self.fault(
                "",
                f"There are {row.surplus} more cells than the header has columns. A comma inside a "
                "text may lack its quotation marks: put the text in double quotes.",
            )

    def fault(self, column: str, message: str) -> None:
        """Note that a cell is wrong: the row will not be taken."""
        self.problems.append(self._told(column, message))

    def warn(self, column: str, message: str) -> None:
        """Note that somebody should look at a cell: the row is taken."""
        self.warnings.append(self._told(column, message))

    def _told(self, column: str, message: str) -> Problem:
        value = shortened(self.row.cells.get(column, ""))
        return Problem(self.row.line, column, value, message)

    def text(self, column: str, longest: int) -> str:
        """A text with single blanks; too long, unreadable or a spreadsheet's error is a problem."""
        text = " ".join(self.row.cells.get(column, "").split())
        if len(text) > longest:
            self.fault(column, f"This is {len(text)} characters long; shorten it to {longest}.")
        elif "\N{REPLACEMENT CHARACTER}" in text:
            self.fault(
                column,
                "A character could not be read. Type it again, and save the file as “CSV UTF-8”.",
            )
        elif _SPREADSHEET_ERROR.fullmatch(text):
            self.fault(column, "This is a spreadsheet's error, not a value. Mend the formula.")
        elif not text.isprintable():
            self.fault(column, "There is a control character in this text. Type it again.")
        else:
            return text
        return ""

    def whole(self, column: str, least: int, most: int) -> int | None:
        """A whole number from `least` to `most`."""
        text = self.row.cells.get(column, "")
        if not text:
            return None
        if _WHOLE.fullmatch(text) and least <= int(text) <= most:
            return int(text)
        between = f"from {least:,} to {most:,}, in figures only"
        self.fault(column, f"Write a whole number {between}, or leave the cell empty.")
        return None

    def pence(self, column: str, most: int) -> int | None:
        """Money in whole pence. Pounds are not turned into pence silently."""
        text = self.row.cells.get(column, "")
        pounds = re.fullmatch(r"£? ?(\d{1,6})\.(\d{2})|£ ?(\d{1,6})", text)
        if pounds is None:
            if text.lower() == "free":
                self.fault(column, "Money is whole pence: write 0 for free.")
                return None
            return self.whole(column, 0, most)
        pence = int(pounds[1] or pounds[3]) * 100 + int(pounds[2] or 0)
        self.fault(column, f"Money is whole pence: if £{pence / 100:.2f} is meant, write {pence}.")
        return None

    def flag(self, column: str) -> bool | None:
        """Yes or no, written `true` or `false` in any case."""
        text = self.row.cells.get(column, "").lower()
        if text in {"", "true", "false"}:
            return None if not text else text == "true"
        meant = {"yes": "true", "y": "true", "1": "true", "no": "false", "n": "false", "0": "false"}
        guess = f"Did you mean {meant[text]}?" if text in meant else "Empty means not stated."
        self.fault(column, f"Write true or false. {guess}")
        return None

    def day(self, column: str) -> date | None:
        """A date written YYYY-MM-DD. No other order is guessed at."""
        text = self.row.cells.get(column, "")
        if not text:
            return None
        found = _DAY.fullmatch(text)
        day = _date(found[1], found[2], found[3]) if found else None
        if day is not None:
            return day
        british = _BRITISH_DAY.fullmatch(text)
        meant = _date(british[3], british[2], british[1]) if british else None
        if meant is not None:
            hint = f"If {meant.day} {meant:%B %Y} is meant, write {meant}."
        elif found:
            hint = "There is no such day."
        else:
            hint = "For example 2026-03-31."
        self.fault(column, f"Write the date as YYYY-MM-DD. {hint}")
        return None

    def clock(self, column: str) -> time | None:
        """A time of day written HH:MM, by the clock on the wall."""
        text = self.row.cells.get(column, "")
        if not text:
            return None
        found = _CLOCK.fullmatch(text)
        if found and int(found[1]) < 24 and int(found[2]) < 60:
            return time(int(found[1]), int(found[2]))
        self.fault(column, "Write the time as HH:MM on the 24-hour clock, such as 09:30 or 14:00.")
        return None

    def choice(self, column: str, allowed: type[E]) -> E | None:
        """One word of a closed list; case does not matter, blanks and hyphens are `_`."""
        text = self.row.cells.get(column, "")
        word = self.known(column, text, [each.value for each in allowed]) if text else None
        return allowed(word) if word is not None else None

    def choices(self, column: str, allowed: type[E]) -> tuple[E, ...]:
        """A list of words of a closed list, each once, in the order of the list."""
        values = [each.value for each in allowed]
        found = {self.known(column, item, values) for item in self.items(column)}
        return tuple(each for each in allowed if each.value in found)

    def items(self, column: str) -> list[str]:
        """The items of a list, which are separated by `;`; empty ones are left out."""
        return [item.strip() for item in self.row.cells.get(column, "").split(";") if item.strip()]

    def known(self, column: str, item: str, allowed: Sequence[str]) -> str | None:
        """The allowed word that `item` is, or a problem that names the closest one."""
        word = as_word(item)
        if word in allowed:
            return word
        guess = get_close_matches(word, allowed, n=1, cutoff=0.6)
        hint = f"Did you mean “{guess[0]}”? " if guess else ""
        if "," in item and all(as_word(part) in allowed for part in item.split(",")):
            hint = "Separate the items of a list with ; and not with a comma. "
        few = f"Use one of: {', '.join(allowed)}." if len(allowed) <= 12 else _SEE_LIST
        self.fault(column, f"“{shortened(item)}” is not in the list. {hint}{few}")
        return None


_SEE_LIST = "The whole list is in seed_data/needs.toml."


def as_word(text: str) -> str:
    """A word of a closed list as it is kept: lower case, `_` for blanks and hyphens."""
    return re.sub(r"[\s\-_]+", "_", text.strip().lower())


def _date(year: str, month: str, day: str) -> date | None:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None

"""When an asset meets: the rule, the day it counts from, the hours."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from dateutil.rrule import rrulestr

from service.register.imports.cells import Cells

LONGEST_RULE = 200
_GENERATION = 30
"""Years in which every combination of day, month and weekday comes round (the cycle is 28)."""
_PERIODS = {"DAILY", "WEEKLY", "MONTHLY", "YEARLY"}
_PARTS = {
    "FREQ",
    "UNTIL",
    "COUNT",
    "INTERVAL",
    "BYDAY",
    "BYMONTHDAY",
    "BYYEARDAY",
    "BYWEEKNO",
    "BYMONTH",
    "BYSETPOS",
    "WKST",
}
# The last day is kept, not the instant: times of meetings are clock time and have no zone.
_UNTIL_INSTANT = re.compile(r"(UNTIL=\d{8})T\d{6}Z?")
_EXAMPLE = "For example FREQ=WEEKLY;BYDAY=TU, or FREQ=MONTHLY;BYDAY=1WE."
# A day to try a rule on; any will do.
_TRIAL = datetime(2001, 1, 1)  # noqa: DTZ001 - rules are of local days, without a zone


@dataclass(frozen=True, slots=True)
class Hours:
    """When one row says that the asset meets."""

    rule: str
    starts_at: time | None
    ends_at: time | None

    @property
    def is_stated(self) -> bool:
        """Whether the row says anything about when."""
        return bool(self.rule) or self.starts_at is not None or self.ends_at is not None


def hours(cells: Cells) -> Hours:
    """The rule and the times of one row, with everything wrong noted in `cells`.

    A rule that needs the day it counts from is kept with it, as RFC 5545 writes the two:
    `DTSTART:20260106` and `RRULE:...` on lines of their own.
    """
    counts_from = cells.day("meets_from")
    rule = _rule(cells, counts_from)
    starts_at, ends_at = cells.clock("starts_at"), cells.clock("ends_at")
    if starts_at is not None and ends_at is not None and ends_at <= starts_at:
        cells.fault("ends_at", f"This is not after {starts_at:%H:%M}, when it starts. Check both.")
    if ends_at is not None and not cells.row.cells.get("starts_at"):
        cells.fault("ends_at", "An end needs a start: fill in starts_at, or leave both empty.")
    return Hours(rule, starts_at, ends_at)


def _rule(cells: Cells, counts_from: date | None) -> str:
    written = cells.text("meets_rule", LONGEST_RULE).upper().replace(" ", "")
    rule = _UNTIL_INSTANT.sub(r"\1", written.removeprefix("RRULE:").rstrip(";"))
    if not rule:
        return ""
    fault = _fault(rule)
    if fault:
        cells.fault("meets_rule", f"{fault} {_EXAMPLE}")
        return ""
    needs_start = re.search(r"INTERVAL=0*([2-9]|1\d)|COUNT=", rule) is not None
    if needs_start and counts_from is None:
        if not cells.row.cells.get("meets_from"):
            cells.fault(
                "meets_from",
                "A rule that leaves out weeks or months needs the day it counts from, "
                "such as 2026-01-06.",
            )
        return ""
    start = counts_from if needs_start and counts_from is not None else _TRIAL.date()
    if not _ever_meets(rule, start):
        cells.fault("meets_rule", f"No day of the calendar is ever meant by this. {_EXAMPLE}")
        return ""
    return f"DTSTART:{start:%Y%m%d}\nRRULE:{rule}" if needs_start else rule


def _ever_meets(rule: str, start: date) -> bool:
    """Whether a rule, its end left aside, has a day within a generation.

    Whoever asks a rule that has none for its next day would wait until the year 9999.
    """
    endless = ";".join(part for part in rule.split(";") if not part.startswith(("UNTIL", "COUNT")))
    bounded = f"{endless};UNTIL={start.year + _GENERATION}0101"
    begins = datetime(start.year, start.month, start.day)  # noqa: DTZ001
    return next(iter(rrulestr(bounded, dtstart=begins)), None) is not None


def _fault(rule: str) -> str | None:
    """What is wrong with a rule, or None."""
    parts = [part.partition("=") for part in rule.split(";")]
    if not all(value for _, _, value in parts):
        return "An RFC 5545 rule is NAME=value, separated by ;."
    names = [name for name, _, _ in parts]
    unknown = [name for name in names if name not in _PARTS]
    if unknown:
        return f"“{unknown[0]}” is no part of a rule about days."
    repeated = [name for name in names if names.count(name) > 1]
    if repeated:
        return f"“{repeated[0]}” is there twice."
    values = {name: value for name, _, value in parts}
    if values.get("FREQ") not in _PERIODS:
        return f"FREQ must be one of {', '.join(sorted(_PERIODS))}."
    for name in ("INTERVAL", "COUNT"):
        if name in values and not re.fullmatch(r"0*[1-9]\d{0,3}", values[name]):
            return f"{name} must be a whole number from 1."
    if values["FREQ"] in {"DAILY", "WEEKLY"} and re.search(r"\d", values.get("BYDAY", "")):
        return "A weekly rule cannot say which Tuesday of the month: use FREQ=MONTHLY."
    try:
        rrulestr(rule, dtstart=_TRIAL)
    except (ValueError, TypeError, AttributeError, OverflowError) as error:
        wrong = re.search(r"invalid '(\w+)'", str(error))
        return f"{wrong[1]} cannot be read." if wrong else "The rule cannot be read."
    return _out_of_range(values)


def _out_of_range(values: dict[str, str]) -> str | None:
    # dateutil takes a 32nd day or a 13th month, and then never finds a meeting.
    limits = {"BYMONTHDAY": 31, "BYMONTH": 12, "BYYEARDAY": 366, "BYWEEKNO": 53, "BYSETPOS": 366}
    for name, limit in limits.items():
        for value in filter(None, values.get(name, "").split(",")):
            if not 1 <= abs(int(value)) <= limit:
                return f"{name} must be from 1 to {limit}."
    return None

"""Who somebody is, read from one line as people in a practice type or paste it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from service.people.errors import BadBirthDate, BadName
from service.people.nhs_number import NhsNumber

LONGEST_NAME: Final = 120
"""Characters of a given or a family name."""

_NUMBER: Final = re.compile(r"(?<!\d)\d{3}[ -]?\d{3}[ -]?\d{4}(?!\d)")
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_DAY: Final = re.compile(
    r"(?<!\d)(?:(?P<y1>\d{4})-(?P<m1>\d{1,2})-(?P<d1>\d{1,2})"
    r"|(?P<d2>\d{1,2})(?:st|nd|rd|th)?[ ./-](?P<m2>\d{1,2}|[a-z]{3,9})[ ./,-]+(?P<y2>\d{4}))(?!\d)",
    re.IGNORECASE,
)
_LEFT_OUT: Final = re.compile(
    r"\b(?:mr|mrs|ms|miss|mx|dr|prof|rev|sir|nhs(?: (?:no|number))?|dob|d\.o\.b|born|date of birth"
    r")\b[.:]?",
    re.IGNORECASE,
)
_OUTSIDE: Final = " \t\n,;:/()-–."


@dataclass(frozen=True, slots=True)
class Who:
    """What one line says of a person; what it does not say is None or empty."""

    nhs_number: NhsNumber | None
    given_name: str
    family_name: str
    birth_date: date | None


def read_who(text: str) -> Who:
    """An NHS number, or a name and a birth date, or all of them, in any order, in one line.

    `Nora Larkrise 17/4/1952`, `LARKRISE, Nora (Mrs) 17 Apr 1952`, `999 000 0344`. Days come before
    months, as in Britain. The last word of a name is the family name, unless a comma says which.

    Raises
    ------
    BadNhsNumber
        If there are ten digits that are not an NHS number.
    BadBirthDate
        If there is a day that does not exist, or a name without a birth date.
    BadName
        If there is neither a number nor a name, or a name is too long to be one.
    """
    rest, number = text.strip(), None
    found = _NUMBER.search(rest)
    if found is not None:
        number = NhsNumber(found[0])
        rest = rest[: found.start()] + " " + rest[found.end() :]
    born = None
    day = _DAY.search(rest)
    if day is not None:
        born = _birth_date(day)
        rest = rest[: day.start()] + " " + rest[day.end() :]
    given, family = _name(rest)
    if number is None and not family:
        raise BadName(
            "Enter an NHS number, or a name and a birth date, such as Jo Example 9 3 1951.",
            field="who",
        )
    if number is None and born is None:
        raise BadBirthDate(
            "Enter the birth date as well, such as 9 3 1951, or the NHS number.", field="who"
        )
    return Who(number, given, family, born)


def day_of(text: str) -> date | None:
    """The day that a text is, written as in `read_who`; None for another text or no real day."""
    found = _DAY.fullmatch(text.strip())
    if found is None:
        return None
    try:
        return _birth_date(found)
    except BadBirthDate:
        return None


def _birth_date(found: re.Match[str]) -> date:
    year, month, day = (found[f"{part}1"] or found[f"{part}2"] for part in "ymd")
    try:
        number = int(month) if month.isdigit() else _MONTHS.index(month[:3].lower()) + 1
        return date(int(year), number, int(day))
    except ValueError:
        raise BadBirthDate(
            "The birth date is not a real day. Write it like 9 3 1951.", field="who"
        ) from None


def _name(text: str) -> tuple[str, str]:
    tidy = " ".join(_LEFT_OUT.sub(" ", text).replace("(", " ").replace(")", " ").split())
    tidy = tidy.strip(_OUTSIDE)
    if any(c.isdigit() for c in tidy):
        raise BadName(
            "There are digits that are neither an NHS number (ten digits) nor a birth date (such "
            "as 9 3 1951). Check them.",
            field="who",
        )
    family, comma, given = tidy.partition(",")
    if not comma:
        given, _, family = tidy.rpartition(" ")
    given, family = given.strip(_OUTSIDE), family.strip(_OUTSIDE)
    if max(len(given), len(family)) > LONGEST_NAME:
        raise BadName(f"A name has {LONGEST_NAME} characters at most.", field="who")
    return given, family

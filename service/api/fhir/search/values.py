"""The values of search parameters, read."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from service.api.fhir import systems
from service.api.fhir.errors import BadSearch
from service.referrals.exchange_terms import Bound, Ref, Times, Token

_BRITAIN: Final = ZoneInfo("Europe/London")
_DATE: Final = re.compile(r"(?P<prefix>[a-z]{2})?(?P<text>\d{4}(?:-\d\d(?:-\d\d(?:T.{1,40})?)?)?)")
_PREFIXES: Final = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}


def alternatives(text: str) -> list[str]:
    """The values between commas; a comma after a backslash is part of a value."""
    found = re.split(r"(?<!\\),", text)
    return [each.replace("\\,", ",").replace("\\$", "$") for each in found if each]


def token(name: str, text: str) -> Token:
    """`code`, `system|code` or `|code`.

    Raises
    ------
    BadSearch
        If there is no code.
    """
    system, bar, code = text.rpartition("|")
    code = code.replace("\\|", "|").strip()
    if not code:
        raise BadSearch(f"Give `{name}` a value, as `system|value` or as the value alone.")
    return Token(code, systems.settled(system.strip()) if bar else None)


def reference(name: str, text: str, base: str) -> Ref:
    """`Type/id`, the id alone, or the whole address of a resource of Kith's.

    Raises
    ------
    BadSearch
        If it is none of these.
    """
    kept = text.removeprefix(base).strip("/")
    kind, _, identity = kept.rpartition("/")
    if not identity or "/" in kind or ":" in kind:
        raise BadSearch(f"Give `{name}` a reference to a resource here, as `Patient/id`.")
    return Ref(kind, identity)


def times(name: str, text: str) -> Times:
    """A day or an instant, with `gt`, `ge`, `lt`, `le` or `eq` before it.

    A day is the whole day in Britain: after it is from the next midnight on. An instant is that
    instant and no other, however few decimals it has: whoever polls with a time cut short sees
    something twice and misses nothing.

    Raises
    ------
    BadSearch
        If it cannot be read.
    """
    refused = BadSearch(
        f"Give `{name}` a day or an instant, such as gt2026-11-25T09:00:00Z or 2026-11-25. Before "
        "it may stand gt, ge, lt, le or eq."
    )
    # A plus in an address is a blank unless it is written %2B.
    found = _DATE.fullmatch(text.strip().replace(" ", "+"))
    if found is None:
        raise refused
    prefix = found["prefix"] or "eq"
    if prefix not in {*_PREFIXES, "eq"}:
        raise refused
    try:
        start, end = _stretch(found["text"])
    except (ValueError, OverflowError) as error:
        raise refused from error
    if prefix == "eq":
        upper = Bound("<=", end) if end == start else Bound("<", end)
        return Times((Bound(">=", start), upper))
    if end == start:
        return Times((Bound(_PREFIXES[prefix], start),))
    return Times(
        (
            {
                "gt": Bound(">=", end),
                "ge": Bound(">=", start),
                "lt": Bound("<", start),
                "le": Bound("<", end),
            }[prefix],
        )
    )


def _stretch(text: str) -> tuple[datetime, datetime]:
    if "T" in text:
        instant = datetime.fromisoformat(text)
        aware = instant if instant.tzinfo is not None else instant.replace(tzinfo=_BRITAIN)
        found = aware.astimezone(UTC)
        return found, found
    year, month, day = (*map(int, text.split("-")), None, None)[:3]
    first = date(year or 0, month or 1, day or 1)
    if month is None:
        after = date(first.year + 1, 1, 1)
    elif day is None:
        after = (first + timedelta(days=32)).replace(day=1)
    else:
        after = first + timedelta(days=1)
    return _midnight(first), _midnight(after)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), _BRITAIN).astimezone(UTC)

"""What a recurrence rule means: on which days of the week, and said in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from functools import lru_cache
from itertools import islice

from dateutil.rrule import rrulestr

from service.register.snapshot import MeetingTime
from service.register.vocabulary import Weekday

# Rules are of local days and carry no zone. A rule that does not say from when it counts is tried
# from a Monday; 60 meetings see every weekday that a day of the month can fall on.
_TRIAL = datetime(2001, 1, 1)  # noqa: DTZ001
_ENOUGH = 60

_NAMES = {
    Weekday.MONDAY: "Monday",
    Weekday.TUESDAY: "Tuesday",
    Weekday.WEDNESDAY: "Wednesday",
    Weekday.THURSDAY: "Thursday",
    Weekday.FRIDAY: "Friday",
    Weekday.SATURDAY: "Saturday",
    Weekday.SUNDAY: "Sunday",
}
_WEEK = tuple(_NAMES)
_PLACES = {"1": "first", "2": "second", "3": "third", "4": "fourth", "5": "fifth", "-1": "last"}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


@lru_cache(maxsize=4096)
def meeting_time(rule: str, starts_at: time | None, ends_at: time | None) -> MeetingTime:
    """When an asset meets, from its RFC 5545 rule and its hours.

    A rule that leaves the weekday open (each week, no day named) has no weekdays: not stated. So
    has a rule that cannot be read; `says` then asks the reader to ask the group.
    """
    try:
        weekdays = weekdays_of(rule)
        days = days_in_words(rule, weekdays)
    except (ValueError, TypeError, KeyError, IndexError):
        weekdays, days = frozenset(), "ask the group which days"
    said = [words for words in (days, _hours(starts_at, ends_at)) if words]
    return MeetingTime(weekdays, starts_at, ends_at, rule, ", ".join(said))


def weekdays_of(rule: str) -> frozenset[Weekday]:
    """The weekdays a rule falls on; none when it does not say.

    Raises
    ------
    ValueError
        If it is not a rule of RFC 5545.
    """
    start, parts = _read(rule)
    names_days = any(name.startswith("BY") and name != "BYMONTH" for name in parts)
    if not parts or (start is None and not names_days and parts.get("FREQ") != "DAILY"):
        return frozenset()
    meetings = islice(rrulestr(rule, dtstart=_TRIAL), _ENOUGH)
    return frozenset(_WEEK[meeting.weekday()] for meeting in meetings)


def days_in_words(rule: str, weekdays: frozenset[Weekday]) -> str:
    """A rule as people say it: "Tuesdays", "first Monday of the month"; empty for no rule."""
    start, parts = _read(rule)
    if not parts:
        return ""
    period, interval = parts["FREQ"], int(parts.get("INTERVAL", "1"))
    if period == "DAILY":
        words = "every day" if interval == 1 else f"every {interval} days"
        if "BYDAY" in parts:
            words = _plural(weekdays)
    elif period == "WEEKLY":
        words = _weekly(weekdays, interval)
    elif period == "MONTHLY":
        words = _monthly(parts, weekdays, interval)
    else:
        words = "once a year" if not weekdays or len(parts) == 1 else f"some {_plural(weekdays)}"
    return words + _season(parts) + _limits(parts, start)


def _read(rule: str) -> tuple[date | None, Mapping[str, str]]:
    start = None
    parts: dict[str, str] = {}
    for line in rule.upper().split():
        if line.startswith("DTSTART"):
            start = datetime.strptime(line.rpartition(":")[2][:8], "%Y%m%d").date()  # noqa: DTZ007
            continue
        for part in line.removeprefix("RRULE:").split(";"):
            name, _, value = part.partition("=")
            if part:
                parts[name] = value
    return start, parts


def _weekly(weekdays: frozenset[Weekday], interval: int) -> str:
    every = {1: "every week", 2: "every other week"}.get(interval, f"every {interval} weeks")
    if not weekdays:
        return every
    return _plural(weekdays) if interval == 1 else f"{_plural(weekdays)} {every}"


def _plural(weekdays: frozenset[Weekday]) -> str:
    days = [day for day in _WEEK if day in weekdays]
    if len(days) == len(_WEEK):
        return "every day"
    names = [f"{_NAMES[day]}s" for day in days]
    unbroken = _WEEK.index(days[-1]) - _WEEK.index(days[0]) == len(days) - 1
    if len(days) > 2 and unbroken:
        return f"{names[0]} to {names[-1]}"
    return _and(names)


def _monthly(parts: Mapping[str, str], weekdays: frozenset[Weekday], interval: int) -> str:
    of = "the month" if interval == 1 else f"every {interval} months"
    of = "every other month" if interval == 2 else of
    if "BYMONTHDAY" in parts:
        days = [_ordinal(int(day)) for day in parts["BYMONTHDAY"].split(",")]
        return f"the {_and(days)} of {of}"
    if "BYDAY" not in parts:
        return "once a month" if interval == 1 else f"once {of}"
    named = [(item[:-2].lstrip("+"), item[-2:]) for item in parts["BYDAY"].split(",")]
    if "BYSETPOS" in parts and len(named) == 1:
        named = [(place, named[0][1]) for place in parts["BYSETPOS"].split(",")]
    if not all(place in _PLACES for place, _ in named):
        return f"some {_plural(weekdays)} of {of}"
    by_day: dict[str, list[str]] = {}
    for place, day in named:
        by_day.setdefault(day, []).append(_PLACES[place])
    said = [f"{_and(places)} {_NAMES[Weekday(day)]}" for day, places in by_day.items()]
    return f"{_and(said)} of {of}"


def _ordinal(day: int) -> str:
    if day == -1:
        return "last day"
    ending = "th" if 10 < abs(day) % 100 < 14 else {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")
    return f"{day}{ending}"


def _season(parts: Mapping[str, str]) -> str:
    if "BYMONTH" not in parts:
        return ""
    return f", in {_and([_MONTHS[int(month) - 1] for month in parts['BYMONTH'].split(',')])}"


def _limits(parts: Mapping[str, str], start: date | None) -> str:
    if "UNTIL" in parts:
        last = datetime.strptime(parts["UNTIL"][:8], "%Y%m%d")  # noqa: DTZ007
        return f", until {_day(last)}"
    if "COUNT" in parts:
        times = "once" if int(parts["COUNT"]) == 1 else f"{int(parts['COUNT'])} times"
        return f", {times}" + (f" from {_day(start)}" if start else "")
    return ""


def _day(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _hours(starts_at: time | None, ends_at: time | None) -> str:
    if starts_at is None:
        return f"until {ends_at:%H:%M}" if ends_at else ""
    return f"{starts_at:%H:%M} to {ends_at:%H:%M}" if ends_at else f"from {starts_at:%H:%M}"


def _and(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

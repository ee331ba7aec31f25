"""When one could next go to a group: the sessions for which a bus is looked up."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateutil.rrule import rrulestr

from geo.travel import Session
from service.people.facts import PersonFacts
from service.register.snapshot import MeetingTime
from service.register.vocabulary import Weekday

MOST: Final = 7
"""Sessions looked at for one group: a week of a group that meets daily."""

AHEAD_DAYS: Final = 62
"""How far ahead: two meetings of a group that meets once a month."""

_WEEK: Final = tuple(Weekday)


def sessions_of(meetings: Iterable[MeetingTime], person: PersonFacts) -> tuple[Session, ...]:
    """The next sessions that begin in this person's days and hours, the soonest first.

    Where none does, the next sessions whatever the hour, so that the way there can still be told
    beside the rule that says they do not fit. A meeting whose day or start is not stated has none.
    """
    known = [each for each in meetings if each.weekdays and each.starts_at is not None]
    found = {
        Session(on, each.starts_at, each.ends_at)
        for each in known
        if each.starts_at is not None
        for on in next_days(each.rule, each.weekdays, person.today)
    }
    order = sorted(found, key=lambda each: (each.on, each.starts_at, str(each.ends_at)))
    fitting = [each for each in order if _fits(each, person)]
    return tuple((fitting or order)[:MOST])


def _fits(session: Session, person: PersonFacts) -> bool:
    day = _WEEK[session.on.weekday()]
    return (
        (not person.free_days or day in person.free_days)
        and (person.not_before is None or session.starts_at >= person.not_before)
        and (person.home_by is None or session.starts_at < person.home_by)
    )


@lru_cache(maxsize=4096)
def next_days(rule: str, weekdays: frozenset[Weekday], today: date) -> tuple[date, ...]:
    """The next `MOST` days from `today` on that a rule falls on, today included.

    Those within `AHEAD_DAYS`. Where the rule cannot be followed, the next of each of its weekdays.
    """
    last = today + timedelta(days=AHEAD_DAYS)
    found: list[date] = []
    try:
        begins = datetime(today.year, today.month, today.day)  # noqa: DTZ001 - local days
        # A rule that counts from a day of its own says so itself.
        for each in rrulestr(rule, dtstart=begins):
            if each.date() > last or len(found) == MOST:
                break
            if each.date() >= today:
                found.append(each.date())
    except (ValueError, TypeError):
        ahead = [today + timedelta(days=days) for days in range(MOST)]
        found = [day for day in ahead if _WEEK[day.weekday()] in weekdays]
    return tuple(found)

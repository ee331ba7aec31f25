"""Whether any meeting fits the person's days and hours, the way home included."""

from __future__ import annotations

from datetime import time

from geo.travel import Journey
from service.matching.rule import CHECK, Said, group_has_not_said
from service.matching.verdict import RuleId, Side, Verdict, all_of
from service.matching.way import Way, WayRule
from service.matching.wording import about, clock
from service.people.facts import PersonFacts, SetsOut
from service.register.snapshot import AssetSnapshot, MeetingTime
from service.register.vocabulary import Weekday

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS
DAY_MIN = 24 * 60
_WEEK = tuple(Weekday)


def time_rule(person: PersonFacts) -> WayRule | None:
    """At least one meeting on a free day, starting not too early, and home in time after it.

    None when the person has stated neither days nor hours. The way home counts: a meeting that
    ends at 2:30pm, forty minutes away, is not over by 3pm. A meeting whose end is before its
    start ends on the next day. Times that are not stated are unknown. By bus the session counts
    that the bus was found for, and the hour at which it brings one home.
    """
    days, not_before, home_by = person.free_days, person.not_before, person.home_by
    if not days and not_before is None and home_by is None:
        return None
    at_home = person.sets_out is SetsOut.HOME

    def judge(asset: AssetSnapshot, way: Way) -> Verdict:
        if not asset.meetings:
            return UNKNOWN
        if at_home and way.journey.bus is not None and way.minutes is not None:
            return _by_bus(way.journey, person)
        # A way that was measured from the practice is not the way home.
        home_min = way.minutes if at_home or way.is_remote else None
        best = FAIL
        for meeting in asset.meetings:
            verdict = all_of(
                (
                    _on_a_free_day(meeting, days),
                    _late_enough(meeting, not_before),
                    _home_in_time(meeting, home_by, home_min),
                )
            )
            if verdict is PASS:
                return PASS
            best = max(best, verdict)
        return best

    def say(asset: AssetSnapshot, way: Way, verdict: Verdict) -> Said:
        if not asset.meetings:
            return group_has_not_said("when it meets")
        says = "; ".join(each.says for each in asset.meetings if each.says)
        meets = f"It meets: {says or 'we are not sure when'}."
        if verdict is PASS:
            return f"{meets} That fits your days and hours.", None
        if verdict is FAIL:
            return f"{meets} {_why_not(person, way)}", None
        return f"{meets} We do not know if that fits your days and hours. {CHECK}", Side.GROUP

    return WayRule(RuleId.TIME, judge, say)


def _by_bus(journey: Journey, person: PersonFacts) -> Verdict:
    """The one session that the bus was found for, with the hour at which it brings one home."""
    bus, home_by = journey.bus, person.home_by
    assert bus is not None  # noqa: S101 - asked only where there is a bus home
    assert bus.session is not None  # noqa: S101
    assert bus.home_at is not None  # noqa: S101
    days, session = person.free_days, bus.session
    if days and _WEEK[session.on.weekday()] not in days:
        return FAIL
    if person.not_before is not None and session.starts_at < person.not_before:
        return FAIL
    if home_by is None:
        return PASS
    if session.starts_at >= home_by or session.ends_at is None:
        return FAIL if session.starts_at >= home_by else UNKNOWN
    return PASS if not bus.home_days and bus.home_at <= home_by else FAIL


def _on_a_free_day(meeting: MeetingTime, days: frozenset[Weekday]) -> Verdict:
    if not days:
        return PASS
    if not meeting.weekdays:
        return UNKNOWN
    return FAIL if days.isdisjoint(meeting.weekdays) else PASS


def _late_enough(meeting: MeetingTime, not_before: time | None) -> Verdict:
    if not_before is None:
        return PASS
    if meeting.starts_at is not None:
        return PASS if meeting.starts_at >= not_before else FAIL
    over = meeting.ends_at is not None and meeting.ends_at <= not_before
    return FAIL if over else UNKNOWN


def _home_in_time(meeting: MeetingTime, home_by: time | None, home_min: float | None) -> Verdict:
    if home_by is None:
        return PASS
    starts, ends, limit_min = meeting.starts_at, meeting.ends_at, _minute(home_by)
    if starts is not None and starts >= home_by:
        return FAIL
    if ends is None:
        return UNKNOWN
    end_min = _minute(ends) + (DAY_MIN if starts is not None and ends < starts else 0)
    if end_min + (home_min or 0.0) > limit_min:
        return FAIL
    return UNKNOWN if home_min is None else PASS


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _why_not(person: PersonFacts, way: Way) -> str:
    if person.home_by is not None and way.minutes and person.sets_out is SetsOut.HOME:
        return (
            f"The way home takes {about(way.minutes)}, and you need to be home by "
            f"{clock(person.home_by)}."
            if not person.free_days and person.not_before is None
            else "With the way home, that does not fit your days and hours."
        )
    return "That does not fit your days and hours."

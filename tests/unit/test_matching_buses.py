"""Buses by each group's own hours: which session, in which words, and what is not known."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from matching_world import TODAY, asset, home_at, meeting, person, place_at
from network_worlds import SOUTH, WEST, clock, long_street, timetable

from geo.network import NetworkTravel
from geo.travel import DetourTravel, Method, Mode, Session
from service.matching.explain import Match
from service.matching.match import MatchResult, match
from service.matching.parameters import MatchParameters
from service.matching.sessions import MOST, next_days, sessions_of
from service.matching.verdict import RuleId, Verdict
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot, MeetingTime
from service.register.vocabulary import Weekday

THURSDAY = TODAY
STREET = long_street(6_000)
STOPS = [(500, 0), (4_500, 0)]
THERE = place_at(WEST + 4_800, SOUTH, venue_id=4)
RIDER = person(
    home=home_at(WEST, SOUTH), modes=frozenset({Mode.BUS}), age=70, mobility_difficulty=False
)
MORNING = meeting("TU", time(11), time(12))


def ride(hours: int, minutes: int, *, back: bool = False) -> list[tuple[int, int, int]]:
    """Six minutes from one stop to the other, or back."""
    start, end = (1, 0) if back else (0, 1)
    dep, arr = clock(hours, minutes), clock(hours, minutes + 6)
    return [(start, dep, dep), (end, arr, arr)]


TRIPS = [ride(10, 30), ride(12, 20, back=True), ride(15, 40), ride(17, 10, back=True)]


def town(**more: object) -> NetworkTravel:
    """One street, one bus each way in the morning and in the afternoon, for four weeks."""
    more = {"first": THURSDAY, "days": 28, **more}
    return NetworkTravel(STREET, DetourTravel(), timetable(STOPS, TRIPS, **more))


def result(
    *assets: AssetSnapshot, who: PersonFacts = RIDER, travel: NetworkTravel | None = None
) -> MatchResult:
    return match(
        [WantedNeed("loneliness_isolation", 1.0)],
        who,
        assets,
        travel or town(),
        MatchParameters(),
        limit=10,
    )


def only(*meetings: MeetingTime, **more: object) -> Match:
    """The one match, for a group at the far end of the street that meets then."""
    found = result(asset(places=(THERE,), meetings=meetings), **more)  # type: ignore[arg-type]
    [one] = found.matches
    return one


def sentences(one: Match) -> dict[str, str]:
    return {each.code: each.sentence for each in one.reasons}


def test_the_bus_is_looked_up_for_the_group_s_own_session_and_told_ride_by_ride():
    one = only(MORNING)
    assert (one.journey.mode, one.journey.method) == (Mode.BUS, Method.NETWORK)
    said = sentences(one)
    assert said["bus_there"] == (
        "For the 11am start on Tuesday 10 March 2026: leave home at 10:19am. "
        "Bus 10 at 10:30am from Stop 0, at Stop 1 by 10:36am. You are there at 10:42am."
    )
    assert said["bus_home"] == (
        "Home: bus 11 at 12:20pm from Stop 1, at Stop 0 by 12:26pm. You are home at 12:36pm. "
        "The last bus home leaves at 5:10pm."
    )
    assert said["bus_timetable"] == (
        "Bus times are from the timetable of Example Buses, for 5 March 2026 to 1 April 2026."
    )
    assert "by the bus timetable" in said["journey"]


def test_two_groups_at_one_place_have_buses_of_their_own():
    groups = [
        asset(asset_id=1, places=(THERE,), meetings=(MORNING,)),
        asset(asset_id=2, places=(THERE,), meetings=(meeting("TU", time(16), time(17)),)),
        asset(asset_id=3, places=(THERE,), meetings=(meeting("TU", time(20), time(21)),)),
    ]
    found = result(*groups)
    assert {each.asset.asset_id: each.journey.bus.there[0].leaves_at for each in found.matches} == {
        1: time(10, 30),
        2: time(15, 40),
    }
    [missed] = found.near_misses
    assert (missed.asset.asset_id, missed.rule_id) == (3, RuleId.REACH)
    assert missed.sentence == (
        "There is no bus there in time for the 8pm start on Tuesday 10 March 2026, or none that "
        "brings you home, in the timetable of Example Buses, for 5 March 2026 to 1 April 2026."
    )


def test_the_next_session_with_a_bus_is_taken_and_not_only_the_next():
    evening_first = (meeting("TU", time(20), time(21)), meeting("WE", time(11), time(12)))
    bus = only(*evening_first).journey.bus
    assert bus.session == Session(date(2026, 3, 11), time(11), time(12))


def test_only_sessions_on_free_days_and_in_the_person_s_hours_are_looked_up():
    twice = (meeting("TU,WE", time(11), time(12)), meeting("TU", time(16), time(17)))
    free = replace(RIDER, free_days=frozenset({Weekday.WEDNESDAY}))
    assert only(*twice, who=free).journey.bus.session.on == date(2026, 3, 11)
    late = replace(RIDER, not_before=time(13))
    assert only(*twice, who=late).journey.bus.session.starts_at == time(16)


def test_home_by_is_kept_by_the_bus_itself_and_not_by_the_length_of_the_way():
    # 27 minutes there; the bus home leaves at 12:20 and is there at 12:36.
    for home_by, fits in ((time(12, 36), True), (time(12, 35), False)):
        who = replace(RIDER, home_by=home_by)
        found = result(asset(places=(THERE,), meetings=(MORNING,)), who=who)
        if fits:
            [one] = found.matches
            [rule] = [each for each in one.findings if each.rule_id is RuleId.TIME]
            assert rule.verdict is Verdict.PASS
        else:
            assert not found.matches
            # By length alone it would fit: 12:00 and 23 minutes.
            [missed] = found.near_misses
            assert RuleId.REACH in {each.rule_id for each in missed.failures}
            assert any("brings you home by 12:35pm" in each.sentence for each in missed.failures)


def test_an_end_that_nobody_stated_is_assumed_and_said_and_refuses_nobody():
    open_end = meeting("TU", time(11), None)
    assert sentences(only(open_end))["bus_home"].endswith(
        "The group has not said when it ends: we took it to last an hour."
    )
    who = replace(RIDER, home_by=time(12, 30))
    one = only(open_end, who=who)
    [rule] = [each for each in one.findings if each.rule_id is RuleId.TIME]
    assert rule.verdict is Verdict.UNKNOWN


def test_without_a_timetable_or_hours_or_a_day_in_it_nothing_is_claimed():
    bare = NetworkTravel(STREET, DetourTravel())
    old = town(first=date(2024, 1, 1))
    for meetings, travel, said in (
        ((MORNING,), bare, "We do not know how long it takes by bus: we have no timetable for it."),
        ((), town(), "The group has not said when it meets, so we cannot look up a bus."),
        (
            (MORNING,),
            old,
            "We do not know the buses on Tuesday 10 March 2026: the timetable of Example Buses, "
            "for 1 January 2024 to 28 January 2024, does not speak for that day.",
        ),
    ):
        one = only(*meetings, travel=travel)
        assert (one.journey.minutes, one.journey.method) == (None, Method.UNKNOWN)
        assert sentences(one)["journey"].startswith(said)
        assert not {"bus_there", "bus_home", "bus_timetable"} & set(sentences(one))
        assert RuleId.REACH in {each.rule_id for each in one.unknowns}


def test_on_wheels_the_bus_takes_wheels_or_there_is_none():
    rolling = replace(RIDER, wheelchair=True)
    one = only(MORNING, who=rolling)
    assert one.journey.mode is Mode.BUS
    for shut in ({"no_wheels": (0, 2)}, {"stops_no_wheels": (1,)}):
        found = result(
            asset(places=(THERE,), meetings=(MORNING,)), who=rolling, travel=town(**shut)
        )
        assert not found.matches
        assert result(asset(places=(THERE,), meetings=(MORNING,)), travel=town(**shut)).matches


def test_whoever_also_walks_gets_the_better_of_the_two():
    both = replace(RIDER, modes=frozenset({Mode.BUS, Mode.WALK}))
    near = asset(places=(place_at(WEST + 300, SOUTH),), meetings=(MORNING,))
    [one] = result(near, who=both).matches
    assert one.journey.mode is Mode.WALK
    assert only(MORNING, who=both).journey.mode is Mode.BUS


@pytest.mark.parametrize(
    ("rule", "days", "expected"),
    [
        ("FREQ=WEEKLY;BYDAY=TH", "TH", ["03-05", "03-12", "03-19", "03-26"]),
        ("FREQ=MONTHLY;BYDAY=1TU", "TU", ["04-07", "05-05"]),
        ("DTSTART:20260303\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=TU", "TU", ["03-17", "03-31"]),
        ("FREQ=WEEKLY;BYDAY=TH;UNTIL=20260312", "TH", ["03-05", "03-12"]),
        ("FREQ=WEEKLY;UNTIL=20200101;BYDAY=TH", "TH", []),
        ("no rule", "TH,FR", ["03-05", "03-06"]),
    ],
)
def test_the_next_days_of_a_rule(rule: str, days: str, expected: list[str]):
    weekdays = frozenset(Weekday(each) for each in days.split(","))
    found = [f"{each:%m-%d}" for each in next_days(rule, weekdays, TODAY)]
    assert found[: len(expected)] == expected
    assert bool(found) == bool(expected)
    assert len(found) <= MOST


def test_sessions_without_a_day_or_a_start_are_none():
    assert sessions_of((), RIDER) == ()
    assert sessions_of((meeting("", time(10), None), meeting("TU", None, None)), RIDER) == ()
    daily = meeting("MO,TU,WE,TH,FR,SA,SU", time(9), time(10))
    found = sessions_of((daily, daily), RIDER)
    assert [each.on for each in found] == [TODAY + timedelta(days=day) for day in range(7)]


def test_the_same_people_judged_again_are_not_looked_up_again():
    asked: list[object] = []

    class Counting(NetworkTravel):
        def journeys(self, *places: object, **when: object) -> list[object]:
            asked.append(when)
            return super().journeys(*places, **when)  # type: ignore[arg-type]

    travel = Counting(STREET, DetourTravel(), timetable(STOPS, TRIPS, first=TODAY, days=28))
    groups = [
        asset(asset_id=number, places=(THERE,), meetings=(MORNING,)) for number in range(1, 21)
    ]
    result(*groups, travel=travel)
    # Once without an hour, to see whether there is a timetable, and once for all at that hour.
    assert len(asked) == 2

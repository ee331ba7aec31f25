"""Bus journeys beside a plain search that tries every moment of leaving, one by one."""

import math
import random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from network_worlds import MONDAY, at, clock, long_street, timetable

from geo.network.bus import Buses, Outing
from geo.network.parameters import NetworkParameters
from geo.network.walks import Walks

SPEED = 1.0
PARAMETERS = NetworkParameters(bus_walk_m=300.0, change_walk_m=300.0, board_s=60.0)
WALKS = Walks(long_street(3_000))

spots = st.integers(0, 30).map(lambda number: number * 100)


@st.composite
def towns(draw):
    """Stops along the street, and buses that call at some of them between nine and noon."""
    stops = draw(st.lists(spots, min_size=2, max_size=7, unique=True))
    trips = []
    for _ in range(draw(st.sampled_from([0, 2, 6, 12, 20]))):
        route = draw(st.lists(st.sampled_from(range(len(stops))), min_size=2, max_size=5))
        now = clock(9) + 60 * draw(st.integers(0, 150)) + draw(st.sampled_from([0, 7]))
        calls = []
        for stop in route:
            wait = draw(st.sampled_from([0, 0, 60]))
            calls.append((stop, now, now + wait))
            # Some hops take no time at all, as in feeds that round to minutes.
            now += wait + draw(st.sampled_from([0, 60, 120, 300]))
        trips.append(calls)
    return stops, trips


def hops(trips):
    """Every stretch one can stay on one bus: trip by trip, from each call to each later one."""
    for calls in trips:
        for first in range(len(calls)):
            for last in range(first + 1, len(calls)):
                yield calls[first][0], calls[first][2], calls[last][0], calls[last][1]


def earliest(stops, trips, start, leave):
    """When one is at each stop at the earliest, having ridden, by trying until nothing improves."""
    there = {}
    stretches = list(hops(trips))
    changed = True
    while changed:
        changed = False
        for stop, dep, goal, arr in stretches:
            walk = abs(stops[stop] - start)
            on_time = walk <= PARAMETERS.bus_walk_m and leave + walk / SPEED + 60 <= dep
            for other, since in there.items():
                foot = abs(stops[other] - stops[stop])
                on_time |= foot <= PARAMETERS.change_walk_m and since + foot / SPEED + 60 <= dep
            if on_time and arr < there.get(goal, math.inf):
                there[goal] = arr
                changed = True
    return there


def ends(stops, there, goal):
    walks = {stop: abs(stops[stop] - goal) for stop in there}
    return min(
        (there[s] + walk / SPEED for s, walk in walks.items() if walk <= PARAMETERS.bus_walk_m),
        default=math.inf,
    )


def twin_s(stops, trips, home, place, outing):
    moments = {dep - 60 - abs(stops[stop] - home) / SPEED for stop, dep, _, _ in hops(trips)}
    first = outing.there_by_s - PARAMETERS.search_min * 60
    best = math.inf
    for leave in moments:
        if leave >= first:
            end = ends(stops, earliest(stops, trips, home, leave), place)
            if end <= outing.there_by_s:
                best = min(best, end - leave)
    home_at = ends(stops, earliest(stops, trips, place, outing.back_from_s), home)
    returns = home_at <= min(outing.back_from_s + PARAMETERS.return_min * 60, outing.home_by_s)
    return best if returns else math.inf


def assert_can_be_ridden(stops, trips, home, place, outing, journey):
    """Both ways, ride by ride, on buses that there are, with every walk and every minute to board.

    And the way home is as good as the soonest, and its last bus the last of all.
    """
    stretches = {(stops[a], dep, stops[b], arr) for a, dep, b, arr in hops(trips)}

    def ridden(rides, here, now, first_s):
        for ride, board_s in zip(rides, [first_s] + [60.0] * len(rides), strict=False):
            start, end = stops[ride.start], stops[ride.end]
            assert (start, ride.leaves_s, end, ride.arrives_s) in stretches
            assert now + abs(start - here) / SPEED + board_s <= ride.leaves_s + 1e-6
            here, now = end, ride.arrives_s
        return here, now

    here, now = ridden(journey.there, home, journey.leaves_s, 60.0)
    assert now + abs(place - here) / SPEED == pytest.approx(journey.arrives_s)
    assert journey.arrives_s <= outing.there_by_s
    here, now = ridden(journey.home, place, outing.back_from_s, 60.0)
    assert now + abs(home - here) / SPEED == pytest.approx(journey.home_s)
    latest_s = min(outing.back_from_s + PARAMETERS.return_min * 60, outing.home_by_s)
    assert journey.home_s <= latest_s
    # Of two ways the one with the shorter walk may be taken, if that makes up for being later.
    soonest = ends(stops, earliest(stops, trips, place, outing.back_from_s), home)
    assert soonest <= journey.home_s <= soonest + PARAMETERS.bus_walk_m / SPEED
    leaving = [
        dep
        for stop, dep in {(stop, dep) for stop, dep, _, _ in hops(trips)}
        if abs(stops[stop] - place) <= PARAMETERS.bus_walk_m
        and outing.back_from_s + abs(stops[stop] - place) / SPEED + 60 <= dep
        and ends(stops, from_stop(stops, trips, stop, dep), home) - dep
        <= PARAMETERS.return_min * 60
    ]
    assert journey.last_home_s == max(leaving)


def from_stop(stops, trips, start, dep):
    """As `earliest`, for somebody who boards a bus at one stop at one moment."""
    there = {}
    for stop, when, goal, arr in hops(trips):
        if (stop, when) == (start, dep):
            there[goal] = min(arr, there.get(goal, math.inf))
    stretches, changed = list(hops(trips)), True
    while changed:
        changed = False
        for stop, when, goal, arr in stretches:
            on_time = any(
                abs(stops[other] - stops[stop]) <= PARAMETERS.change_walk_m
                and since + abs(stops[other] - stops[stop]) / SPEED + 60 <= when
                for other, since in there.items()
            )
            if on_time and arr < there.get(goal, math.inf):
                there[goal], changed = arr, True
    return there


def check(stops, trips, home, places, there_by_s, home_by_s=math.inf):
    """Compare, and say for how many places there was a bus."""
    outing = Outing(MONDAY, there_by_s, there_by_s + 600.0, home_by_s)
    buses = Buses(WALKS, timetable([(stop, 0.0) for stop in stops], trips), PARAMETERS)
    found = buses.journeys(at(home), [at(place) for place in places], SPEED, False, outing)
    for place, journey in zip(places, found, strict=True):
        expected_s = twin_s(stops, trips, home, place, outing)
        if math.isinf(expected_s):
            assert journey is None
        else:
            assert journey is not None
            assert journey.minutes * 60 == pytest.approx(expected_s, abs=1e-6)
            assert_can_be_ridden(stops, trips, home, place, outing, journey)
    return sum(journey is not None for journey in found)


@given(towns(), spots, st.lists(spots, min_size=3, max_size=8), st.integers(600, 690))
@settings(deadline=None, max_examples=100)
def test_the_quickest_bus_there_and_back(town, home, places, there_by_min):
    check(*town, home, places, there_by_min * 60.0)


def test_the_quickest_bus_there_and_back_where_there_are_many():
    draw = random.Random(1)
    found = 0
    for _ in range(60):
        stops = draw.sample(range(0, 3_001, 100), 7)
        trips = []
        for _ in range(30):
            now = clock(9) + 20 * draw.randrange(400)
            calls = []
            for stop in draw.sample(range(7), draw.randrange(2, 5)):
                calls.append((stop, now, now + draw.choice([0, 20])))
                now = calls[-1][2] + 20 * draw.randrange(20)
            trips.append(calls)
        places = draw.sample(range(0, 3_001, 100), 6)
        home = draw.randrange(0, 3_001, 100)
        found += check(stops, trips, home, places, clock(10) + 0.0)
        check(stops, trips, home, places, clock(10) + 0.0, clock(10, draw.randrange(20, 120)) + 0.0)
    assert found > 100


@given(towns(), spots)
@settings(deadline=None, max_examples=50)
def test_no_ride_is_faster_than_the_fastest(town, home):
    stops, trips = town
    assume(trips)
    fastest = timetable([(stop, 0.0) for stop in stops], trips).fastest_m_per_s(60.0)
    found = [
        abs(stops[goal] - stops[stop]) / (arr - dep + 60) for stop, dep, goal, arr in hops(trips)
    ]
    assert fastest == pytest.approx(max(found))

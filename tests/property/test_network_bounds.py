"""What a search may rely on with real streets and buses: nothing beats the bounds."""

from datetime import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from network_worlds import MONDAY, at, clock, streets, timetable

from geo.network import NetworkTravel
from geo.travel import DetourTravel, Mode, Traveller

SIDE = 7
CORNERS = [(east * 300, north * 300) for north in range(SIDE) for east in range(SIDE)]
EVERY_WAY = [
    (here, here + step)
    for here in range(SIDE * SIDE)
    for step in (1, SIDE)
    if here + step < SIDE * SIDE and (step == SIDE or (here + 1) % SIDE)
]
places = st.builds(at, st.integers(-200, 2_000), st.integers(-200, 2_000))
travellers = st.builds(
    Traveller,
    st.sampled_from([0.64, 1.33, 20.0]),
    st.frozensets(st.sampled_from(list(Mode)), min_size=1),
    st.sampled_from([None, 50.0]),
)


@st.composite
def travels(draw):
    """Some streets of a grid, some of them steps, and some buses between its corners."""
    ways = draw(st.lists(st.sampled_from(EVERY_WAY), min_size=10, unique=True))
    steps = draw(st.lists(st.sampled_from(ways), max_size=3, unique=True))
    trips = []
    for _ in range(draw(st.integers(0, 6))):
        now = clock(8) + 60 * draw(st.integers(0, 180))
        calls = []
        for stop in draw(st.lists(st.integers(0, 5), min_size=2, max_size=4, unique=True)):
            calls.append((stop, now, now))
            now += 60 * draw(st.integers(0, 3))
        trips.append(calls)
    stops = [CORNERS[number] for number in (0, 3, 6, 24, 42, 48)]
    return NetworkTravel(streets(CORNERS, ways, steps), DetourTravel(), timetable(stops, trips))


@given(travels(), places, st.lists(places, min_size=1, max_size=5), travellers)
@settings(deadline=None, max_examples=100)
def test_no_journey_beats_the_bounds_of_its_straight_line(travel, origin, destinations, traveller):
    when = {"on": MONDAY, "at": time(10)}
    for journey in travel.journeys(origin, destinations, traveller, **when):
        assert journey.mode in traveller.modes or Mode.BUS in traveller.modes
        if journey.minutes is None:
            continue
        access = travel.parameters.access(journey.minutes, journey.mode)
        assert travel.fastest_minutes(journey.straight_m, traveller) <= journey.minutes
        assert travel.most_access(journey.straight_m, traveller) >= access


@given(travels(), travellers, st.floats(0, 60_000), st.floats(0, 60_000))
@settings(deadline=None, max_examples=50)
def test_the_bounds_never_improve_with_distance(travel, traveller, one, other):
    near_m, far_m = sorted((one, other))
    assert travel.fastest_minutes(near_m, traveller) <= travel.fastest_minutes(far_m, traveller)
    assert travel.most_access(near_m, traveller) >= travel.most_access(far_m, traveller)


@given(travels(), places, places, st.sampled_from([Mode.WALK, Mode.WHEEL]))
@settings(deadline=None, max_examples=60)
def test_the_walk_back_is_as_long_as_the_walk_there(travel, here, there, mode):
    traveller = Traveller(1.33, frozenset({mode}))
    [out] = travel.journeys(here, [there], traveller)
    [back] = travel.journeys(there, [here], traveller)
    assert out.method is back.method
    assert out.minutes == pytest.approx(back.minutes)


@given(travels(), places, st.lists(places, min_size=1, max_size=5), travellers)
@settings(deadline=None, max_examples=60)
def test_many_at_once_are_as_many_one_by_one(travel, origin, destinations, traveller):
    when = {"on": MONDAY, "at": time(10)}
    together = travel.journeys(origin, destinations, traveller, **when)
    alone = [travel.journeys(origin, [each], traveller, **when)[0] for each in destinations]
    assert together == alone

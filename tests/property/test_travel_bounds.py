"""What a search may rely on: nothing beats the bounds, and the way back is as long."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st
from travel_worlds import points, travellers, worlds

from geo.travel import DetourTravel, NullTravel


@given(worlds(), points, st.lists(points, min_size=1, max_size=5), travellers)
@settings(deadline=None, max_examples=100)
def test_no_journey_beats_the_bounds_of_its_straight_line(world, origin, destinations, traveller):
    barriers, crossings = world
    for travel in (DetourTravel(barriers, crossings), DetourTravel()):
        for journey in travel.journeys(origin, destinations, traveller):
            if journey.minutes is None:
                continue
            access = travel.parameters.access(journey.minutes, journey.mode)
            assert travel.fastest_minutes(journey.straight_m, traveller) <= journey.minutes
            assert travel.most_access(journey.straight_m, traveller) >= access


@given(worlds(), travellers, st.floats(0, 60_000), st.floats(0, 60_000))
@settings(deadline=None, max_examples=50)
def test_the_bounds_never_improve_with_distance(world, traveller, one, other):
    barriers, crossings = world
    near_m, far_m = sorted((one, other))
    for travel in (DetourTravel(barriers, crossings), NullTravel()):
        assert travel.fastest_minutes(near_m, traveller) <= travel.fastest_minutes(far_m, traveller)
        assert travel.most_access(near_m, traveller) >= travel.most_access(far_m, traveller)


@given(points, points, travellers)
@settings(deadline=None, max_examples=100)
def test_without_crossings_the_bounds_are_the_journey_itself(origin, destination, traveller):
    travel = DetourTravel()
    [journey] = travel.journeys(origin, [destination], traveller)
    if journey.minutes is not None:
        access = travel.parameters.access(journey.minutes, journey.mode)
        bound = travel.most_access(journey.straight_m, traveller)
        assert math.isclose(bound, access, rel_tol=1e-6)


@given(worlds(), points, points, travellers)
@settings(deadline=None, max_examples=60)
def test_the_way_back_is_as_long_as_the_way_there(world, here, there, traveller):
    barriers, crossings = world
    travel = DetourTravel(barriers, crossings)
    [out] = travel.journeys(here, [there], traveller)
    [back] = travel.journeys(there, [here], traveller)
    assert (out.minutes is None) == (back.minutes is None)
    if out.minutes is not None:
        assert math.isclose(out.minutes, back.minutes, rel_tol=1e-9, abs_tol=1e-9)


@given(worlds(), points, st.lists(points, min_size=1, max_size=5), travellers)
@settings(deadline=None, max_examples=60)
def test_many_at_once_are_as_many_one_by_one(world, origin, destinations, traveller):
    barriers, crossings = world
    travel = DetourTravel(barriers, crossings)
    together = travel.journeys(origin, destinations, traveller)
    alone = [travel.journeys(origin, [place], traveller)[0] for place in destinations]
    assert together == alone

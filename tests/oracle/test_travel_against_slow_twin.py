"""Estimated journeys beside a plain reading of the barrier rule, one pair of places at a time."""

import math
from itertools import pairwise

import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, box
from travel_worlds import points, travellers, worlds

from geo.distance import straight_line_m
from geo.point import GridPoint
from geo.travel import Barrier, Crossing, DetourTravel, Method, Mode, Traveller

KNOTS = [(0.0, 1.40), (1_500.0, 1.40), (3_000.0, 1.33), (4_500.0, 1.24), (math.inf, 1.24)]
HALF_MINUTES = {Mode.WALK: 10, Mode.WHEEL: 10, Mode.BUS: 20, Mode.LIFT: 20, Mode.CAR: 20}


def kappa(straight_m):
    for (near_m, near), (far_m, far) in pairwise(KNOTS):
        if near_m <= straight_m < far_m:
            share = 0 if math.isinf(far_m) else (straight_m - near_m) / (far_m - near_m)
            return near + share * (far - near)
    raise AssertionError(straight_m)


def leg_m(mode, a, b, water):
    """Metres of one leg, infinite when more than 150 m of it is under water."""
    line = LineString([(a.easting_m, a.northing_m), (b.easting_m, b.northing_m)])
    if line.intersection(water).length > 150 + 1e-6:
        return math.inf
    straight_m = straight_line_m(a, b)
    return straight_m * (kappa(straight_m) if mode in (Mode.WALK, Mode.WHEEL) else 1.4)


def way_m(mode, origin, destination, water, crossings):
    """The shortest chain of free legs and open crossings, by relaxing until nothing improves."""
    direct_m = leg_m(mode, origin, destination, water)
    if direct_m < math.inf:
        return direct_m
    road_mode = Mode.CAR if mode is Mode.LIFT else mode
    usable = [c for c in crossings if road_mode in c.modes]
    stops = [origin, destination]
    stops += [end for crossing in usable for end in crossing.ends]
    hops = {
        (a, b): leg_m(mode, stops[a], stops[b], water)
        for a in range(len(stops))
        for b in range(len(stops))
        if a != b
    }
    for number, crossing in enumerate(usable):
        near = len(stops) - 2 * len(usable) + 2 * number
        for pair in ((near, near + 1), (near + 1, near)):
            hops[pair] = min(hops[pair], crossing.length_m)
    metres = [0.0] + [math.inf] * (len(stops) - 1)
    for _ in stops:
        for (a, b), hop_m in hops.items():
            metres[b] = min(metres[b], metres[a] + hop_m)
    return metres[1]


def minutes(mode, metres, speed_m_per_s):
    if mode in (Mode.WALK, Mode.WHEEL):
        return metres / speed_m_per_s / 60
    return metres / 8.2 / 60 + 5


@given(worlds(), points, st.lists(points, min_size=1, max_size=4), travellers)
@settings(deadline=None, max_examples=100)
def test_journeys(world, origin, destinations, traveller):
    barriers, crossings = world
    water = shapely.union_all([barrier.geometry for barrier in barriers])
    travel = DetourTravel(barriers, crossings)
    found = travel.journeys(origin, destinations, traveller)
    assert len(found) == len(destinations)
    for destination, journey in zip(destinations, found, strict=True):
        best = math.inf
        for mode in traveller.modes & {Mode.WALK, Mode.WHEEL, Mode.LIFT, Mode.CAR}:
            metres = way_m(mode, origin, destination, water, crossings)
            took = minutes(mode, metres, traveller.speed_m_per_s)
            best = min(best, took / HALF_MINUTES[mode])
        assert journey.straight_m == straight_line_m(origin, destination)
        if math.isinf(best):
            bus = Mode.BUS in traveller.modes
            assert journey.method is (Method.UNKNOWN if bus else Method.UNAVAILABLE)
            assert journey.minutes is None
        else:
            assert math.isclose(
                journey.minutes / HALF_MINUTES[journey.mode], best, rel_tol=1e-9, abs_tol=1e-9
            )
            assert journey.mode in traveller.modes


def strict_rule_m(a, b, water, crossings):
    """The rule as it is written: a leg is free, or goes by a crossing not yet used."""
    direct_m = leg_m(Mode.WALK, a, b, water)
    if direct_m < math.inf:
        return direct_m
    best = math.inf
    for crossing in crossings:
        others = [other for other in crossings if other is not crossing]
        for near, far in (crossing.ends, crossing.ends[::-1]):
            legs = strict_rule_m(a, near, water, others), strict_rule_m(far, b, water, others)
            best = min(best, sum(legs) + crossing.length_m)
    return best


@given(
    st.lists(st.tuples(st.sampled_from([0, 1]), st.integers(0, 60)), max_size=3),
    points,
    points,
)
@settings(deadline=None, max_examples=100)
def test_two_straight_rivers_by_the_rule_as_written(bridges, origin, destination):
    rivers = [(381_950, 382_250), (384_150, 384_350)]
    for place in (origin, destination):
        assume(not any(south < place.northing_m < north for south, north in rivers))
    barriers = [Barrier("b", "River", box(340_000, south, 366_000, n)) for south, n in rivers]
    crossings = [
        Crossing(
            f"c{number}",
            f"Bridge {number}",
            tuple(GridPoint(350_000 + 100 * east, northing) for northing in rivers[which]),
            float(rivers[which][1] - rivers[which][0]),
            frozenset({Mode.WALK}),
        )
        for number, (which, east) in enumerate(bridges)
    ]
    water = shapely.union_all([barrier.geometry for barrier in barriers])
    expected_m = strict_rule_m(origin, destination, water, crossings)
    [journey] = DetourTravel(barriers, crossings).journeys(origin, [destination], Traveller(1.33))
    if math.isinf(expected_m):
        assert journey.method is Method.UNAVAILABLE
    else:
        assert math.isclose(journey.distance_m, expected_m, rel_tol=1e-9, abs_tol=1e-6)
        over = leg_m(Mode.WALK, origin, destination, water) == math.inf
        assert journey.method is (Method.CROSSING if over else Method.DETOUR)

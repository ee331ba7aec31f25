"""Which lines barriers stop, beside shapely asked for one line and the whole area at once."""

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString
from travel_worlds import barriers

from geo.barriers import Barrier, BarrierLayer

coordinates = st.tuples(st.floats(349_000, 357_000), st.floats(379_000, 387_000))
lines = st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=10)


def ends_of(pairs):
    return np.array([a for a, _ in pairs]), np.array([b for _, b in pairs])


def by_one(pairs, listed):
    whole = shapely.union_all([barrier.geometry for barrier in listed])
    return [LineString(pair).intersection(whole).length for pair in pairs]


@given(st.lists(barriers(), max_size=3), lines)
@settings(deadline=None, max_examples=100)
def test_lengths_inside(listed, pairs):
    layer = BarrierLayer(listed, 150)
    assert layer.inside_m(*ends_of(pairs)) == pytest.approx(by_one(pairs, listed), abs=1e-6)


@given(st.lists(barriers(), min_size=1, max_size=3), lines, st.sampled_from([0, 20, 150, 400]))
@settings(deadline=None, max_examples=100)
def test_stopped_lines(listed, pairs, tolerance_m):
    stopped = BarrierLayer(listed, tolerance_m).stops(*ends_of(pairs))
    for answer, length_m in zip(stopped, by_one(pairs, listed), strict=True):
        if abs(length_m - tolerance_m) > 1e-6:
            assert answer == (length_m > tolerance_m)


def test_a_long_winding_river_is_measured_as_a_whole():
    bends = [(350_000 + 20 * at, 382_000 + 400 * np.sin(at / 9)) for at in range(300)]
    river = Barrier("r", "River", LineString(bends).buffer(90))
    assert shapely.get_num_coordinates(river.geometry) > 500
    rng = np.random.default_rng(7)
    starts, ends = (rng.uniform((349_500, 381_000), (356_500, 383_000), (200, 2)) for _ in "ab")
    expected = by_one(list(zip(starts, ends, strict=True)), [river])
    layer = BarrierLayer([river], 150)
    assert layer.inside_m(starts, ends) == pytest.approx(expected, abs=1e-6)
    assert layer.stops(starts, ends).tolist() == [length_m > 150 for length_m in expected]

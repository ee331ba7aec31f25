import numpy as np
import pytest
from shapely.geometry import Point, Polygon, box

from geo.barriers import Barrier, BarrierLayer
from geo.errors import CrsMismatch
from geo.shape import BadShape

RIVER = Barrier("r", "River", box(340_000, 383_400, 360_000, 383_700))


def inside_m(layer, start, end):
    return layer.inside_m(np.array([start], float), np.array([end], float))[0]


def stops(layer, start, end):
    return bool(layer.stops(np.array([start], float), np.array([end], float))[0])


def test_the_length_inside_is_the_width_of_the_river():
    layer = BarrierLayer([RIVER], 150)
    assert inside_m(layer, (350_000, 383_000), (350_000, 384_000)) == pytest.approx(300)
    assert inside_m(layer, (350_000, 383_000), (350_800, 384_200)) == pytest.approx(
        300 * np.hypot(800, 1_200) / 1_200
    )


def test_what_stays_on_its_bank_is_not_inside():
    layer = BarrierLayer([RIVER], 150)
    assert inside_m(layer, (340_000, 384_000), (360_000, 384_000)) == 0
    assert inside_m(layer, (350_000, 384_000), (350_000, 383_700)) == 0


def test_barriers_that_overlap_count_once():
    again = Barrier("again", "River", box(345_000, 383_400, 355_000, 383_700))
    layer = BarrierLayer([RIVER, again], 150)
    assert inside_m(layer, (350_000, 383_000), (350_000, 384_000)) == pytest.approx(300)


def test_exactly_the_tolerance_is_let_through():
    brook = Barrier("b", "Brook", box(340_000, 383_400, 360_000, 383_550))
    north, south = (350_000, 384_000), (350_000, 383_000)
    assert not stops(BarrierLayer([brook], 150), north, south)
    assert stops(BarrierLayer([brook], 149.9), north, south)


def test_no_barriers_stop_nothing():
    layer = BarrierLayer([], 0)
    assert inside_m(layer, (350_000, 383_000), (350_000, 384_000)) == 0
    assert not stops(layer, (350_000, 383_000), (350_000, 384_000))


def test_no_lines_have_no_lengths():
    none = np.empty((0, 2))
    assert BarrierLayer([RIVER], 150).inside_m(none, none).shape == (0,)
    assert BarrierLayer([RIVER], 150).stops(none, none).shape == (0,)


def test_a_line_that_ends_in_the_middle_of_the_water_is_measured_and_not_assumed():
    layer = BarrierLayer([RIVER], 150)
    assert not stops(layer, (350_000, 384_000), (350_000, 383_550.5))
    assert stops(layer, (350_000, 384_000), (350_000, 383_549.5))


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (Polygon(), "'The Mersey' is empty"),
        (Point(350_000, 383_000), "must be a polygon, and this is a Point"),
        (Polygon([(350_000, 1), (350_001, 2), (350_001, 1), (350_000, 2)]), "Self-intersection"),
    ],
)
def test_a_barrier_must_be_a_sound_polygon(geometry, said):
    with pytest.raises(BadShape, match=said):
        Barrier("m", "The Mersey", geometry)


def test_a_barrier_in_degrees_is_refused():
    with pytest.raises(CrsMismatch, match="degrees"):
        Barrier("m", "The Mersey", box(-2.8, 53.3, -2.7, 53.4))

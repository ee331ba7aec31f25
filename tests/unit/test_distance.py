import math

import numpy as np
import pytest

from geo.distance import MAX_RADIUS_M, checked_radius_m, straight_line_m, straight_lines_m
from geo.errors import BadCoordinate, BadRadius
from geo.point import GridPoint

NEWTOWN_SURGERY = GridPoint(351_137, 385_284)
TOWER_HOUSE = GridPoint(351_329, 382_947)


def test_a_straight_line_is_pythagoras_and_the_same_both_ways():
    assert straight_line_m(GridPoint(300_000, 400_000), GridPoint(300_003, 400_004)) == 5.0
    assert round(straight_line_m(NEWTOWN_SURGERY, TOWER_HOUSE)) == 2_345
    there = straight_line_m(NEWTOWN_SURGERY, TOWER_HOUSE)
    assert there == straight_line_m(TOWER_HOUSE, NEWTOWN_SURGERY)
    assert straight_line_m(TOWER_HOUSE, TOWER_HOUSE) == 0.0


def test_many_lines_are_the_single_lines():
    eastings, northings = [351_329, 351_137.25, 400_000], [382_947, 385_284.5, 300_000]
    many = straight_lines_m(NEWTOWN_SURGERY, eastings, northings)
    assert many.tolist() == [
        straight_line_m(NEWTOWN_SURGERY, GridPoint(e, n))
        for e, n in zip(eastings, northings, strict=True)
    ]


def test_no_lines_are_no_distances_and_an_unknown_end_is_an_unknown_distance():
    assert straight_lines_m(NEWTOWN_SURGERY, [], []).shape == (0,)
    assert np.isnan(straight_lines_m(NEWTOWN_SURGERY, [math.nan], [1.0])).all()


@pytest.mark.parametrize(("eastings", "northings"), [([1.0, 2.0], [1.0]), ([[1.0]], [[1.0]])])
def test_an_easting_without_its_northing_is_refused(eastings, northings):
    with pytest.raises(BadCoordinate, match="equally long"):
        straight_lines_m(NEWTOWN_SURGERY, eastings, northings)


@pytest.mark.parametrize("radius_m", [0.0, 1.0, MAX_RADIUS_M])
def test_a_radius_in_range_is_kept(radius_m):
    assert checked_radius_m(radius_m) == radius_m


@pytest.mark.parametrize("radius_m", [-0.1, math.nan, math.inf, MAX_RADIUS_M + 0.1])
def test_a_radius_out_of_range_is_refused_with_the_range(radius_m):
    with pytest.raises(BadRadius, match="between 0 and 50,000 metres") as caught:
        checked_radius_m(radius_m)
    assert caught.value.fields["max_radius_m"] == 50_000.0

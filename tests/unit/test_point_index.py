import math

import pytest

from geo.errors import BadCoordinate, BadRadius
from geo.index import Hit, PointIndex
from geo.point import GridPoint

HOME = GridPoint(350_000, 385_000)


def round_home(*offsets):
    """An index of ids 1, 2, ... at these metres east and north of home."""
    east = [HOME.easting_m + e for e, _ in offsets]
    north = [HOME.northing_m + n for _, n in offsets]
    return PointIndex(range(1, len(offsets) + 1), east, north)


def test_a_place_exactly_on_the_circle_is_in_and_one_just_outside_is_not():
    index = round_home((300, 400), (0, 500), (0, 500.001))
    assert index.within(HOME, 500) == [Hit(1, 500.0), Hit(2, 500.0)]


def test_a_radius_of_zero_finds_what_is_here():
    assert round_home((0, 0), (0, 0.5)).within(HOME, 0) == [Hit(1, 0.0)]


def test_hits_come_by_distance_and_then_by_id():
    index = PointIndex([30, 10, 20], [350_100, 350_100, 350_050], [385_000] * 3)
    assert [hit.id for hit in index.within(HOME, 1_000)] == [20, 10, 30]


def test_text_ids_tie_in_the_order_of_text():
    index = PointIndex(["b", "a10", "a9"], [350_001] * 3, [385_000] * 3)
    assert [hit.id for hit in index.nearest(HOME, 2)] == ["a10", "a9"]


def test_a_tie_for_the_last_seat_goes_to_the_smallest_id():
    north, south, east, west = (0, 100), (0, -100), (100, 0), (-100, 0)
    ring = [north, south, east, west] * 10
    ids = list(range(40, 0, -1))
    index = PointIndex(
        ids, [HOME.easting_m + e for e, _ in ring], [HOME.northing_m + n for _, n in ring]
    )
    assert index.nearest(HOME, 3) == [Hit(1, 100.0), Hit(2, 100.0), Hit(3, 100.0)]


def test_an_id_at_two_places_is_two_hits():
    index = PointIndex([7, 7], [350_010, 350_020], [385_000, 385_000])
    assert index.within(HOME, 50) == [Hit(7, 10.0), Hit(7, 20.0)]


def test_asking_for_more_than_there_is_gives_what_there_is():
    index = round_home((0, 20_000), (0, 90_000))
    assert [hit.id for hit in index.nearest(HOME, 5)] == [1, 2]


@pytest.mark.parametrize("k", [0, -1])
def test_asking_for_none_gives_none(k):
    assert round_home((0, 1)).nearest(HOME, k) == []


def test_an_empty_index_answers_with_nothing():
    index = PointIndex([], [], [])
    assert len(index) == 0
    assert index.within(HOME, 1_000) == []
    assert index.nearest(HOME, 3) == []


@pytest.mark.parametrize("radius_m", [-1, math.nan, 50_000.5])
def test_a_radius_that_cannot_be_used_is_refused(radius_m):
    with pytest.raises(BadRadius):
        round_home((0, 0)).within(HOME, radius_m)


def test_a_place_without_a_position_is_refused_by_its_row():
    with pytest.raises(BadCoordinate, match="Row 1") as caught:
        PointIndex([1, 2], [350_000, math.nan], [385_000, 385_000])
    assert caught.value.fields == {"row": 1}


def test_as_many_ids_as_positions():
    with pytest.raises(BadCoordinate, match="one id and one position"):
        PointIndex([1], [350_000, 350_001], [385_000, 385_000])

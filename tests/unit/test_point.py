"""Positions: both systems, the way between them, and every pair that cannot be right."""

from __future__ import annotations

import math

import numpy as np
import pytest

from geo.errors import BadCoordinate, InconsistentCoordinates
from geo.point import GridPoint, LonLat, checked_point, require_agreement
from geo.projection import to_grid, to_lonlat

# ONS publishes both for every postcode: DG1 1AA in the NSPL of November 2021.
DUMFRIES = (GridPoint(297315, 576211), LonLat(-3.609592, 55.069708))


@pytest.mark.parametrize(
    ("grid", "lonlat"),
    [
        DUMFRIES,
        (GridPoint(403453, 243634), LonLat(-1.951003, 52.0910543)),
        (GridPoint(366856, 427476), LonLat(-2.5039993, 53.7426167)),
    ],
)
def test_both_ways_to_ten_metres(grid: GridPoint, lonlat: LonLat) -> None:
    assert require_agreement(grid, lonlat, within_m=10) < 10
    there = grid.to_lonlat()
    assert abs(there.lon - lonlat.lon) < 1.5e-4
    assert abs(there.lat - lonlat.lat) < 1e-4
    back = GridPoint.from_lonlat(there)
    assert math.hypot(back.easting_m - grid.easting_m, back.northing_m - grid.northing_m) < 0.03


def test_longitude_zero_is_greenwich() -> None:
    for lon in (0.0, "0.0", 0, -0.0):
        place = LonLat.parse(lon, 51.4779)
        assert place.lon == 0.0
    grid = GridPoint.from_lonlat(place)
    assert abs(grid.easting_m - 538_987) < 10
    assert str(grid.to_lonlat().lon) == "0.0"


def test_inconsistent_pair_is_named() -> None:
    with pytest.raises(InconsistentCoordinates, match=r"345\.\d km apart") as caught:
        require_agreement(GridPoint(400_000, 500_000), LonLat(-0.1278, 51.5074))
    assert isinstance(caught.value, BadCoordinate)
    assert caught.value.fields["apart_m"] == pytest.approx(345_057, abs=10)


def test_a_place_off_the_grid_agrees_with_nothing() -> None:
    with pytest.raises(InconsistentCoordinates) as caught:
        require_agreement(GridPoint(400_000, 500_000), LonLat(151.2, -33.9))
    assert caught.value.message.endswith("or give only one.")


@pytest.mark.parametrize(
    ("lon", "lat", "reason"),
    [
        (53.34, -2.72, "swapped"),
        ("53.34", "-2.72", "swapped"),
        (366_856, 427_476, "metres"),
        (0, 0, "zero"),
        ("0", "0.0", "zero"),
        (None, 53.3, "missing"),
        (-2.7, None, "missing"),
        ("", "53.3", "missing"),
        (" ", None, "missing"),
        (float("nan"), 53.3, "missing"),
        (float("nan"), float("nan"), "missing"),
        (float("inf"), 53.3, "not-a-number"),
        ("nan", 53.3, "not-a-number"),
        ("-2,72", "53.34", "not-a-number"),
        ("west", "53.34", "not-a-number"),
        (True, 53.34, "not-a-number"),
        ([1], 53.34, "not-a-number"),
        (2.72, -53.34, "outside"),
        (-72.7, 53.34, "outside"),
        (-2.72, 48.85, "outside"),
    ],
)
def test_degrees_that_cannot_be_right(lon: object, lat: object, reason: str) -> None:
    with pytest.raises(BadCoordinate) as caught:
        LonLat.parse(lon, lat)
    assert caught.value.fields["reason"] == reason
    assert caught.value.message.endswith((".", "?"))


@pytest.mark.parametrize(
    ("easting", "northing", "reason"),
    [
        (-2.72, 53.34, "degrees"),
        (0.1, 51.5, "degrees"),
        (0, 0, "zero"),
        (800_000, 300_000, "swapped"),
        (351_899, None, "missing"),
        (None, None, "missing"),
        ("351899", "", "missing"),
        ("SJ", "387231", "not-a-number"),
        (-5, 387_231, "outside"),
        (351_899, 1_400_000, "outside"),
        (float("inf"), 1, "not-a-number"),
    ],
)
def test_metres_that_cannot_be_right(easting: object, northing: object, reason: str) -> None:
    with pytest.raises(BadCoordinate) as caught:
        GridPoint.parse(easting, northing)
    assert caught.value.fields["reason"] == reason


@pytest.mark.parametrize("pair", [(math.nan, 1.0), (1.0, math.inf), (0.0, 0.0), (-1.0, 5e5)])
def test_the_types_cannot_hold_a_bad_value(pair: tuple[float, float]) -> None:
    with pytest.raises(BadCoordinate):
        GridPoint(*pair)


@pytest.mark.parametrize("pair", [(math.nan, 51.0), (0.0, math.inf), (181.0, 0.0), (0.0, -91.0)])
def test_longitudes_cannot_hold_a_bad_value(pair: tuple[float, float]) -> None:
    with pytest.raises(BadCoordinate):
        LonLat(*pair)


def test_numbers_are_read_as_written() -> None:
    assert GridPoint.parse("366,856", " 427476 ") == GridPoint(366_856, 427_476)
    assert GridPoint.parse(np.int32(366_856), np.float32(427_476)) == GridPoint(366_856, 427_476)
    assert LonLat.parse("\N{MINUS SIGN}2.72", "53.34") == LonLat(-2.72, 53.34)


def test_points_order_and_hash() -> None:
    one, other = GridPoint(351_899, 387_231), GridPoint(351_899, 387_232)
    assert one < other
    assert {one, GridPoint(351_899, 387_231), checked_point(351_899, 387_231)} == {one}
    with pytest.raises(AttributeError):
        one.easting_m = 5  # type: ignore[misc]


def test_arrays_keep_their_gaps() -> None:
    lons, lats = to_lonlat([297_315, math.nan], [576_211, 5])
    assert lons[0] == pytest.approx(-3.609592, abs=1.5e-4)
    assert np.isnan(lons[1])
    assert np.isnan(lats[1])
    eastings, northings = to_grid(lons, lats)
    assert eastings[0] == pytest.approx(297_315, abs=0.01)
    assert np.isnan(northings[1])
    assert to_grid([], [])[0].shape == (0,)

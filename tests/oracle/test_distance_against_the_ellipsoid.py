"""Grid distance beside the true distance on the ellipsoid: what the docstring says of its error."""

import pytest
from pyproj import Geod, Proj

from geo.distance import straight_line_m
from geo.point import GridPoint

GRID = Proj("EPSG:27700")
EARTH = Geod(ellps="airy")


def error_ratio(a: GridPoint, b: GridPoint) -> float:
    ends = [GRID(p.easting_m, p.northing_m, inverse=True) for p in (a, b)]
    _, _, true_m = EARTH.inv(*ends[0], *ends[1])
    return straight_line_m(a, b) / true_m - 1


@pytest.mark.parametrize(
    ("easting_m", "northing_m", "metres_in_5_km"),
    [
        (400_000, 286_000, -2.0),  # Birmingham, on the central meridian
        (134_500, 25_200, +2.3),  # Land's End
        (655_000, 293_000, +2.0),  # Lowestoft
        (69_000, 803_000, +4.8),  # Barra
    ],
)
def test_five_kilometres_are_wrong_by_as_much_as_is_stated(easting_m, northing_m, metres_in_5_km):
    here, north = GridPoint(easting_m, northing_m), GridPoint(easting_m, northing_m + 5_000)
    assert error_ratio(here, north) * 5_000 == pytest.approx(metres_in_5_km, abs=0.3)


def test_the_worst_is_a_seventh_of_a_per_cent():
    st_kilda = GridPoint(10_000, 899_000)
    assert error_ratio(st_kilda, GridPoint(12_000, 899_000)) == pytest.approx(0.0015, abs=0.0001)

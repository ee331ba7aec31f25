"""Membership of many places at once beside one covers() or one distance at a time."""

from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import Point
from travel_worlds import barriers, points

from geo.catchment import Catchment
from geo.distance import straight_line_m

many = st.lists(points, max_size=30)


def asked_at_once(catchment, places):
    return catchment.contains_many(
        [place.easting_m for place in places], [place.northing_m for place in places]
    ).tolist()


@given(barriers(), many)
@settings(deadline=None, max_examples=100)
def test_drawn_areas(area, places):
    geometry = area.geometry
    expected = [geometry.covers(Point(place.easting_m, place.northing_m)) for place in places]
    catchment = Catchment.polygon(geometry)
    assert asked_at_once(catchment, places) == expected
    assert [catchment.contains(place) for place in places] == expected


@given(points, st.sampled_from([100.0, 500.0, 1_000.0, 2_500.0]), many)
@settings(deadline=None, max_examples=100)
def test_circles(centre, radius_m, places):
    catchment = Catchment.radius(centre, radius_m)
    expected = [straight_line_m(centre, place) <= radius_m for place in places]
    assert asked_at_once(catchment, places) == expected
    west, south, east, north = catchment.bounds
    for place, inside in zip(places, expected, strict=True):
        if inside:
            assert west <= place.easting_m <= east
            assert south <= place.northing_m <= north

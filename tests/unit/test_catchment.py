import math

import pytest
import shapely
from shapely.geometry import LineString, MultiPolygon, Polygon, box

from geo.catchment import Catchment
from geo.errors import BadCoordinate, BadRadius, CrsMismatch
from geo.point import GridPoint
from geo.shape import BadShape

CENTRE = GridPoint(351_000, 384_000)
WARD = box(350_000, 383_000, 352_000, 385_000)
WITH_A_HOLE = Polygon(
    WARD.exterior.coords, [box(350_500, 383_500, 351_500, 384_500).exterior.coords]
)


def test_the_edge_of_a_circle_is_in():
    circle = Catchment.radius(CENTRE, 500)
    assert circle.contains(GridPoint(351_300, 384_400))
    assert not circle.contains(GridPoint(351_300, 384_400.001))


def test_a_circle_knows_its_size():
    circle = Catchment.radius(CENTRE, 1_000)
    assert circle.area_m2 == pytest.approx(math.pi * 1e6)
    assert circle.bounds == (350_000, 383_000, 352_000, 385_000)


def test_the_outline_of_a_circle_lies_on_it():
    outline = Catchment.radius(CENTRE, 1_000).outline()
    assert outline.area == pytest.approx(math.pi * 1e6, rel=0.0005)
    assert outline.bounds == pytest.approx((350_000, 383_000, 352_000, 385_000))


def test_the_edge_and_the_corners_of_a_drawn_area_are_in():
    ward = Catchment.polygon(WARD)
    for easting_m, northing_m in [(350_000, 384_000), (352_000, 385_000), (351_000, 384_000)]:
        assert ward.contains(GridPoint(easting_m, northing_m))
    assert not ward.contains(GridPoint(349_999.999, 384_000))


def test_a_hole_is_out_and_does_not_count_as_area():
    ward = Catchment.polygon(WITH_A_HOLE)
    assert not ward.contains(CENTRE)
    assert ward.area_m2 == pytest.approx(3e6)
    assert ward.outline().equals(WITH_A_HOLE)


def test_an_area_may_have_several_parts():
    other_bank = box(354_000, 383_000, 355_000, 384_000)
    both = Catchment.polygon(MultiPolygon([WARD, other_bank]))
    assert both.contains_many(
        [351_000, 353_000, 354_500], [384_000, 384_000, 383_500]
    ).tolist() == [
        True,
        False,
        True,
    ]
    assert both.bounds == (350_000, 383_000, 355_000, 385_000)


@pytest.mark.parametrize("area", [Catchment.radius(CENTRE, 100), Catchment.polygon(WARD)])
def test_nobody_is_nowhere_and_an_unknown_place_is_not_inside(area):
    assert area.contains_many([], []).shape == (0,)
    assert area.contains_many([math.nan], [384_000]).tolist() == [False]
    with pytest.raises(BadCoordinate):
        area.contains_many([351_000, 351_000], [384_000])


def test_the_shape_that_was_given_stays_as_it_was():
    mine = box(350_000, 383_000, 352_000, 385_000)
    Catchment.polygon(mine)
    assert not shapely.is_prepared(mine)


@pytest.mark.parametrize("radius_m", [0, -1, math.nan, 50_001])
def test_a_circle_needs_a_width_that_can_be_used(radius_m):
    with pytest.raises(BadRadius):
        Catchment.radius(CENTRE, radius_m)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (Polygon(), "is empty"),
        (MultiPolygon(), "is empty"),
        (LineString([(350_000, 383_000), (351_000, 384_000)]), "this is a LineString"),
        ("POLYGON EMPTY", "this is a str"),
        (
            Polygon(
                [(350_000, 383_000), (351_000, 384_000), (351_000, 383_000), (350_000, 384_000)]
            ),
            r"Self-intersection\[350500 383500\]",
        ),
        (Polygon([(350_000, 383_000), (351_000, 384_000), (350_500, 383_500)]), "not a valid"),
    ],
)
def test_a_polygon_that_cannot_be_used_is_refused_with_the_reason(geometry, said):
    with pytest.raises(BadShape, match=said):
        Catchment.polygon(geometry)


@pytest.mark.parametrize(
    ("geometry", "said"),
    [
        (box(-2.76, 53.35, -2.70, 53.38), "is in degrees"),
        (box(-0.5, 51.4, 0.0, 51.6), "is in degrees"),
        (box(-307_000, 7_046_000, -300_000, 7_050_000), "outside the British National Grid"),
        (box(800_000, 383_000, 801_000, 384_000), "outside the British National Grid"),
    ],
)
def test_another_coordinate_system_is_refused_and_never_converted(geometry, said):
    with pytest.raises(CrsMismatch, match=said):
        Catchment.polygon(geometry)

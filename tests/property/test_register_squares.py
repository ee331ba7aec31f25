"""Kilometre squares and strips: every square of a ring in exactly one strip, none besides."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.point import GridPoint
from service.register.narrowing import box_of, cell_of, strips

points = st.builds(GridPoint, st.floats(1_000, 700_000), st.floats(1_000, 1_300_000))
radii = st.one_of(st.floats(0, 50_000), st.sampled_from([0.0, 999.999, 1000.0, 1500.0]))


def squares(ranges):
    return [cell for low, high in ranges for cell in range(low, high + 1)]


def squares_of(box):
    west, south, east, north = box
    return {
        row * 1000 + column for row in range(south, north + 1) for column in range(west, east + 1)
    }


@given(centre=points, outer=radii, inner=radii)
@settings(max_examples=100, deadline=None)
def test_strips_are_the_outer_box_without_the_inner(centre, outer, inner):
    inner, outer = sorted((inner, outer))
    ring = squares(strips(box_of(centre, outer), box_of(centre, inner)))
    assert len(ring) == len(set(ring))
    assert set(ring) == squares_of(box_of(centre, outer)) - squares_of(box_of(centre, inner))
    whole = squares(strips(box_of(centre, outer)))
    assert sorted(whole) == sorted(squares_of(box_of(centre, outer)))


@given(
    centre=points,
    radius=radii,
    east=st.floats(-1, 1),
    north=st.floats(-1, 1),
)
@settings(max_examples=100, deadline=None)
def test_every_place_in_the_circle_lies_in_a_square_of_its_box(centre, radius, east, north):
    place_east, place_north = centre.easting_m + east * radius, centre.northing_m + north * radius
    if 0 <= place_east <= 700_000 and 0 <= place_north <= 1_300_000:
        assert cell_of(place_east, place_north) in squares_of(box_of(centre, radius))


@pytest.mark.parametrize(
    ("east", "north", "cell"),
    [(0.0, 500.0, 0), (999.99, 999.99, 0), (1000.0, 0.0, 1), (351_000, 385_000, 385_351)],
)
def test_a_square_is_numbered_by_row_and_column(east, north, cell):
    assert cell_of(east, north) == cell

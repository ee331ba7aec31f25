"""What has no place is kept by the area it takes people from: nothing that might is left out."""

from __future__ import annotations

import random
from dataclasses import replace
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from matching_world import NEEDS, random_asset

from geo.point import GridPoint
from service.register.area_cells import ANYWHERE, RANGES, cells_served, ranges_at
from service.register.areas import Whereabouts, takes_from
from service.register.narrowing import REMOTE_CELL
from service.register.snapshot import Area, AssetSnapshot, Place
from service.register.vocabulary import AreaKind

DISTRICTS, AUTHORITIES = ("WA8", "WA7", "L24"), ("E06000006", "E08000012")

points = st.builds(GridPoint, st.floats(1_000, 690_000), st.floats(1_000, 1_290_000))
near_by = st.builds(
    lambda east, north: GridPoint(351_000 + east, 385_000 + north),
    st.floats(-70_000, 70_000),
    st.floats(-70_000, 70_000),
)
areas = st.one_of(
    st.just(Area(AreaKind.EVERYWHERE)),
    st.builds(
        Area, st.just(AreaKind.POSTCODE_DISTRICT), st.sampled_from((*DISTRICTS, "", " wa8 "))
    ),
    st.builds(Area, st.just(AreaKind.LOCAL_AUTHORITY), st.sampled_from((*AUTHORITIES, ""))),
    st.builds(
        lambda metres: Area(AreaKind.RADIUS_M, metres),
        st.sampled_from(("1", "500", "20000", "49999", "50000", "50001", "100000", "", "far")),
    ),
)
wheres = st.builds(
    Whereabouts,
    st.sampled_from((None, *DISTRICTS)),
    st.sampled_from((None, *AUTHORITIES)),
    st.one_of(st.none(), near_by),
    st.sampled_from((0.0, 900.0, 25_000.0)),
)


def asset_with(stated: list[Area], places: list[GridPoint | None]) -> AssetSnapshot:
    return replace(
        random_asset(random.Random(1), 1, NEEDS[:1]),
        areas=tuple(stated),
        places=tuple(
            Place(number, "Hall", "", None, point) for number, point in enumerate(places, 1)
        ),
    )


def is_read(asset: AssetSnapshot, where: Whereabouts | None) -> bool:
    ranges = [*ranges_at(where), (REMOTE_CELL, REMOTE_CELL)]
    cells = cells_served(asset.areas, asset.places)
    return any(low <= cell <= high for cell in cells for low, high in ranges)


@given(st.lists(areas, max_size=3), st.lists(st.one_of(st.none(), near_by), max_size=2), wheres)
@settings(max_examples=100, deadline=None)
def test_whatever_may_take_somebody_from_there_is_read(
    stated: list[Area], places: list[GridPoint | None], where: Whereabouts
) -> None:
    asset = asset_with(stated, places)
    if takes_from(asset, where) is not False:
        assert is_read(asset, where)
    assert is_read(asset, None)


@given(points, st.floats(0, 1), st.floats(-1, 1), st.floats(-1, 1))
@settings(max_examples=100, deadline=None)
def test_everybody_in_a_circle_reads_its_squares(
    place: GridPoint, share: float, east: float, north: float
) -> None:
    radius_m = 1 + share * 49_999
    asset = asset_with([Area(AreaKind.RADIUS_M, str(radius_m))], [place])
    somebody = Whereabouts(
        point=GridPoint(
            min(max(1_000.0, place.easting_m + 0.7 * east * radius_m), 699_000.0),
            min(max(1_000.0, place.northing_m + 0.7 * north * radius_m), 1_299_000.0),
        )
    )
    assert is_read(asset, somebody)


def test_those_of_other_areas_are_not_read() -> None:
    """Or it would leave nothing out."""
    here = Whereabouts("WA8", "E06000006", GridPoint(351_000, 385_000))
    far = GridPoint(530_000, 180_000)
    for stated, places in (
        ([Area(AreaKind.POSTCODE_DISTRICT, "M1")], []),
        ([Area(AreaKind.LOCAL_AUTHORITY, "E08000003")], []),
        ([Area(AreaKind.RADIUS_M, "20000")], [far]),
        ([Area(AreaKind.POSTCODE_DISTRICT, "M1"), Area(AreaKind.RADIUS_M, "20000")], [far]),
    ):
        assert not is_read(asset_with(stated, places), here)


def test_kinds_of_area_share_no_cell_and_lie_below_the_map() -> None:
    ranges = sorted([*RANGES.values(), (REMOTE_CELL, REMOTE_CELL)])
    assert all(low <= high for low, high in ranges)
    assert all(one[1] < other[0] for one, other in pairwise(ranges))
    assert (ranges[0][0], ranges[-1][1]) == ANYWHERE
    assert ranges[0][0] >= -(2**31)
    assert ranges[-1][1] < 0

"""What a map says in words."""

from __future__ import annotations

import random

import shapely
from map_sheets import empty_town, feature, town

from geo.maps.layers import extent, feature_positions
from geo.maps.sheet import Area, AreaKind, MapSheet
from geo.maps.summary import counts_by_freshness, counts_by_group, sentences
from geo.point import GridPoint, LonLat


def test_counts_add_up_to_all_features():
    sheet = town()
    assert sum(counts_by_group(sheet)) == sum(counts_by_freshness(sheet)) == len(sheet.features)
    assert counts_by_group(sheet)[-1] == 0, "a kind without assets is counted as 0"


def test_kinds_without_assets_are_named():
    assert "No assets recorded for: Caring for someone; Work and learning." in sentences(town())


def test_what_is_not_on_the_map_is_counted():
    assert "1 asset without a place to go to is in the list and not on the map." in sentences(
        town()
    )
    assert not any("without a place" in sentence for sentence in sentences(town(3)))


def test_an_empty_sheet_says_so_and_still_names_its_gaps():
    assert sentences(empty_town()) == [
        "No assets recorded.",
        "Gaps shown on the map: No food help near.",
    ]


def test_the_callers_own_sentences_come_first():
    assert sentences(town(3, summary=("First.", "Second.")))[:2] == ["First.", "Second."]


def test_one_asset_is_not_one_assets():
    assert sentences(town(1))[0] == "1 asset in 1 of 8 kinds of need."


def test_positions_are_those_of_the_features():
    sheet = town()
    for lat, lon, row in feature_positions(sheet):
        back = GridPoint.from_lonlat(LonLat(lon, lat))
        point = sheet.features[int(row)].point
        assert abs(back.easting_m - point.easting_m) < 0.2
        assert abs(back.northing_m - point.northing_m) < 0.2


def test_the_extent_holds_every_feature_and_the_catchment():
    sheet = town()
    (south, west), (north, east) = extent(sheet)
    for lat, lon, _ in feature_positions(sheet):
        assert south <= lat <= north
        assert west <= lon <= east
    catchment = next(area.shape for area in sheet.areas if area.kind is AreaKind.CATCHMENT)
    corner = GridPoint(*catchment.bounds[:2]).to_lonlat()
    assert south <= corner.lat + 1e-6


def test_one_place_alone_is_not_zoomed_to_a_doorstep():
    one = feature(1, random.Random(1))
    sheet = MapSheet("T", town(0).groups, town(0).freshness, (one,))
    (south, west), (north, east) = extent(sheet)
    across_m = GridPoint.from_lonlat(LonLat(east, north)).northing_m
    across_m -= GridPoint.from_lonlat(LonLat(west, south)).northing_m
    assert 790 < across_m < 830


def test_far_water_does_not_stretch_a_map_that_has_something_nearer():
    sea = Area(AreaKind.WATER, "", shapely.box(200000, 300000, 300000, 400000))
    assert extent(town(3, areas=(sea,))) == extent(town(3, areas=()))

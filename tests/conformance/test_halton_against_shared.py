"""The example town agrees with the published files, as far as coarse outlines can."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest
import shapely
from pyproj import Transformer
from shapely.geometry import shape
from shared import shared_path

from geo.point import GridPoint
from geo.travel import DetourTravel, Method, Mode, Traveller
from seed_data import halton

WALKER = Traveller(1.33, frozenset({Mode.WALK}), None)


@pytest.fixture(scope="module")
def land():
    path = shared_path("data/geo/demo_halton/lsoa21_halton.geojson")
    to_grid = Transformer.from_crs(4326, 27700, always_xy=True)
    areas = [shape(each["geometry"]) for each in json.loads(path.read_text())["features"]]
    grid = shapely.transform(
        np.array(areas, dtype=object),
        lambda xy: np.column_stack(to_grid.transform(xy[:, 0], xy[:, 1])),
    )
    return shapely.union_all(grid)


@pytest.fixture(scope="module")
def postcodes():
    path = shared_path("data/geo/demo_halton/postcodes_halton_2025-11.csv")
    with path.open(encoding="utf-8", newline="") as file:
        return {
            row["postcode"]: (int(row["easting"]), int(row["northing"]))
            for row in csv.DictReader(file)
        }


def test_practices_are_the_published_ones():
    path = shared_path("data/geo/demo_halton/gp_practices_halton_2026-02.csv")
    with path.open(encoding="utf-8", newline="") as file:
        published = {row["code"]: row for row in csv.DictReader(file)}
    assert {practice.ods_code for practice in halton.practices()} == set(published)
    for ours in halton.practices():
        theirs = published[ours.ods_code]
        assert ours.postcode == theirs["postcode"]
        assert ours.point == GridPoint(float(theirs["easting"]), float(theirs["northing"]))
        assert ours.patients_2026 == int(float(theirs["list_size_2026"]))
        assert ours.opened_on.strftime("%Y%m%d") == theirs["open_date"]
        assert ours.status == theirs["status"].lower()
        assert ours.pcn_code == theirs["pcn_code_2022"]
        assert ours.icb_code == theirs["icb24_code_nhs"]
        assert ours.local_authority == theirs["lad"]


def test_the_outline_overlaps_the_true_one(land):
    ours = halton.boundary().difference(halton.water())
    ratio = ours.intersection(land).area / ours.union(land).area
    assert ratio >= 0.85


def test_the_outline_is_no_copy_of_a_published_one(land):
    theirs = set()
    for part in shapely.get_parts(land):
        theirs |= {(round(x), round(y)) for x, y in part.exterior.coords}
    assert not theirs & {(round(x), round(y)) for x, y in halton.boundary().exterior.coords}


def test_hardly_any_postcode_falls_outside_or_into_the_river(postcodes):
    places = shapely.points(list(postcodes.values()))
    outside = ~shapely.contains(halton.boundary(), places)
    assert outside.mean() < 0.005
    assert not shapely.intersects(halton.water(), places).any()


def test_venues_stand_where_their_postcodes_are(postcodes):
    rows = csv.DictReader(halton.assets_csv().decode("utf-8").splitlines())
    venues = {row["venue_name"]: row for row in rows if row["venue_name"]}
    assert len(venues) >= 40
    for row in venues.values():
        assert postcodes[row["postcode"]] == (int(row["easting_m"]), int(row["northing_m"]))


def test_the_person_lives_at_a_real_postcode(postcodes):
    assert halton.referral()["postcode"] in postcodes


def test_nobody_is_cut_off_from_their_own_bank(postcodes):
    travel = DetourTravel(halton.barriers(), halton.crossings())
    for outwards in (("WA8", "L24"), ("WA7", "WA4")):
        mine = [
            GridPoint(*map(float, place))
            for postcode, place in sorted(postcodes.items())
            if postcode.split()[0] in outwards
        ]
        for home in mine[::40]:
            journeys = travel.journeys(home, mine[::4], WALKER)
            assert all(journey.method is Method.DETOUR for journey in journeys)


def test_every_walk_to_the_other_bank_goes_over_the_bridge(postcodes):
    travel = DetourTravel(halton.barriers(), halton.crossings())
    points = {
        postcode: GridPoint(*map(float, place)) for postcode, place in sorted(postcodes.items())
    }
    widnes = [point for postcode, point in points.items() if postcode.startswith("WA8 ")]
    runcorn = [point for postcode, point in points.items() if postcode.startswith("WA7 ")]
    for home in widnes[::40]:
        journeys = travel.journeys(home, runcorn[::4], WALKER)
        assert {journey.crossing for journey in journeys} == {"Silver Jubilee Bridge"}

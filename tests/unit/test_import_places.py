"""Where a row says that something is: postcodes, coordinates, and whether the two agree."""

from __future__ import annotations

import pytest
from import_world import (
    ENDED,
    MAX_BYTES,
    RUNCORN_AT,
    TODAY,
    UNKNOWN,
    WIDNES,
    WIDNES_AT,
    WITHOUT_LOCATION,
    good,
    read,
    rows_csv,
)

from geo.gazetteer import NullGazetteer
from geo.point import GridPoint
from service.register.imports.assets import read_asset_file
from service.register.imports.facts import VenueFacts

AT = {"easting_m": str(WIDNES_AT[0] + 40), "northing_m": str(WIDNES_AT[1])}


def place(**changes: str) -> VenueFacts:
    found = read(good(**changes))
    assert found.problems == ()
    venue = found.assets[0].meetings[0].venue
    assert venue is not None
    return venue


def told(**changes: str) -> list[tuple[str, str]]:
    found = read(good(**changes))
    assert not found.assets
    return [(problem.column, problem.message) for problem in found.problems]


def test_a_postcode_alone_gives_its_middle_and_how_good_that_is():
    venue = place(postcode="wa86tr")
    assert (venue.postcode, venue.point) == (WIDNES, GridPoint(*WIDNES_AT))
    assert venue.accuracy_m is not None
    assert venue.accuracy_m > 0


def test_coordinates_that_agree_with_the_postcode_win():
    venue = place(**AT)
    assert venue.point == GridPoint(WIDNES_AT[0] + 40, WIDNES_AT[1])
    assert venue.accuracy_m is None


def test_degrees_are_used_when_there_are_no_metres():
    venue = place(latitude="53.379727", longitude="-2.724553")
    assert venue.point is not None
    assert abs(venue.point.easting_m - WIDNES_AT[0]) < 10
    assert abs(venue.point.northing_m - WIDNES_AT[1]) < 10


def test_both_pairs_of_coordinates_may_be_given_when_they_agree():
    at = {"easting_m": str(WIDNES_AT[0]), "northing_m": str(WIDNES_AT[1])}
    venue = place(latitude="53.379727", longitude="-2.724553", **at)
    assert venue.point == GridPoint(*WIDNES_AT)


def test_coordinates_need_no_postcode():
    assert place(postcode="", **AT).postcode is None


@pytest.mark.parametrize("longitude", ["0", "0.0", "-0.0", "0.000"])
def test_greenwich_is_a_place(longitude):
    venue = place(postcode="", latitude="51.4779", longitude=longitude)
    assert venue.point is not None
    assert abs(venue.point.easting_m - 538_987) < 10


@pytest.mark.parametrize(
    ("changes", "column", "said"),
    [
        ({"postcode": "WA8"}, "postcode", "only the first part"),
        ({"postcode": "WA8 OTR"}, "postcode", "Did you mean WA8 0TR?"),
        ({"postcode": "Widnes"}, "postcode", "character"),
        ({"postcode": "BT1 1AA"}, "postcode", "Northern Ireland"),
        ({"postcode": UNKNOWN}, "postcode", "There is no postcode"),
        ({"postcode": WITHOUT_LOCATION}, "postcode", "give easting_m and northing_m"),
        ({"easting_m": "351899"}, "easting_m", "northing is missing"),
        ({"northing_m": "387231"}, "northing_m", "easting is missing"),
        ({"latitude": "53.38"}, "latitude", "longitude is missing"),
        ({"longitude": "-2.72"}, "longitude", "latitude is missing"),
        ({"latitude": "-2.7246", "longitude": "53.3797"}, "longitude", "swapped"),
        ({"latitude": "387231", "longitude": "351899"}, "longitude", "are not degrees"),
        ({"easting_m": "-2.72", "northing_m": "53.38"}, "easting_m", "look like degrees"),
        ({"easting_m": "0", "northing_m": "0"}, "easting_m", "no location"),
        ({"latitude": "0", "longitude": "0"}, "longitude", "no location"),
        ({"latitude": "48.85", "longitude": "2.35"}, "longitude", "outside Great Britain"),
        ({"easting_m": "east", "northing_m": "387231"}, "easting_m", "not a number"),
        (
            {"easting_m": str(WIDNES_AT[1]), "northing_m": str(WIDNES_AT[0])},
            "easting_m",
            "Easting and northing look swapped",
        ),
        (
            {"easting_m": str(RUNCORN_AT[0]), "northing_m": str(RUNCORN_AT[1])},
            "easting_m",
            "5.2 km from the postcode; up to 2.0 km",
        ),
        (
            {**AT, "latitude": "53.38", "longitude": "-2.50"},
            "longitude",
            "not the same place",
        ),
    ],
)
def test_a_place_that_cannot_be_right_is_refused_with_the_reason(changes, column, said):
    [(where, message)] = told(**changes)
    assert where == column
    assert said in message


def test_a_postcode_out_of_use_is_taken_where_it_was_and_told():
    found = read(good(postcode=ENDED))
    venue = found.assets[0].meetings[0].venue
    assert venue is not None
    assert venue.point == GridPoint(351_000, 387_000)
    [warning] = found.warnings
    assert (warning.column, warning.value) == ("postcode", ENDED)
    assert "2019-05" in warning.message


@pytest.mark.parametrize("postcode", [UNKNOWN, WITHOUT_LOCATION])
def test_a_postcode_newer_than_the_gazetteer_is_taken_with_coordinates(postcode):
    found = read(good(postcode=postcode, **AT))
    assert found.assets[0].meetings[0].venue is not None
    assert len(found.warnings) == (1 if postcode == UNKNOWN else 0)


def test_without_a_gazetteer_only_coordinates_place_anything():
    data = rows_csv(good(1), good(2, **AT))
    found = read_asset_file(data, gazetteer=NullGazetteer(), today=TODAY, max_bytes=MAX_BYTES)
    assert [asset.name for asset in found.assets] == ["Group 2"]
    assert "No postcodes are loaded here" in found.problems[0].message


def test_nothing_is_a_venue_for_what_happens_at_a_distance():
    asset = read(good(delivery="phone", venue_name="", postcode="")).assets[0]
    assert [meeting.venue for meeting in asset.meetings] == [None]
    assert asset.meetings[0].rule == "FREQ=WEEKLY;BYDAY=TU"


def test_a_venue_whose_place_is_not_known_is_taken_and_told():
    found = read(good(venue_name="Somewhere", postcode=""))
    venue = found.assets[0].meetings[0].venue
    assert venue is not None
    assert (venue.point, venue.accuracy_m) == (None, None)
    assert [w.column for w in found.warnings] == ["postcode"]


def test_people_who_meet_in_person_without_a_place_are_told_of():
    found = read(good(venue_name="", postcode=""))
    assert [(w.column, len(found.assets)) for w in found.warnings] == [("postcode", 1)]

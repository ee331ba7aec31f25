"""Rows that belong together: further rows of one asset, shared venues, one organisation."""

from __future__ import annotations

import re

import pytest
from import_world import RUNCORN, WIDNES, good, many, read
from shared import ROOT

from geo.point import GridPoint
from seed_data import halton
from service.register.imports.columns import ASSET_FILE
from service.register.vocabulary import AccessFeature

FURTHER = {"asset_id": "old-kiln-lunch", "name": "", "kind": "", "meets_rule": "FREQ=WEEKLY"}


def further(**changes: str) -> dict[str, str]:
    return {**FURTHER, "venue_name": "The Old Kiln", "postcode": WIDNES, **changes}


def test_further_rows_add_meetings_and_venues():
    found = read(
        good(),
        further(meets_rule="FREQ=WEEKLY;BYDAY=FR"),
        further(venue_name="Ferry Table", postcode=RUNCORN),
    )
    asset = found.assets[0]
    assert len(found.assets) == 1
    assert [meeting.line for meeting in asset.meetings] == [2, 3, 4]
    assert len({m.venue.key(asset.source) for m in asset.meetings if m.venue}) == 2
    assert len(found.venues) == 2


def test_further_rows_may_repeat_the_first_and_stand_anywhere():
    found = read(good(), good(7), good(meets_rule="FREQ=WEEKLY;BYDAY=FR"))
    assert [(asset.name, len(asset.meetings)) for asset in found.assets] == [
        ("Old Kiln Lunch", 2),
        ("Group 7", 1),
    ]


def test_a_row_that_says_the_same_twice_is_one_meeting():
    assert len(read(good(), good()).assets[0].meetings) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "place"}, "Row 2 says “association”"),
        ({"group_kind": "choir_singing"}, "Row 2 says “lunch_club”"),
        ({"cost_pence": "100"}, "Row 2 says “”"),
    ],
)
def test_a_further_row_that_contradicts_the_first_is_told(changes, said):
    found = read(good(), further(**changes))
    assert found.assets == ()
    [problem] = found.problems
    assert (problem.line, problem.column) == (3, next(iter(changes)))
    assert said in problem.message


def test_two_groups_with_one_id_are_told_to_take_two():
    found = read(good(), good(name="Quite Another"), good(2))
    assert [asset.name for asset in found.assets] == ["Group 2"]
    assert "give it an id of its own" in found.problems[0].message
    assert [row.line for row in found.rejected[0].rows] == [2, 3]


def test_one_bad_row_keeps_the_whole_asset_out():
    found = read(good(), further(meets_rule="Fridays"), *many(2))
    assert [asset.code for asset in found.assets] == ["group-0", "group-1"]
    assert [row.line for row in found.rejected[0].rows] == [2, 3]
    assert [problem.line for problem in found.problems] == [3]


def test_rows_without_an_id_are_told_one_by_one():
    found = read(good(asset_id=""), good(asset_id=""), *many(2))
    assert [(p.line, p.column) for p in found.problems] == [(2, "asset_id"), (3, "asset_id")]


def test_one_venue_is_what_all_its_rows_say_together():
    found = read(
        good(1, access_yes="step_free"),
        good(2, access_no="hearing_loop", address="Kingsway, Widnes", venue_name="the old KILN"),
        good(3, easting_m="351920", northing_m="387231"),
    )
    [venue] = found.venues.values()
    assert (venue.has, venue.lacks) == ({AccessFeature.STEP_FREE}, {AccessFeature.HEARING_LOOP})
    assert venue.address == "Kingsway, Widnes"
    assert (venue.point, venue.accuracy_m) == (GridPoint(351_920, 387_231), None)


@pytest.mark.parametrize(
    ("first", "second", "column"),
    [
        ({"access_yes": "step_free"}, {"access_no": "step_free"}, "access_no"),
        ({"access_no": "step_free"}, {"access_yes": "step_free"}, "access_yes"),
        (
            {"easting_m": "351900", "northing_m": "387231"},
            {"easting_m": "352500", "northing_m": "387231"},
            "easting_m",
        ),
        (
            {"organisation": "Kiln Trust"},
            {"organisation": "Kiln Trust", "invented": "false"},
            "invented",
        ),
    ],
)
def test_rows_that_disagree_about_what_they_share_are_told(first, second, column):
    found = read(good(1, **first), good(2, **second))
    assert [asset.name for asset in found.assets] == ["Group 1"]
    [problem] = found.problems
    assert (problem.line, problem.column) == (3, column)
    assert "Row 2" in problem.message


def test_a_street_without_a_name_of_a_place_is_as_many_venues_as_it_has_points():
    street = {"venue_name": "", "address": "Dunham Road, Widnes"}
    found = read(
        good(1, easting_m="351900", northing_m="387231", **street),
        good(2, easting_m="352500", northing_m="387231", **street),
        good(3, **street),
        good(4, **street),
    )
    assert found.problems == ()
    assert len(found.venues) == 3
    assert {venue.name for venue in found.venues.values()} == {"Dunham Road, Widnes"}


def test_a_rejected_row_does_not_speak_for_a_venue():
    found = read(good(1, access_yes="step_free", kind="?"), good(2, access_no="step_free"))
    assert [asset.name for asset in found.assets] == ["Group 2"]


def test_the_same_hall_in_two_sources_is_two_venues():
    found = read(good(1, source="Council"), good(2, source="OpenStreetMap"))
    assert len(found.venues) == 2


def test_an_organisation_is_small_when_all_that_it_says_is_small():
    one = {"organisation": "Kiln Trust"}
    small = read(good(1, is_small="true", **one), good(2, **one))
    mixed = read(good(1, is_small="true", **one), good(2, is_small="false", **one))
    assert small.organisations["Kiln Trust"].is_small is True
    assert mixed.organisations["Kiln Trust"].is_small is False
    assert read(good(1, **one)).organisations["Kiln Trust"].is_small is None


def test_the_importer_reads_exactly_the_columns_that_are_documented():
    text = (ROOT / "seed_data/README.md").read_text(encoding="utf-8")
    rows = text[text.index("## The asset file") :].splitlines()
    first_cells = [line.split("|")[1] for line in rows if line.startswith("| `")]
    documented = {name for cell in first_cells for name in re.findall(r"`([a-z_]+)`", cell)}
    assert documented == set(ASSET_FILE.columns)


def test_the_example_town_has_nothing_wrong():
    from import_world import MAX_BYTES, TODAY

    from geo.gazetteer import NullGazetteer
    from service.register.imports.assets import read_asset_file

    found = read_asset_file(
        halton.assets_csv(), gazetteer=NullGazetteer(), today=TODAY, max_bytes=MAX_BYTES
    )
    assert found.problems == ()
    assert len(found.assets) == 90
    assert found.table.notes == ()
    assert all(asset.invented for asset in found.assets)

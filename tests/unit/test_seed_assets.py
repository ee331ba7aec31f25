"""The invented groups: plausible, varied, on both banks, and never mistaken for real ones."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from datetime import date

import pytest
from dateutil.rrule import rrulestr
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.point import GridPoint
from geo.postcode import Postcode
from seed_data import halton, needs
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
)

TAXONOMY = needs.load()
ROWS = list(csv.DictReader(io.StringIO(halton.assets_csv().decode("utf-8"), newline="")))
ASSETS = {row["asset_id"]: row for row in ROWS if row["name"]}
VENUES = [row for row in ROWS if row["venue_name"]]
WIDNES = GridPoint(351137, 385284)
WORDS_OF_CONDITIONS = {
    *("addiction", "asylum_seeker", "autism", "bereaved", "cancer", "carer", "copd", "dementia"),
    *("diabetes", "domestic_abuse", "falls_risk", "hearing_loss", "heart_condition", "homeless"),
    *("housebound", "learning_disability", "lgbt", "lone_parent", "long_term_condition"),
    *("long_term_pain", "mental_illness", "overweight", "parkinsons", "prediabetes"),
    *("pregnant_or_baby", "sight_loss", "smoker", "stroke", "unemployed", "veteran"),
}


def items(row: dict[str, str], column: str) -> list[str]:
    return [part for part in row[column].split(";") if part]


def banks() -> dict[str, BaseGeometry]:
    """Halton without its river: the part that holds Widnes, and the largest other part."""
    parts = list(halton.boundary().difference(halton.water()).geoms)
    north = next(
        part for part in parts if part.contains(Point(WIDNES.easting_m, WIDNES.northing_m))
    )
    south = max((part for part in parts if part is not north), key=lambda part: part.area)
    return {"north": north, "south": south}


def served(row: dict[str, str]) -> list[str]:
    if row["needs"]:
        return [part.split(":")[0] for part in items(row, "needs")]
    return list(TAXONOMY.needs_of_kind(row["group_kind"]))


def banks_of(asset_id: str) -> set[str]:
    """Banks on which somebody is reached: by a venue, or at home where the area allows it."""
    asset, sides = ASSETS[asset_id], banks()
    reached = {
        side
        for row in VENUES
        if row["asset_id"] == asset_id
        for side, ground in sides.items()
        if ground.contains(Point(int(row["easting_m"]), int(row["northing_m"])))
    }
    if set(items(asset, "delivery")) - {"in_person"}:
        areas = asset["areas"]
        only = {"WA7": "south", "WA8": "north"}
        named = {side for district, side in only.items() if district in areas}
        reached |= named or {"north", "south"}
    return reached


def test_there_are_seventy_to_ninety_groups_and_each_says_it_is_invented():
    assert 70 <= len(ASSETS) <= 90
    assert {row["invented"] for row in ASSETS.values()} == {"true"}
    assert {row["asset_id"] for row in ROWS} == set(ASSETS)


def test_names_are_each_used_once():
    assert len({row["name"] for row in ASSETS.values()}) == len(ASSETS)


def test_every_word_is_of_its_closed_list():
    for row in ASSETS.values():
        assert row["kind"] in set(AssetKind)
        assert row["group_kind"] in TAXONOMY.kinds
        assert row["capacity"] in set(Capacity)
        assert row["open_to"] in {"", *OpenTo}
        assert items(row, "delivery") and set(items(row, "delivery")) <= set(Delivery)
        assert set(items(row, "routes")) <= set(ReferralRoute)
        assert {area.partition(":")[0] for area in items(row, "areas")} <= set(AreaKind)
        assert set(items(row, "conditions")) <= WORDS_OF_CONDITIONS
        assert all(re.fullmatch(r"[a-z]{2}|bfi", code) for code in items(row, "languages"))
        assert set(served(row)) <= set(TAXONOMY.needs) and served(row), row["asset_id"]
    for row in VENUES:
        yes, no = set(items(row, "access_yes")), set(items(row, "access_no"))
        assert yes | no <= set(AccessFeature)
        assert yes.isdisjoint(no)


def test_further_rows_of_an_asset_carry_venue_and_meeting_only():
    about_asset = set(ROWS[0]) - {
        *("asset_id", "venue_name", "address", "postcode", "easting_m", "northing_m"),
        *("access_yes", "access_no", "meets_rule", "meets_from", "starts_at", "ends_at"),
    }
    for row in ROWS:
        if row is not ASSETS[row["asset_id"]]:
            assert not any(row[column] for column in about_asset), row


def test_all_six_kinds_of_asset_and_most_kinds_of_group_are_there():
    assert {row["kind"] for row in ASSETS.values()} == set(AssetKind)
    assert len({row["group_kind"] for row in ASSETS.values()}) >= 70


@pytest.mark.parametrize("side", ["north", "south"])
def test_every_need_is_served_more_than_once_on_each_bank(side):
    count = Counter(
        need
        for asset_id, row in ASSETS.items()
        if side in banks_of(asset_id)
        for need in served(row)
    )
    assert {need: count[need] for need in TAXONOMY.needs if count[need] < 2} == {}


def test_the_spread_shows_what_matching_has_to_weigh():
    values = {column: {row[column] for row in ASSETS.values()} for column in ROWS[0]}
    assert values["open_to"] >= {"everyone", "women", "men", ""}
    assert values["capacity"] == set(Capacity)
    assert {"", "0"} < values["cost_pence"]
    assert {"gp", "link_worker"} < values["routes"]
    assert values["is_small"] == {"true", "false"}
    assert values["welcomes_newcomers"] == {"true", "false", ""}
    sizes = [int(row["group_size"]) for row in ASSETS.values() if row["group_size"]]
    assert len(sizes) < len(ASSETS)
    assert min(sizes) < 8 < 30 < max(sizes)
    languages = {code for row in ASSETS.values() for code in items(row, "languages")}
    assert languages >= {"en", "pl", "ar", "bfi"}
    deliveries = {word for row in ASSETS.values() for word in items(row, "delivery")}
    assert deliveries == set(Delivery)
    areas = {area.partition(":")[0] for row in ASSETS.values() for area in items(row, "areas")}
    assert areas == set(AreaKind)
    features = {word for row in VENUES for word in items(row, "access_yes")}
    assert features == set(AccessFeature)
    assert any(row["access_no"] for row in VENUES)
    papers = [int(row["checks_valid_days"]) for row in ASSETS.values() if row["checks_valid_days"]]
    assert min(papers) < 0
    assert any(0 < days <= 30 for days in papers)
    assert any(int(row["closes_days"] or 0) < 0 for row in ASSETS.values())
    assert any(int(row["opens_days"] or 0) > 0 for row in ASSETS.values())
    several = Counter(row["asset_id"] for row in VENUES)
    assert max(several.values()) >= 2
    assert any(row["meets_from"] for row in ROWS)


def test_last_checks_run_from_days_to_three_years_ago():
    days = sorted(int(row["assured_days_ago"]) for row in ASSETS.values())
    assert days[0] < 14
    assert 2 * 365 < days[-1] <= 3 * 365
    assert days[len(days) // 2] < 180


def test_rules_and_times_of_meetings_can_be_read():
    for row in ROWS:
        if row["meets_rule"]:
            rule = rrulestr(row["meets_rule"])
            assert "FREQ=" in row["meets_rule"] and rule is not None
            assert ("INTERVAL" in row["meets_rule"]) == bool(row["meets_from"]), row
            assert re.fullmatch(r"[0-2]\d:[0-5]\d", row["starts_at"])
            assert row["starts_at"] < row["ends_at"] <= "21:30"


def test_the_day_a_fortnightly_rule_counts_from_is_a_day_of_the_rule():
    days = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    for row in ROWS:
        if row["meets_from"]:
            weekday = date.fromisoformat(row["meets_from"]).weekday()
            assert f"BYDAY={days[weekday]}" in row["meets_rule"], row["asset_id"]


def test_every_venue_lies_in_halton_on_dry_ground():
    for row in VENUES:
        place = Point(int(row["easting_m"]), int(row["northing_m"]))
        assert halton.boundary().contains(place), row["venue_name"]
        assert not halton.water().intersects(place), row["venue_name"]
        assert Postcode.parse(row["postcode"]).text == row["postcode"]
        assert "(invented venue)" in row["address"]


def test_a_venue_name_is_one_place_with_one_set_of_facts():
    seen: dict[str, tuple[str, ...]] = {}
    for row in VENUES:
        facts = (row["postcode"], row["easting_m"], row["access_yes"], row["access_no"])
        assert seen.setdefault(row["venue_name"], facts) == facts


def test_in_person_groups_have_a_venue_and_remote_ones_need_none():
    with_venue = {row["asset_id"] for row in VENUES}
    for asset_id, row in ASSETS.items():
        if "in_person" in items(row, "delivery"):
            assert asset_id in with_venue, asset_id


def test_contacts_name_a_role_and_cannot_reach_anybody():
    numbers = []
    for asset_id, row in ASSETS.items():
        match = re.fullmatch(
            rf"Ask for the [a-z ]+, (01632 960\d{{3}}), {re.escape(asset_id)}@example\.org",
            row["contact"],
        )
        assert match, row["contact"]
        numbers.append(match[1])
        assert row["website"] in {"", f"https://example.org/groups/{asset_id}"}
    assert len(set(numbers)) == len(numbers)


def test_summaries_are_plain_and_short():
    for row in ASSETS.values():
        sentences = [part for part in re.split(r"[.!?:]\s+", row["summary"]) if part]
        assert 2 <= len(row["summary"].split()) <= 60
        assert max(len(part.split()) for part in sentences) <= 32, row["summary"]

"""The register as a FHIR directory: groups, places, and who runs them."""

from __future__ import annotations

import math
from typing import Any

import pytest
from api_client import Api, Town
from fhir_world import BASE
from sqlalchemy import text

from geo.point import GridPoint, LonLat

pytest_plugins = ("api_fixtures",)


def searched(api: Api, query: str) -> dict[str, Any]:
    answer = api.get(f"{BASE}/{query}")
    assert answer.status_code == 200, (query, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def everything(api: Api, query: str) -> list[dict[str, Any]]:
    """The resources that match, from every page."""
    bundle = searched(api, query)
    total, found = bundle["total"], []
    while True:
        found += [
            each["resource"]
            for each in bundle.get("entry", ())
            if each["search"]["mode"] == "match"
        ]
        links = {each["relation"]: each["url"] for each in bundle["link"]}
        if "next" not in links:
            break
        bundle = api.get(links["next"].removeprefix("http://kith.test")).json()
    assert len(found) == total, query
    assert len({each["id"] for each in found}) == total
    return found


def has(town: Town, statement: str) -> set[str]:
    with town.store.read() as session:
        return set(session.scalars(text(statement)))


def test_every_group_is_listed_once_over_all_pages(api: Api, town: Town) -> None:
    found = everything(api, "HealthcareService?_count=20")
    assert {each["id"] for each in found} == has(town, "SELECT code FROM asset")
    assert all(each["active"] for each in found)
    assert all(each["meta"]["tag"][0]["code"] == "invented" for each in found)


def test_a_group_says_whether_it_has_room_and_when_that_was_checked(api: Api, town: Town) -> None:
    codes = {
        "open": "capacity",
        "full": "no-capacity",
        "waiting_list": "waitlist",
        "unknown": "additional-assessment-required",
    }
    with town.store.read() as session:
        rows = session.execute(text("SELECT code, capacity, assured_on FROM asset")).all()
    found = {each["id"]: each for each in everything(api, "HealthcareService?_count=100")}
    for code, capacity, assured_on in rows:
        extensions = {each["url"].rpartition("/")[2]: each for each in found[code]["extension"]}
        status = extensions["SDOHCC-ExtensionHealthcareServiceCapacityStatus"]["extension"][0]
        assert status["url"] == "capacityStatus"
        assert status["valueCodeableConcept"]["coding"][0]["code"] == codes[capacity]
        assured = extensions.get("assured-on")
        assert (assured and assured["valueDate"]) == (assured_on and str(assured_on))


@pytest.mark.parametrize(
    ("query", "statement"),
    [
        ("name=lapwing", "SELECT code FROM asset WHERE lower(name) LIKE 'lapwing%'"),
        ("name=CLUB", "SELECT code FROM asset WHERE ' ' || lower(name) LIKE '% club%'"),
        ("name:contains=wing", "SELECT code FROM asset WHERE lower(name) LIKE '%wing%'"),
        ("name:exact=Lapwing Lunch Club", "SELECT code FROM asset WHERE name='Lapwing Lunch Club'"),
        ("name=%25", "SELECT code FROM asset WHERE name LIKE '$%%' ESCAPE '$'"),
        ("identifier=lapwing-lunch-club", "SELECT 'lapwing-lunch-club'"),
        ("_id=lapwing-lunch-club,asset-2", "SELECT code FROM asset WHERE asset_id IN (1, 2)"),
        ("service-category=association", "SELECT code FROM asset WHERE kind = 'association'"),
        ("service-type=lunch_club", "SELECT code FROM asset WHERE group_kind = 'lunch_club'"),
        ("organization=Organization/org-1", "SELECT code FROM asset WHERE organisation_id = 1"),
        (
            "location=Location/loc-1",
            "SELECT DISTINCT a.code FROM asset a JOIN schedule s ON s.asset_id = a.asset_id "
            "WHERE s.venue_id = 1",
        ),
        (
            "coverage-area=WA8",
            "SELECT DISTINCT a.code FROM asset a JOIN area_served s ON s.asset_id = a.asset_id "
            "WHERE s.kind = 'postcode_district' AND s.value = 'WA8'",
        ),
        (
            "active=true&service-type=lunch_club&service-category=association",
            "SELECT code FROM asset WHERE group_kind = 'lunch_club' AND kind = 'association'",
        ),
        ("active=false", "SELECT code FROM asset WHERE is_retired"),
        ("organization=Organization/N81011", "SELECT code FROM asset WHERE false"),
    ],
)
def test_what_a_group_is_found_by(api: Api, town: Town, query: str, statement: str) -> None:
    found = everything(api, f"HealthcareService?{query}&_count=30")
    assert {each["id"] for each in found} == has(town, statement), query


def test_groups_are_found_by_what_their_place_has(api: Api) -> None:
    groups = everything(api, "HealthcareService?_count=100")
    for feature in ("step_free", "hearing_loop", "quiet_space"):
        expected = {
            each["id"]
            for each in groups
            if feature in {c["coding"][0]["code"] for c in each.get("characteristic", ())}
        }
        found = everything(api, f"HealthcareService?characteristic={feature}&_count=100")
        assert {each["id"] for each in found} == expected
    assert everything(api, "HealthcareService?characteristic=swimming_pool") == []


def test_near_finds_every_place_within_and_none_beyond(api: Api) -> None:
    places = everything(api, "Location?_count=100")
    middle = GridPoint.from_lonlat(LonLat(-2.7339, 53.3627))
    distances = {}
    for each in places:
        if "position" in each:
            at = LonLat(each["position"]["longitude"], each["position"]["latitude"])
            point = GridPoint.from_lonlat(at)
            distances[each["id"]] = math.hypot(
                point.easting_m - middle.easting_m, point.northing_m - middle.northing_m
            )
    for radius_m, said in ((500, "0.5"), (2000, "2"), (2000, "2|km"), (2000, "2000|m")):
        found = {e["id"] for e in everything(api, f"Location?near=53.3627|-2.7339|{said}")}
        # A position is told to six decimals, a tenth of a metre.
        sure = {each for each, away_m in distances.items() if away_m < radius_m - 1}
        possible = {each for each, away_m in distances.items() if away_m < radius_m + 1}
        assert sure <= found <= possible, said
    assert 0 < len(sure) < len(places)


def test_places_by_name_postcode_and_who_uses_them(api: Api, town: Town) -> None:
    for query, statement in (
        ("address-postalcode=wa8", "SELECT venue_id FROM venue WHERE postcode LIKE 'WA8%'"),
        ("name=the old kiln", "SELECT venue_id FROM venue WHERE name = 'The Old Kiln'"),
        ("_id=loc-1,loc-2,loc-x", "SELECT venue_id FROM venue WHERE venue_id IN (1, 2)"),
        ("status=inactive", "SELECT venue_id FROM venue WHERE false"),
        (
            "organization=org-1",
            "SELECT DISTINCT s.venue_id FROM schedule s JOIN asset a ON a.asset_id = s.asset_id "
            "WHERE a.organisation_id = 1 AND s.venue_id IS NOT NULL",
        ),
    ):
        found = {each["id"] for each in everything(api, f"Location?{query}")}
        assert found == {f"loc-{each}" for each in has(town, statement)}, query


def test_organisations_of_both_kinds_are_one_list(api: Api, town: Town) -> None:
    whole = {each["id"] for each in everything(api, "Organization?_count=50")}
    nhs = has(town, "SELECT ods_code FROM nhs_org")
    own = {f"org-{each}" for each in has(town, "SELECT organisation_id FROM organisation")}
    assert whole == nhs | own
    for query, expected in (
        ("identifier=https://fhir.nhs.uk/Id/ods-organization-code|N81011", {"N81011"}),
        ("identifier=https://fhir.nhs.uk/id/ods-organization-code|N81011", {"N81011"}),
        ("name=bevan", {"N81011"}),
        ("_id=N81011,org-1,nothing", {"N81011", "org-1"}),
        ("type=practice", has(town, "SELECT ods_code FROM nhs_org WHERE kind = 'practice'")),
        (
            "address-postalcode=WA8",
            has(town, "SELECT ods_code FROM nhs_org WHERE postcode LIKE 'WA8%'"),
        ),
    ):
        found = {each["id"] for each in everything(api, f"Organization?{query}&_count=50")}
        assert found == expected, query


def test_the_link_workers_own_organisation_is_named_by_the_settings(quick: Api) -> None:
    organisation = quick.get(f"{BASE}/Organization/kith").json()
    assert organisation["name"] == quick.town.settings.organisation_name
    assert "identifier" not in organisation
    service = quick.get(f"{BASE}/HealthcareService/kith").json()
    assert service["providedBy"]["reference"] == "Organization/kith"

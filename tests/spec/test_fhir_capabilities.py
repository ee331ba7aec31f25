"""The CapabilityStatement is true: what it lists is there, and nothing else answers."""

from __future__ import annotations

from typing import Any

import pytest
from api_client import Api, Town
from fhir_world import BASE, World
from town import WIDNES, token_for

from service.api.fhir import routers
from service.api.fhir.interactions import Interaction, declared
from service.api.fhir.search.parameters import SEARCHES

pytest_plugins = ("api_fixtures",)

FHIR_JSON = {"Content-Type": "application/fhir+json"}
VALUES = {
    "token": "nothing-is-called-this",
    "reference": "Patient/0b0f6f0e-6f0b-4c39-9c49-8a2f4a1f2f5d",
    "date": "gt2000-01-01",
    "string": "Lapwing",
    "special": "53.36|-2.73|2|km",
}
ELSEWHERE = ("Observation", "Encounter", "Appointment", "Slot", "AuditEvent", "Nonsense")
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@pytest.fixture
def world(quick_town: Town) -> World:
    made = World(quick_town)
    made.sent(made.contacted("one"), 1)
    return made


@pytest.fixture
def practice(world: World) -> Api:
    return Api(world.town, token_for(world.town.store, WIDNES))


def statement(api: Api) -> dict[str, Any]:
    answer = api.get(f"{BASE}/metadata")
    assert answer.status_code == 200
    found: dict[str, Any] = answer.json()
    return found


def resources(api: Api) -> dict[str, dict[str, Any]]:
    return {each["type"]: each for each in statement(api)["rest"][0]["resource"]}


def examples(world: World) -> dict[str, str]:
    """One resource of each type that can be read."""
    referral_id = world.ids["one"]
    return {
        "Task": referral_id,
        "ServiceRequest": referral_id,
        "Practitioner": referral_id,
        "PractitionerRole": referral_id,
        "Condition": referral_id,
        "Patient": world.person(referral_id),
        "Consent": "consent-1",
        "Organization": "N81011",
        "HealthcareService": "lapwing-lunch-club",
        "Location": "loc-1",
    }


def codes(resource: dict[str, Any]) -> set[str]:
    return {each["code"] for each in resource["interaction"]}


def test_it_says_what_it_is(quick_town: Town) -> None:
    told = statement(Api(quick_town))
    assert (told["kind"], told["fhirVersion"], told["rest"][0]["mode"]) == (
        "instance",
        "4.0.1",
        "server",
    )
    assert "json" in told["format"]
    assert told["implementation"]["url"] == f"http://kith.test{BASE}"
    security = told["rest"][0]["security"]["service"][0]["coding"][0]
    assert security["code"] == "SMART-on-FHIR"


def test_every_route_says_what_it_does() -> None:
    """A door that forgets would be missing from the statement."""
    silent = [route.path for route, done in declared(routers()) if not done]
    assert silent == []


def test_only_interactions_that_exist_can_be_declared() -> None:
    for wrong in (("Task", "transaction"), ("", "read"), ("Task", "operation"), ("Task", "fly")):
        with pytest.raises(ValueError, match="no such interaction"):
            Interaction(*wrong)


def test_everything_it_lists_is_there(practice: Api, world: World) -> None:
    at = examples(world)
    for kind, resource in resources(practice).items():
        done = codes(resource)
        if kind in at:
            path = f"{BASE}/{kind}/{at[kind]}"
            assert "read" in done, kind
            assert practice.get(path).status_code == 200, path
            if "history-instance" in done:
                assert practice.get(f"{path}/_history").json()["total"] >= 1
            if "vread" in done:
                assert practice.get(f"{path}/_history/1").status_code == 200
                assert resource["readHistory"] is True
        if "update" in done:
            answer = practice.request(
                "PUT", f"{BASE}/{kind}/{at[kind]}", content=b"{}", headers=FHIR_JSON
            )
            assert 400 <= answer.status_code < 500, (kind, answer.text)
            assert answer.status_code not in {404, 405}
            assert resource["versioning"] == "versioned-update"
        if "create" in done:
            answer = practice.post(f"{BASE}/{kind}", content=b"{}", headers=FHIR_JSON)
            assert 400 <= answer.status_code < 500, (kind, answer.text)
            assert answer.status_code not in {404, 405}
        for operation in resource.get("operation", ()):
            answer = practice.post(
                f"{BASE}/{kind}/${operation['name']}", content=b"{}", headers=FHIR_JSON
            )
            assert answer.status_code not in {404, 405}, (kind, operation)
            assert answer.status_code < 500


def test_every_search_parameter_and_include_it_lists_is_used(practice: Api) -> None:
    strict = {"Prefer": "handling=strict"}
    found = resources(practice)
    listed = {kind for kind, each in found.items() if "search-type" in codes(each)}
    assert listed == set(SEARCHES)
    for kind in listed:
        resource = found[kind]
        always = {"identifier": "9990000018"} if kind == "Patient" else {}
        for parameter in resource["searchParam"]:
            name = parameter["name"]
            value = "true" if name == "active" else VALUES[parameter["type"]]
            answer = practice.get(f"{BASE}/{kind}", params={**always, name: value}, headers=strict)
            assert answer.status_code == 200, (kind, name, answer.text)
            posted = practice.post(
                f"{BASE}/{kind}/_search", data={**always, name: value}, headers=strict
            )
            assert posted.status_code == 200, (kind, name, posted.text)
        for given, names in (
            ("_include", resource.get("searchInclude", ())),
            ("_revinclude", resource.get("searchRevInclude", ())),
        ):
            for name in names:
                answer = practice.get(f"{BASE}/{kind}", params={given: name}, headers=strict)
                assert answer.status_code == 200, (kind, name, answer.text)
                assert f"{given}={name}" in answer.json()["link"][0]["url"]


def test_nothing_else_answers(practice: Api, world: World) -> None:
    """Every method at every shape of address: a success only where the statement lists one."""
    at, found = examples(world), resources(practice)
    system = {each["code"] for each in statement(practice)["rest"][0].get("interaction", ())}
    for kind in [*found, *ELSEWHERE]:
        done = codes(found[kind]) if kind in found else set()
        operations = {each["name"] for each in found.get(kind, {}).get("operation", ())}
        identity = at.get(kind, "1")
        # By shape of address: which interaction a success of each method would be.
        shapes: dict[str, dict[str, bool]] = {
            kind: {"GET": "search-type" in done, "POST": "create" in done},
            f"{kind}/{identity}": {"GET": "read" in done, "PUT": "update" in done},
            f"{kind}/{identity}/_history": {"GET": "history-instance" in done},
            f"{kind}/{identity}/_history/1": {"GET": "vread" in done},
            f"{kind}/_search": {"POST": "search-type" in done},
            f"{kind}/_history": {},
            f"{kind}/$validate": {"POST": "validate" in operations},
            f"{kind}/$everything": {},
            f"{kind}/{identity}/$everything": {},
            f"{kind}/{identity}/_search": {},
        }
        for shape, may in shapes.items():
            for method in METHODS:
                answer = practice.request(method, f"{BASE}/{shape}")
                assert answer.status_code < 500, (method, shape)
                if not may.get(method, False):
                    assert answer.status_code >= 400, (method, shape, answer.text)
                    assert answer.json()["resourceType"] == "OperationOutcome"
    for path in ("", "/", "/_search", "/_history", "/$process-message", "/$validate"):
        for method in METHODS:
            answer = practice.request(method, f"{BASE}{path}")
            is_listed = path in {"", "/"} and method == "POST" and "transaction" in system
            assert is_listed or answer.status_code >= 400, (method, path, answer.status_code)
            assert answer.status_code < 500

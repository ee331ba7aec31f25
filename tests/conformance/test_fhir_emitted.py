"""Everything that Kith gives out as FHIR holds to R4 and UK Core, as pyrofile judges it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from api_client import Api, Town
from fhir_validator import judge
from fhir_world import BASE, World, everything
from town import WIDNES, token_for

pytest_plugins = ("api_fixtures",)

SEARCHES = (
    "Task?_count=100&_include=Task:focus&_include=Task:patient",
    "ServiceRequest?_count=100&_include=ServiceRequest:requester&_include=ServiceRequest:performer",
    "ServiceRequest?_count=5&_revinclude=Task:focus",
    "HealthcareService?_count=15&_include=HealthcareService:location"
    "&_include=HealthcareService:organization",
    "Location?_count=10",
    "Organization?type=practice&_count=3",
    "Organization?type=pcn&_count=3",
)
WITH_HISTORY = ("by fhir", "hold", "closed", "returned", "protected", "offer goal met")


def references(value) -> Iterator[str]:
    """Every reference below a value."""
    if isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for each in value.values():
            yield from references(each)
    elif isinstance(value, list):
        for each in value:
            yield from references(each)


def got(api: Api, path: str) -> dict[str, Any]:
    answer = api.get(f"{BASE}/{path}")
    assert answer.status_code == 200, (path, answer.text)
    found: dict[str, Any] = answer.json()
    return found


def test_every_resource_of_every_referral(quick_town: Town) -> None:
    """Of all states and kinds: bundles, histories, and whatever any of them refers to."""
    judging = judge()
    world = everything(quick_town)
    api = Api(quick_town, token_for(quick_town.store, WIDNES))
    bundles = [got(api, path) for path in SEARCHES]
    for name in WITH_HISTORY:
        bundles.append(got(api, f"Task/{world.ids[name]}/_history"))
    bundles.append(got(api, f"ServiceRequest/{world.ids['closed']}/_history"))
    bundles.append(got(api, "metadata"))
    faults: list[str] = []
    kinds: Counter[str] = Counter()
    seen: set[str] = set()
    for bundle in bundles:
        faults += judging.faults(bundle)
        for entry in bundle.get("entry", []):
            kinds[entry["resource"]["resourceType"]] += 1
            seen.add(f"{entry['resource']['resourceType']}/{entry['resource']['id']}")
    waiting = sorted({each for bundle in bundles for each in references(bundle)})
    while waiting:
        reference = waiting.pop()
        if reference not in seen and not reference.startswith("#"):
            seen.add(reference)
            resource = got(api, reference)
            kinds[resource["resourceType"]] += 1
            faults += judging.faults(resource)
            waiting += references(resource)
    assert not faults, "\n".join(sorted(set(faults)))
    assert not judging.unused(), judging.unused()
    assert set(kinds) == {
        *("ServiceRequest", "Task", "Patient", "Practitioner", "PractitionerRole"),
        *("Organization", "HealthcareService", "Location", "Consent", "Condition"),
    }


def test_the_judge_finds_what_is_wrong() -> None:
    """A judge that finds nothing would prove nothing."""
    judging = judge()
    profile = "https://fhir.hl7.org.uk/StructureDefinition/UKCore-{}"
    wrong: tuple[dict[str, Any], ...] = (
        {"resourceType": "Task", "meta": {"profile": [profile.format("Task")]}, "status": "draft"},
        {"resourceType": "Task", "status": "nonsense", "intent": "order"},
        {"resourceType": "ServiceRequest", "status": "active", "intent": "order"},
        {"resourceType": "Patient", "birthDate": "17.4.1952"},
        {"resourceType": "Patient", "gender": "woman"},
        {"resourceType": "Patient", "colour": "red"},
    )
    for resource in wrong:
        assert judging.faults(resource), resource


@pytest.mark.parametrize("name", ["by fhir", "received", "protected"])
def test_they_are_resources_to_another_library_too(quick_town: Town, name: str) -> None:
    from fhir.resources.R4B import get_fhir_model_class

    world: World = everything(quick_town)
    api = Api(quick_town, token_for(quick_town.store, WIDNES))
    referral_id = world.ids[name]
    paths = [
        f"ServiceRequest/{referral_id}",
        f"Task/{referral_id}",
        f"Patient/{world.person(referral_id)}",
        f"PractitionerRole/{referral_id}",
        f"Condition/{referral_id}",
        f"Task?part-of=Task/{referral_id}",
        f"Task/{referral_id}/_history",
        "metadata",
    ]
    for path in paths:
        resource = got(api, path)
        model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        assert model.get_resource_type() == resource["resourceType"]

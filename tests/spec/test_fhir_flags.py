"""What a sender warns of and what the person needs: kept, seen by the link worker, given back."""

from __future__ import annotations

from typing import Any

import pytest
from api_client import Api
from bars_world import example, heads, made, numbered, reasoned, send
from case_world import WORKER
from fhir_sent import URNS, bundle, issues, post, read, role, service_request, taken
from sqlalchemy import text
from web_world import Web

pytest_plugins = ("web_fixtures",)

CATEGORIES = "https://fhir.nhs.uk/CodeSystem/flag-categories-bars"
SNOMED = "http://snomed.info/sct"


def flag(category: str, words: str, **changes: object) -> dict[str, Any]:
    """One thing that the sender wants others to know."""
    return {
        "resourceType": "Flag",
        "status": "active",
        "category": [{"coding": [{"system": CATEGORIES, "code": category}]}],
        "code": {"text": words},
        "subject": {"reference": URNS["patient"]},
    } | changes


DOG = flag("SS", "A dog that bites. Ring before you come.", id="dog")
RAMP = flag("RA", "Uses a wheelchair: step-free access.", id="ramp")
OVER = flag("SG", "Her nephew took her money.", id="over", status="inactive")
FINE = flag("SG", "None", id="fine") | {
    "code": {"coding": [{"system": SNOMED, "code": "861931000000100", "display": "No issues"}]}
}


def sent(*flags: dict[str, Any]) -> dict[str, Any]:
    request = service_request(
        contained=[*flags],
        supportingInfo=[
            {"reference": URNS["consent"]},
            *({"reference": f"#{each['id']}"} for each in flags),
        ],
    )
    return bundle(request=request)


def risks(api: Api, referral_id: str) -> list[str]:
    with api.town.store.read() as session:
        rows = session.scalars(
            text("SELECT risk FROM risk WHERE referral_id = :id ORDER BY risk_id"),
            {"id": referral_id},
        )
        return list(rows)


def test_a_warning_is_a_risk_and_a_need_is_read_and_all_come_back(api: Api) -> None:
    referral_id = taken(post(api, "", sent(DOG, RAMP, OVER, FINE)))
    assert risks(api, referral_id) == [f"Safety of visitors: {DOG['code']['text']}"]
    request = read(api, f"ServiceRequest/{referral_id}")
    back = [each for each in request["contained"] if each["resourceType"] == "Flag"]
    assert [each["code"] for each in back] == [each["code"] for each in (DOG, RAMP, OVER, FINE)]
    assert [each["category"] for each in back] == [
        each["category"] for each in (DOG, RAMP, OVER, FINE)
    ]
    assert {each["subject"]["reference"] for each in back} == {request["subject"]["reference"]}
    named = {each.get("reference") for each in request["supportingInfo"]}
    assert {f"#{each['id']}" for each in back} <= named
    # Sent again with Kith's own answer for a pattern, it is the same referral.
    issues(post(api, "", sent(DOG, RAMP, OVER, FINE)), 409)
    assert len(risks(api, referral_id)) == 1
    with api.town.store.read() as session:
        words = session.scalar(text("SELECT reason FROM referral"))
    for known in (RAMP["code"]["text"], f"Safety of visitors: {DOG['code']['text']}"):
        assert known in words
    for untold in (OVER["code"]["text"], "No issues"):
        assert untold not in words


def test_the_link_worker_sees_it_before_the_first_visit(quick_web: Web) -> None:
    from town import WIDNES, token_for

    api = Api(quick_web.town, token_for(quick_web.store, WIDNES))
    referral_id = taken(post(api, "", sent(DOG)))
    browser = quick_web.browser(WORKER)
    for part in ("triage", "plan"):
        page = browser.get(f"/referrals/{referral_id}/{part}")
        assert page.status_code == 200, part
        assert "Safety of visitors: A dog that bites" in page.text, part


def test_one_without_a_category_and_one_without_end(quick: Api) -> None:
    plain = flag("SS", "x", id="a")
    del plain["category"]
    long = flag("SG", "y" * 900, id="b")
    referral_id = taken(post(quick, "", sent(plain, long)))
    told = risks(quick, referral_id)
    assert told[0] == "Said by the sender: x"
    assert len(told[1]) == 500
    request = read(quick, f"ServiceRequest/{referral_id}")
    assert "y" * 900 in str(request["contained"])


def test_a_flag_of_the_wrong_shape_is_refused_with_its_place(quick: Api) -> None:
    broken = flag("SS", "x", id="a") | {"code": "a dog"}
    found = issues(post(quick, "", sent(broken)), 422)
    assert any("contained[0].code" in each["expression"][0] for each in found), found


@pytest.mark.parametrize("reason", ["new", "update"])
def test_flags_of_a_message_are_kept_too(quick: Api, reason: str) -> None:
    message = numbered(example(), "R-flag")
    entry = {"fullUrl": "urn:uuid:00000000-0000-4000-8000-0000000000f1"}
    patient = next(
        each["fullUrl"]
        for each in message["entry"]
        if each["resource"]["resourceType"] == "Patient"
    )
    warned = flag("SS", DOG["code"]["text"], subject={"reference": patient})
    if reason == "update":
        referral_id = made(send(quick, message))
        assert risks(quick, referral_id) == []
        message = reasoned(message, "update")
    message["entry"].append(entry | {"resource": warned})
    referral_id = made(send(quick, message, heads()))
    expected = [f"Safety of visitors: {DOG['code']['text']}"]
    assert risks(quick, referral_id) == expected
    # What is said again is one risk.
    made(send(quick, reasoned(message, "update"), heads()))
    assert risks(quick, referral_id) == expected


def test_the_referrers_service_and_what_the_person_is_called_come_back(quick: Api) -> None:
    """Items of the record standard that are kept as they were sent."""
    religion = {
        "url": "http://hl7.org/fhir/StructureDefinition/patient-religion",
        "valueCodeableConcept": {"text": "Quaker"},
    }
    born = {
        "url": "http://hl7.org/fhir/StructureDefinition/patient-birthPlace",
        "valueAddress": {"city": "Widnes"},
    }
    service = {
        "identifier": {"system": "https://fhir.nhs.uk/Id/dos-service-id", "value": "2000088888"},
        "display": "Care home round",
    }
    whole = bundle(role=role(healthcareService=[service]))
    patient = next(
        e["resource"] for e in whole["entry"] if e["resource"]["resourceType"] == "Patient"
    )
    patient["extension"] = [religion, born]
    referral_id = taken(post(quick, "", whole))
    assert read(quick, f"PractitionerRole/{referral_id}")["healthcareService"] == [service]
    person = read(quick, f"ServiceRequest/{referral_id}")["subject"]["reference"]
    back = read(quick, person)["extension"]
    assert religion in back
    assert born in back

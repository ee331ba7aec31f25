"""Referrals as FHIR for the tests: resources of invented people, changed as a test needs."""

from __future__ import annotations

import copy
import json
from datetime import timedelta
from typing import Any

import httpx
from api_client import Api

from service.store.base import utc_now

BASE = "/fhir/R4"
FHIR = "application/fhir+json"
NHS = "https://fhir.nhs.uk/Id/nhs-number"
ODS = "https://fhir.nhs.uk/Id/ods-organization-code"
SNOMED = "http://snomed.info/sct"
NEED = "https://kith.example/fhir/CodeSystem/need"
TASK_CODE = "http://hl7.org/fhir/CodeSystem/task-code"
REFERRALS = "https://surgery.example/Id/referral"
TASKS = "https://surgery.example/Id/task"

URNS = {
    name: f"urn:uuid:7c6f2d0e-1111-4000-8000-{number:012d}"
    for number, name in enumerate(
        ("request", "task", "patient", "practitioner", "role", "organisation", "condition"), 1
    )
} | {"consent": "urn:uuid:7c6f2d0e-1111-4000-8000-000000000099"}


def earlier(**ago: float) -> str:
    """An instant so long ago, as FHIR writes it."""
    return (utc_now() - timedelta(**(ago or {"hours": 2}))).isoformat(timespec="seconds")


def patient(**changes: object) -> dict[str, Any]:
    """Somebody who does not exist."""
    return {
        "resourceType": "Patient",
        "identifier": [
            {
                "extension": [
                    {
                        "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-"
                        "NHSNumberVerificationStatus",
                        "valueCodeableConcept": {
                            "coding": [
                                {
                                    "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-"
                                    "NHSNumberVerificationStatusEngland",
                                    "code": "01",
                                }
                            ]
                        },
                    }
                ],
                "system": NHS,
                "value": "999 000 0344",
            }
        ],
        "name": [{"use": "official", "family": "Larkrise", "given": ["Nora"], "prefix": ["Mrs"]}],
        "telecom": [{"system": "phone", "value": "01632 960123", "use": "home"}],
        "gender": "female",
        "birthDate": "1952-04-17",
        "address": [{"use": "home", "line": ["3 Sample Lane"], "postalCode": "WA8 0DQ"}],
        "generalPractitioner": [{"reference": URNS["organisation"]}],
    } | changes


def service_request(number: str = "R-1", **changes: object) -> dict[str, Any]:
    """What the practice in Widnes asks for."""
    return {
        "resourceType": "ServiceRequest",
        "identifier": [{"system": REFERRALS, "value": number}],
        "status": "active",
        "intent": "order",
        "priority": "routine",
        "code": {"coding": [{"system": SNOMED, "code": "871731000000106"}]},
        "subject": {"reference": URNS["patient"]},
        "authoredOn": earlier(),
        "requester": {"reference": URNS["role"]},
        "reasonCode": [{"coding": [{"system": SNOMED, "code": "267076002"}]}],
        "reasonReference": [{"reference": URNS["condition"]}],
        "supportingInfo": [{"reference": URNS["consent"]}],
        "note": [{"text": "On her own since last spring. Would like company."}],
    } | changes


def task(number: str = "T-1", **changes: object) -> dict[str, Any]:
    """The Task that goes with it."""
    return {
        "resourceType": "Task",
        "identifier": [{"system": TASKS, "value": number}],
        "status": "requested",
        "intent": "order",
        "code": {"coding": [{"system": TASK_CODE, "code": "fulfill"}]},
        "focus": {"reference": URNS["request"]},
        "for": {"reference": URNS["patient"]},
        "authoredOn": earlier(),
        "requester": {"reference": URNS["role"]},
    } | changes


def consent(**changes: object) -> dict[str, Any]:
    """That the person agreed."""
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/consentscope",
                    "code": "patient-privacy",
                }
            ]
        },
        "category": [
            {
                "coding": [
                    {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "INFA"}
                ]
            }
        ],
        "patient": {"reference": URNS["patient"]},
        "dateTime": earlier(),
        "policyRule": {
            "coding": [
                {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "OPTIN"}
            ]
        },
        "provision": {
            "type": "permit",
            "actor": [
                {
                    "role": {
                        "coding": [
                            {
                                "system": "http://terminology.hl7.org/CodeSystem/"
                                "v3-ParticipationType",
                                "code": "IRCP",
                            }
                        ]
                    },
                    "reference": {"display": "The link workers"},
                }
            ],
        },
    } | changes


def practitioner(**changes: object) -> dict[str, Any]:
    """Who refers."""
    return {
        "resourceType": "Practitioner",
        "identifier": [{"system": "https://fhir.nhs.uk/Id/sds-user-id", "value": "999999999911"}],
        "name": [{"family": "Marshwick", "given": ["Lena"], "prefix": ["Dr"]}],
    } | changes


def role(**changes: object) -> dict[str, Any]:
    """As what they refer."""
    return {
        "resourceType": "PractitionerRole",
        "practitioner": {"reference": URNS["practitioner"]},
        "organization": {"reference": URNS["organisation"]},
        "code": [{"coding": [{"system": SNOMED, "code": "62247001", "display": "GP"}]}],
    } | changes


def organisation(code: str = "N81011", **changes: object) -> dict[str, Any]:
    """For which practice."""
    return {
        "resourceType": "Organization",
        "identifier": [{"system": ODS, "value": code}],
        "name": "A practice for tests",
    } | changes


def condition(**changes: object) -> dict[str, Any]:
    """Why, as a Condition."""
    return {
        "resourceType": "Condition",
        "code": {"text": "Lost her husband and sees nobody."},
        "subject": {"reference": URNS["patient"]},
    } | changes


def resources(number: str = "1") -> dict[str, dict[str, Any]]:
    """One of each, by the names of `URNS`."""
    return {
        "request": service_request(f"R-{number}"),
        "task": task(f"T-{number}"),
        "patient": patient(),
        "practitioner": practitioner(),
        "role": role(),
        "organisation": organisation(),
        "condition": condition(),
        "consent": consent(),
    }


def bundle(
    number: str = "1", *, without: tuple[str, ...] = (), condition: str = "", **changed: object
) -> dict[str, Any]:
    """A transaction; `changed` replaces resources by the names of `URNS`.

    `condition` is the ifNoneExist of the ServiceRequest.
    """
    entries = []
    for name, resource in (resources(number) | changed).items():
        if name in without:
            continue
        request = {"method": "POST", "url": resource["resourceType"]}
        if name == "request" and condition:
            request["ifNoneExist"] = condition
        entries.append({"fullUrl": URNS[name], "resource": resource, "request": request})
    return {"resourceType": "Bundle", "type": "transaction", "entry": copy.deepcopy(entries)}


def post(api: Api, path: str, body: object, **headers: str) -> httpx.Response:
    """POST FHIR below the base address."""
    # As ASCII, so that half a character can be sent too.
    content = json.dumps(body)
    return api.post(f"{BASE}{path}", content=content, headers={"Content-Type": FHIR, **headers})


def issues(answer: httpx.Response, status: int) -> list[dict[str, Any]]:
    """The issues of an answer that failed as expected."""
    assert answer.status_code == status, (answer.status_code, answer.text[:800])
    assert answer.headers["Content-Type"] == FHIR
    body = answer.json()
    assert body["resourceType"] == "OperationOutcome"
    assert body["issue"]
    found: list[dict[str, Any]] = body["issue"]
    for each in found:
        assert each["details"]["text"]
    return found


def taken(answer: httpx.Response) -> str:
    """The id of the referral that a transaction made."""
    assert answer.status_code == 200, answer.text[:800]
    places = [each["response"]["location"] for each in answer.json()["entry"]]
    return next(each.split("/")[1] for each in places if each.startswith("ServiceRequest/"))


def put_task(
    api: Api, task: dict[str, Any], *, version: int | None = None, **headers: str
) -> httpx.Response:
    """PUT a Task with the version it has, or another."""
    number = task["meta"]["versionId"] if version is None else version
    return api.request(
        "PUT",
        f"{BASE}/Task/{task['id']}",
        content=json.dumps(task),
        headers={"Content-Type": FHIR, "If-Match": f'W/"{number}"', **headers},
    )


def read(api: Api, path: str) -> dict[str, Any]:
    """One resource as it stands now."""
    answer = api.get(f"{BASE}/{path}")
    assert answer.status_code == 200, answer.text[:300]
    found: dict[str, Any] = answer.json()
    return found

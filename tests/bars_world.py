"""Messages as a practice's system sends them: the shared example, changed as a test needs."""

from __future__ import annotations

import base64
import copy
import json
import uuid
from typing import Any

import httpx
from api_client import Api
from shared import shared_path

BARS = "/fhir/bars"
PROCESS = f"{BARS}/$process-message"


def encoded(value: object) -> str:
    """Base64 of JSON, as the headers carry it."""
    return base64.b64encode(json.dumps(value).encode()).decode()


def heads(**changes: str | None) -> dict[str, str]:
    """The headers of a message of its own; None takes one away."""
    organisation = {
        "resourceType": "Organization",
        "identifier": [
            {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": "N81011"}
        ],
    }
    software = {
        "resourceType": "Device",
        "identifier": [{"system": "https://practice.example/Id/software", "value": "gp-1"}],
        "deviceName": [{"name": "Example GP", "type": "user-friendly-name"}],
        "version": [{"value": "1.0"}],
    }
    found: dict[str, str | None] = {
        "X-Request-Id": str(uuid.uuid4()),
        "X-Correlation-Id": str(uuid.uuid4()),
        "NHSD-Target-Identifier": encoded(
            {"system": "https://fhir.nhs.uk/Id/dos-service-id", "value": "2000099999"}
        ),
        "NHSD-End-User-Organisation": encoded(organisation),
        "NHSD-Requesting-Software": encoded(software),
        "Accept": "application/fhir+json; version=1.4.0",
        "Content-Type": "application/fhir+json",
        **changes,
    }
    return {name: value for name, value in found.items() if value is not None}


def example() -> dict[str, Any]:
    """The shared example of a referral as a message, to be changed freely."""
    path = shared_path("conformance/fhir/examples/bars-referral-request.json")
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def resource(message: dict[str, Any], kind: str) -> dict[str, Any]:
    """The first resource of a kind in a message."""
    return next(
        each["resource"] for each in message["entry"] if each["resource"]["resourceType"] == kind
    )


def without(message: dict[str, Any], kind: str) -> dict[str, Any]:
    """The message without any resource of a kind."""
    found = copy.deepcopy(message)
    found["entry"] = [e for e in found["entry"] if e["resource"]["resourceType"] != kind]
    return found


def reasoned(message: dict[str, Any], reason: str, **request: object) -> dict[str, Any]:
    """The message sent for another reason, its ServiceRequest changed."""
    found = copy.deepcopy(message)
    resource(found, "MessageHeader")["reason"]["coding"][0]["code"] = reason
    resource(found, "ServiceRequest").update(request)
    return found


def numbered(message: dict[str, Any], number: str) -> dict[str, Any]:
    """The message about another referral of the same sender."""
    found = copy.deepcopy(message)
    resource(found, "ServiceRequest")["identifier"][0]["value"] = number
    resource(found, "Task")["identifier"][0]["value"] = f"T-{number}"
    found["id"] = str(uuid.uuid4())
    return found


def send(
    api: Api, message: dict[str, Any], headers: dict[str, str] | None = None
) -> httpx.Response:
    """Send a message."""
    body = json.dumps(message)
    return api.request("POST", PROCESS, content=body, headers=headers or heads())


def issue(answer: httpx.Response) -> tuple[int, str, str]:
    """Status, the standard's code, and issue code of an answer's first issue."""
    first = answer.json()["issue"][0]
    return answer.status_code, first["details"]["coding"][0]["code"], first["code"]


def made(answer: httpx.Response) -> str:
    """The id of the referral that an answer is about."""
    assert answer.status_code == 200, answer.text
    found: str = resource(answer.json(), "ServiceRequest")["id"]
    return found

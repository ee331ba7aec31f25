"""Calls of CDS Hooks as a clinician's system makes them, of an invented person."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import Any

import httpx
from client_world import System

SNOMED = "http://snomed.info/sct"
LONELY, NOT_MAPPED = "267076002", "38341003"
NEAR, ORDER = "social-prescribing-near", "social-prescribing-order"


def patient(**changes) -> dict[str, Any]:
    """A person near the middle of Widnes."""
    return {
        "resourceType": "Patient",
        "id": "p1",
        "identifier": [
            {"system": "https://fhir.nhs.uk/Id/nhs-number", "value": "9990548609"},
        ],
        "name": [{"family": "Featherstonehaugh", "given": ["Quillon"]}],
        "gender": "female",
        "birthDate": "1951-03-09",
        "address": [{"use": "home", "line": ["1 Bluebell Way"], "postalCode": "WA8 0DQ"}],
        "communication": [{"language": {"coding": [{"code": "en-GB"}]}}],
    } | changes


def bundle(*resources) -> dict[str, Any]:
    """A searchset."""
    return {
        "resourceType": "Bundle",
        "type": "searchset",
        "entry": [{"resource": each} for each in resources],
    }


def condition(code: str = LONELY, **changes) -> dict[str, Any]:
    """A problem of this person."""
    return {
        "resourceType": "Condition",
        "subject": {"reference": "Patient/p1"},
        "clinicalStatus": {"coding": [{"code": "active"}]},
        "code": {"coding": [{"system": SNOMED, "code": code}]},
    } | changes


def draft(note: str = "", **changes) -> dict[str, Any]:
    """A referral to social prescribing that is not signed yet."""
    return {
        "resourceType": "ServiceRequest",
        "id": "d1",
        "status": "draft",
        "intent": "order",
        "subject": {"reference": "Patient/p1"},
        "code": {"coding": [{"system": SNOMED, "code": "871731000000106"}]},
        "reasonCode": [{"coding": [{"system": SNOMED, "code": LONELY}]}],
        "note": [{"text": note}] if note else [],
    } | changes


def consent(**changes) -> dict[str, Any]:
    """That this person lets information be shared."""
    return {
        "resourceType": "Consent",
        "status": "active",
        "scope": {"coding": [{"code": "patient-privacy"}]},
        "patient": {"reference": "Patient/p1"},
        "provision": {"type": "permit"},
    } | changes


@dataclass
class Hooks:
    """A clinician's system that signs each call."""

    system: System

    def signed(self, *, service: str = NEAR, path: str = "", **changes) -> str:
        """A JWT for one call that holds, but for what a test changes or drops."""
        claims = {
            "sub": None,
            "aud": f"http://kith.test/cds-services/{service}{path}",
            "iat": int(time.time()),
        }
        drop = (*changes.pop("drop", ()), *(("sub",) if "sub" not in changes else ()))
        return self.system.assertion(drop=drop, **{**claims, **changes})

    def call(self, service: str = NEAR, *, token: str | None = None, **body) -> httpx.Response:
        """Call a service with a body that holds, but for what a test changes."""
        sent = {
            "hook": "patient-view" if service == NEAR else "order-sign",
            "hookInstance": str(uuid.uuid4()),
            "context": {"userId": "Practitioner/r1", "patientId": "p1"},
            "prefetch": {"patient": patient(), "conditions": bundle(condition())},
        } | body
        token = self.signed(service=service) if token is None else token
        return self.post(f"/cds-services/{service}", sent, token)

    def sign(self, *orders, **body) -> httpx.Response:
        """Call the service for draft orders about to be signed."""
        context = {
            "userId": "Practitioner/r1",
            "patientId": "p1",
            "draftOrders": bundle(*orders) | {"type": "collection"},
        }
        return self.call(ORDER, **({"context": context, "prefetch": {"patient": patient()}} | body))

    def post(self, path: str, sent: object, token: str) -> httpx.Response:
        """POST JSON with a token."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return self.system.town.caller.request("POST", path, json=sent, headers=headers)

    def cards(self, answer: httpx.Response) -> list[dict[str, Any]]:
        """The cards of an answer that succeeded."""
        assert answer.status_code == 200, answer.text
        assert set(answer.json()) == {"cards"}
        found: list[dict[str, Any]] = answer.json()["cards"]
        return found

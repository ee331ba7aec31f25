"""The answer to a message: a message of its own, with the referral as it stands."""

from __future__ import annotations

import uuid
from typing import Any, Final

from sqlalchemy.orm import Session

from service.api.fhir.bars import codes
from service.api.fhir.bars.message import Message
from service.api.fhir.present.parts import KITH_ID, Resource, instant
from service.api.fhir.rules.findings import child, rows, text_of
from service.api.fhir.shown import show, shown_of
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.referrals import exchange
from service.settings import Settings
from service.store.base import utc_now

_BARS: Final = "https://fhir.nhs.uk/StructureDefinition"


def reply(
    session: Session, by: Actor, referral_id: str, message: Message, *, settings: Settings
) -> Resource:
    """The response to `message`, about the referral that it made or changed.

    Ids are Kith's own; references lead to entries of the Bundle. Shown as `by` may see it. The
    referral is read once, and once more with whatever else is known of the person.
    """
    case = exchange.case(session, by=by, referral_id=referral_id)
    wanted = [
        ("ServiceRequest", referral_id),
        ("Patient", case.person.person_id),
        ("HealthcareService", KITH_ID),
        ("Organization", KITH_ID),
        ("Organization", case.practice.ods_code),
        ("Practitioner", referral_id),
        ("PractitionerRole", referral_id),
        ("Task", referral_id),
        *(("Consent", f"consent-{each.consent_id}") for each in case.consents[:1]),
    ]
    shown: dict[str, Resource] = {}
    for kind, identity in wanted:
        try:
            if kind == "Patient":
                found = show(session, by, kind, identity)
            else:
                found = shown_of(kind, identity, case, settings)
        except NotFound:
            # The referrer may be stated without a name: then there is no Practitioner.
            continue
        shown[f"{kind}/{identity}"] = found.resource
    named = {name: f"urn:uuid:{uuid.uuid4()}" for name in shown}
    request = shown[f"ServiceRequest/{referral_id}"]
    request["category"] = [_category()]
    request["intent"] = "plan"
    header = _header(message, named, case.practice.ods_code, referral_id)
    now = instant(utc_now())
    return {
        "resourceType": "Bundle",
        "id": str(uuid.uuid4()),
        "meta": {"lastUpdated": now, "profile": [f"{_BARS}/BARSBundleMessage"]},
        "type": "message",
        "timestamp": now,
        "entry": [
            {"fullUrl": f"urn:uuid:{header['id']}", "resource": header},
            *(
                {"fullUrl": named[name], "resource": _led(resource, named)}
                for name, resource in shown.items()
            ),
        ],
    }


def _header(message: Message, named: dict[str, str], practice: str, referral_id: str) -> Resource:
    asked = message.header.resource
    source = child(asked, "source")
    return {
        "resourceType": "MessageHeader",
        "id": str(uuid.uuid4()),
        "meta": {"profile": [f"{_BARS}/BARSMessageHeader-servicerequest-response"]},
        "eventCoding": {"system": codes.EVENT, "code": codes.RESPONSE},
        "destination": [
            {
                "endpoint": text_of(source, "endpoint"),
                "receiver": {"reference": named[f"Organization/{practice}"]},
            }
        ],
        "sender": {"reference": named[f"Organization/{KITH_ID}"]},
        "source": {"name": "Kith", "software": "Kith", "endpoint": _own_endpoint(asked)},
        "reason": {"coding": [{"system": codes.REASON, "code": message.reason}]},
        "response": {"identifier": message.bundle_id, "code": "ok"},
        "focus": [{"reference": named[f"ServiceRequest/{referral_id}"]}],
        "definition": codes.ANSWER,
    }


def _own_endpoint(asked: Resource) -> str:
    """Where the message was sent to, as its sender wrote it."""
    first = next((each for _, each in rows(asked, "destination")), {})
    return text_of(first, "endpoint") or "urn:kith"


def _category() -> Resource:
    return {
        "coding": [
            {"system": codes.CATEGORY, "code": "referral"},
            {"system": codes.USE_CASE, "code": codes.SOCIAL_PRESCRIBING},
        ]
    }


def _led(value: Any, named: dict[str, str]) -> Any:  # noqa: ANN401 - any JSON
    """The same with each reference to a resource of the Bundle leading to its entry."""
    if isinstance(value, dict):
        return {
            name: named.get(each, each) if isinstance(each, str) else _led(each, named)
            for name, each in value.items()
        }
    return [_led(each, named) for each in value] if isinstance(value, list) else value

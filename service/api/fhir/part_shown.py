"""A part of a referral, while it waits for the referral."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from service.api.fhir.present.parts import instant
from service.api.fhir.present.subject import REMOVED
from service.api.fhir.rules.findings import Resource
from service.api.fhir.rules.patient import is_sensitive
from service.identity.actors import Actor
from service.referrals.parts import part
from service.store.base import utc_now


def waiting(
    session: Session, by: Actor, kind: str, identity: str
) -> tuple[Resource, datetime] | None:
    """One part as it came, if `by` sent it and it still waits; with when it came."""
    kept = part(session, by=by, kind=kind, part_id=identity, now=utc_now())
    if kept is None:
        return None
    return as_sent(kind, identity, dict(kept.document), kept.received_at), kept.received_at


def as_sent(kind: str, identity: str, document: Resource, at: datetime) -> Resource:
    """A part with the id and the version that Kith gave it."""
    if kind == "Patient" and is_sensitive(document):
        document = {key: value for key, value in document.items() if key not in REMOVED}
    own = document.get("meta")
    kept = own if isinstance(own, dict) else {}
    return {
        **document,
        "resourceType": kind,
        "id": identity,
        "meta": {**kept, "versionId": "1", "lastUpdated": instant(at)},
    }

"""What the person agreed to, one Consent for each time they were asked."""

from __future__ import annotations

from service.api.fhir import systems
from service.api.fhir.present.parts import (
    KITH_ID,
    Resource,
    coding,
    concept,
    meta,
    reference,
    sent,
    settled,
)
from service.api.fhir.present.subject import subject
from service.people.model import Consent
from service.referrals.exchange import Case

_RECIPIENT = coding(
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType", "IRCP", "information recipient"
)
_LINK_WORKER = "link-worker"
_GROUP = "asset:"


def consent(case: Case, row: Consent, organisation_id: int | None = None) -> Resource:
    """One answer. `organisation_id` says who runs the group that was asked about, if it is one."""
    given = sent(case, "Consent") if _is_first(case, row) else {}
    at = row.withdrawn_at or row.recorded_at
    found: Resource = {
        **given,
        "resourceType": "Consent",
        "id": f"consent-{row.consent_id}",
        "meta": meta("Consent", at=at, protected=case.is_protected),
        "status": "active" if row.withdrawn_at is None else "inactive",
        "scope": concept(
            coding(
                "http://terminology.hl7.org/CodeSystem/consentscope",
                "patient-privacy",
                "Privacy Consent",
            )
        ),
        "category": [
            concept(coding(systems.CONSENT_CATEGORY, "DRC", "Direct Care")),
            concept(coding(systems.ACT_CODE, "INFA", "information access")),
        ],
        "patient": subject(case),
        "dateTime": given.get("dateTime") or row.asked_on.isoformat(),
        "organization": [
            reference("Organization", case.practice.ods_code, case.practice.name)
            if row.recipient == _LINK_WORKER
            else reference("Organization", KITH_ID)
        ],
        "policyRule": concept(coding(systems.ACT_CODE, "OPTIN", "opt-in")),
        "provision": _provision(row, organisation_id),
    }
    found.pop("performer", None)
    tidy: Resource = settled(found)
    return tidy


def asset_of(row: Consent) -> int | None:
    """The number of the group that a consent is about; None for the link worker's."""
    number = row.recipient.removeprefix(_GROUP)
    return int(number) if row.recipient.startswith(_GROUP) and number.isdigit() else None


def _is_first(case: Case, row: Consent) -> bool:
    theirs = [each for each in case.consents if each.recipient == _LINK_WORKER]
    return bool(theirs) and theirs[0].consent_id == row.consent_id


def _provision(row: Consent, organisation_id: int | None) -> Resource:
    if row.recipient == _LINK_WORKER:
        recipient = reference("Organization", KITH_ID)
    elif organisation_id is not None:
        recipient = reference("Organization", f"org-{organisation_id}")
    else:
        recipient = {"display": "A community group"}
    found: Resource = {
        "type": "permit" if row.given else "deny",
        "actor": [{"role": concept(_RECIPIENT), "reference": recipient}],
    }
    if row.expires_on is not None:
        found["period"] = {"end": row.expires_on.isoformat()}
    return found

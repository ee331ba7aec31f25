"""One referral in one Bundle: all of it is taken, or none."""

from __future__ import annotations

from typing import Any

from fastapi import Request

from service.api.context import KithDep
from service.api.fhir.context import CallerDep
from service.api.fhir.interactions import Interaction, does
from service.api.fhir.media import FhirResponse
from service.api.fhir.pages import base_of
from service.api.fhir.parse.gathered import Gathered, gathered
from service.api.fhir.parse.taking import Taken, asked, take
from service.api.fhir.present.parts import KITH_ID, instant
from service.api.fhir.route import fhir_router
from service.api.fhir.rules.bundle import Entry, check_entries, entries_of
from service.api.fhir.rules.check import require_valid
from service.api.fhir.rules.context import Purpose
from service.api.fhir.rules.findings import Findings
from service.api.fhir.shown import shown_of
from service.api.fhir.writing import BodyDep, rules_for
from service.referrals import exchange
from service.referrals.exchange import Case
from service.settings import Settings

router = fhir_router()


# Many clients end every address with a slash.
@router.post("/", name="fhir_transaction_slash", include_in_schema=False)
@router.post("", name="fhir_transaction", include_in_schema=False)
@does(Interaction("", "transaction"))
def post_transaction(
    request: Request, kith: KithDep, caller: CallerDep, bundle: BodyDep
) -> FhirResponse:
    """Take a referral: ServiceRequest, Patient, who refers, and with them a Task and reasons."""
    entries = entries_of(bundle)
    for kind in sorted({each.kind for each in entries}):
        # A HealthcareService is the one that is here already, and is made by nobody.
        caller.require(kind, "r" if kind == "HealthcareService" else "c")
    noted = Findings()
    check_entries(entries, rules_for(kith, Purpose.CREATE), noted)
    require_valid(noted)
    found = gathered(entries)
    with kith.store.read() as session:
        sent = asked(kith, session, caller.actor, found)
    with kith.store.work() as work:
        taken = take(kith, work, caller.actor, sent)
        case = exchange.case(work.session, by=caller.actor, referral_id=taken.referral_id)
    return FhirResponse(_reply(base_of(request, kith), entries, found, taken, case, kith.settings))


def _reply(
    base: str,
    entries: list[Entry],
    found: Gathered,
    taken: Taken,
    case: Case,
    settings: Settings,
) -> dict[str, Any]:
    told = [_told(each, found, taken, case, settings) for each in entries]
    return {
        "resourceType": "Bundle",
        "type": "transaction-response",
        "link": [{"relation": "self", "url": base}],
        "entry": [{"response": each} for each in told],
    }


def _told(
    entry: Entry, found: Gathered, taken: Taken, case: Case, settings: Settings
) -> dict[str, str]:
    """What became of one entry: where it is now, in which version, since when."""
    kind, identity = entry.kind, place_of(entry, found, case)
    shown = shown_of(kind, identity, case, settings)
    is_new = taken.is_new and not (kind == "Patient" and taken.knew_person)
    if kind == "HealthcareService" or identity in {KITH_ID, case.referral.practice_code}:
        is_new = False
    return {
        "status": "201 Created" if is_new else "200 OK",
        "location": f"{kind}/{identity}/_history/{shown.version}",
        "etag": f'W/"{shown.version}"',
        "lastModified": instant(shown.updated_at or case.referral.received_at),
    }


def place_of(entry: Entry, found: Gathered, case: Case) -> str:
    """The id under which what an entry says is found from now on."""
    referral_id = case.referral.referral_id
    if entry.kind == "Patient":
        return case.person.person_id
    if entry.kind == "HealthcareService":
        return KITH_ID
    if entry.kind == "Organization":
        # Who sends is the practice that the register knows, whatever else it is called; anybody
        # else in a referral is who it is sent to.
        is_sender = found.organisation is not None and entry.place == found.organisation.place
        return case.referral.practice_code if is_sender else KITH_ID
    if entry.kind == "Consent":
        return f"consent-{case.consents[0].consent_id}" if case.consents else referral_id
    if entry.kind == "Condition":
        at = next(n for n, each in enumerate(found.conditions) if each.place == entry.place)
        return referral_id if at == 0 else f"{referral_id}-{at + 1}"
    return referral_id

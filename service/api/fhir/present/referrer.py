"""Who referred, as the referral states it: nobody here has been looked up."""

from __future__ import annotations

from service.api.fhir import systems
from service.api.fhir.present.parts import Resource, concept, meta, reference, sent, settled
from service.referrals.exchange import Case


def has_referrer(case: Case) -> bool:
    """Whether somebody else referred the person."""
    return not case.is_own_request


def has_practitioner(case: Case) -> bool:
    """Whether that somebody was named."""
    return has_referrer(case) and bool(case.referral.referrer_name or sent(case, "Practitioner"))


def practitioner(case: Case) -> Resource:
    """The clinician."""
    referral, given = case.referral, sent(case, "Practitioner")
    found: Resource = {
        **given,
        "resourceType": "Practitioner",
        "id": referral.referral_id,
        "meta": meta("Practitioner", at=referral.received_at),
    }
    if "name" not in given and referral.referrer_name:
        found["name"] = [{"text": referral.referrer_name}]
    tidy: Resource = settled(found)
    return tidy


def practitioner_role(case: Case) -> Resource:
    """The clinician at their practice."""
    referral, given = case.referral, sent(case, "PractitionerRole")
    found: Resource = {
        **given,
        "resourceType": "PractitionerRole",
        "id": referral.referral_id,
        "meta": meta("PractitionerRole", at=referral.received_at),
        "organization": _organization(case),
    }
    if has_practitioner(case):
        found["practitioner"] = reference(
            "Practitioner", referral.referral_id, referral.referrer_name
        )
    if "code" not in given and referral.referrer_role:
        found["code"] = [concept(text=referral.referrer_role)]
    tidy: Resource = settled(found)
    return tidy


def _organization(case: Case) -> Resource:
    """The sender's organisation as stated, where it is none of the register's; else the practice.

    It is named, and not referred to: there is nothing of it to read here.
    """
    stated, ours = sent(case, "Organization"), case.practice
    codes = [
        each
        for each in stated.get("identifier", [])
        if isinstance(each, dict) and isinstance(each.get("system"), str)
    ]
    ods = [e for e in codes if systems.settled(e["system"]) == systems.ODS_ORGANISATION]
    if ods and ods[0].get("value") != ours.ods_code:
        found: Resource = {"type": "Organization", "identifier": ods[0]}
        if isinstance(stated.get("name"), str):
            found["display"] = stated["name"]
        return found
    return reference("Organization", ours.ods_code, ours.name)

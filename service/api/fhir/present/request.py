"""The referral as what was asked for: ServiceRequest, and the Conditions it rests on."""

from __future__ import annotations

from typing import Any, Final

from seed_data import needs as need_list
from service.api.fhir import systems
from service.api.fhir.present.change import Change
from service.api.fhir.present.parts import (
    KITH_ID,
    Resource,
    all_sent,
    coding,
    concept,
    instant,
    meta,
    reference,
    sent,
    settled,
)
from service.api.fhir.present.subject import subject
from service.referrals.exchange import Case
from service.referrals.exchange_conditions import priority_of
from service.referrals.lifecycle import request_of_referral

REFERRAL_CODE: Final = coding(
    systems.SNOMED, "871731000000106", "Referral to social prescribing service"
)
PRESENTING: Final = coding(systems.SNOMED, "33962009", "Presenting complaint")
_SAYS_THE_NEED: Final = frozenset({"267076002", "733423003"})
"""Of the ids seen in published material, those that say a need and no more than it. The others are
narrower: somebody who needs help with housing is not thereby homeless."""


def service_request(case: Case, change: Change) -> Resource:
    """What the practice asked for, as it stood after `change`."""
    referral, given = case.referral, sent(case, "ServiceRequest")
    flags = _flags(case)
    found: Resource = {
        **given,
        "resourceType": "ServiceRequest",
        "id": referral.referral_id,
        "meta": meta(
            "ServiceRequest", version=change.version, at=change.at, protected=case.is_protected
        ),
        "status": request_of_referral(change.state, change.reason).value,
        "intent": given.get("intent", "order"),
        "priority": given.get("priority") or priority_of(referral.urgency),
        "code": with_codes(given.get("code"), REFERRAL_CODE),
        "subject": subject(case),
        "authoredOn": given.get("authoredOn") or instant(referral.received_at),
        "requester": requester(case),
        "performer": [reference("HealthcareService", KITH_ID)],
        "reasonCode": _reasons(case, given),
        "reasonReference": [
            reference("Condition", condition_id(case, place)) for place in range(conditions(case))
        ],
        "supportingInfo": [
            *(reference("Consent", f"consent-{each.consent_id}") for each in case.consents),
            *({"reference": f"#{each['id']}", "type": "Flag"} for each in flags),
        ],
        "note": given.get("note") or ([{"text": referral.reason}] if referral.reason else []),
        "identifier": [
            {"system": each.system, "value": each.value}
            for each in case.identifiers
            if each.kind == "ServiceRequest"
        ],
    }
    change.kept_with(found)
    found["contained"] += flags
    tidy: Resource = settled({name: value for name, value in found.items() if value != []})
    return tidy


def _flags(case: Case) -> list[Resource]:
    """What the sender warned of, as it came."""
    return [
        {**each, "resourceType": "Flag", "id": f"flag-{number}", "subject": subject(case)}
        for number, each in enumerate(all_sent(case, "Flag"), start=1)
    ]


def with_codes(given: Any, *codes: Resource) -> Resource:  # noqa: ANN401 - any JSON
    """A sender's concept with these codes in it: what everybody searches by is always there."""
    came: Resource = dict(given) if isinstance(given, dict) else {}
    listed = [each for each in came.get("coding", []) if isinstance(each, dict)]
    has = {(each.get("system"), each.get("code")) for each in listed}
    added = [each for each in codes if (each["system"], each["code"]) not in has]
    return {**came, "coding": [*listed, *added]}


def requester(case: Case) -> Resource:
    """Who asked: the clinician as stated, or the person themself."""
    if case.is_own_request:
        return reference("Patient", case.person.person_id)
    return reference("PractitionerRole", case.referral.referral_id)


def conditions(case: Case) -> int:
    """How many Conditions a referral has: those that came, or the words of its note as one."""
    return len(all_sent(case, "Condition")) or int(bool(case.referral.reason))


def condition_id(case: Case, place: int) -> str:
    """The id of one of them, counted from nought."""
    first = case.referral.referral_id
    return first if place == 0 else f"{first}-{place + 1}"


def condition(case: Case, place: int) -> Resource:
    """One of them."""
    came = all_sent(case, "Condition")
    given = came[place] if came else {"code": {"text": case.referral.reason}}
    found: Resource = {
        **given,
        "resourceType": "Condition",
        "id": condition_id(case, place),
        "meta": meta("Condition", at=case.referral.received_at, protected=case.is_protected),
        "subject": subject(case),
    }
    if found.get("verificationStatus") is None and found.get("clinicalStatus") is None:
        found["clinicalStatus"] = concept(
            coding("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", "Active")
        )
    found.setdefault("category", [concept(PRESENTING)])
    tidy: Resource = settled(found)
    return tidy


def _reasons(case: Case, given: Resource) -> list[Resource]:
    """What came and is no need of Kith's list, as it came; then each need that is known now."""
    taxonomy = need_list.load()
    came = [each for each in given.get("reasonCode", []) if isinstance(each, dict)]
    found: list[Resource] = []
    for wanted in case.referral.needs:
        need = taxonomy.need(wanted.need)
        codes = {each.code for each in need.snomed}
        theirs = next((each for each in came if _speaks_of(each, wanted.need, codes)), None)
        if theirs is not None:
            came.remove(theirs)
        own = coding(systems.NEED, need.id, need.label)
        others = [
            each
            for each in (theirs or {}).get("coding", [])
            if isinstance(each, dict) and each.get("system") != systems.NEED
        ]
        if theirs is None:
            others = [
                coding(systems.SNOMED, each.code, each.term)
                for each in need.verified_snomed
                if each.code in _SAYS_THE_NEED
            ][:1]
        found.append(concept(own, *others, text=(theirs or {}).get("text") or need.label))
    return [*found, *came]


def _speaks_of(reason: Resource, need: str, snomed: set[str]) -> bool:
    codings = reason.get("coding")
    if not isinstance(codings, list):
        return False
    return any(
        (each.get("system") == systems.NEED and each.get("code") == need)
        or (each.get("system") == systems.SNOMED and each.get("code") in snomed)
        for each in codings
        if isinstance(each, dict)
    )

"""What a call tells of a person, read out of FHIR resources. Plain data in, plain data out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from geo.errors import Json
from service.api.cds.catalogue import CONDITIONS, CONSENTS, PATIENT, REQUESTS, CardService
from service.api.cds.errors import HookMismatch, PrefetchMissing
from service.api.fhir.parse.reasons import needs_by_code
from service.api.fhir.systems import ODS_ORGANISATION, SNOMED, settled
from service.people.circumstances import OLDEST, age_on

REFERRAL_CODE: Final = "871731000000106"
"""SNOMED CT: referral to social prescribing service (procedure)."""

_RESTRICTED: Final = {"R", "V", "REDACTED"}
_ID: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
_USER: Final = re.compile(r"(Practitioner|PractitionerRole)/[A-Za-z0-9.-]{1,64}")
_LANGUAGE: Final = re.compile(r"([a-z]{2,3})(-.*)?", re.IGNORECASE)
_SP: Final = re.compile(r"social prescri|link worker", re.IGNORECASE)
MOST_NOTE: Final = 20_000
MOST_ENTRIES: Final = 500

Resource = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Seen:
    """What may be used of a call.

    Attributes
    ----------
    patient_id, user : str
        As the caller names them, for what is suggested to the caller; `user` may be empty.
    silent : bool
        The record is restricted, or the person has died: nothing is said.
    needs : tuple of str
        Needs that codes of the record or of draft orders stand for.
    note : str
        What was written in draft social prescribing referrals.
    is_referring : bool
        Whether there is such a draft.
    facts : dict
        Circumstances as `person_facts` takes them.
    postcode : str or None
    practice : str
        The registered practice's code as stated; empty when it is not.
    may_name : bool
        A live consent of the person lets information be shared.
    """

    patient_id: str
    user: str
    silent: bool = False
    needs: tuple[str, ...] = ()
    note: str = ""
    is_referring: bool = False
    facts: Mapping[str, Json] | None = None
    postcode: str | None = None
    practice: str = ""
    may_name: bool = False


def read_call(
    service: CardService,
    context: Mapping[str, Any],
    prefetch: Mapping[str, Any],
    *,
    today: date,
) -> Seen:
    """What a call says.

    Raises
    ------
    HookMismatch
        If the context lacks what the hook always has.
    PrefetchMissing
        If something that the service needs was not sent, or is an OperationOutcome.
    """
    patient_id, user = context.get("patientId"), context.get("userId")
    if not isinstance(patient_id, str) or not isinstance(user, str):
        raise HookMismatch("The context of this hook has `patientId` and `userId`.")
    patient_id = patient_id.removeprefix("Patient/")
    if not _ID.fullmatch(patient_id):
        raise HookMismatch("`context.patientId` is not the id of a FHIR resource.")
    user = user if _USER.fullmatch(user) else ""
    patient = _patient(prefetch.get(PATIENT), patient_id)
    if _is_restricted(patient) or _has_died(patient):
        return Seen(patient_id, user, silent=True)
    for name in service.needs:
        if name not in prefetch or _is_outcome(prefetch[name]):
            raise PrefetchMissing(
                f"Send `prefetch.{name}` with the call; it was not sent, or is an error.",
                key=name,
            )
    drafts = _drafts(service, context, prefetch)
    conditions = [*_resources(prefetch.get(CONDITIONS), "Condition")]
    codes = [each.get("code") for each in conditions if _is_active(each)]
    codes += [code for each in drafts for code in _list(each.get("reasonCode"))]
    return Seen(
        patient_id,
        user,
        needs=_needs(codes),
        note=_note(drafts),
        is_referring=bool(drafts),
        facts=_facts(patient, today),
        postcode=_postcode(patient, today),
        practice=_practice(patient),
        may_name=any(
            _shares(each, patient_id, today)
            for each in _resources(prefetch.get(CONSENTS), "Consent")
        ),
    )


def _patient(given: object, patient_id: str) -> Resource:
    if not isinstance(given, Mapping) or given.get("resourceType") != "Patient":
        raise PrefetchMissing("Send the Patient as `prefetch.patient`.", key=PATIENT)
    if given.get("id") not in {None, patient_id}:
        raise PrefetchMissing(
            "`prefetch.patient` is another person than `context.patientId`.", key=PATIENT
        )
    return given


def _is_restricted(patient: Resource) -> bool:
    """By its security label: restricted, very restricted, or with parts taken out."""
    labels = _list(_dict(patient.get("meta")).get("security"))
    # Whatever the system: a label that was spelt wrong must not open a record.
    return any(_dict(each).get("code") in _RESTRICTED for each in labels)


def _has_died(patient: Resource) -> bool:
    return patient.get("deceasedBoolean") is True or bool(patient.get("deceasedDateTime"))


def _is_outcome(given: object) -> bool:
    return isinstance(given, Mapping) and given.get("resourceType") == "OperationOutcome"


def _resources(given: object, kind: str) -> Iterator[Resource]:
    """The resources of a kind in a Bundle, or the one that was sent alone."""
    bundle = _dict(given)
    if bundle.get("resourceType") == kind:
        yield bundle
        return
    for entry in _list(bundle.get("entry"))[:MOST_ENTRIES]:
        resource = _dict(_dict(entry).get("resource"))
        if resource.get("resourceType") == kind:
            yield resource


def _drafts(
    service: CardService, context: Mapping[str, Any], prefetch: Mapping[str, Any]
) -> list[Resource]:
    """Draft referrals to social prescribing, from the orders to be signed or from the record."""
    given = prefetch.get(REQUESTS)
    if service.hook == "order-sign":
        given = context.get("draftOrders")
        if _dict(given).get("resourceType") != "Bundle":
            raise HookMismatch("The context of order-sign has `draftOrders`, a Bundle.")
    found = _resources(given, "ServiceRequest")
    return [each for each in found if each.get("status") == "draft" and _is_ours(each)]


def _is_ours(request: Resource) -> bool:
    code = _dict(request.get("code"))
    codings = [_dict(each) for each in _list(code.get("coding"))]
    if any((c.get("system"), c.get("code")) == (SNOMED, REFERRAL_CODE) for c in codings):
        return True
    return bool(_SP.search(str(code.get("text", ""))[:500]))


def _is_active(condition: Resource) -> bool:
    codings = _list(_dict(condition.get("clinicalStatus")).get("coding"))
    states = {_dict(each).get("code") for each in codings}
    verified = _list(_dict(condition.get("verificationStatus")).get("coding"))
    wrong = {_dict(each).get("code") for each in verified} & {"entered-in-error", "refuted"}
    return not wrong and (not states or bool(states & {"active", "recurrence", "relapse"}))


def _needs(concepts: list[Any]) -> tuple[str, ...]:
    known = needs_by_code()
    found: dict[str, None] = {}
    for concept in concepts:
        for coding in _list(_dict(concept).get("coding")):
            system, code = _dict(coding).get("system"), _dict(coding).get("code")
            if isinstance(system, str) and isinstance(code, str) and (system, code) in known:
                # The first of the list, where two needs have the same code.
                found[known[system, code][0]] = None
    return tuple(found)


def _note(drafts: list[Resource]) -> str:
    texts = [
        text
        for each in drafts
        for note in _list(each.get("note"))
        if isinstance(text := _dict(note).get("text"), str)
    ]
    return "\n".join(texts).replace("\x00", "")[:MOST_NOTE]


def _facts(patient: Resource, today: date) -> dict[str, Json]:
    facts: dict[str, Json] = {}
    born = patient.get("birthDate")
    if isinstance(born, str) and len(born) == 10:
        age = _age(born, today)
        if age is not None:
            facts["age"] = age
    if patient.get("gender") in {"female", "male"}:
        facts["gender"] = str(patient["gender"])
    languages: list[Json] = []
    for each in _list(patient.get("communication"))[:10]:
        for coding in _list(_dict(_dict(each).get("language")).get("coding")):
            found = _LANGUAGE.fullmatch(str(_dict(coding).get("code", "")))
            if found:
                languages.append(found[1].lower())
    if languages:
        facts["languages"] = languages
    return facts


def _age(born: str, today: date) -> int | None:
    try:
        age = age_on(date.fromisoformat(born), today)
    except ValueError:
        return None
    return age if 0 <= age <= OLDEST else None


def _postcode(patient: Resource, today: date) -> str | None:
    for address in map(_dict, _list(patient.get("address"))):
        ended = _dict(address.get("period")).get("end")
        is_over = isinstance(ended, str) and ended[:10] < today.isoformat()
        postcode = address.get("postalCode")
        if address.get("use") in {"old", "billing"} or is_over:
            continue
        if isinstance(postcode, str) and 1 <= len(postcode.strip()) <= 40:
            return postcode.strip()
    return None


def _practice(patient: Resource) -> str:
    for each in map(_dict, _list(patient.get("generalPractitioner"))):
        identifier = _dict(each.get("identifier"))
        if settled(str(identifier.get("system", ""))) == ODS_ORGANISATION:
            return str(identifier.get("value", "")).strip().upper()[:10]
    return ""


def _shares(consent: Resource, patient_id: str, today: date) -> bool:
    """Whether this consent is live, this person's, and lets information be shared."""
    provision = _dict(consent.get("provision"))
    period = _dict(provision.get("period"))
    starts, ends = str(period.get("start", ""))[:10], str(period.get("end", "9999"))[:10]
    codings = _list(_dict(consent.get("scope")).get("coding"))
    scopes = {_dict(each).get("code") for each in codings}
    whose = _dict(consent.get("patient")).get("reference")
    return (
        consent.get("status") == "active"
        and "patient-privacy" in scopes
        and whose == f"Patient/{patient_id}"
        and provision.get("type") == "permit"
        and starts <= today.isoformat() <= ends
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}

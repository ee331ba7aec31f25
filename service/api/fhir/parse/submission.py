"""One referral as it was sent, put as every door puts it to `refer`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from geo.gazetteer import Gazetteer
from service.api.fhir.errors import Invalid
from service.api.fhir.parse.flags import risks_of
from service.api.fhir.parse.gathered import Gathered
from service.api.fhir.parse.person import (
    facts_of_patient,
    given_of,
    person_of,
    postcode_of,
    reach_of,
)
from service.api.fhir.parse.reasons import needs_of, words_of
from service.api.fhir.parse.sent import sent_of
from service.api.fhir.rules.bundle import ods_of
from service.api.fhir.rules.findings import Resource, child, codings, rows, text_of, texts_of
from service.api.fhir.rules.patient import is_sensitive
from service.api.fhir.rules.shape import LONGEST_TEXT
from service.identity.codes import OdsCode
from service.people.places import nearest_written
from service.referrals.arrivals import NOT_STATED, Arrival, SenderNumber
from service.referrals.kinds import Urgency
from service.referrals.requests import ConsentGiven, ReferralRequest

_NAME: Final = 120
_URGENT: Final = frozenset({"urgent", "asap", "stat"})
_REFUSED: Final = "The sender's record says that the person did not agree."
_AGREED: Final = "recorded by the sender"


@dataclass(frozen=True, slots=True)
class Submission:
    """A request for a referral, and what came along with it."""

    request: ReferralRequest
    arrival: Arrival


def submission(
    found: Gathered, *, practice: OdsCode, channel: str, gazetteer: Gazetteer, today: date
) -> Submission:
    """What `found` asks for, of the practice that the caller acts for.

    Raises
    ------
    Invalid
        If it says more than can be kept.
    """
    patient = found.patient.resource
    sensitive = is_sensitive(patient)
    words = words_of(found)
    if len(words) > LONGEST_TEXT:
        raise Invalid.at(
            "too-long",
            f"Keep notes and reasons together under {LONGEST_TEXT:,} characters.",
            f"{found.request.at}.note",
        )
    postcode = None if sensitive else nearest_written(postcode_of(patient), gazetteer)
    urgent = text_of(found.request.resource, "priority") in _URGENT
    return Submission(
        ReferralRequest(
            practice=practice,
            person=person_of(patient),
            consent=_consent(found, today),
            needs=needs_of(found),
            facts=facts_of_patient(patient),
            postcode=postcode,
            reason=words,
            referrer_name=_referrer_name(found),
            referrer_role=_referrer_role(found),
        ),
        Arrival(
            channel=channel,
            sent=sent_of(found, sensitive=sensitive),
            numbers=numbers_of(found),
            reach=reach_of(patient),
            urgency=Urgency.URGENT if urgent else Urgency.ROUTINE,
            address_protected=sensitive,
            risks=risks_of(found),
        ),
    )


def numbers_of(found: Gathered) -> tuple[SenderNumber, ...]:
    """The sender's own numbers of the referral and of its task."""
    numbers = identifiers_of("ServiceRequest", found.request.resource)
    return numbers if found.task is None else numbers + identifiers_of("Task", found.task.resource)


def identifiers_of(kind: str, resource: Resource) -> tuple[SenderNumber, ...]:
    """The identifiers of one resource that have a value."""
    return tuple(
        SenderNumber(kind, text_of(each, "system"), text_of(each, "value"))
        for _, each in rows(resource, "identifier")
        if text_of(each, "value")
    )


def sender_of(found: Gathered) -> str:
    """The ODS code of the organisation that refers, as it is stated; empty when it is not."""
    if found.organisation is not None:
        return ods_of(found.organisation.resource)
    led = child(found.role.resource, "organization") if found.role is not None else {}
    stated = child(led, "identifier")
    return text_of(stated, "value").strip().upper()


def _consent(found: Gathered, today: date) -> ConsentGiven:
    if not found.consents:
        return ConsentGiven(False, today, reason_not_given=NOT_STATED)
    consent = found.consents[0].resource
    agreed = (
        text_of(consent, "status") == "active"
        and text_of(child(consent, "provision"), "type") != "deny"
    )
    taken_by = found.organisation or found.practitioner
    name = text_of(taken_by.resource, "name") if taken_by is not None else ""
    return ConsentGiven(
        agreed,
        min(_day(text_of(consent, "dateTime"), today), today),
        taken_by=(name or _referrer_name(found))[:_NAME],
        how=_AGREED,
        reason_not_given="" if agreed else _REFUSED,
    )


def _day(text: str, today: date) -> date:
    if len(text) < 10:
        return today
    return datetime.fromisoformat(text).date() if len(text) > 10 else date.fromisoformat(text)


def _referrer_name(found: Gathered) -> str:
    if found.practitioner is not None:
        names = [each for _, each in rows(found.practitioner.resource, "name")]
        name = names[0] if names else {}
        prefix = " ".join(texts_of(name, "prefix"))
        parts = (prefix, given_of(name), text_of(name, "family"))
        return (" ".join(p for p in parts if p) or text_of(name, "text"))[:_NAME]
    if found.role is not None:
        return text_of(child(found.role.resource, "practitioner"), "display")[:_NAME]
    return text_of(child(found.request.resource, "requester"), "display")[:_NAME]


def _referrer_role(found: Gathered) -> str:
    if found.role is None:
        return ""
    for _, concept in rows(found.role.resource, "code"):
        said = text_of(concept, "text") or next(
            (text_of(each, "display") for _, each in rows(concept, "coding")), ""
        )
        if said:
            return said[:_NAME]
        code = next((code for _, _system, code in codings(concept)), "")
        if code:
            return code[:_NAME]
    return ""

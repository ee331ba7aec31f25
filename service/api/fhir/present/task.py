"""The work on a referral as Tasks: one for the referral, and one under it for each group asked."""

from __future__ import annotations

from typing import Final

from service.api.fhir import systems
from service.api.fhir.present.change import Change, OfferChange, keep_change
from service.api.fhir.present.parts import (
    KITH_ID,
    Resource,
    coding,
    concept,
    day_end,
    instant,
    meta,
    reference,
    sent,
    settled,
)
from service.api.fhir.present.request import REFERRAL_CODE, requester, with_codes
from service.api.fhir.present.subject import subject
from service.referrals.exchange import Approach, Case
from service.referrals.lifecycle import (
    HOLDS,
    OfferState,
    ReferralState,
    TaskStatus,
    business_status,
    spoken,
    task_of_offer,
    task_of_referral,
)
from service.referrals.reasons import IN_OWN_WORDS, REASONS, ReasonKind, reason_label

FULFIL: Final = coding(systems.TASK_CODE, "fulfill", "Fulfill the focal request")
RESULT: Final = coding(
    "http://hl7.org/fhir/us/sdoh-clinicalcare/CodeSystem/SDOHCC-CodeSystemTemporaryCodes",
    "resulting-activity",
    "Resulting Activity",
)
REJECTED_AS: Final = {
    "not_enough_information": "99",
    "needs_clinical_care": "23",
    "out_of_scope": "24",
    "already_referred": "24",
    "other_area": "42",
    "did_not_agree": "26",
    "other": "99",
}
"""The code of the national list of rejection reasons for each reason to send a referral back."""


def parent_task(case: Case, change: Change) -> Resource:
    """The work on the referral as it stood after `change`."""
    referral, given = case.referral, sent(case, "Task")
    status = task_of_referral(change.state, change.reason)
    found: Resource = {
        **given,
        "resourceType": "Task",
        "id": referral.referral_id,
        "meta": meta("Task", version=change.version, at=change.at, protected=case.is_protected),
        "status": status.value,
        "businessStatus": _stage(change.state),
        "intent": "order",
        "code": with_codes(given.get("code"), FULFIL, REFERRAL_CODE),
        "focus": reference("ServiceRequest", referral.referral_id),
        "for": subject(case),
        "authoredOn": given.get("authoredOn") or instant(referral.received_at),
        "lastModified": instant(change.at),
        "requester": requester(case),
        "owner": reference("Organization", KITH_ID),
        "identifier": [
            {"system": each.system, "value": each.value}
            for each in case.identifiers
            if each.kind == "Task"
        ],
        "output": [],
    }
    found.pop("statusReason", None)
    reason = _reason(change.state, status, change.reason, change.text)
    if reason:
        found["statusReason"] = reason
    if status in {TaskStatus.IN_PROGRESS, TaskStatus.COMPLETED}:
        began = referral.first_contact_on
        if began is not None:
            found["executionPeriod"] = {"start": began.isoformat()}
    if status is TaskStatus.COMPLETED:
        found["output"] = [
            _result(each) for each in case.approaches if each.offer.first_attended_on
        ]
        if not found["output"]:
            found["statusReason"] = reason or concept(text="No activity came of it.")
    change.kept_with(found)
    return _tidy(found)


def sub_task(case: Case, approach: Approach, change: OfferChange) -> Resource:
    """The approach to one group as it stood after `change`."""
    offer = approach.offer
    status = task_of_offer(
        change.state, held=change.is_held, resumed=change.is_resumed, reason=change.reason
    )
    found: Resource = {
        "resourceType": "Task",
        "id": offer.offer_id,
        "meta": meta("Task", version=change.version, at=change.at, protected=case.is_protected),
        "partOf": [reference("Task", offer.referral_id)],
        "status": (status or TaskStatus.REQUESTED).value,
        "businessStatus": _stage(
            change.state, held=status is TaskStatus.ON_HOLD and change.is_held
        ),
        "intent": "order",
        "code": concept(FULFIL),
        "description": f"Ask {approach.asset_name} whether they can take somebody.",
        "focus": reference("ServiceRequest", offer.referral_id),
        "for": subject(case),
        "authoredOn": instant(offer.sent_at or offer.offered_at),
        "lastModified": instant(change.at),
        "requester": reference("Organization", KITH_ID),
        "owner": reference("HealthcareService", approach.service_id, approach.asset_name),
        "output": [],
    }
    if offer.answer_by is not None:
        found["restriction"] = {"period": {"end": day_end(offer.answer_by)}}
    reason = _offer_reason(change, status)
    if reason:
        found["statusReason"] = reason
    if status is TaskStatus.COMPLETED:
        found["output"] = [_result(approach)]
    keep_change(found, change.version, change.at, change.actor)
    return _tidy(found)


def _stage(state: ReferralState | OfferState, *, held: bool = False) -> Resource:
    code = business_status(state, held=held)
    words = code.replace("-", " ") if code == "on-hold" else spoken(state)
    return concept(coding(systems.STAGE, code), text=words.capitalize())


def _reason(state: ReferralState, status: TaskStatus, code: str, text: str) -> Resource:
    """Why a referral stands there, as far as anybody outside is told."""
    if state in HOLDS:
        # One hold is told like another: else the silent one would say what it is about.
        return concept(text="On hold")
    if not code:
        return concept(text=spoken(state).capitalize()) if status in _NEEDS_REASON else {}
    told = _own_words(code, text, always=state is ReferralState.RETURNED)
    if code in REASONS[ReasonKind.DECLINE]:
        return concept(_rejection(code), text=told)
    own = coding(systems.REASON, code, reason_label(code))
    if status is TaskStatus.REJECTED:
        return concept(_rejection(REJECTED_AS.get(code, "99")), own, text=told)
    return concept(own, text=told)


_NEEDS_REASON: Final = frozenset(
    {TaskStatus.REJECTED, TaskStatus.CANCELLED, TaskStatus.ON_HOLD, TaskStatus.FAILED}
)


def _offer_reason(change: OfferChange, status: TaskStatus | None) -> Resource:
    if status is TaskStatus.ON_HOLD:
        return concept(text="On hold" if change.is_held else "On the waiting list")
    if not change.reason:
        return concept(text=spoken(change.state).capitalize()) if status in _NEEDS_REASON else {}
    told = _own_words(change.reason, change.text, always=False)
    if change.reason in REASONS[ReasonKind.DECLINE]:
        return concept(_rejection(change.reason), text=told)
    return concept(coding(systems.REASON, change.reason, reason_label(change.reason)), text=told)


def _rejection(code: str) -> Resource:
    return coding(systems.REJECTION, code, REASONS[ReasonKind.DECLINE][code])


def _own_words(code: str, text: str, *, always: bool) -> str:
    if text.strip() and (always or code in IN_OWN_WORDS):
        return f"{reason_label(code)}: {text.strip()}"
    return reason_label(code)


def _result(approach: Approach) -> Resource:
    """What came of it: the group, as often as somebody counted."""
    sessions = approach.offer.sessions
    often = "" if not sessions else f", {sessions} {'time' if sessions == 1 else 'times'}"
    return {
        "type": concept(RESULT),
        "valueCodeableConcept": concept(text=f"Attended {approach.asset_name}{often}"),
    }


def _tidy(found: Resource) -> Resource:
    tidy: Resource = settled({name: value for name, value in found.items() if value != []})
    return tidy

"""`$process-message`: a referral, a change of one, or an answer, as one message."""

from __future__ import annotations

from dataclasses import replace

from fastapi import Request

from service.api.context import KithDep
from service.api.fhir.bars import codes
from service.api.fhir.bars.errors import OtherMessage, SameMessage
from service.api.fhir.bars.headers import Heads, HeadsDep
from service.api.fhir.bars.message import (
    ANSWERED,
    ASKED,
    CALLED_BACK,
    Message,
    check_message,
    read_message,
)
from service.api.fhir.bars.reply import reply
from service.api.fhir.bars.route import bars_router
from service.api.fhir.context import Caller, CallerDep
from service.api.fhir.media import FhirResponse
from service.api.fhir.parse.gathered import Gathered, gathered
from service.api.fhir.parse.submission import identifiers_of
from service.api.fhir.parse.taking import Asked, asked, practice_of, take
from service.api.fhir.rules.bundle import Entry
from service.api.fhir.rules.context import Purpose
from service.api.fhir.rules.findings import child, rows, text_of
from service.api.fhir.writing import BodyDep, rules_for
from service.identity import audit
from service.identity.codes import OdsCode
from service.identity.errors import NotFound
from service.parts import Kith
from service.referrals.actions.amending import amend, note_answer
from service.referrals.actions.arriving import by_numbers
from service.referrals.actions.calling_back import call_back, enter_in_error
from service.referrals.actions.messages import (
    Claimed,
    MessageHeads,
    claim,
    correlated,
    of_message,
)
from service.referrals.model import Referral
from service.store.errors import EditConflict
from service.store.work import UnitOfWork

router = bars_router()

_NOT_HERE = "There is no such referral, or it is not yours to change."


@router.post("/$process-message", name="bars_process_message", include_in_schema=False)
def post_message(
    request: Request, kith: KithDep, caller: CallerDep, heads: HeadsDep, bundle: BodyDep
) -> FhirResponse:
    """Process one message and answer it at once."""
    message = read_message(bundle)
    if message.event == codes.RESPONSE:
        caller.require("Task", "u")
        referral_id = _answered(kith, caller, heads, message)
    elif message.takes_back:
        caller.require("ServiceRequest", "u")
        referral_id = _taken_back(kith, caller, heads, message)
    else:
        caller.require("ServiceRequest", "u" if message.reason == "update" else "c")
        referral_id = _taken(kith, caller, heads, message)
    with kith.store.work() as work:
        found = reply(work.session, caller.actor, referral_id, message, settings=kith.settings)
        audit.record(
            work,
            by=caller.actor,
            action="referral.read",
            subject=f"referral:{referral_id}",
            details={"resource": "message"},
        )
    return FhirResponse(found)


def _taken(kith: Kith, caller: Caller, heads: Heads, message: Message) -> str:
    """A new referral, or the whole of one that was sent before."""
    rules = rules_for(kith, Purpose.CREATE if message.reason == "new" else Purpose.UPDATE)
    check_message(message, ASKED, rules)
    found = _gathered(message)
    with kith.store.read() as session:
        sent = asked(kith, session, caller.actor, found, channel="bars")
    practice = sent.submitted.request.practice
    with kith.store.work() as work:
        claimed = _claim(work, caller, practice, heads, message)
        if message.reason == "update":
            referral = _referral(work, practice, message)
            _amend(kith, work, caller, referral, message, sent)
            referral_id = referral.referral_id
        else:
            before = correlated(work.session, practice, heads.correlation_id)
            referral_id = take(kith, work, caller.actor, sent).referral_id
            if claimed.row is not None:
                claimed.row.follows = before
        if claimed.row is not None:
            claimed.row.referral_id = referral_id
    return referral_id


def _amend(
    kith: Kith, work: UnitOfWork, caller: Caller, referral: Referral, message: Message, sent: Asked
) -> None:
    with_version = _seen(message, referral)
    try:
        amend(
            work,
            by=caller.actor,
            referral_id=referral.referral_id,
            request=sent.submitted.request,
            arrival=sent.submitted.arrival,
            gazetteer=kith.gazetteer,
            today=kith.today(),
            reading=sent.reading,
            seen_version=with_version,
        )
    except EditConflict as error:
        raise _changed(message) from error


def _taken_back(kith: Kith, caller: Caller, heads: Heads, message: Message) -> str:
    """A referral that its sender cancels, or says was an error."""
    check_message(message, CALLED_BACK, rules_for(kith, Purpose.UPDATE))
    with kith.store.read() as session:
        practice = practice_of(session, caller.actor, _sender_only(message))
    wrong = text_of(message.focus.resource, "status") == "entered-in-error"
    act = enter_in_error if wrong else call_back
    with kith.store.work() as work:
        claimed = _claim(work, caller, practice, heads, message)
        referral = _referral(work, practice, message)
        try:
            act(
                work,
                by=caller.actor,
                referral_id=referral.referral_id,
                seen_version=_seen(message, referral),
                text=_why(message, wrong=wrong),
            )
        except EditConflict as error:
            raise _changed(message) from error
        if claimed.row is not None:
            claimed.row.referral_id = referral.referral_id
    return referral.referral_id


_CHANGED = (
    "The referral has changed since. GET the ServiceRequest and send its current meta.versionId."
)


def _answered(kith: Kith, caller: Caller, heads: Heads, message: Message) -> str:
    """What a sender says in answer about a referral that it sent before."""
    check_message(message, ANSWERED, rules_for(kith, Purpose.UPDATE))
    with kith.store.read() as session:
        practice = practice_of(session, caller.actor, _sender_only(message))
    answered = child(message.header.resource, "response")
    with kith.store.work() as work:
        claimed = _claim(work, caller, practice, heads, message)
        referral_id = of_message(work.session, practice, text_of(answered, "identifier"))
        if referral_id is None:
            raise NotFound("There is no message with the id that response.identifier names.")
        note_answer(
            work,
            by=caller.actor,
            referral_id=referral_id,
            text="\n".join(_notes(message.focus.resource)),
        )
        if claimed.row is not None:
            claimed.row.referral_id = referral_id
    return referral_id


def _claim(
    work: UnitOfWork, caller: Caller, practice: OdsCode, heads: Heads, message: Message
) -> Claimed:
    claimed = claim(
        work,
        by=caller.actor,
        practice=practice,
        heads=MessageHeads(
            heads.request_id,
            heads.correlation_id,
            message.bundle_id,
            message.digest,
            "response" if message.event == codes.RESPONSE else message.reason,
        ),
    )
    if claimed.row is not None:
        return claimed
    if claimed.is_same:
        made = f" It made ServiceRequest/{claimed.referral_id}." if claimed.referral_id else ""
        raise SameMessage(f"This message was processed before; nothing was changed.{made}")
    raise OtherMessage.at(
        "conflict",
        "Another message came with this X-Request-Id. Give each one of its own.",
        "http.X-Request-Id",
    )


def _gathered(message: Message) -> Gathered:
    """What belongs to the referral; the organisation of the header is the one that sends it."""
    entries = [each for each in message.entries if each.kind in _TAKEN]
    found = gathered(entries)
    sender = message.named(text_of(child(message.header.resource, "sender"), "reference"))
    role = next((each for each in entries if each.kind == "PractitionerRole"), None)
    return replace(
        found,
        organisation=sender if sender and sender.kind == "Organization" else found.organisation,
        role=found.role or role,
    )


_TAKEN = frozenset(
    {
        "ServiceRequest",
        "Task",
        "Patient",
        "Practitioner",
        "PractitionerRole",
        "Organization",
        "HealthcareService",
        "Condition",
        "Consent",
        "Flag",
    }
)


def _sender_only(message: Message) -> Gathered:
    sender = message.named(text_of(child(message.header.resource, "sender"), "reference"))
    patient = next(
        (each for each in message.entries if each.kind == "Patient"), Entry(0, "", "Patient", {})
    )
    return Gathered(message.focus, patient, organisation=sender)


def _referral(work: UnitOfWork, practice: OdsCode, message: Message) -> Referral:
    """The referral that a message is about: by Kith's id, or by the sender's own number.

    Raises
    ------
    NotFound
    """
    request = message.focus.resource
    own = work.session.get(Referral, text_of(request, "id") or "-")
    if own is not None and own.practice_code == practice:
        return own
    known = by_numbers(work.session, practice, identifiers_of("ServiceRequest", request))
    if not known:
        raise NotFound(_NOT_HERE)
    return known[0]


def _changed(message: Message) -> OtherMessage:
    at = f"{message.focus.at}.meta.versionId"
    return OtherMessage.at("conflict", _CHANGED, at)


def _seen(message: Message, referral: Referral) -> int:
    """The version that the sender has before it; the current one where it does not say."""
    stated = text_of(child(message.focus.resource, "meta"), "versionId")
    if not stated:
        return referral.version
    if stated != str(referral.version):
        raise _changed(message)
    return referral.version


def _why(message: Message, *, wrong: bool) -> str:
    said = "\n".join(_notes(message.focus.resource))
    if said:
        return said
    return "Entered in error." if wrong else "Cancelled by the sender, who gave no reason."


def _notes(request: dict[str, object]) -> list[str]:
    return [text for _, each in rows(request, "note") if (text := text_of(each, "text").strip())]

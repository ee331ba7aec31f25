"""What the side that referred says anew about its referral."""

from __future__ import annotations

from datetime import date
from typing import Final

from sqlalchemy import select

from geo.gazetteer import Gazetteer
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.matching.notes.model import FoundFlag, NoteReading
from service.referrals.actions.arriving import keep_risks
from service.referrals.actions.calling_back import require_requester
from service.referrals.actions.refer import STATES, checked_request
from service.referrals.arrivals import Arrival
from service.referrals.lifecycle import WAITING
from service.referrals.model import RaisedFlag, Referral, ReferralNeed
from service.referrals.opening import opened, person_of, words, written
from service.referrals.requests import ReferralRequest
from service.referrals.safety import whom_to_tell
from service.referrals.safety_actions import raise_flags
from service.referrals.source_model import ReferralSource
from service.referrals.understanding import Understood, understood
from service.store.work import UnitOfWork

AMENDED: Final = "amended_by_sender"
LONGEST_ANSWER: Final = 5_000


def amend(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    request: ReferralRequest,
    arrival: Arrival,
    gazetteer: Gazetteer,
    today: date,
    reading: NoteReading | None,
    seen_version: int | None = None,
) -> int:
    """Take what the sender says of its referral now, whole, in place of what it said before.

    Until somebody has taken the referral on, its needs and circumstances are those of the new
    message. Afterwards the link worker's own understanding with the person stands: the new note is
    there to be read, and nothing of theirs is overwritten. A danger sign that was not there before
    is raised in either case; none is closed. The note before is kept in the history.

    Returns
    -------
    int
        The new version.

    Raises
    ------
    NotAllowed
        If `by` is not of the side that referred.
    NotFound, BadMove
        If there is no such referral, or it has ended.
    EditConflict
        If it changed since `seen_version`.
    UnknownNeed, BadConsent, BadBirthDate, BadFacts, BadPostcode, BadPlace
        If the message names something that cannot be used. Nothing is changed.
    """
    referral = opened(
        work, by=by, permission=Permission.REFER, referral_id=referral_id, seen_version=seen_version
    )
    require_requester(by, referral)
    request = checked_request(request, gazetteer, today, noted=reading is not None)
    found = understood(request.needs, request.facts, reading, today=today)
    before, referral.reason = referral.reason, request.reason
    if referral.state in WAITING:
        _understand_anew(work, referral, found)
    referral.urgency = arrival.urgency
    _reach_anew(work, referral, request, arrival)
    keep_risks(work.session, referral_id, arrival.risks, by=by, today=today)
    _raise_new(work, referral, request, found.flags)
    source = work.session.get(ReferralSource, referral_id)
    if source is not None:
        source.sent = arrival.sent
    return written(work, referral, by=by, what=AMENDED, text=before)


def _understand_anew(work: UnitOfWork, referral: Referral, found: Understood) -> None:
    # Not a move of the lifecycle: the same referral is read again, and stands where reading puts
    # it. A danger sign that is open keeps it there, whatever the new note says.
    if not any(each.is_open for each in _raised(work, referral)):
        referral.state, referral.state_reason = STATES[found.action], found.sentence
    referral.facts, referral.reading = found.facts, found.reading
    referral.safe_contact = referral.safe_contact or found.safe_contact
    kept = {
        each.need: each
        for each in work.session.scalars(
            select(ReferralNeed).where(ReferralNeed.referral_id == referral.referral_id)
        )
    }
    wanted = {each.need for each in found.needs}
    for need, row in kept.items():
        if need not in wanted:
            work.session.delete(row)
    for position, each in enumerate(found.needs):
        known = kept.get(each.need)
        if known is None:
            work.session.add(
                ReferralNeed(
                    referral_id=referral.referral_id,
                    need=each.need,
                    position=position,
                    confidence=each.confidence,
                    words=each.words,
                )
            )
        else:
            known.position, known.confidence, known.words = position, each.confidence, each.words


def _reach_anew(
    work: UnitOfWork, referral: Referral, request: ReferralRequest, arrival: Arrival
) -> None:
    person = person_of(work.session, referral)
    reach = arrival.reach
    person.telephone = reach.telephone or person.telephone
    person.email = reach.email or person.email
    person.address_protected = person.address_protected or arrival.address_protected
    if person.address_protected:
        person.postcode = referral.postcode = None
    elif request.postcode is not None:
        person.postcode = referral.postcode = request.postcode


def _raise_new(
    work: UnitOfWork, referral: Referral, request: ReferralRequest, flags: tuple[FoundFlag, ...]
) -> None:
    known = {each.flag for each in _raised(work, referral)}
    raise_flags(
        work,
        referral=referral,
        flags=tuple(each for each in flags if each.flag not in known),
        tell=whom_to_tell(request.referrer_name, request.referrer_role),
    )


def _raised(work: UnitOfWork, referral: Referral) -> list[RaisedFlag]:
    return list(
        work.session.scalars(
            select(RaisedFlag).where(RaisedFlag.referral_id == referral.referral_id)
        )
    )


def note_answer(work: UnitOfWork, *, by: Actor, referral_id: str, text: str) -> int:
    """Keep what the sender wrote in answer about its referral, for whoever works with it.

    Raises
    ------
    NotAllowed, NotFound
    BadEntry
        If it says nothing, or more than can be kept.
    """
    referral = opened(
        work, by=by, permission=Permission.REFER, referral_id=referral_id, ended_too=True
    )
    require_requester(by, referral)
    said = words(text, field="note", longest=LONGEST_ANSWER)
    return written(work, referral, by=by, what="answered_by_sender", text=said)

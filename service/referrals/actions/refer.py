"""Taking a referral, and recording what was shown for it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from geo.gazetteer import Gazetteer
from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import UnknownPractice
from service.identity.gate import may_read
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import Permission
from service.matching.notes.model import Action, NoteReading
from service.people.circumstances import person_facts
from service.people.levels import DisclosureLevel
from service.people.model import Consent, Person
from service.people.places import as_written, district_of, home_of
from service.referrals.actions.arriving import by_numbers, keep_arrival
from service.referrals.arrivals import Arrival
from service.referrals.errors import KeyReused
from service.referrals.lifecycle import ReferralState
from service.referrals.model import Referral, ReferralEvent, ReferralNeed
from service.referrals.queries import Matched, ReferralView
from service.referrals.requests import PersonGiven, ReferralRequest, request_key
from service.referrals.safety import whom_to_tell
from service.referrals.safety_actions import raise_flags
from service.referrals.shown import remember
from service.referrals.understanding import Understood, understood
from service.register.needs import check_needs
from service.store.base import utc_now
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Received:
    """What became of a request: a referral, and whether it was already there."""

    referral_id: str
    repeated: bool


def refer(
    work: UnitOfWork,
    *,
    by: Actor,
    request: ReferralRequest,
    gazetteer: Gazetteer,
    today: date,
    key: str | None = None,
    reading: NoteReading | None = None,
    arrival: Arrival | None = None,
) -> Received:
    """Take a referral: once, however often and however many at a time it is sent.

    A danger sign in its note is kept and announced with it, and no group is suggested until a
    clinician has seen it. A note from which no need can be read is taken all the same, and the
    sender is told what is missing: nothing that was sent is lost.

    Parameters
    ----------
    work : UnitOfWork
        Of the whole act. A race between two equal requests is settled by the database: the loser
        undoes its own part only, and finds what the winner kept.
    by : Actor
        The practice's system. It must be of the practice that the request names.
    request : ReferralRequest
        What is asked.
    gazetteer : Gazetteer
        Tells whether the postcode can be used.
    today : date
        The day in Britain.
    key : str, optional
        The sender's idempotency key.
    reading : NoteReading, optional
        What was read from the request's note, before this work began: reading takes longer than
        others should wait for the database.
    arrival : Arrival, optional
        What another system brought along. Its own number for the referral makes it the same one,
        whatever else has changed since: `KeyReused` is not raised then.

    Returns
    -------
    Received
        `repeated` is True when this request had been taken before; nothing is changed then.

    Raises
    ------
    NotAllowed
        If the token is not for this practice.
    UnknownPractice, UnknownNeed, NoNeeds, BadConsent, BadBirthDate, BadFacts, BadPostcode, BadPlace
        If the request names something that cannot be used. Nothing is kept.
    KeyReused
        If the key came before with a different request.
    """
    by.require(Permission.REFER, at=request.practice)
    request = checked_request(request, gazetteer, today, noted=reading is not None)
    digest = request.digest()
    if key is None and arrival is not None:
        key = arrival.key()
    wanted = request_key(key, digest, today)
    earlier = _earlier(work.session, request.practice, wanted, arrival)
    if earlier is not None:
        return _repeat(earlier, digest, arrival)
    try:
        with work.session.begin_nested():
            found = understood(request.needs, request.facts, reading, today=today)
            return _take(
                work,
                by=by,
                request=request,
                found=found,
                digest=digest,
                key=wanted,
                arrival=arrival,
                today=today,
            )
    except IntegrityError:
        # Another process took the same request between our look and our write.
        earlier = _earlier(work.session, request.practice, wanted, arrival)
        if earlier is None:
            raise
        return _repeat(earlier, digest, arrival)


def show(
    work: UnitOfWork,
    *,
    by: Actor,
    view: ReferralView,
    found: Matched,
    visible: int | None = None,
) -> None:
    """Record that the groups for a referral were shown, and what that means for others.

    Turns among groups that are nearly as good are taken by what was shown before, and a need for
    which nothing fits is kept, because the community can only grow what somebody has noticed.
    With `visible`, only so many of the groups found were put before somebody's eyes. Whoever opened
    the referral in an emergency may ask too.

    Raises
    ------
    NotAllowed
        If `by` may not read this referral.
    """
    practice = OdsCode(view.practice)
    if not may_read(by, practice=practice, kind=Referral.__tablename__, key=view.referral_id):
        by.require(Permission.READ_REFERRALS, at=practice)
    if found.result is not None:
        remember(
            work,
            referral_id=view.referral_id,
            result=found.result,
            needs=[each.need for each in view.needs],
            district="" if view.postcode is None else district_of(view.postcode),
            visible=visible,
        )
    audit.record(work, by=by, action="referral.matched", subject=f"referral:{view.referral_id}")


def checked_request(
    request: ReferralRequest, gazetteer: Gazetteer, today: date, *, noted: bool
) -> ReferralRequest:
    """The request with each need once and the postcode as it is kept; what is wrong raises.

    The circumstances are read here as matching will read them, so that nothing is taken which can
    never be matched.
    """
    needs = () if noted and not request.needs else check_needs(request.needs)
    request.consent.check(today)
    request.person.check(today, request.facts.get("age"))
    postcode = request.postcode and as_written(request.postcode)
    home = postcode and home_of(postcode, gazetteer)
    person_facts(
        request.facts, today=today, home=home or None, birth_date=request.person.birth_date
    )
    return replace(request, needs=needs, postcode=postcode or None)


def _earlier(
    session: Session, practice: OdsCode, key: str, arrival: Arrival | None
) -> Referral | None:
    known = by_numbers(session, practice, arrival.numbers) if arrival else []
    if known:
        return known[0]
    return session.scalar(
        select(Referral).where(Referral.practice_code == practice, Referral.request_key == key)
    )


def _repeat(earlier: Referral, digest: str, arrival: Arrival | None) -> Received:
    if earlier.request_digest != digest and arrival is None:
        raise KeyReused(
            "This idempotency key came before with a different request. Use a new key.",
            header="Idempotency-Key",
            referral=earlier.referral_id,
        )
    return Received(earlier.referral_id, repeated=True)


STATES = {
    Action.MATCH: ReferralState.RECEIVED,
    Action.TRIAGE_FIRST: ReferralState.TRIAGE_FIRST,
    Action.ASK_FOR_MORE: ReferralState.NEEDS_MORE,
    Action.OUT_OF_SCOPE: ReferralState.OUT_OF_SCOPE,
}
"""Where a referral stands after its note was read."""


def _take(
    work: UnitOfWork,
    *,
    by: Actor,
    request: ReferralRequest,
    found: Understood,
    digest: str,
    key: str,
    arrival: Arrival | None,
    today: date,
) -> Received:
    session = work.session
    # Referrals of one practice take turns from here on: two at once for a person who is not known
    # yet would otherwise make that person twice.
    org = session.get(NhsOrg, request.practice, with_for_update={"key_share": True})
    if org is None or org.kind is not NhsOrgKind.PRACTICE:
        raise UnknownPractice(
            f"There is no practice {request.practice} in the register.", field="practice"
        )
    person = _person(session, request, arrival)
    referral = _referral(by, request, person, found)
    referral.request_key, referral.request_digest = key, digest
    session.add(referral)
    session.flush()
    session.add(_consent(request, person.person_id, referral.referral_id))
    if arrival is not None:
        keep_arrival(session, arrival, referral, person, by=by, today=today)
    raise_flags(
        work,
        referral=referral,
        flags=found.flags,
        tell=whom_to_tell(request.referrer_name, request.referrer_role),
    )
    now = audit.turn(work)
    referral.changed_at = now.at
    session.add(_first_event(by, referral))
    audit.record(
        work,
        by=by,
        action="referral.received",
        subject=f"referral:{referral.referral_id}",
        details={
            "practice": str(request.practice),
            "consent": request.consent.given,
            "state": referral.state.value,
        },
        at=now,
    )
    work.announce(
        "referral.received",
        key=f"referral.received:{referral.referral_id}",
        body={"referral": referral.referral_id},
    )
    session.flush()
    return Received(referral.referral_id, repeated=False)


def _referral(by: Actor, request: ReferralRequest, person: Person, found: Understood) -> Referral:
    return Referral(
        referral_id=str(uuid.uuid4()),
        practice_code=request.practice,
        person_id=person.person_id,
        postcode=person.postcode,
        facts=found.facts,
        reason=request.reason,
        state=STATES[found.action],
        state_reason=found.sentence,
        referrer_name=request.referrer_name,
        referrer_role=request.referrer_role,
        reading=found.reading,
        safe_contact=found.safe_contact,
        received_from=by.actor_id,
        received_at=utc_now(),
        route=request.route,
        needs=[
            ReferralNeed(
                need=each.need, position=position, confidence=each.confidence, words=each.words
            )
            for position, each in enumerate(found.needs)
        ],
    )


def _first_event(by: Actor, referral: Referral) -> ReferralEvent:
    return ReferralEvent(
        referral_id=referral.referral_id,
        version=referral.version,
        at=referral.changed_at,
        actor=by.actor_id,
        what="received",
        to_state=referral.state,
    )


def _person(session: Session, request: ReferralRequest, arrival: Arrival | None) -> Person:
    """The person already known to this practice under this number, or a new one.

    A number alone does not make two records one: a mistyped digit would join two people. Family
    name and birth date must agree as well; whatever is doubtful stays apart for a human to join.
    """
    given = request.person
    stated = session.get(Person, arrival.person_id) if arrival and arrival.person_id else None
    if stated is not None and stated.practice_code == request.practice:
        return _moved(stated, request)
    for known in _same_number(session, request.practice, given):
        if (
            known.birth_date == given.birth_date
            and known.family_name.casefold() == given.family_name.casefold()
        ):
            return _moved(known, request)
    person = Person(
        person_id=(arrival.person_id if arrival else "") or str(uuid.uuid4()),
        practice_code=request.practice,
        nhs_number=given.nhs_number,
        given_name=given.given_name,
        family_name=given.family_name,
        birth_date=given.birth_date,
        postcode=request.postcode,
    )
    session.add(person)
    session.flush()
    return person


def _moved(known: Person, request: ReferralRequest) -> Person:
    if not known.address_protected:
        known.postcode = request.postcode or known.postcode
    return known


def _same_number(session: Session, practice: OdsCode, given: PersonGiven) -> list[Person]:
    if given.nhs_number is None or given.birth_date is None or not given.family_name:
        return []
    return list(
        session.scalars(
            select(Person)
            .where(Person.practice_code == practice, Person.nhs_number == given.nhs_number)
            .order_by(Person.created_at, Person.person_id)
        )
    )


def _consent(request: ReferralRequest, person_id: str, referral_id: str) -> Consent:
    consent = request.consent
    return Consent(
        person_id=person_id,
        referral_id=referral_id,
        recipient="link-worker",
        level=DisclosureLevel.FULL,
        given=consent.given,
        asked_on=consent.asked_on,
        taken_by=consent.taken_by,
        how=consent.how,
        reason_not_given=consent.reason_not_given,
    )

"""Taking one referral that came as FHIR: from resources to `refer`, and what was made of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.errors import DomainError, GeoError
from service.api.fhir.errors import Duplicate, Invalid, Several
from service.api.fhir.parse.gathered import Gathered
from service.api.fhir.parse.person import person_of
from service.api.fhir.parse.reasons import BY_CODE_ONLY
from service.api.fhir.parse.submission import Submission, sender_of, submission
from service.api.fhir.rules.bundle import wanted_identifier
from service.api.fhir.rules.findings import Resource
from service.api.fhir.systems import NHS_NUMBER
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import Permission
from service.matching.notes.model import Action, NoteReading
from service.parts import Kith
from service.people.errors import PersonError
from service.people.model import Person
from service.referrals.actions import refer
from service.referrals.actions.arriving import by_condition
from service.register.errors import RegisterError
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Asked:
    """One referral, read and ready to be taken."""

    found: Gathered
    submitted: Submission
    reading: NoteReading | None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of it.

    Attributes
    ----------
    is_new : bool
        False when a condition said that it had been taken before.
    knew_person : bool
        Whether the person was known before.
    """

    referral_id: str
    is_new: bool
    knew_person: bool


def asked(
    kith: Kith,
    session: Session,
    by: Actor,
    found: Gathered,
    *,
    channel: str = "fhir",
    person_id: str = "",
) -> Asked:
    """Read what was sent, its note too, before anything is written: reading takes time.

    Raises
    ------
    NotAllowed
        If it comes from another practice than the caller's.
    Invalid
    """
    practice = practice_of(session, by, found)
    submitted = submission(
        found, practice=practice, channel=channel, gazetteer=kith.gazetteer, today=kith.today()
    )
    arrival = replace(submitted.arrival, person_id=person_id or str(uuid.uuid4()))
    reason = submitted.request.reason
    # What Kith itself says of a referral without words is nothing to be read.
    reading = _NO_WORDS if reason == BY_CODE_ONLY else kith.read_note(reason)
    return Asked(found, Submission(submitted.request, arrival), reading)


_NO_WORDS: Final = NoteReading(
    Action.ASK_FOR_MORE,
    "Only codes were sent, and none of them says what the person needs. Ask whoever referred them.",
)


def take(kith: Kith, work: UnitOfWork, by: Actor, sent: Asked) -> Taken:
    """Take it by the action of every door: once, however often and however many at a time.

    Raises
    ------
    Duplicate
        If it was sent before without a condition.
    Several
        If a condition fits more than one resource.
    Invalid, NotAllowed
        Nothing is kept.
    """
    found, submitted = sent.found, sent.submitted
    practice = submitted.request.practice
    earlier = _earlier(work.session, practice, found)
    if earlier:
        return Taken(earlier, is_new=False, knew_person=True)
    try:
        received = refer(
            work,
            by=by,
            request=submitted.request,
            gazetteer=kith.gazetteer,
            today=kith.today(),
            reading=sent.reading,
            arrival=submitted.arrival,
        )
    except (PersonError, GeoError, RegisterError) as error:
        raise Invalid.at("business-rule", error.message, _blamed(found, error)) from error
    if received.repeated and not found.request.if_none_exist:
        raise Duplicate.at(
            "duplicate",
            f"This referral was sent before: it is ServiceRequest/{received.referral_id}.",
            found.request.at,
        )
    person_id = work.session.scalar(_person_of(received.referral_id))
    return Taken(
        received.referral_id,
        is_new=not received.repeated,
        knew_person=person_id != submitted.arrival.person_id,
    )


def practice_of(session: Session, by: Actor, found: Gathered) -> OdsCode:
    """The practice that refers: the caller's own.

    Whoever is stated as the sender may be somebody the register does not know: that is kept as it
    is stated.

    Raises
    ------
    NotAllowed
        If the sender is stated to be another practice that the register knows.
    Invalid
        If the caller acts for several and the sender is none of them.
    """
    sender = sender_of(found)
    places = by.places(Permission.REFER)
    if not places:
        by.require(Permission.REFER)
    if sender in places:
        return OdsCode(sender)
    known = session.get(NhsOrg, sender) if sender else None
    if known is not None and known.kind is NhsOrgKind.PRACTICE:
        raise NotAllowed(
            "The requester is of another practice than this token's. Use a token of that practice.",
            permission=Permission.REFER.value,
        )
    if len(places) > 1:
        raise Invalid.at(
            "required",
            "This token is for several practices. Say which of them refers by its ODS code.",
            f"{found.request.at}.requester",
        )
    return next(iter(places))


def _earlier(session: Session, practice: OdsCode, found: Gathered) -> str | None:
    """The referral that a condition finds; None when there is no condition, or it finds none."""
    for entry, kind in ((found.request, "ServiceRequest"), (found.task, "Task")):
        if entry is None or not entry.if_none_exist:
            continue
        system, value = wanted_identifier(entry.if_none_exist)
        known = by_condition(session, practice, kind, system, value)
        if len(known) > 1:
            raise Several("More than one referral has this identifier. Name its system as well.")
        if known:
            return known[0]
    _require_one_person(session, practice, found)
    return None


def _require_one_person(session: Session, practice: OdsCode, found: Gathered) -> None:
    if found.patient.if_none_exist:
        people_with(session, practice, found.patient.if_none_exist)


def people_with(session: Session, practice: OdsCode, condition: str) -> list[Person]:
    """The person of a practice with the NHS number of a condition, as a list of one or none.

    Somebody whose record is marked is not found by it.

    Raises
    ------
    Several
        If there is more than one.
    """
    system, value = wanted_identifier(condition)
    if system not in {NHS_NUMBER, None}:
        return []
    number = "".join(value.split()).replace("-", "")
    found = list(
        session.scalars(
            select(Person).where(
                Person.practice_code == practice,
                Person.nhs_number == number,
                Person.joined_to.is_(None),
                Person.address_protected.is_(False),
            )
        )
    )
    if len(found) > 1:
        raise Several("More than one person here has this identifier: refer without the condition.")
    return found


def known_person(
    session: Session, practice: OdsCode, condition: str, patient: Resource
) -> str | None:
    """Whom a condition finds, if they are who the Patient says: a number alone joins nobody."""
    given = person_of(patient)
    for known in people_with(session, practice, condition):
        same_name = known.family_name.casefold() == given.family_name.casefold()
        if same_name and known.birth_date == given.birth_date:
            return known.person_id
    return None


def _person_of(referral_id: str) -> Any:  # noqa: ANN401 - a SELECT of one column
    from service.referrals.model import Referral

    return select(Referral.person_id).where(Referral.referral_id == referral_id)


def _blamed(found: Gathered, error: DomainError) -> str:
    return found.patient.at if isinstance(error, PersonError) else found.request.at

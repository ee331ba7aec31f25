"""Keeping what another system brought with a referral, and finding a referral by its number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from geo.errors import Json
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.people.model import Person
from service.referrals.arrivals import PROTECTED_CARE, Arrival, SenderNumber
from service.referrals.model import Referral
from service.referrals.opening import opened, written
from service.referrals.source_model import ReferralIdentifier, ReferralSource, read_instant
from service.referrals.work_model import Risk
from service.store.work import UnitOfWork

LONGEST_CARE = 200


def by_numbers(
    session: Session, practice: OdsCode, numbers: Sequence[SenderNumber]
) -> list[Referral]:
    """The referrals of a practice that the sender knows by one of these numbers, oldest first."""
    if not numbers:
        return []
    wanted = or_(
        *(
            and_(
                ReferralIdentifier.kind == each.kind,
                ReferralIdentifier.system == each.system,
                ReferralIdentifier.value == each.value,
            )
            for each in numbers
        )
    )
    found = session.scalars(
        select(Referral)
        .join(ReferralIdentifier, ReferralIdentifier.referral_id == Referral.referral_id)
        .where(ReferralIdentifier.practice_code == practice, wanted)
        .order_by(Referral.received_at, Referral.referral_id)
    )
    return list(dict.fromkeys(found))


def by_condition(
    session: Session, practice: OdsCode, kind: str, system: str | None, value: str
) -> list[str]:
    """Ids of the referrals that bear a number of this kind; of any system when that is None."""
    wanted = select(ReferralIdentifier.referral_id).where(
        ReferralIdentifier.practice_code == practice,
        ReferralIdentifier.kind == kind,
        ReferralIdentifier.value == value,
    )
    if system is not None:
        wanted = wanted.where(ReferralIdentifier.system == system)
    return sorted(set(session.scalars(wanted)))


def keep_arrival(
    session: Session,
    arrival: Arrival,
    referral: Referral,
    person: Person,
    *,
    by: Actor,
    today: date,
) -> None:
    """Keep what came along, beside the referral that was made of it.

    A known person's contact details are replaced by newer ones and never taken away. A record that
    is marked at its source loses every place of the person's that is kept here, at once; a mark is
    never lifted by a referral that has none.
    """
    session.add(
        ReferralSource(
            referral_id=referral.referral_id,
            channel=arrival.channel,
            client=by.actor_id,
            sent=arrival.sent,
        )
    )
    _keep_numbers(session, referral, arrival.numbers)
    keep_risks(session, referral.referral_id, arrival.risks, by=by, today=today)
    reach = arrival.reach
    person.telephone = reach.telephone or person.telephone
    person.email = reach.email or person.email
    person.preferred_name = reach.preferred_name or person.preferred_name
    referral.urgency = arrival.urgency
    if arrival.address_protected or person.address_protected:
        _protect(session, referral, person)


def keep_risks(
    session: Session, referral_id: str, risks: Sequence[str], *, by: Actor, today: date
) -> None:
    """Put what a sender warns of among the referral's risks; one that stands there stays one."""
    if not risks:
        return
    standing = set(
        session.scalars(
            select(Risk.risk).where(Risk.referral_id == referral_id, Risk.ended_on.is_(None))
        )
    )
    session.add_all(
        Risk(
            referral_id=referral_id,
            none_known=False,
            risk=each,
            asked_on=today,
            recorded_by=by.actor_id,
        )
        for each in risks
        if each not in standing
    )


def attach_task(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    sent: dict[str, Json],
    numbers: Sequence[SenderNumber],
) -> Attached:
    """Keep the Task that a sender has for a referral: once, and beside the referral's own.

    Returns
    -------
    Attached
        `repeated` when the referral has one, or its number stands for another: nothing is changed.

    Raises
    ------
    NotAllowed, NotFound, BadMove
    """
    session = work.session
    referral = opened(work, by=by, permission=Permission.REFER, referral_id=referral_id)
    practice = OdsCode(referral.practice_code)
    known = by_numbers(session, practice, numbers)
    if known:
        return Attached(known[0].referral_id, repeated=True)
    source = session.get(ReferralSource, referral_id)
    if source is None:
        source = ReferralSource(
            referral_id=referral_id, channel="fhir", client=by.actor_id, sent={}
        )
        session.add(source)
    if "Task" in source.sent:
        return Attached(referral_id, repeated=True)
    source.sent = {**source.sent, "Task": sent}
    source.task_authored_at = read_instant(str(sent.get("authoredOn", "")))
    _keep_numbers(session, referral, numbers)
    written(work, referral, by=by, what="task_received")
    return Attached(referral_id, repeated=False)


@dataclass(frozen=True, slots=True)
class Attached:
    """Which referral has the Task, and whether it had it before."""

    referral_id: str
    repeated: bool


def _keep_numbers(session: Session, referral: Referral, numbers: Sequence[SenderNumber]) -> None:
    session.add_all(
        ReferralIdentifier(
            referral_id=referral.referral_id,
            practice_code=referral.practice_code,
            kind=each.kind,
            system=each.system,
            value=each.value,
        )
        for each in dict.fromkeys(numbers)
    )


def _protect(session: Session, referral: Referral, person: Person) -> None:
    person.address_protected, person.postcode = True, None
    session.flush()
    session.execute(
        update(Referral).where(Referral.person_id == person.person_id).values(postcode=None)
    )
    cares = [part for part in (referral.safe_contact, PROTECTED_CARE) if part]
    referral.safe_contact = "; ".join(dict.fromkeys(cares))[:LONGEST_CARE]

"""Keeping what another system brought with a referral, and finding a referral by its number."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.people.model import Person
from service.referrals.arrivals import PROTECTED_CARE, Arrival, SenderNumber
from service.referrals.model import Referral
from service.referrals.source_model import ReferralIdentifier, ReferralSource

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
    session: Session, arrival: Arrival, referral: Referral, person: Person, *, by: Actor
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
    session.add_all(
        ReferralIdentifier(
            referral_id=referral.referral_id,
            practice_code=referral.practice_code,
            kind=each.kind,
            system=each.system,
            value=each.value,
        )
        for each in dict.fromkeys(arrival.numbers)
    )
    reach = arrival.reach
    person.telephone = reach.telephone or person.telephone
    person.email = reach.email or person.email
    person.preferred_name = reach.preferred_name or person.preferred_name
    referral.urgency = arrival.urgency
    if arrival.address_protected or person.address_protected:
        _protect(session, referral, person)


def _protect(session: Session, referral: Referral, person: Person) -> None:
    person.address_protected, person.postcode = True, None
    session.flush()
    session.execute(
        update(Referral).where(Referral.person_id == person.person_id).values(postcode=None)
    )
    cares = [part for part in (referral.safe_contact, PROTECTED_CARE) if part]
    referral.safe_contact = "; ".join(dict.fromkeys(cares))[:LONGEST_CARE]

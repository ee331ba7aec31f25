"""What another system may read of referrals: each with all that a resource is made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, selectinload

from geo.errors import Json
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.identity.model import NhsOrg
from service.people.model import Consent, Person
from service.referrals.lifecycle import REFERRAL_ENDS
from service.referrals.model import Referral, ReferralEvent
from service.referrals.offer_model import Offer, OfferEvent
from service.referrals.source_model import ReferralIdentifier, ReferralSource
from service.register.listed import listed_id
from service.register.model import Asset


@dataclass(frozen=True, slots=True)
class Approach:
    """An offer that was sent, with its group and its moves, oldest first.

    The first move is version 1 of the offer, and so on: each counts one up.
    """

    offer: Offer
    service_id: str
    asset_name: str
    events: tuple[OfferEvent, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One referral with all that is told of it.

    Attributes
    ----------
    referral : Referral
        With its needs.
    is_protected : bool
        Nothing that says where the person is may go out.
    sent : mapping
        What came with it, by resource type; empty when no other system sent it as FHIR.
    events : tuple of ReferralEvent
        Its moves from one stage to another, and its latest change, oldest first.
    approaches : tuple of Approach
        Offers that were sent, oldest first.
    """

    referral: Referral
    person: Person
    practice: NhsOrg
    is_protected: bool
    sent: Mapping[str, Json]
    identifiers: tuple[ReferralIdentifier, ...]
    consents: tuple[Consent, ...]
    events: tuple[ReferralEvent, ...]
    approaches: tuple[Approach, ...]

    @property
    def is_own_request(self) -> bool:
        """Whether the person asked for themself."""
        return self.referral.referrer_role == THEMSELF

    @property
    def ended_by(self) -> str:
        """Who ended it; empty while it goes on."""
        ends = [e for e in self.events if e.to_state in REFERRAL_ENDS and e.at_state != e.to_state]
        return ends[-1].actor if ends else ""


THEMSELF = "the person themself"
"""The referrer's role where somebody asked for themself."""


def cases(session: Session, *, by: Actor, referral_ids: Collection[str]) -> dict[str, Case]:
    """The referrals of these ids that `by` may read, by id; others are left out.

    Seven statements, however many are asked for; none for none.
    """
    if not referral_ids:
        return {}
    kept = aliased(Person)
    rows = session.execute(
        select(Referral, Person, NhsOrg, ReferralSource.sent, kept.address_protected)
        .join(Person, Person.person_id == Referral.person_id)
        .join(NhsOrg, NhsOrg.ods_code == Referral.practice_code)
        .outerjoin(ReferralSource, ReferralSource.referral_id == Referral.referral_id)
        .outerjoin(kept, kept.person_id == Person.joined_to)
        .where(
            Referral.referral_id.in_(sorted(referral_ids)),
            readable(by).rows(Referral.practice_code),
        )
        .options(selectinload(Referral.needs))
    ).all()
    ids = [row[0].referral_id for row in rows]
    if not ids:
        return {}
    identifiers = _identifiers(session, ids)
    consents = _consents(session, ids)
    events = _events(session, ids)
    approaches = _approaches(session, ids)
    return {
        referral.referral_id: Case(
            referral=referral,
            person=person,
            practice=practice,
            is_protected=person.address_protected or bool(also),
            sent=sent or {},
            identifiers=tuple(identifiers[referral.referral_id]),
            consents=tuple(consents[referral.referral_id]),
            events=tuple(events[referral.referral_id]),
            approaches=tuple(approaches[referral.referral_id]),
        )
        for referral, person, practice, sent, also in rows
    }


def case(session: Session, *, by: Actor, referral_id: str) -> Case:
    """One referral, if `by` may read it.

    Raises
    ------
    NotFound
        If there is none, or it is another practice's.
    """
    found = cases(session, by=by, referral_ids=[referral_id])
    if referral_id not in found:
        raise NotFound(NOT_YOURS)
    return found[referral_id]


NOT_YOURS = "There is nothing of that kind with that id, or it is not yours to see."


def referral_of_offer(session: Session, *, by: Actor, offer_id: str) -> str | None:
    """The referral of an offer that was sent, if `by` may read it."""
    return session.scalar(
        select(Offer.referral_id)
        .join(Referral, Referral.referral_id == Offer.referral_id)
        .where(
            Offer.offer_id == offer_id,
            Offer.sent_at.is_not(None),
            readable(by).rows(Referral.practice_code),
        )
    )


def referrals_of_people(
    session: Session, *, by: Actor, person_ids: Collection[str]
) -> dict[str, list[str]]:
    """The referrals of these people that `by` may read, newest first, by person. One statement."""
    rows = session.execute(
        select(Referral.person_id, Referral.referral_id)
        .join(Person, Person.person_id == Referral.person_id)
        .where(
            Referral.person_id.in_(sorted(person_ids)),
            readable(by).rows(Referral.practice_code),
            readable(by).rows(Person.practice_code),
        )
        .order_by(Referral.received_at.desc(), Referral.referral_id)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person_id, referral_id in rows:
        found[person_id].append(referral_id)
    return dict(found)


def referral_of_consent(session: Session, *, by: Actor, consent_id: int) -> str | None:
    """The referral that a consent was given for, if `by` may read it."""
    return session.scalar(
        select(Consent.referral_id)
        .join(Referral, Referral.referral_id == Consent.referral_id)
        .where(Consent.consent_id == consent_id, readable(by).rows(Referral.practice_code))
    )


def history(session: Session, *, by: Actor, referral_id: str) -> list[ReferralEvent]:
    """Every change of a referral that `by` may read, newest first."""
    return list(
        session.scalars(
            select(ReferralEvent)
            .join(Referral, Referral.referral_id == ReferralEvent.referral_id)
            .where(
                ReferralEvent.referral_id == referral_id,
                readable(by).rows(Referral.practice_code),
            )
            .order_by(ReferralEvent.version.desc(), ReferralEvent.event_id.desc())
        )
    )


def _identifiers(session: Session, ids: list[str]) -> dict[str, list[ReferralIdentifier]]:
    found: defaultdict[str, list[ReferralIdentifier]] = defaultdict(list)
    rows = session.scalars(
        select(ReferralIdentifier)
        .where(ReferralIdentifier.referral_id.in_(ids))
        .order_by(ReferralIdentifier.identifier_id)
    )
    for each in rows:
        found[each.referral_id].append(each)
    return found


def _consents(session: Session, ids: list[str]) -> dict[str, list[Consent]]:
    found: defaultdict[str, list[Consent]] = defaultdict(list)
    rows = session.scalars(
        select(Consent).where(Consent.referral_id.in_(ids)).order_by(Consent.consent_id)
    )
    for each in rows:
        found[each.referral_id].append(each)
    return found


def _events(session: Session, ids: list[str]) -> dict[str, list[ReferralEvent]]:
    found: defaultdict[str, list[ReferralEvent]] = defaultdict(list)
    rows = session.scalars(
        select(ReferralEvent)
        .join(Referral, Referral.referral_id == ReferralEvent.referral_id)
        .where(
            ReferralEvent.referral_id.in_(ids),
            or_(
                ReferralEvent.version == Referral.version,
                ReferralEvent.at_state.is_(None),
                ReferralEvent.at_state != ReferralEvent.to_state,
            ),
        )
        .order_by(ReferralEvent.version, ReferralEvent.event_id)
    )
    for each in rows:
        found[each.referral_id].append(each)
    return found


def _approaches(session: Session, ids: list[str]) -> dict[str, list[Approach]]:
    rows = session.execute(
        select(Offer, Asset.code, Asset.name)
        .join(Asset, Asset.asset_id == Offer.asset_id)
        .where(Offer.referral_id.in_(ids), Offer.sent_at.is_not(None))
        .order_by(Offer.sent_at, Offer.offer_id)
    ).all()
    moves: defaultdict[str, list[OfferEvent]] = defaultdict(list)
    if rows:
        events = session.scalars(
            select(OfferEvent)
            .where(OfferEvent.offer_id.in_([row[0].offer_id for row in rows]))
            .order_by(OfferEvent.event_id)
        )
        for event in events:
            moves[event.offer_id].append(event)
    found: defaultdict[str, list[Approach]] = defaultdict(list)
    for offer, code, name in rows:
        named = listed_id(code, offer.asset_id)
        approach = Approach(offer, named, name, tuple(moves[offer.offer_id]))
        found[offer.referral_id].append(approach)
    return found

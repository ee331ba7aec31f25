"""A link worker, a referral and two groups: what the tests of the workspace begin with."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import select

from geo.gazetteer import NullGazetteer
from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER
from service.people.levels import DisclosureLevel
from service.people.model import Person
from service.referrals.actions import refer
from service.referrals.actions.consents import record_consent
from service.referrals.actions.contacts import ContactGiven, record_contact
from service.referrals.actions.offers import offer, send
from service.referrals.actions.replies import Reply, record_reply
from service.referrals.actions.triage import accept
from service.referrals.kinds import ContactMode, ContactOutcome
from service.referrals.lifecycle import OfferState
from service.referrals.model import Referral
from service.referrals.requests import ConsentGiven, ReferralRequest
from service.store.base import utc_now
from service.store.work import Store
from tests.register_town import add, east
from tests.town import RUNCORN, SYSTEM, TODAY, WIDNES, add_practices, request

ANN = Actor("staff:ann", LINK_WORKER, frozenset({WIDNES}))
BEA = Actor("staff:bea", LINK_WORKER, frozenset({WIDNES}))
ELSEWHERE = Actor("staff:eve", LINK_WORKER, frozenset({RUNCORN}))
NOWHERE = Actor("staff:new", LINK_WORKER)

YES = ConsentGiven(True, TODAY, "Ann", "telephone")


@dataclass(frozen=True)
class Town:
    """The store with what is in it: a triaged referral of Ann's, and two groups."""

    store: Store
    referral_id: str
    choir: int
    garden: int


def town(store: Store, *, triaged: bool = True) -> Town:
    """Practices, two groups, and one referral, taken on by Ann."""
    add_practices(store)
    with store.work() as work:
        choir = add(work, "choir", east(100), name="Harbour Choir")
        garden = add(work, "garden", east(200), name="Garden Gang", needs=("nature_green",))
    referral_id = referred(store)
    if triaged:
        with store.work() as work:
            accept(work, by=ANN, referral_id=referral_id, seen_version=1)
    return Town(store, referral_id, choir, garden)


def referred(store: Store, asked: ReferralRequest | None = None, key: str | None = None) -> str:
    """One more referral of Widnes; returns its id."""
    with store.work() as work:
        return refer(
            work,
            by=SYSTEM,
            request=asked or request(),
            gazetteer=NullGazetteer(),
            today=TODAY,
            key=key,
        ).referral_id


def version(of: Town) -> int:
    """The referral's version as it is now."""
    with of.store.read() as session:
        return session.scalars(
            select(Referral.version).where(Referral.referral_id == of.referral_id)
        ).one()


def agreed(
    of: Town, asset_id: int, level: DisclosureLevel = DisclosureLevel.FULL, **changes: object
) -> None:
    """The person's consent for one group."""
    with of.store.work() as work:
        record_consent(
            work,
            by=ANN,
            referral_id=of.referral_id,
            asset_id=asset_id,
            level=level,
            consent=replace(YES, **{k: v for k, v in changes.items() if k != "expires_on"}),  # type: ignore[arg-type]
            today=TODAY,
            expires_on=changes.get("expires_on"),  # type: ignore[arg-type]
        )


def offered(
    of: Town, asset_id: int, level: DisclosureLevel = DisclosureLevel.FULL, today: date = TODAY
) -> str:
    """An offer that is not sent; returns its id."""
    with of.store.work() as work:
        return offer(
            work, by=ANN, referral_id=of.referral_id, asset_ids=[asset_id], level=level, today=today
        )[0]


def sent(of: Town, asset_id: int, level: DisclosureLevel = DisclosureLevel.FULL) -> str:
    """An offer that is sent, with the consent for it; returns its id."""
    agreed(of, asset_id, level)
    offer_id = offered(of, asset_id, level)
    with of.store.work() as work:
        send(work, by=ANN, referral_id=of.referral_id, offer_id=offer_id, today=TODAY)
    return offer_id


def heard(of: Town, offer_id: str, to: OfferState, **more: object) -> OfferState:
    """A reply, as heard by telephone."""
    with of.store.work() as work:
        return record_reply(
            work,
            by=ANN,
            referral_id=of.referral_id,
            offer_id=offer_id,
            reply=Reply(to, TODAY, **more),  # type: ignore[arg-type]
            today=TODAY + timedelta(days=100),
        )


def spoke(of: Town, note: str = "Talked about singing.") -> None:
    """A contact in which the two spoke."""
    with of.store.work() as work:
        record_contact(
            work,
            by=ANN,
            referral_id=of.referral_id,
            contact=ContactGiven(utc_now(), ContactMode.TELEPHONE, ContactOutcome.SPOKE, note=note),
            today=TODAY,
        )


def person(of: Town) -> Person:
    """The referral's person as kept."""
    with of.store.read() as session:
        found = session.scalars(
            select(Person)
            .join(Referral, Referral.person_id == Person.person_id)
            .where(Referral.referral_id == of.referral_id)
        ).one()
        session.expunge(found)
        return found

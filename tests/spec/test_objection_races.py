"""An objection and a disclosure at the same moment: nobody stays told without being recalled."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from service.people.errors import PersonError
from service.people.levels import DisclosureLevel
from service.people.model import Person
from service.referrals.actions.approach import Asked, ask_groups
from service.referrals.actions.consents import object_to_sharing
from service.referrals.actions.offers import send
from service.referrals.errors import ReferralError
from service.referrals.lifecycle import OfferState
from service.referrals.model import Referral
from service.referrals.offer_model import Disclosure, Offer, Recall
from service.store.errors import StoreBusy
from service.store.work import Store
from tests.town import TODAY
from tests.workspace_town import ANN, YES, Town, agreed, offered, referred, town, version

ROUNDS = 6


def at_once(*acts: Callable[[], object]) -> list[Exception]:
    """Do all of these in threads that begin together; what went wrong comes back."""
    start, wrong = threading.Barrier(len(acts)), []

    def one(act: Callable[[], object]) -> None:
        start.wait(10)
        try:
            act()
        except Exception as error:
            wrong.append(error)

    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for each in threads:
        each.start()
    for each in threads:
        each.join(60)
    return wrong


@pytest.mark.parametrize("elsewhere", [False, True], ids=["here", "in another referral"])
def test_whoever_was_told_is_recalled_whichever_came_first(store: Store, elsewhere: bool) -> None:
    of = town(store)
    other = referred(store, key="another") if elsewhere else of.referral_id
    with store.work() as work:
        # The same person, whatever the two requests said of them.
        person = select(Referral.person_id).where(Referral.referral_id == of.referral_id)
        work.session.execute(
            update(Referral)
            .where(Referral.referral_id == other)
            .values(person_id=person.scalar_subquery())
        )
    for _ in range(ROUNDS):
        offer_id = _ready(of)
        wrong = at_once(
            lambda offer_id=offer_id: _send(of, offer_id),
            lambda: _object(of, other),
        )
        expected = (ReferralError, PersonError, StoreBusy)
        assert not [each for each in wrong if not isinstance(each, expected)], wrong
        with store.read() as session:
            assert session.scalar(select(Person.objected_at).where(Person.objected_at.is_not(None)))
            told = session.scalar(select(Disclosure).where(Disclosure.offer_id == offer_id))
            recall = session.scalar(select(Recall).where(Recall.offer_id == offer_id))
            state = session.get_one(Offer, offer_id).state
        assert (told is None) == (recall is None)
        assert state is OfferState.WITHDRAWN


def test_groups_that_are_asked_at_the_same_moment_are_told_nothing_or_recalled(
    store: Store,
) -> None:
    """The offers do not exist yet when the objection looks for offers to stop."""
    of = town(store)
    other = referred(store, key="another")
    with store.work() as work:
        person = select(Referral.person_id).where(Referral.referral_id == of.referral_id)
        work.session.execute(
            update(Referral)
            .where(Referral.referral_id == other)
            .values(person_id=person.scalar_subquery())
        )
    for _ in range(ROUNDS):
        with store.work() as work:
            work.session.execute(update(Person).values(objected_at=None))
        seen = version(of)
        wrong = at_once(lambda seen=seen: _ask(of, seen), lambda: _object(of, other))
        expected = (ReferralError, PersonError, StoreBusy)
        assert not [each for each in wrong if not isinstance(each, expected)], wrong
        with store.read() as session:
            told = set(session.scalars(select(Disclosure.offer_id)))
            recalled = set(session.scalars(select(Recall.offer_id)))
            going = session.scalars(select(Offer.offer_id).where(Offer.state == OfferState.SENT))
            assert going.all() == []
        assert told == recalled


def _ask(of: Town, seen_version: int) -> None:
    with of.store.work() as work:
        ask_groups(
            work,
            by=ANN,
            referral_id=of.referral_id,
            seen_version=seen_version,
            asked=[Asked(of.choir, agreed=True), Asked(of.garden, agreed=True)],
            level=DisclosureLevel.INTRODUCTION,
            consent=YES,
            today=TODAY,
        )


def _ready(of: Town) -> str:
    """An offer that is agreed to and not sent, of somebody who does not object."""
    with of.store.work() as work:
        work.session.execute(update(Person).values(objected_at=None))
    agreed(of, of.choir)
    return offered(of, of.choir)


def _send(of: Town, offer_id: str) -> None:
    with of.store.work() as work:
        send(work, by=ANN, referral_id=of.referral_id, offer_id=offer_id, today=TODAY)


def _object(of: Town, referral_id: str) -> None:
    with of.store.work() as work:
        object_to_sharing(work, by=ANN, referral_id=referral_id)

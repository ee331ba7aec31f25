"""Risks asked or not, concerns that hold everything, and danger signs before any group."""

import pytest
from sqlalchemy import select

from service.matching.notes.model import FlagStatus
from service.referrals.actions.letters import write_message
from service.referrals.actions.offers import send
from service.referrals.actions.outcomes import close, leave
from service.referrals.actions.safeguarding import (
    end_hold,
    end_risk,
    escalate_concern,
    raise_concern,
    record_risk,
    settle_concern,
)
from service.referrals.actions.triage import accept, plan_next
from service.referrals.errors import BadEntry, BadMove, FlagOpen, SafeguardingOpen
from service.referrals.lifecycle import OfferState, ReferralState, task_of_offer
from service.referrals.model import RaisedFlag, Referral
from service.referrals.offer_model import Offer
from service.referrals.referral_page import referral_page
from service.referrals.safety_actions import close_flag
from service.referrals.turns import Turn
from service.referrals.work_model import MessageBack
from service.store.work import Store
from tests.town import TODAY
from tests.workspace_town import ANN, Town, agreed, heard, offered, sent, town, version


def held(of: Town) -> int:
    with of.store.work() as work:
        return raise_concern(
            work, by=ANN, referral_id=of.referral_id, concern="Bruises she would not explain."
        )


def test_not_asked_none_known_and_a_risk_are_three_things(store: Store) -> None:
    of = town(store)
    with store.read() as session:
        assert not referral_page(
            session, by=ANN, referral_id=of.referral_id, today=TODAY
        ).risks_asked
    with store.work() as work:
        record_risk(work, by=ANN, referral_id=of.referral_id, none_known=True, today=TODAY)
    with store.read() as session:
        page = referral_page(session, by=ANN, referral_id=of.referral_id, today=TODAY)
        assert page.risks_asked
        assert page.risks[0].none_known
    with store.work() as work:
        risk = record_risk(work, by=ANN, referral_id=of.referral_id, risk="Falls", today=TODAY)
    for wrong in ({"none_known": True}, {}, {"risk": "Falls", "none_known": True}):
        with pytest.raises(BadEntry), store.work() as work:
            record_risk(work, by=ANN, referral_id=of.referral_id, today=TODAY, **wrong)
    with store.work() as work:
        end_risk(work, by=ANN, referral_id=of.referral_id, risk_id=risk, today=TODAY)
    with store.work() as work:
        record_risk(work, by=ANN, referral_id=of.referral_id, none_known=True, today=TODAY)


def test_a_concern_holds_everything_until_somebody_was_told(store: Store) -> None:
    of = town(store)
    asked, taken = sent(of, of.choir), sent(of, of.garden)
    heard(of, taken, OfferState.ACCEPTED)
    concern = held(of)
    with store.read() as session:
        referral = session.get_one(Referral, of.referral_id)
        assert referral.state is ReferralState.SAFEGUARDING_HOLD
        assert all(each.is_held for each in session.scalars(select(Offer)))
    with pytest.raises(BadMove, match="on hold"):
        heard(of, taken, OfferState.FIRST_ATTENDED)
    with pytest.raises(SafeguardingOpen), store.work() as work:
        end_hold(work, by=ANN, referral_id=of.referral_id, seen_version=version(of))
    with pytest.raises(SafeguardingOpen), store.work() as work:
        leave(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            reason="changed_mind", today=TODAY,
        )  # fmt: skip
    with pytest.raises(SafeguardingOpen), store.work() as work:
        settle_concern(
            work, by=ANN, referral_id=of.referral_id, concern_id=concern, how="All is well."
        )
    with store.work() as work:
        escalate_concern(
            work, by=ANN, referral_id=of.referral_id, concern_id=concern, told="Adult social care"
        )
    with store.work() as work:
        end_hold(work, by=ANN, referral_id=of.referral_id, seen_version=version(of))
    with store.read() as session:
        assert session.get_one(Referral, of.referral_id).state is ReferralState.TRIAGED
        offer = session.get_one(Offer, taken)
        assert (offer.is_held, offer.is_resumed) == (False, True)
        assert task_of_offer(offer.state, resumed=offer.is_resumed) == "in-progress"
        assert not session.get_one(Offer, asked).is_resumed
        page = referral_page(session, by=ANN, referral_id=of.referral_id, today=TODAY)
        assert page.banner, "the concern is live until it is settled"
    heard(of, taken, OfferState.FIRST_ATTENDED)


def test_a_concern_raised_blocks_closing_even_where_the_stage_would_allow_it(
    store: Store,
) -> None:
    of = town(store)
    concern = held(of)
    with pytest.raises((SafeguardingOpen, BadMove)), store.work() as work:
        close(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            outcome="advice_given", today=TODAY,
        )  # fmt: skip
    with store.work() as work:
        escalate_concern(
            work, by=ANN, referral_id=of.referral_id, concern_id=concern, told="The duty GP"
        )
    with store.work() as work:
        end_hold(work, by=ANN, referral_id=of.referral_id, seen_version=version(of))
    with store.work() as work:
        close(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            outcome="advice_given", today=TODAY,
        )  # fmt: skip


def test_outside_only_on_hold_is_told(store: Store) -> None:
    of = town(store)
    held(of)
    with store.work() as work:
        message = write_message(work, by=ANN, referral_id=of.referral_id, today=TODAY)
    with store.read() as session:
        body = session.get_one(MessageBack, message).body
    assert "on hold" in body
    assert "Bruises" not in body
    assert "safeguarding" not in body.casefold()


def test_no_group_before_a_clinician_has_seen_the_danger_sign(store: Store) -> None:
    of = town(store)
    agreed(of, of.choir)
    offer_id = offered(of, of.choir)
    with store.work() as work:
        work.session.add(
            RaisedFlag(
                referral_id=of.referral_id,
                flag="suicide_selfharm",
                status=FlagStatus.CURRENT,
                words="no point",
                what_to_do="Ring",
                tell="the duty clinician",
            )
        )
    with pytest.raises(FlagOpen), store.work() as work:
        send(work, by=ANN, referral_id=of.referral_id, offer_id=offer_id, today=TODAY)
    with store.read() as session:
        page = referral_page(session, by=ANN, referral_id=of.referral_id, today=TODAY)
        assert page.turn is Turn.CLINICIAN


def test_a_flag_closed_goes_on_with_its_own_line_of_history(store: Store) -> None:
    of = town(store, triaged=False)
    with store.work() as work:
        work.session.get_one(Referral, of.referral_id).state = ReferralState.TRIAGE_FIRST
        work.session.add(
            RaisedFlag(
                referral_id=of.referral_id,
                flag="suicide_selfharm",
                status=FlagStatus.CURRENT,
                words="no point",
                what_to_do="Ring",
                tell="the duty clinician",
            )
        )
    with pytest.raises(BadMove), store.work() as work:
        accept(work, by=ANN, referral_id=of.referral_id, seen_version=1)
    with store.work() as work:
        close_flag(
            work, by=ANN, referral_id=of.referral_id, flag="suicide_selfharm", name="Dr Example",
            role="GP", outcome="Seen today; safe to go on.",
        )  # fmt: skip
    assert version(of) == 2
    with store.work() as work:
        accept(work, by=ANN, referral_id=of.referral_id, seen_version=2)
    with store.work() as work:
        plan_next(work, by=ANN, referral_id=of.referral_id, seen_version=3, action="", on=None)

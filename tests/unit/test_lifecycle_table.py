"""The lifecycle against the two standards: every stage, every move, every reason."""

import pytest

from service.referrals.errors import BadMove, BadReason
from service.referrals.lifecycle import (
    OFFER_ENDS,
    OFFER_MOVES,
    OFFER_REASONS,
    REFERRAL_ENDS,
    REFERRAL_MOVES,
    REFERRAL_REASONS,
    TASK_MOVES,
    OfferState,
    ReferralState,
    TaskStatus,
    business_status,
    check_move,
    check_offer_move,
    last_of_offer,
    task_of_offer,
    task_of_referral,
)
from service.referrals.reasons import OWN, REASONS, ReasonKind, check_reason, reason_label


def test_every_stage_has_a_row_and_a_task():
    assert set(REFERRAL_MOVES) == set(ReferralState)
    assert set(OFFER_MOVES) == set(OfferState)
    assert set(TASK_MOVES) == set(TaskStatus)
    assert all(task_of_referral(each) in TaskStatus for each in ReferralState)
    assert [each for each in OfferState if task_of_offer(each) is None] == [OfferState.OFFERED]


def test_every_stage_can_be_reached_and_every_open_one_can_end():
    reached = {to for onwards in REFERRAL_MOVES.values() for to in onwards}
    # A referral begins at one of these three, or goes out of scope when it is read.
    assert set(ReferralState) - reached == set()
    for state, onwards in REFERRAL_MOVES.items():
        further = onwards - {ReferralState.ENTERED_IN_ERROR}
        assert bool(further & REFERRAL_ENDS) is (state not in REFERRAL_ENDS)


def test_whoever_made_it_can_always_say_that_it_was_an_error():
    for state, onwards in REFERRAL_MOVES.items():
        mistaken = state is ReferralState.ENTERED_IN_ERROR
        assert (ReferralState.ENTERED_IN_ERROR in onwards) is not mistaken
        if state in REFERRAL_ENDS:
            assert onwards <= {ReferralState.ENTERED_IN_ERROR}


def test_every_open_offer_can_be_withdrawn():
    for state, onwards in OFFER_MOVES.items():
        assert (OfferState.WITHDRAWN in onwards) is (state not in OFFER_ENDS)


@pytest.mark.parametrize("held", [False, True])
@pytest.mark.parametrize("resumed", [False, True])
def test_each_move_of_an_offer_is_a_move_of_its_task(held: bool, resumed: bool):
    for at, onwards in OFFER_MOVES.items():
        for to in onwards:
            before = task_of_offer(at, held=held, resumed=resumed)
            after = task_of_offer(to, resumed=resumed, reason="stopped")
            try:
                check_offer_move(at, to, held=held)
            except BadMove:
                continue
            if resumed and at is OfferState.SENT:
                continue  # only what was accepted is ever resumed
            if before is None:
                assert after in {TaskStatus.REQUESTED, TaskStatus.CANCELLED}
            else:
                assert after is before or after in TASK_MOVES[before], (at, to)


@pytest.mark.parametrize("reason", sorted(REASONS[ReasonKind.END]))
def test_only_somebody_who_went_can_complete(reason: str):
    for at in (OfferState.FIRST_ATTENDED, OfferState.ATTENDING):
        before = task_of_offer(at)
        after = task_of_offer(OfferState.ENDED, reason=reason)
        assert before is not None
        assert after in TASK_MOVES[before]


def test_what_stands_on_hold_only_ever_leaves():
    with pytest.raises(BadMove, match="on hold"):
        check_offer_move(OfferState.ACCEPTED, OfferState.FIRST_ATTENDED, held=True)
    check_offer_move(OfferState.ACCEPTED, OfferState.WITHDRAWN, held=True)
    check_offer_move(OfferState.SENT, OfferState.DECLINED, held=True)


def test_a_refusal_says_what_may_follow():
    with pytest.raises(BadMove, match="Next can be: attending or ended or withdrawn"):
        check_offer_move(OfferState.FIRST_ATTENDED, OfferState.ACCEPTED)
    with pytest.raises(BadMove, match="nothing"):
        check_move(ReferralState.CLOSED, ReferralState.TRIAGED)
    with pytest.raises(BadMove):
        check_move(ReferralState.TRIAGE_FIRST, ReferralState.TRIAGED)


def test_every_open_offer_ends_with_its_referral_by_an_allowed_move():
    for at in OfferState:
        for end in REFERRAL_ENDS:
            last = last_of_offer(at, end)
            if at in OFFER_ENDS:
                assert last is None
                continue
            assert last is not None
            to, reason = last
            assert to in OFFER_MOVES[at]
            assert reason in OWN
    assert last_of_offer(OfferState.ATTENDING, ReferralState.CLOSED) == (
        OfferState.ENDED,
        "referral_closed",
    )


def test_the_moves_that_need_a_reason_refuse_without_one():
    for kind in {*REFERRAL_REASONS.values(), *OFFER_REASONS.values()}:
        for code in REASONS[kind]:
            check_reason(kind, code, "in words")
            assert reason_label(code) != code
        with pytest.raises(BadReason, match="list"):
            check_reason(kind, "", "")
        last = "99" if kind is ReasonKind.DECLINE else "other"
        with pytest.raises(BadReason, match="Say what"):
            check_reason(kind, last, "  ")


def test_the_reasons_to_decline_are_the_bars_codes():
    assert sorted(REASONS[ReasonKind.DECLINE]) == [
        "21", "22", "23", "24", "26", "27", "31", "32", "40", "41", "42", "99",
    ]  # fmt: skip


def test_outside_a_safeguarding_hold_is_only_on_hold():
    assert business_status(ReferralState.SAFEGUARDING_HOLD) == "on-hold"
    assert business_status(OfferState.ATTENDING, held=True) == "on-hold"
    assert business_status(OfferState.FIRST_ATTENDED) == "first-attended"

"""Random walks through the lifecycle: whatever is tried, only allowed moves ever happen."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from service.referrals.errors import BadMove
from service.referrals.lifecycle import (
    OFFER_ENDS,
    OFFER_MOVES,
    REFERRAL_ENDS,
    REFERRAL_MOVES,
    TASK_MOVES,
    OfferState,
    ReferralState,
    check_move,
    check_offer_move,
    last_of_offer,
    task_of_offer,
)
from service.referrals.reasons import REASONS, ReasonKind

BOUNDED = settings(max_examples=60, deadline=None, stateful_step_count=30)


class OneReferral(RuleBasedStateMachine):
    """A referral and three offers, moved about at random."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ReferralState.RECEIVED
        self.offers = [OfferState.OFFERED] * 3
        self.held = [False] * 3
        self.resumed = [False] * 3
        self.tasks = [[task_of_offer(OfferState.OFFERED)] for _ in range(3)]

    @rule(to=st.sampled_from(ReferralState))
    def move(self, to: ReferralState) -> None:
        at = self.state
        try:
            check_move(at, to)
        except BadMove:
            assert to not in REFERRAL_MOVES[at]
            return
        assert to in REFERRAL_MOVES[at]
        self.state = to
        if to in REFERRAL_ENDS:
            for number, offer in enumerate(self.offers):
                last = last_of_offer(offer, to)
                if last is not None:
                    self.held[number] = False
                    self._set(number, *last)

    @rule(number=st.integers(0, 2), to=st.sampled_from(OfferState), why=st.sampled_from(
        sorted(REASONS[ReasonKind.END])))  # fmt: skip
    def move_offer(self, number: int, to: OfferState, why: str) -> None:
        if self.state in REFERRAL_ENDS:
            return  # the actions refuse a referral that has ended
        at = self.offers[number]
        try:
            check_offer_move(at, to, held=self.held[number], reason=why)
        except BadMove:
            return
        self.held[number] = self.held[number] and to not in OFFER_ENDS
        self._set(number, to, why)

    @rule()
    def hold(self) -> None:
        for number, offer in enumerate(self.offers):
            if offer not in OFFER_ENDS:
                self.held[number] = True
                self._set(number, offer, "")

    @rule()
    def let_go(self) -> None:
        for number, offer in enumerate(self.offers):
            if self.held[number]:
                self.held[number] = False
                self.resumed[number] |= offer is OfferState.ACCEPTED
                self._set(number, offer, "")

    def _set(self, number: int, to: OfferState, reason: str) -> None:
        self.offers[number] = to
        task = task_of_offer(
            to, held=self.held[number], resumed=self.resumed[number], reason=reason
        )
        if task is not self.tasks[number][-1]:
            self.tasks[number].append(task)

    @invariant()
    def nothing_outlives_its_referral(self) -> None:
        if self.state in REFERRAL_ENDS:
            assert set(self.offers) <= OFFER_ENDS

    @invariant()
    def tasks_move_as_fhir_allows(self) -> None:
        for tasks in self.tasks:
            for before, after in pairwise(tasks):
                if before is not None:
                    assert after in TASK_MOVES[before], tasks


OneReferral.TestCase.settings = BOUNDED
TestOneReferral = OneReferral.TestCase


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(OfferState), max_size=40))
def test_no_walk_leaves_an_end(steps: list[OfferState]):
    at, seen = OfferState.OFFERED, [OfferState.OFFERED]
    for to in steps:
        try:
            check_offer_move(at, to)
        except BadMove:
            continue
        assert at not in OFFER_ENDS
        at = to
        seen.append(to)
    assert all(b in OFFER_MOVES[a] for a, b in pairwise(seen))
    assert len(seen) == len(set(seen)), "no stage is ever entered twice"

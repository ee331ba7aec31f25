"""What stands between a referral and its end, for every stage."""

from __future__ import annotations

import pytest

from service.referrals.ending import Obstacle, may_leave, what_blocks_closing
from service.referrals.lifecycle import REFERRAL_MOVES, ReferralState


def obstacles(state: ReferralState, untold: int = 0) -> list[Obstacle]:
    return [each.obstacle for each in what_blocks_closing(state, concerns_untold=untold)]


@pytest.mark.parametrize("state", ReferralState)
def test_nothing_blocks_exactly_where_the_lifecycle_lets_it_close(state: ReferralState):
    assert (not obstacles(state)) is (ReferralState.CLOSED in REFERRAL_MOVES[state])
    assert may_leave(state, concerns_untold=0) is (ReferralState.WITHDRAWN in REFERRAL_MOVES[state])


def test_each_obstacle_has_a_sentence_and_the_gravest_is_first():
    assert obstacles(ReferralState.RECEIVED) == [Obstacle.NOT_TAKEN_ON]
    assert obstacles(ReferralState.CLOSED, 1) == [Obstacle.ENDED]
    assert obstacles(ReferralState.SAFEGUARDING_HOLD, 1) == [Obstacle.CONCERN, Obstacle.HOLD]
    assert obstacles(ReferralState.REVIEW, 2) == [Obstacle.CONCERN]
    assert not may_leave(ReferralState.REVIEW, concerns_untold=1)
    for state in ReferralState:
        for each in what_blocks_closing(state, concerns_untold=1):
            assert each.sentence.endswith(".")

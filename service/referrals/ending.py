"""What stands between a referral and its end: rules on plain data."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from service.referrals.lifecycle import REFERRAL_ENDS, REFERRAL_MOVES, ReferralState, spoken


class Obstacle(StrEnum):
    """Why a referral cannot be closed now."""

    ENDED = "ended"
    CONCERN = "concern"
    HOLD = "hold"
    NOT_TAKEN_ON = "not_taken_on"


@dataclass(frozen=True, slots=True)
class Blocked:
    """One obstacle, with what to do about it in a sentence."""

    obstacle: Obstacle
    sentence: str


def what_blocks_closing(state: ReferralState, *, concerns_untold: int) -> tuple[Blocked, ...]:
    """Everything that stands in the way of closing, the gravest first; empty when nothing does.

    Parameters
    ----------
    concerns_untold : int
        Live safeguarding concerns of which nobody has been told.
    """
    if state in REFERRAL_ENDS:
        return (
            Blocked(
                Obstacle.ENDED,
                f"This referral is {spoken(state)} already. It is not opened again: to go on, make "
                "a new referral, and this one stays in the record.",
            ),
        )
    found = []
    if concerns_untold:
        found.append(
            Blocked(
                Obstacle.CONCERN,
                "There is a safeguarding concern that nobody has been told of. Record whom you "
                "told.",
            )
        )
    if state is ReferralState.SAFEGUARDING_HOLD:
        found.append(
            Blocked(
                Obstacle.HOLD,
                "The referral is on hold for somebody’s safety. End the hold, then close it.",
            )
        )
    elif ReferralState.CLOSED not in REFERRAL_MOVES[state]:
        found.append(
            Blocked(
                Obstacle.NOT_TAKEN_ON,
                f"This referral is {spoken(state)}: nobody has taken it on yet. Accept it, or send "
                "it back to the practice with the reason.",
            )
        )
    return tuple(found)


def may_leave(state: ReferralState, *, concerns_untold: int) -> bool:
    """Whether the person's own leaving can be written down now."""
    return not concerns_untold and ReferralState.WITHDRAWN in REFERRAL_MOVES[state]

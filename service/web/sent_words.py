"""How a practice is told what became of somebody it sent. On hold is said without the reason."""

from __future__ import annotations

from typing import Final

from service.referrals.lifecycle import ReferralState
from service.referrals.reasons import reason_label
from service.referrals.sent import Part
from service.referrals.turns import Turn

STAGES: Final = {
    ReferralState.RECEIVED: "Waits for a link worker",
    ReferralState.TRIAGE_FIRST: "A clinician must look first",
    ReferralState.NEEDS_MORE: "You are asked for more",
    ReferralState.OUT_OF_SCOPE: "May not be for a link worker",
    ReferralState.RETURNED: "Sent back to you",
    ReferralState.TRIAGED: "Taken on by a link worker",
    ReferralState.CONTACTED: "In touch with the person",
    ReferralState.PLAN_AGREED: "A plan is agreed",
    ReferralState.REVIEW: "In review",
    ReferralState.SIGNPOSTED: "Told about groups",
    ReferralState.NO_SUITABLE_ASSET: "No suitable group yet",
    ReferralState.SAFEGUARDING_HOLD: "On hold",
    ReferralState.CLOSED: "Closed",
    ReferralState.WITHDRAWN: "Ended: the person left",
}
TAGS: Final = {
    ReferralState.TRIAGE_FIRST: "red",
    ReferralState.NEEDS_MORE: "orange",
    ReferralState.RETURNED: "orange",
    ReferralState.RECEIVED: "white",
    ReferralState.OUT_OF_SCOPE: "white",
    ReferralState.CLOSED: "grey",
    ReferralState.WITHDRAWN: "grey",
}
PARTS: Final = {
    Part.ALL: "sent in all",
    Part.YOURS: "waiting for you",
    Part.UNDER_WAY: "under way",
    Part.ENDED: "ended",
}
_TURNS: Final = {
    Turn.CLINICIAN: "You: a clinician must see the danger sign",
    Turn.LINK_WORKER: "The link worker",
    Turn.GROUP: "A group that was asked",
    Turn.PERSON: "The person",
    Turn.NOBODY: "Nobody: it has ended",
}


def whose(state: ReferralState, turn: Turn) -> str:
    """Whose turn it is, as the practice is told it."""
    if state is ReferralState.NEEDS_MORE and turn is Turn.LINK_WORKER:
        return "You: more is needed before it can go on"
    return _TURNS[turn]


def why(code: str) -> str:
    """Why it ended, in words."""
    return reason_label(code)

"""Where a referral and its offers may go next: data, and rules on it.

A referral is the practice's request to the link worker; an offer is the approach to one group.
Stages and their FHIR words follow the record standard's section 3, and the moves of an offer
follow the Task state machine of the interoperability standard's section 4.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from service.referrals.errors import BadMove
from service.referrals.reasons import COMPLETING, FAILING, REQUESTER_WITHDREW, ReasonKind


class ReferralState(StrEnum):
    """Where a referral stands."""

    RECEIVED = "received"
    TRIAGE_FIRST = "triage_first"
    NEEDS_MORE = "needs_more"
    OUT_OF_SCOPE = "out_of_scope"
    RETURNED = "returned"
    TRIAGED = "triaged"
    CONTACTED = "contacted"
    PLAN_AGREED = "plan_agreed"
    REVIEW = "review"
    SIGNPOSTED = "signposted"
    NO_SUITABLE_ASSET = "no_suitable_asset"
    ON_HOLD = "on_hold"
    SAFEGUARDING_HOLD = "safeguarding_hold"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"
    ENTERED_IN_ERROR = "entered_in_error"


class OfferState(StrEnum):
    """Where an offer to one group stands."""

    OFFERED = "offered"
    SENT = "sent"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WAITLISTED = "waitlisted"
    EXPIRED = "expired"
    FIRST_ATTENDED = "first_attended"
    ATTENDING = "attending"
    ENDED = "ended"
    WITHDRAWN = "withdrawn"


class RequestStatus(StrEnum):
    """The FHIR R4 ServiceRequest codes that Kith uses."""

    ACTIVE = "active"
    COMPLETED = "completed"
    REVOKED = "revoked"
    ENTERED_IN_ERROR = "entered-in-error"


class TaskStatus(StrEnum):
    """The FHIR R4 Task codes that Kith uses."""

    REQUESTED = "requested"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CANCELLED = "cancelled"
    COMPLETED = "completed"
    FAILED = "failed"
    ENTERED_IN_ERROR = "entered-in-error"


_R, _O, _T = ReferralState, OfferState, TaskStatus

_WORKED: Final = frozenset(
    {_R.TRIAGED, _R.CONTACTED, _R.PLAN_AGREED, _R.REVIEW, _R.SIGNPOSTED, _R.NO_SUITABLE_ASSET}
)
_ANY: Final = frozenset({_R.ENTERED_IN_ERROR})
_LEAVING: Final = _ANY | {_R.CLOSED, _R.WITHDRAWN, _R.SAFEGUARDING_HOLD, _R.ON_HOLD}

WAITING: Final = (_R.TRIAGE_FIRST, _R.RECEIVED, _R.NEEDS_MORE, _R.OUT_OF_SCOPE)
"""Stages before triage: what the inbox shows."""

WORKED: Final = (
    _R.TRIAGED,
    _R.CONTACTED,
    _R.PLAN_AGREED,
    _R.REVIEW,
    _R.SIGNPOSTED,
    _R.NO_SUITABLE_ASSET,
)
"""Stages in which a link worker works with the person, and groups may be approached."""

HOLDS: Final = frozenset({_R.ON_HOLD, _R.SAFEGUARDING_HOLD})
"""Stages in which a referral waits, and after which it goes on where it was interrupted."""

REFERRAL_ENDS: Final = frozenset({_R.CLOSED, _R.WITHDRAWN, _R.RETURNED, _R.ENTERED_IN_ERROR})
"""Nothing follows these: a person comes back by a new referral. Whoever made one may still say that
it was entered in error."""

REFERRAL_MOVES: Final[Mapping[ReferralState, frozenset[ReferralState]]] = MappingProxyType(
    {
        _R.RECEIVED: _ANY
        | frozenset(
            {
                _R.TRIAGED,
                _R.NEEDS_MORE,
                _R.RETURNED,
                _R.OUT_OF_SCOPE,
                _R.WITHDRAWN,
                _R.SAFEGUARDING_HOLD,
            }
        ),
        # Only a clinician's closing of the danger sign leads on to the ordinary path.
        _R.TRIAGE_FIRST: _ANY
        | frozenset({_R.RECEIVED, _R.RETURNED, _R.WITHDRAWN, _R.SAFEGUARDING_HOLD}),
        # Back to the inbox when the practice has answered.
        _R.NEEDS_MORE: _ANY
        | frozenset(
            {
                _R.RECEIVED,
                _R.TRIAGED,
                _R.RETURNED,
                _R.OUT_OF_SCOPE,
                _R.WITHDRAWN,
                _R.SAFEGUARDING_HOLD,
            }
        ),
        _R.OUT_OF_SCOPE: _ANY
        | frozenset({_R.TRIAGED, _R.RETURNED, _R.WITHDRAWN, _R.SAFEGUARDING_HOLD}),
        _R.TRIAGED: _LEAVING | {_R.CONTACTED, _R.RETURNED, _R.SIGNPOSTED, _R.NO_SUITABLE_ASSET},
        _R.CONTACTED: _LEAVING | {_R.PLAN_AGREED, _R.REVIEW, _R.SIGNPOSTED, _R.NO_SUITABLE_ASSET},
        _R.PLAN_AGREED: _LEAVING | {_R.REVIEW, _R.SIGNPOSTED, _R.NO_SUITABLE_ASSET},
        _R.REVIEW: _LEAVING | {_R.PLAN_AGREED, _R.SIGNPOSTED, _R.NO_SUITABLE_ASSET},
        _R.SIGNPOSTED: _LEAVING | {_R.CONTACTED, _R.PLAN_AGREED, _R.REVIEW, _R.NO_SUITABLE_ASSET},
        _R.NO_SUITABLE_ASSET: _LEAVING | {_R.CONTACTED, _R.PLAN_AGREED, _R.REVIEW, _R.SIGNPOSTED},
        _R.ON_HOLD: (_LEAVING | _WORKED) - {_R.ON_HOLD, _R.TRIAGED},
        _R.SAFEGUARDING_HOLD: _ANY
        | _WORKED
        | {_R.RECEIVED, _R.TRIAGE_FIRST, _R.NEEDS_MORE, _R.OUT_OF_SCOPE, _R.WITHDRAWN},
        _R.CLOSED: _ANY,
        _R.WITHDRAWN: _ANY,
        _R.RETURNED: _ANY,
        _R.ENTERED_IN_ERROR: frozenset(),
    }
)

OFFER_MOVES: Final[Mapping[OfferState, frozenset[OfferState]]] = MappingProxyType(
    {
        _O.OFFERED: frozenset({_O.SENT, _O.WITHDRAWN}),
        _O.SENT: frozenset({_O.ACCEPTED, _O.DECLINED, _O.EXPIRED, _O.WITHDRAWN}),
        _O.ACCEPTED: frozenset({_O.WAITLISTED, _O.FIRST_ATTENDED, _O.ENDED, _O.WITHDRAWN}),
        _O.WAITLISTED: frozenset({_O.FIRST_ATTENDED, _O.ENDED, _O.WITHDRAWN}),
        _O.FIRST_ATTENDED: frozenset({_O.ATTENDING, _O.ENDED, _O.WITHDRAWN}),
        _O.ATTENDING: frozenset({_O.ENDED, _O.WITHDRAWN}),
        _O.DECLINED: frozenset(),
        _O.EXPIRED: frozenset(),
        _O.ENDED: frozenset(),
        _O.WITHDRAWN: frozenset(),
    }
)

OFFER_ENDS: Final = frozenset(state for state, onwards in OFFER_MOVES.items() if not onwards)

STOPS: Final = frozenset({_O.DECLINED, _O.EXPIRED, _O.WITHDRAWN})
"""The only moves of an offer that is on hold: away from the group, never towards it."""

REFERRAL_REASONS: Final[Mapping[ReferralState, ReasonKind]] = MappingProxyType(
    {
        _R.RETURNED: ReasonKind.RETURN,
        _R.OUT_OF_SCOPE: ReasonKind.RETURN,
        _R.WITHDRAWN: ReasonKind.WITHDRAWAL,
        _R.NO_SUITABLE_ASSET: ReasonKind.NO_ASSET,
        _R.CLOSED: ReasonKind.CLOSING,
    }
)
OFFER_REASONS: Final[Mapping[OfferState, ReasonKind]] = MappingProxyType(
    {
        _O.DECLINED: ReasonKind.DECLINE,
        _O.WITHDRAWN: ReasonKind.WITHDRAWAL,
        _O.ENDED: ReasonKind.END,
    }
)

_WRONG: Final = frozenset({_T.ENTERED_IN_ERROR})
TASK_MOVES: Final[Mapping[TaskStatus, frozenset[TaskStatus]]] = MappingProxyType(
    {
        _T.REQUESTED: _WRONG | {_T.ACCEPTED, _T.REJECTED, _T.CANCELLED},
        _T.ACCEPTED: _WRONG | {_T.IN_PROGRESS, _T.ON_HOLD, _T.FAILED, _T.CANCELLED},
        _T.IN_PROGRESS: _WRONG | {_T.ON_HOLD, _T.COMPLETED, _T.FAILED, _T.CANCELLED},
        _T.ON_HOLD: _WRONG | {_T.IN_PROGRESS, _T.FAILED, _T.CANCELLED},
        _T.REJECTED: _WRONG,
        _T.CANCELLED: _WRONG,
        _T.COMPLETED: _WRONG,
        _T.FAILED: _WRONG,
        _T.ENTERED_IN_ERROR: frozenset(),
    }
)
"""Interoperability standard, section 4."""

_PLAIN_TASKS: Final[Mapping[OfferState, TaskStatus]] = MappingProxyType(
    {
        _O.SENT: _T.REQUESTED,
        _O.ACCEPTED: _T.ACCEPTED,
        _O.DECLINED: _T.REJECTED,
        _O.WAITLISTED: _T.ON_HOLD,
        _O.EXPIRED: _T.CANCELLED,
        _O.FIRST_ATTENDED: _T.IN_PROGRESS,
        _O.ATTENDING: _T.IN_PROGRESS,
        _O.WITHDRAWN: _T.CANCELLED,
    }
)
_CAN_HOLD: Final = frozenset({_O.ACCEPTED, _O.FIRST_ATTENDED, _O.ATTENDING})


def check_move(at: ReferralState, to: ReferralState) -> None:
    """Refuse a move of a referral that is not in the table.

    Raises
    ------
    BadMove
        With the stages that may follow.
    """
    if to not in REFERRAL_MOVES[at]:
        raise BadMove(_refusal("referral", at, to, REFERRAL_MOVES[at]), at=at.value, to=to.value)


def check_offer_move(
    at: OfferState, to: OfferState, *, held: bool = False, reason: str = ""
) -> None:
    """Refuse a move of an offer that is not in the table, or leads on while it is on hold.

    Somebody who never went cannot have met a goal there: `reason` is checked for that alone.

    Raises
    ------
    BadMove
        With what may follow.
    """
    onwards = OFFER_MOVES[at]
    if held and to in onwards and to not in STOPS:
        raise BadMove(
            "This offer is on hold. Record what was done about the safeguarding concern first.",
            at=at.value,
            to=to.value,
        )
    if to not in onwards:
        raise BadMove(_refusal("offer", at, to, onwards), at=at.value, to=to.value)
    never_went = at in {_O.ACCEPTED, _O.WAITLISTED}
    if to is _O.ENDED and never_went and reason in COMPLETING:
        raise BadMove(
            "The person has not been there yet, so it cannot have ended this way. Record the first "
            "visit, or choose another reason.",
            at=at.value,
            to=to.value,
        )


def _refusal(what: str, at: StrEnum, to: StrEnum, onwards: frozenset[StrEnum]) -> str:
    # That it was entered in error is said of a referral, and is no next stage of it.
    follows = " or ".join(sorted(spoken(each) for each in onwards - _ANY)) or "nothing"
    return f"This {what} is {spoken(at)}, so it cannot become {spoken(to)}. Next can be: {follows}."


def spoken(stage: StrEnum) -> str:
    """A stage in words."""
    return stage.value.replace("_", " ")


def task_of_referral(state: ReferralState, reason: str = "") -> TaskStatus:
    """The FHIR Task status of a referral's stage.

    Parameters
    ----------
    reason : str
        Why it was closed: one that nobody could be reached for, or that could not be carried out,
        has failed.
    """
    if state is _R.CLOSED and reason in FAILING:
        return _T.FAILED
    if state in {_R.RECEIVED, _R.TRIAGE_FIRST, _R.NEEDS_MORE, _R.OUT_OF_SCOPE}:
        return _T.REQUESTED
    return {
        _R.TRIAGED: _T.ACCEPTED,
        _R.RETURNED: _T.REJECTED,
        _R.WITHDRAWN: _T.CANCELLED,
        _R.CLOSED: _T.COMPLETED,
        _R.ON_HOLD: _T.ON_HOLD,
        _R.SAFEGUARDING_HOLD: _T.ON_HOLD,
        _R.ENTERED_IN_ERROR: _T.ENTERED_IN_ERROR,
    }.get(state, _T.IN_PROGRESS)


def request_of_referral(state: ReferralState, reason: str = "") -> RequestStatus:
    """The FHIR ServiceRequest status of a referral's stage.

    One that comes back, that failed, or that the person left, stays the requester's to decide
    about: only what they called back themselves is revoked.
    """
    if state is _R.ENTERED_IN_ERROR:
        return RequestStatus.ENTERED_IN_ERROR
    if state is _R.CLOSED and reason not in FAILING:
        return RequestStatus.COMPLETED
    revoked = state is _R.WITHDRAWN and reason == REQUESTER_WITHDREW
    return RequestStatus.REVOKED if revoked else RequestStatus.ACTIVE


def task_of_offer(
    state: OfferState, *, held: bool = False, resumed: bool = False, reason: str = ""
) -> TaskStatus | None:
    """The FHIR Task status of an offer; None before it is sent, when there is no Task.

    Parameters
    ----------
    held : bool
        A safeguarding concern keeps it waiting. A Task that nobody has answered cannot be on
        hold, so one that is only sent stays requested.
    resumed : bool
        It was accepted, held and let go: a Task on hold only ever returns to in progress.
    reason : str
        Why it ended: by the person's success it is completed, otherwise it failed.
    """
    if held and state in _CAN_HOLD:
        return _T.ON_HOLD
    if state is _O.ENDED:
        return _T.COMPLETED if reason in COMPLETING else _T.FAILED
    if resumed and state is _O.ACCEPTED:
        return _T.IN_PROGRESS
    return _PLAIN_TASKS.get(state)


def business_status(state: StrEnum, *, held: bool = False) -> str:
    """The stage as it is told outside: a safeguarding hold is only ever "on-hold"."""
    if held or state in HOLDS:
        return "on-hold"
    return state.value.replace("_", "-")


def last_of_offer(at: OfferState, referral: ReferralState) -> tuple[OfferState, str] | None:
    """How an open offer ends when its referral ends as `referral`, and the reason's code.

    None when the offer has ended already: nothing outlives its referral, and nothing ends twice.
    Somebody who goes to the group when the referral is closed was brought there by it.
    """
    if at in OFFER_ENDS:
        return None
    going = at in {_O.FIRST_ATTENDED, _O.ATTENDING}
    if going and referral is _R.CLOSED:
        return _O.ENDED, "referral_closed"
    return _O.WITHDRAWN, _LAST_REASONS.get(referral, "referral_closed")


_LAST_REASONS: Final = {
    _R.WITHDRAWN: "referral_withdrawn",
    _R.ENTERED_IN_ERROR: "entered_in_error",
}

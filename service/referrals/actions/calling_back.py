"""What the side that refers may still do: take a referral back, or say that it was an error."""

from __future__ import annotations

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed
from service.identity.roles import Permission
from service.referrals.errors import BadMove, SafeguardingOpen
from service.referrals.exchange import THEMSELF
from service.referrals.lifecycle import ReferralState
from service.referrals.model import Referral
from service.referrals.opening import opened, words, written
from service.referrals.reasons import ENTERED_IN_ERROR, LONGEST, REQUESTER_WITHDREW
from service.store.work import UnitOfWork


def call_back(
    work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int, text: str
) -> int:
    """The practice takes its referral back, with the reason; open offers end with it.

    Returns the new version.

    Raises
    ------
    NotAllowed
        If `by` is not of the side that referred.
    BadMove
        If it has ended, or must first be looked at by whoever works with it.
    BadEntry, NotFound, EditConflict
    """
    referral = opened(
        work, by=by, permission=Permission.REFER, referral_id=referral_id, seen_version=seen_version
    )
    require_requester(by, referral)
    return _ended(
        work, referral, by=by, to=ReferralState.WITHDRAWN, reason=REQUESTER_WITHDREW, text=text
    )


def enter_in_error(
    work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int, text: str
) -> int:
    """Whoever made a referral says that it was an error, whatever became of it since.

    It stays in the record and counts for nothing from now on. Returns the new version.

    Raises
    ------
    NotAllowed
        If `by` did not make it.
    BadMove
        If that was said before, or it must first be looked at by whoever works with it.
    BadEntry, NotFound, EditConflict
    """
    referral = opened(
        work,
        by=by,
        permission=Permission.REFER,
        referral_id=referral_id,
        seen_version=seen_version,
        ended_too=True,
    )
    require_requester(by, referral)
    return _ended(
        work,
        referral,
        by=by,
        to=ReferralState.ENTERED_IN_ERROR,
        reason=ENTERED_IN_ERROR,
        text=text,
    )


def is_requester(by: Actor, referral: Referral) -> bool:
    """Whether `by` is of the side that made this referral.

    Whoever works with the people of a practice can refer from it too: they are the requester only
    of what they made themselves. Nobody else is that of somebody's own request.
    """
    if referral.received_from == by.actor_id:
        return True
    practice = OdsCode(referral.practice_code)
    works = by.may(Permission.WORK_REFERRALS, at=practice)
    own = referral.referrer_role == THEMSELF
    return by.may(Permission.REFER, at=practice) and not works and not own


def require_requester(by: Actor, referral: Referral) -> None:
    """Go no further unless `by` is of the side that made this referral.

    Raises
    ------
    NotAllowed
    """
    if not is_requester(by, referral):
        raise NotAllowed(
            "Only the side that made this referral can do that.",
            permission=Permission.REFER.value,
        )


def _ended(
    work: UnitOfWork,
    referral: Referral,
    *,
    by: Actor,
    to: ReferralState,
    reason: str,
    text: str,
) -> int:
    why = words(text, field="reason_text", longest=LONGEST)
    try:
        version = written(
            work,
            referral,
            by=by,
            what=reason,
            to=to,
            reason=reason,
            text=why,
            details={"reason": reason},
            listed=False,
        )
    except SafeguardingOpen:
        # What it waits for is told to nobody outside.
        raise BadMove(
            "This referral is on hold. Whoever works with it must go on with it first.",
            at=referral.state.value,
        ) from None
    work.announce(
        f"referral.{to.value}",
        key=f"referral.{to.value}:{referral.referral_id}",
        body={"referral": referral.referral_id},
    )
    return version

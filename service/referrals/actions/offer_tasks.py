"""What another system says has become of an offer, as its Task under the referral's."""

from __future__ import annotations

from datetime import date
from typing import Final

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.referrals.actions.offers import offer_of
from service.referrals.actions.replies import Heard, Reply, record_reply
from service.referrals.actions.task_words import (
    TaskWanted,
    require_day,
    require_listed_move,
    require_reason,
)
from service.referrals.errors import BadMove, BadReason
from service.referrals.lifecycle import OfferState, TaskStatus, task_of_offer
from service.referrals.opening import opened
from service.referrals.reasons import COMPLETING, REASONS, ReasonKind
from service.store.errors import EditConflict
from service.store.work import UnitOfWork

_T, _O = TaskStatus, OfferState
_TO: Final = {
    _T.ACCEPTED: _O.ACCEPTED,
    _T.REJECTED: _O.DECLINED,
    _T.CANCELLED: _O.WITHDRAWN,
    _T.IN_PROGRESS: _O.FIRST_ATTENDED,
    _T.ON_HOLD: _O.WAITLISTED,
    _T.COMPLETED: _O.ENDED,
    _T.FAILED: _O.ENDED,
}


def move_offer(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    offer_id: str,
    seen_version: int,
    wanted: TaskWanted,
    today: date,
) -> None:
    """Record what a group said, as the Task of its offer says it.

    Raises
    ------
    EditConflict
        If the offer changed since `seen_version`.
    BadMove, BadEntry, BadReason, NotAllowed, NotFound
    """
    referral = opened(
        work,
        by=by,
        permission=Permission.READ_REFERRALS,
        referral_id=referral_id,
        ended_too=True,
    )
    row = offer_of(work.session, referral, offer_id)
    if row.version != seen_version:
        raise EditConflict(
            "Somebody changed this since. Read it again, then send yours.",
            seen_version=seen_version,
            version=row.version,
        )
    at = task_of_offer(row.state, held=row.is_held, resumed=row.is_resumed, reason=row.reason)
    require_listed_move(at or _T.REQUESTED, wanted.status)
    by.require(Permission.WORK_REFERRALS)
    if wanted.status not in _TO:
        raise BadMove(
            "What a group was asked stays in the record. Cancel it instead.",
            at=row.state.value,
            to=wanted.status.value,
        )
    reply = _reply(wanted, today)
    record_reply(work, by=by, referral_id=referral_id, offer_id=offer_id, reply=reply, today=today)


def _reply(wanted: TaskWanted, today: date) -> Reply:
    to, on, reason = _TO[wanted.status], today, ""
    if wanted.status is _T.REJECTED:
        require_reason(wanted)
        if wanted.rejection not in REASONS[ReasonKind.DECLINE]:
            raise BadReason(
                "Give a code of the national list of rejection reasons.", field="rejection"
            )
        reason = wanted.rejection
    elif wanted.status in {_T.CANCELLED, _T.FAILED, _T.ON_HOLD}:
        require_reason(wanted)
        reason = _of_list(wanted)
    elif wanted.status is _T.IN_PROGRESS:
        on = require_day(wanted.began_on, today)
    elif wanted.status is _T.COMPLETED:
        if not wanted.has_output:
            require_reason(wanted, "Say what came of it as output, or why nothing did.")
        reason = wanted.reason if wanted.reason in COMPLETING else "goal_met"
    return Reply(to=to, on=on, reason=reason, text=wanted.text, heard=Heard.SYSTEM)


def _of_list(wanted: TaskWanted) -> str:
    if wanted.status is _T.ON_HOLD:
        return ""
    if wanted.status is _T.CANCELLED:
        return wanted.reason if wanted.reason in REASONS[ReasonKind.WITHDRAWAL] else "other"
    fits = wanted.reason in REASONS[ReasonKind.END] and wanted.reason not in COMPLETING
    return wanted.reason if fits else "other"

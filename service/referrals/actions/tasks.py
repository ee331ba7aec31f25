"""What another system says has become of a referral or an offer, as its Task.

The table of the interoperability standard's section 4 decides what may follow what; who may say it
and what it needs is decided here, and done by the action that a page would use.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed, NotFound
from service.identity.gate import readable
from service.identity.roles import Permission
from service.referrals.actions.calling_back import call_back, enter_in_error, is_requester
from service.referrals.actions.offer_tasks import move_offer
from service.referrals.actions.outcomes import close, fail, leave
from service.referrals.actions.task_words import (
    TaskWanted,
    require_listed_move,
    require_reason,
)
from service.referrals.actions.triage import accept, give_back
from service.referrals.actions.working import begin, go_on, hold
from service.referrals.errors import BadEntry, BadReason
from service.referrals.exchange import NOT_YOURS, referral_of_offer
from service.referrals.lifecycle import TaskStatus, task_of_referral
from service.referrals.model import Referral
from service.referrals.opening import opened
from service.referrals.reasons import FAILING, NOT_CARRIED_OUT, REASONS, ReasonKind
from service.store.work import UnitOfWork

_T = TaskStatus


@dataclass(frozen=True, slots=True)
class _Moving:
    work: UnitOfWork
    by: Actor
    referral: Referral
    wanted: TaskWanted
    today: date

    @property
    def version(self) -> int:
        """The version that has been checked, for the action to check again."""
        return self.referral.version


def move_task(
    work: UnitOfWork, *, by: Actor, task_id: str, seen_version: int, wanted: TaskWanted, today: date
) -> None:
    """Move a referral, or an offer, to where another system says its Task stands.

    Raises
    ------
    NotFound
        If there is no such Task, or it is another practice's.
    EditConflict
        If it changed since `seen_version`.
    BadMove
        If that does not follow, or the room's own rules stand against it. Nothing is changed.
    NotAllowed
        If it follows, and is not for `by` to say.
    BadEntry, BadReason
        If what the move needs is missing; the field names it.
    """
    # Its id alone: the row itself is read once it is locked, or what another did would be unseen.
    known = work.session.scalar(
        select(Referral.referral_id).where(
            Referral.referral_id == task_id, readable(by).rows(Referral.practice_code)
        )
    )
    if known is None:
        parent = referral_of_offer(work.session, by=by, offer_id=task_id)
        if parent is None:
            raise NotFound(NOT_YOURS)
        move_offer(
            work,
            by=by,
            referral_id=parent,
            offer_id=task_id,
            seen_version=seen_version,
            wanted=wanted,
            today=today,
        )
        return
    referral = opened(
        work,
        by=by,
        permission=Permission.READ_REFERRALS,
        referral_id=task_id,
        seen_version=seen_version,
        ended_too=True,
    )
    at = task_of_referral(referral.state, referral.end_reason)
    require_listed_move(at, wanted.status)
    moving = _Moving(work, by, referral, wanted, today)
    _require_side(moving)
    _MOVES[wanted.status](moving, at)


def _require_side(moving: _Moving) -> None:
    """Refuse what is the other side's to say."""
    by, referral = moving.by, moving.referral
    works = by.may(Permission.WORK_REFERRALS, at=OdsCode(referral.practice_code))
    requests = is_requester(by, referral)
    sides = {
        _T.CANCELLED: works or requests,
        _T.ENTERED_IN_ERROR: requests,
    }
    if not sides.get(moving.wanted.status, works):
        raise NotAllowed(
            "That is for the other side of this referral to say.",
            permission=Permission.WORK_REFERRALS.value,
        )


def _accept(moving: _Moving, _at: TaskStatus) -> None:
    if not moving.wanted.has_owner:
        raise BadEntry("Say whose it is from now on.", field="owner")
    accept(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
    )


def _reject(moving: _Moving, _at: TaskStatus) -> None:
    wanted = moving.wanted
    require_reason(wanted)
    if wanted.rejection not in REASONS[ReasonKind.DECLINE]:
        raise BadReason(
            "Give a code of the national list of rejection reasons.",
            field="rejection",
            allowed=list(REASONS[ReasonKind.DECLINE]),
        )
    give_back(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
        reason=wanted.rejection,
        text=wanted.text,
        today=moving.today,
    )


def _cancel(moving: _Moving, _at: TaskStatus) -> None:
    wanted, referral_id = moving.wanted, moving.referral.referral_id
    require_reason(wanted)
    if is_requester(moving.by, moving.referral):
        call_back(
            moving.work,
            by=moving.by,
            referral_id=referral_id,
            seen_version=moving.version,
            text=wanted.text,
        )
        return
    known = wanted.reason in REASONS[ReasonKind.WITHDRAWAL]
    leave(
        moving.work,
        by=moving.by,
        referral_id=referral_id,
        seen_version=moving.version,
        reason=wanted.reason if known else "other",
        text=wanted.text,
        today=moving.today,
    )


def _work(moving: _Moving, at: TaskStatus) -> None:
    step = begin if at is _T.ACCEPTED else go_on
    step(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
        on=moving.wanted.began_on,
        today=moving.today,
    )


def _hold(moving: _Moving, _at: TaskStatus) -> None:
    require_reason(moving.wanted)
    hold(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
        text=moving.wanted.text,
    )


def _complete(moving: _Moving, _at: TaskStatus) -> None:
    wanted = moving.wanted
    if not wanted.has_output:
        require_reason(wanted, "Say what came of it as output, or why nothing did.")
    outcome = "connected" if wanted.has_output else "other"
    if wanted.reason in REASONS[ReasonKind.CLOSING] and wanted.reason not in FAILING:
        outcome = wanted.reason
    close(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
        outcome=outcome,
        text=wanted.text,
        today=moving.today,
    )


def _fail(moving: _Moving, at: TaskStatus) -> None:
    wanted = moving.wanted
    require_reason(wanted)
    if at is _T.ON_HOLD:
        go_on(
            moving.work,
            by=moving.by,
            referral_id=moving.referral.referral_id,
            seen_version=moving.version,
            on=wanted.began_on,
            today=moving.today,
            to_end=True,
        )
    fail(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
        reason=wanted.reason if wanted.reason in FAILING else NOT_CARRIED_OUT,
        text=wanted.text,
        today=moving.today,
    )


def _mistaken(moving: _Moving, _at: TaskStatus) -> None:
    require_reason(moving.wanted)
    enter_in_error(
        moving.work,
        by=moving.by,
        referral_id=moving.referral.referral_id,
        seen_version=moving.version,
        text=moving.wanted.text,
    )


_MOVES: Final[Mapping[TaskStatus, Callable[[_Moving, TaskStatus], None]]] = {
    _T.ACCEPTED: _accept,
    _T.REJECTED: _reject,
    _T.CANCELLED: _cancel,
    _T.IN_PROGRESS: _work,
    _T.ON_HOLD: _hold,
    _T.COMPLETED: _complete,
    _T.FAILED: _fail,
    _T.ENTERED_IN_ERROR: _mistaken,
}

"""Triage: who takes a referral, what comes next, and which of its needs are right."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import select

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.colleagues import works_at
from service.identity.roles import Permission
from service.referrals.actions.letters import draft
from service.referrals.errors import BadEntry
from service.referrals.kinds import LetterKind, Urgency
from service.referrals.lifecycle import ReferralState
from service.referrals.model import Referral, ReferralNeed
from service.referrals.opening import in_hand, not_past, opened, words, written
from service.register.needs import check_needs
from service.store.work import UnitOfWork

MOST_AT_ONCE = 500
"""Referrals that one bulk reassignment moves: twice a link worker's yearly caseload."""


def accept(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    assign_to: str | None = None,
    urgency: Urgency = Urgency.ROUTINE,
    next_action: str = "First contact",
    next_action_on: date | None = None,
    today: date | None = None,
) -> int:
    """Take a referral on; it goes to `assign_to`, or to whoever accepts it.

    With `today`, a next action is not due on a day that has passed.

    Returns the new version.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadEntry
    FlagOpen
        While a danger sign is open.
    BadMove
        If it has been triaged.
    """
    referral = opened(
        work,
        by=by,
        permission=Permission.TRIAGE,
        referral_id=referral_id,
        seen_version=seen_version,
    )
    if assign_to is not None and assign_to != by.actor_id:
        by.require(Permission.ASSIGN)
    referral.assigned_to = _staff(work, referral, assign_to or by.actor_id, by)
    referral.urgency = urgency
    _set_next(referral, next_action, next_action_on, today)
    version = written(
        work,
        referral,
        by=by,
        what="accepted",
        to=ReferralState.TRIAGED,
        details={"assigned_to": referral.assigned_to, "urgency": urgency.value},
    )
    work.announce(
        "referral.accepted",
        key=f"referral.accepted:{referral_id}",
        body={"referral": referral_id},
    )
    return version


def give_back(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    reason: str,
    text: str = "",
    today: date,
) -> int:
    """Return a referral to the practice with the reason: a message back is sent with it.

    Returns the message's id.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadReason, BadMove
    """
    referral = opened(
        work,
        by=by,
        permission=Permission.TRIAGE,
        referral_id=referral_id,
        seen_version=seen_version,
    )
    written(
        work,
        referral,
        by=by,
        what="returned",
        to=ReferralState.RETURNED,
        reason=reason,
        text=text.strip(),
        details={"reason": reason},
    )
    return draft(work, referral, by=by, kind=LetterKind.RETURNED, today=today, send=True)


def assign(work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int, to: str) -> int:
    """Give a referral to a link worker by their staff identifier; to oneself is taking it over.

    Returns the new version.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadEntry, BadMove
    """
    permission = Permission.WORK_REFERRALS if to == by.actor_id else Permission.ASSIGN
    referral = opened(
        work, by=by, permission=permission, referral_id=referral_id, seen_version=seen_version
    )
    before, referral.assigned_to = referral.assigned_to, _staff(work, referral, to, by)
    return written(work, referral, by=by, what="assigned", details={"to": to, "from": before})


def reassign(work: UnitOfWork, *, by: Actor, seen: Mapping[str, int], to: str, reason: str) -> int:
    """Give many referrals to one link worker: all of them, or none.

    Parameters
    ----------
    seen : mapping
        Version seen, by referral id.
    reason : str
        Why, in words; it stands in the history of each.

    Returns
    -------
    int
        How many were moved.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadMove
        For the first that cannot be moved; nothing is to be kept then.
    BadEntry
        If there is none, or more than `MOST_AT_ONCE`; without a reason; or if `to` does not work
        at the practice of one of them.
    """
    if not 1 <= len(seen) <= MOST_AT_ONCE:
        raise BadEntry(f"Choose 1 to {MOST_AT_ONCE} referrals.", field="referrals")
    why = words(reason, field="reason", longest=300)
    for referral_id in sorted(seen):
        referral = opened(
            work,
            by=by,
            permission=Permission.REASSIGN_BULK,
            referral_id=referral_id,
            seen_version=seen[referral_id],
        )
        before, referral.assigned_to = referral.assigned_to, _staff(work, referral, to, by)
        written(
            work,
            referral,
            by=by,
            what="assigned",
            text=why,
            details={"to": to, "from": before},
        )
    return len(seen)


def plan_next(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    action: str,
    on: date | None,
    today: date | None = None,
) -> int:
    """Say what comes next and by when; an empty action takes it away. Returns the new version.

    With `today`, a new day may not have passed; one that stood there already may stay.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadEntry, BadMove
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    _set_next(referral, action, on, today)
    return written(work, referral, by=by, what="next_action_set")


def settle_need(work: UnitOfWork, *, by: Actor, referral_id: str, need: str, is_right: bool) -> int:
    """Confirm a need that was read from the note, or take it away; or add one that was missed.

    One click: confirming a need that is confirmed, or removing one that is gone, changes nothing.

    Returns
    -------
    int
        The referral's version.

    Raises
    ------
    UnknownNeed, NotAllowed, NotFound, BadMove
    """
    check_needs([need])
    referral = in_hand(work, by, referral_id)
    needs = work.session.scalars(
        select(ReferralNeed).where(ReferralNeed.referral_id == referral_id)
    ).all()
    known = next((each for each in needs if each.need == need), None)
    if not is_right:
        if known is None:
            return referral.version
        work.session.delete(known)
        return written(work, referral, by=by, what="need_removed", details={"need": need})
    if known is None:
        last = max((each.position for each in needs), default=-1)
        known = ReferralNeed(referral_id=referral_id, need=need, position=last + 1)
        work.session.add(known)
    elif known.confirmed_by is not None:
        return referral.version
    known.confidence, known.confirmed_by = 1.0, by.actor_id
    return written(work, referral, by=by, what="need_confirmed", details={"need": need})


def _staff(work: UnitOfWork, referral: Referral, to: str, by: Actor) -> str:
    """`to`, once it is known that they work with the people of the referral's practice."""
    to = words(to, field="assign_to", longest=80)
    practice = OdsCode(referral.practice_code)
    if to != by.actor_id and not works_at(work.session, to, practice):
        raise BadEntry(
            "That person does not work with the people of this practice, and could not see the "
            "referral. Choose somebody who does.",
            field="assign_to",
        )
    return to


def _set_next(referral: Referral, action: str, on: date | None, today: date | None) -> None:
    action = action.strip()
    if len(action) > 300:
        raise BadEntry("Keep the next action under 300 characters.", field="next_action")
    if on is not None and not action:
        raise BadEntry("Say what is to be done by that day.", field="next_action")
    if on != referral.next_action_on:
        not_past(on, today, field="next_action_on")
    referral.next_action, referral.next_action_on = action, on

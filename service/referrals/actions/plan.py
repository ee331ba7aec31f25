"""What matters to the person, what they bring, what they hope for, and the plan made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sqlalchemy import select

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.referrals.errors import BadEntry
from service.referrals.kinds import GoalStatus
from service.referrals.lifecycle import ReferralState
from service.referrals.opening import in_hand, not_past, words, written
from service.referrals.work_model import Goal, GoalAction, Plan
from service.register.needs import check_needs
from service.store.work import UnitOfWork

LONGEST: Final = 5_000
MOST_STRENGTHS: Final = 20


def set_about(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    what_matters: str,
    strengths: Sequence[str],
) -> int:
    """Keep what matters to the person and their strengths, as the whole of both.

    Returns the referral's new version.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadMove, BadEntry
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    if len(strengths) > MOST_STRENGTHS:
        raise BadEntry(f"Keep to {MOST_STRENGTHS} strengths.", field="strengths")
    plan = _plan(work, referral_id)
    plan.what_matters = words(what_matters, field="what_matters", longest=LONGEST, least=0)
    plan.strengths = [
        words(each, field="strengths", longest=300) for each in strengths if each.strip()
    ]
    return written(work, referral, by=by, what="about_changed")


def agree_plan(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    agreed_on: date,
    agreed_with: str,
    review_on: date | None,
    today: date,
) -> int:
    """Write down that the plan was agreed, with whom, and when it is looked at again.

    Returns the referral's new version.

    Raises
    ------
    BadEntry
        If nothing is agreed yet (no goal), or a day makes no sense.
    BadMove
        If nobody has spoken with the person yet.
    NotAllowed, NotFound, EditConflict
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    session = work.session
    if agreed_on > today:
        raise BadEntry("The plan cannot be agreed on a day to come.", field="agreed_on")
    if review_on is not None and review_on < agreed_on:
        raise BadEntry("The review lies before the plan.", field="review_on")
    not_past(review_on, today, field="review_on")
    if session.query(Goal).filter_by(referral_id=referral_id).first() is None:
        raise BadEntry("A plan needs a goal. Add what the person hopes for first.", field="goals")
    plan = _plan(work, referral_id)
    plan.agreed_on, plan.review_on = agreed_on, review_on
    plan.agreed_with = words(agreed_with, field="agreed_with", longest=200)
    return written(work, referral, by=by, what="plan_agreed", to=ReferralState.PLAN_AGREED)


def begin_review(work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int) -> int:
    """The plan is being looked at again: measures are repeated. Returns the new version."""
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    return written(work, referral, by=by, what="review_begun", to=ReferralState.REVIEW)


@dataclass(frozen=True, slots=True)
class GoalGiven:
    """A goal as it is written down; importance and confidence from 1 to 10, None when not asked."""

    hope: str
    need: str = ""
    importance: int | None = None
    confidence: int | None = None
    status: GoalStatus = GoalStatus.OPEN


def set_goal(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    goal: GoalGiven,
    today: date,
    goal_id: int | None = None,
    seen_version: int | None = None,
) -> int:
    """Add a goal, or change one. Returns its id. The same goal added twice is one.

    Parameters
    ----------
    goal_id : int, optional
        Which goal to change; then `seen_version` is needed.

    Raises
    ------
    BadEntry, UnknownNeed, NotAllowed, NotFound, EditConflict, BadMove
    """
    if goal_id is not None and seen_version is None:
        raise BadEntry("Open the page again before you change a goal.", field="seen_version")
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    if goal.need:
        check_needs([goal.need])
    _scale(goal.importance, "importance")
    _scale(goal.confidence, "confidence")
    row = None if goal_id is None else work.session.get(Goal, goal_id)
    if goal_id is not None and (row is None or row.referral_id != referral_id):
        raise NotFound("There is no such goal in this referral.")
    facts = {
        "hope": words(goal.hope, field="hope", longest=500),
        "need": goal.need,
        "status": goal.status,
        "importance": goal.importance,
        "confidence": goal.confidence,
    }
    if row is None:
        sent_before = select(Goal).filter_by(referral_id=referral_id, set_on=today, **facts)
        again = work.session.scalars(sent_before).first()
        if again is not None:
            return again.goal_id
        row = Goal(referral_id=referral_id, set_on=today)
        work.session.add(row)
    for name, value in facts.items():
        setattr(row, name, value)
    written(work, referral, by=by, what="goal_added" if goal_id is None else "goal_changed")
    return row.goal_id


def add_goal_action(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    goal_id: int,
    what: str,
    who: str = "",
    by_on: date | None = None,
    confidence: int | None = None,
    today: date | None = None,
) -> int:
    """Add who does what by when towards a goal. Returns its id. The same added twice is one.

    With `today`, it is not to be done by a day that has passed.

    Raises
    ------
    BadEntry, NotAllowed, NotFound, BadMove
    """
    referral = in_hand(work, by, referral_id)
    goal = work.session.get(Goal, goal_id)
    if goal is None or goal.referral_id != referral_id:
        raise NotFound("There is no such goal in this referral.")
    _scale(confidence, "confidence")
    not_past(by_on, today, field="by_on")
    facts = {
        "goal_id": goal_id,
        "what": words(what, field="what", longest=500),
        "who": words(who, field="who", longest=120, least=0),
        "by_on": by_on,
        "confidence": confidence,
    }
    again = work.session.scalars(select(GoalAction).filter_by(done_on=None, **facts)).first()
    if again is not None:
        return again.action_id
    row = GoalAction(**facts)
    work.session.add(row)
    written(work, referral, by=by, what="goal_action_added")
    return row.action_id


def finish_goal_action(
    work: UnitOfWork, *, by: Actor, referral_id: str, action_id: int, on: date
) -> None:
    """Tick an action off; one that is ticked stays as it is."""
    referral = in_hand(work, by, referral_id)
    row = work.session.get(GoalAction, action_id)
    goal = None if row is None else work.session.get(Goal, row.goal_id)
    if row is None or goal is None or goal.referral_id != referral_id:
        raise NotFound("There is no such action in this referral.")
    if row.done_on is None:
        row.done_on = on
        written(work, referral, by=by, what="goal_action_done")


def _plan(work: UnitOfWork, referral_id: str) -> Plan:
    plan = work.session.get(Plan, referral_id)
    if plan is None:
        plan = Plan(referral_id=referral_id, what_matters="", strengths=[])
        work.session.add(plan)
    return plan


def _scale(value: int | None, field: str) -> None:
    if value is not None and not 1 <= value <= 10:
        raise BadEntry("Give a number from 1 to 10.", field=field)

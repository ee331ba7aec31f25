"""Goals of the plan: what the person hopes for, how much it matters, and who does what by when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field
from sqlalchemy.orm import Session

from seed_data import needs as need_list
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.plan import (
    GoalGiven,
    add_goal_action,
    finish_goal_action,
    set_goal,
)
from service.referrals.case_file import Case
from service.referrals.kinds import GoalStatus
from service.referrals.referral_page import goals_of
from service.referrals.work_model import Goal
from service.web import forms
from service.web.case_frame import Refused, attempt, case_page
from service.web.case_words import GOALS
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.pages.plan import look, plan_page
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

Scale = Annotated[int | None, Field(ge=1, le=10)]


class Given(FormModel):
    """A goal; importance and confidence are left open when nobody asked."""

    seen: int
    hope: Annotated[str, Field(title="what they hope for", max_length=500)]
    need: Annotated[str, Field(title="a need from the list", max_length=60)] = ""
    importance: Scale = None
    confidence: Scale = None
    status: Annotated[GoalStatus, Field(title="how it stands")] = GoalStatus.OPEN
    says: ClassVar[Mapping[str, str]] = {
        "hope:missing": "Enter what they hope for.",
        "importance": "Choose a number from 1 to 10.",
        "confidence": "Choose a number from 1 to 10.",
    }


class ActionGiven(FormModel):
    """Who does what by when."""

    what: Annotated[str, Field(title="what is to be done", max_length=500)]
    who: Annotated[str, Field(title="who does it", max_length=120)] = ""
    by_on: Annotated[date | None, Field(title="the day")] = None
    confidence: Scale = None
    says: ClassVar[Mapping[str, str]] = {
        "what:missing": "Enter what is to be done.",
        "confidence": "Choose a number from 1 to 10.",
    }


@router.get("/referrals/{referral_id}/plan/goals/new")
def ask(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """One more goal."""
    case = look(kith, actor, referral_id)
    form = forms.blank(seen=case.version, status=GoalStatus.OPEN)
    return _goal_page(request, case, form, None)


@router.post("/referrals/{referral_id}/plan/goals/new")
def add(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Add it. It takes nothing away, so it does not matter what others changed meanwhile."""
    refused = attempt(
        kith,
        forms.read(request, Given),
        lambda work, given: set_goal(
            work, by=actor, referral_id=referral_id, goal=_given(given), today=kith.today()
        ),
    )
    if refused is not None:
        return _goal_page(request, look(kith, actor, referral_id), refused, None)
    return go_to(request, f"/referrals/{referral_id}/plan", said="The goal is added.")


@router.get("/referrals/{referral_id}/plan/goals/{goal_id}")
def ask_change(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, goal_id: int
) -> Response:
    """A goal, to be changed."""
    case, goal = _one(kith, actor, referral_id, goal_id)
    form = forms.blank(
        seen=case.version,
        hope=goal.hope,
        need=goal.need,
        importance=goal.importance,
        confidence=goal.confidence,
        status=goal.status,
    )
    return _goal_page(request, case, form, goal_id)


@router.post("/referrals/{referral_id}/plan/goals/{goal_id}")
def change(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, goal_id: int
) -> Response:
    """Change it."""
    refused = attempt(
        kith,
        forms.read(request, Given),
        lambda work, given: set_goal(
            work,
            by=actor,
            referral_id=referral_id,
            goal=_given(given),
            today=kith.today(),
            goal_id=goal_id,
            seen_version=given.seen,
        ),
    )
    if refused is not None:
        return _goal_page(request, look(kith, actor, referral_id), refused, goal_id)
    return go_to(request, f"/referrals/{referral_id}/plan", said="The goal is changed.")


@router.get("/referrals/{referral_id}/plan/goals/{goal_id}/actions")
def ask_action(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, goal_id: int
) -> Response:
    """One more action towards a goal."""
    case, goal = _one(kith, actor, referral_id, goal_id)
    return case_page(
        request, "plan_action.html", case, forms.blank(who=case.name), here="/plan", goal=goal
    )


@router.post("/referrals/{referral_id}/plan/goals/{goal_id}/actions")
def add_action(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, goal_id: int
) -> Response:
    """Add it."""
    refused = attempt(
        kith,
        forms.read(request, ActionGiven),
        lambda work, given: add_goal_action(
            work,
            by=actor,
            referral_id=referral_id,
            goal_id=goal_id,
            what=given.what,
            who=given.who,
            by_on=given.by_on,
            confidence=given.confidence,
            today=kith.today(),
        ),
    )
    if refused is not None:
        case, goal = _one(kith, actor, referral_id, goal_id)
        return case_page(request, "plan_action.html", case, refused, here="/plan", goal=goal)
    return go_to(request, f"/referrals/{referral_id}/plan", said="The action is added.")


@router.post("/referrals/{referral_id}/plan/actions/{action_id}/done")
def done(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, action_id: int
) -> Response:
    """Tick an action off."""
    refused = attempt(
        kith,
        forms.read(request, FormModel),
        lambda work, _: finish_goal_action(
            work, by=actor, referral_id=referral_id, action_id=action_id, on=kith.today()
        ),
    )
    if refused is not None:
        return plan_page(request, kith, actor, referral_id, refused)
    return go_to(request, f"/referrals/{referral_id}/plan", said="Ticked off.")


def _given(form: Given) -> GoalGiven:
    return GoalGiven(form.hope, form.need, form.importance, form.confidence, form.status)


def _one(kith: Kith, actor: Actor, referral_id: str, goal_id: int) -> tuple[Case, Goal]:
    case = look(kith, actor, referral_id)
    with kith.store.read() as session:
        goal = _goal(session, referral_id, goal_id)
        session.expunge(goal)
    return case, goal


def _goal(session: Session, referral_id: str, goal_id: int) -> Goal:
    for goal, _ in goals_of(session, referral_id):
        if goal.goal_id == goal_id:
            return goal
    raise NotFound("There is no such goal in this referral.")


def _goal_page(
    request: Request, case: Case, form: Filled[Any] | Refused, goal_id: int | None
) -> Response:
    known = need_list.load()
    return case_page(
        request,
        "plan_goal.html",
        case,
        form,
        here="/plan",
        goal_id=goal_id,
        needs=[(code, need.label) for code, need in known.needs.items()],
        statuses=[(each.value, label) for each, label in GOALS.items()],
        scale=[(number, str(number)) for number in range(1, 11)],
    )

"""The plan: what matters to the person, what they bring, what they hope for, and when to review."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Annotated, Any, ClassVar, Final

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.case_looks import look_at_case
from service.referrals.actions.plan import LONGEST, agree_plan, begin_review, set_about
from service.referrals.case_file import Case, risks_asked
from service.referrals.referral_page import goals_of, rows_of
from service.referrals.work_model import Risk
from service.web import forms
from service.web.case_frame import Refused, Seen, answered, case_page
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

REVIEW_AFTER: Final = timedelta(weeks=12)
"""When a review is proposed: measures are compared at the answer nearest to 12 weeks."""


class About(FormModel):
    """What matters, in the person's words, and one strength a line."""

    seen: int
    what_matters: Annotated[str, Field(title="what matters", max_length=LONGEST)] = ""
    strengths: Annotated[str, Field(title="the strengths", max_length=7_000)] = ""


class Agreed(FormModel):
    """When and with whom the plan was agreed, and when it is looked at again."""

    seen: int
    agreed_on: Annotated[date, Field(title="the day it was agreed")]
    agreed_with: Annotated[str, Field(title="who agreed it", max_length=200)]
    review_on: Annotated[date, Field(title="the day of the review")]
    says: ClassVar[Mapping[str, str]] = {
        "agreed_on:missing": "Enter the day it was agreed.",
        "agreed_with:missing": "Enter who agreed it, such as Nora and her daughter.",
        "review_on:missing": "Enter the day on which you will look at it again.",
    }


@router.get("/referrals/{referral_id}/plan")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The whole plan, with the risks and what keeps the person safe."""
    return plan_page(request, kith, actor, referral_id)


@router.get("/referrals/{referral_id}/plan/about")
def ask_about(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What matters, and strengths, to be written down."""
    case = look(kith, actor, referral_id)
    plan = case.plan
    form = forms.blank(
        seen=case.version,
        what_matters=plan.what_matters if plan else "",
        strengths="\n".join(plan.strengths) if plan else "",
    )
    return case_page(request, "plan_about.html", case, form, here="/plan")


@router.post("/referrals/{referral_id}/plan/about")
def keep_about(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Keep them."""
    return answered(
        request,
        kith,
        forms.read(request, About),
        lambda work, given: set_about(
            work,
            by=actor,
            referral_id=referral_id,
            seen_version=given.seen,
            what_matters=given.what_matters,
            strengths=given.strengths.splitlines(),
        ),
        again=lambda refused: case_page(
            request, "plan_about.html", look(kith, actor, referral_id), refused, here="/plan"
        ),
        to=f"/referrals/{referral_id}/plan",
        said="Saved.",
    )


@router.get("/referrals/{referral_id}/plan/agreed")
def ask_agreed(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """When and with whom the plan was agreed."""
    case, today = look(kith, actor, referral_id), kith.today()
    plan = case.plan
    form = forms.blank(
        seen=case.version,
        agreed_on=(plan and plan.agreed_on) or today,
        agreed_with=(plan and plan.agreed_with) or case.name,
        review_on=(plan and plan.review_on) or today + REVIEW_AFTER,
    )
    return case_page(request, "plan_agreed.html", case, form, here="/plan")


@router.post("/referrals/{referral_id}/plan/agreed")
def keep_agreed(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Write down that it was agreed."""
    return answered(
        request,
        kith,
        forms.read(request, Agreed),
        lambda work, given: agree_plan(
            work,
            by=actor,
            referral_id=referral_id,
            seen_version=given.seen,
            agreed_on=given.agreed_on,
            agreed_with=given.agreed_with,
            review_on=given.review_on,
            today=kith.today(),
        ),
        again=lambda refused: case_page(
            request, "plan_agreed.html", look(kith, actor, referral_id), refused, here="/plan"
        ),
        to=f"/referrals/{referral_id}/plan",
        said="The plan is agreed.",
    )


@router.post("/referrals/{referral_id}/plan/review")
def review(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Begin to look at the plan again."""
    return answered(
        request,
        kith,
        forms.read(request, Seen),
        lambda work, given: begin_review(
            work, by=actor, referral_id=referral_id, seen_version=given.seen
        ),
        again=lambda refused: plan_page(request, kith, actor, referral_id, refused),
        to=f"/referrals/{referral_id}/plan",
        said="The review has begun. Repeat the measures, and change the plan where it has changed.",
    )


def look(kith: Kith, actor: Actor, referral_id: str) -> Case:
    """The referral for a form of its plan; the look is written down."""
    with kith.store.work() as work:
        return look_at_case(
            work, by=actor, referral_id=referral_id, part="plan", today=kith.today()
        )


def plan_page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    form: Filled[Any] | Refused | None = None,
) -> Response:
    """The plan as a whole; `form` is a refused button of it."""
    with kith.store.work() as work:
        case = look_at_case(
            work, by=actor, referral_id=referral_id, part="plan", today=kith.today()
        )
        goals = goals_of(work.session, referral_id)
        risks = risks_asked(rows_of(work.session, Risk, Risk.risk_id, referral_id))
        writers = {each.raised_by for each in case.safeguarding}
        writers |= {each.escalated_by for each in case.safeguarding}
        names = names_for(work.session, (), writers) if writers else None
    return case_page(
        request, "plan.html", case, form, here="/plan", goals=goals, risks=risks, names=names
    )

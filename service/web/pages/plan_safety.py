"""Risks, and worries for somebody's safety: asked, written down, passed on, settled."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Request, Response
from pydantic import Field

from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.referrals.actions.safeguarding import (
    end_hold,
    end_risk,
    escalate_concern,
    raise_concern,
    record_risk,
    settle_concern,
)
from service.referrals.case_file import Case
from service.referrals.work_model import SafeguardingConcern
from service.web import forms
from service.web.case_frame import Refused, Seen, answered, case_page
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.pages.plan import look, plan_page
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)


class RiskGiven(FormModel):
    """The answer to the question about risks: there is no third one."""

    answer: Annotated[Literal["none", "risk"], Field(title="an answer")]
    risk: Annotated[str, Field(title="the risk", max_length=500)] = ""
    says: ClassVar[Mapping[str, str]] = {
        "answer": "Choose “No known risks” or “There is a risk”.",
    }


class Concern(FormModel):
    """What the worry is."""

    concern: Annotated[str, Field(title="the concern", max_length=5_000)]
    says: ClassVar[Mapping[str, str]] = {"concern:missing": "Write down what worries you."}


class Told(FormModel):
    """Who was told."""

    told: Annotated[str, Field(title="whom you told", max_length=200)]
    says: ClassVar[Mapping[str, str]] = {
        "told:missing": "Enter whom you told: a name, a role and where they work.",
    }


class Settled(FormModel):
    """How it came to an end."""

    how: Annotated[str, Field(title="how it was settled", max_length=5_000)]
    says: ClassVar[Mapping[str, str]] = {"how:missing": "Write down how it was settled."}


@router.get("/referrals/{referral_id}/plan/risks")
def ask_risk(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The question about risks."""
    case = look(kith, actor, referral_id)
    return case_page(request, "plan_risk.html", case, forms.blank(), here="/plan")


@router.post("/referrals/{referral_id}/plan/risks")
def keep_risk(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Keep the answer."""
    form = forms.read(request, RiskGiven)
    if form.value is not None and form.value.answer == "risk" and not form.value.risk:
        form = form.wrong("risk", "Describe the risk.")
    return answered(
        request,
        kith,
        form,
        lambda work, given: record_risk(
            work,
            by=actor,
            referral_id=referral_id,
            risk=given.risk if given.answer == "risk" else "",
            none_known=given.answer == "none",
            today=kith.today(),
        ),
        again=lambda refused: case_page(
            request, "plan_risk.html", look(kith, actor, referral_id), refused, here="/plan"
        ),
        to=f"/referrals/{referral_id}/plan",
        said="The answer is written down.",
    )


@router.post("/referrals/{referral_id}/plan/risks/{risk_id}/end")
def stop_risk(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, risk_id: int
) -> Response:
    """A risk no longer stands."""
    return answered(
        request,
        kith,
        forms.read(request, FormModel),
        lambda work, _: end_risk(
            work, by=actor, referral_id=referral_id, risk_id=risk_id, today=kith.today()
        ),
        again=lambda refused: plan_page(request, kith, actor, referral_id, refused),
        to=f"/referrals/{referral_id}/plan",
        said="The risk has ended. It stays in the record.",
    )


@router.get("/referrals/{referral_id}/plan/concerns/new")
def ask_concern(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """A worry for somebody's safety."""
    case = look(kith, actor, referral_id)
    return case_page(request, "plan_concern.html", case, forms.blank(), here="/plan")


@router.post("/referrals/{referral_id}/plan/concerns/new")
def keep_concern(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Write it down: everything is on hold from now."""
    return answered(
        request,
        kith,
        forms.read(request, Concern),
        lambda work, given: raise_concern(
            work, by=actor, referral_id=referral_id, concern=given.concern
        ),
        again=lambda refused: case_page(
            request, "plan_concern.html", look(kith, actor, referral_id), refused, here="/plan"
        ),
        to=f"/referrals/{referral_id}/plan",
        said="The concern is written down, and everything is on hold. Tell somebody now, and "
        "write down whom.",
    )


@router.get("/referrals/{referral_id}/plan/concerns/{concern_id}")
def ask_next(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, concern_id: int
) -> Response:
    """What comes next with a concern: whom was told, then how it was settled."""
    return _concern_page(request, look(kith, actor, referral_id), concern_id, forms.blank())


@router.post("/referrals/{referral_id}/plan/concerns/{concern_id}/told")
def escalate(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, concern_id: int
) -> Response:
    """Somebody was told."""
    return answered(
        request,
        kith,
        forms.read(request, Told),
        lambda work, given: escalate_concern(
            work, by=actor, referral_id=referral_id, concern_id=concern_id, told=given.told
        ),
        again=lambda refused: _concern_page(
            request, look(kith, actor, referral_id), concern_id, refused
        ),
        to=f"/referrals/{referral_id}/plan",
        said="It is written down who was told.",
    )


@router.post("/referrals/{referral_id}/plan/concerns/{concern_id}/settled")
def settle(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, concern_id: int
) -> Response:
    """It came to an end."""
    return answered(
        request,
        kith,
        forms.read(request, Settled),
        lambda work, given: settle_concern(
            work, by=actor, referral_id=referral_id, concern_id=concern_id, how=given.how
        ),
        again=lambda refused: _concern_page(
            request, look(kith, actor, referral_id), concern_id, refused
        ),
        to=f"/referrals/{referral_id}/plan",
        said="The concern is settled.",
    )


@router.post("/referrals/{referral_id}/plan/hold/end")
def go_on(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Go on where the hold interrupted."""
    return answered(
        request,
        kith,
        forms.read(request, Seen),
        lambda work, given: end_hold(
            work, by=actor, referral_id=referral_id, seen_version=given.seen
        ),
        again=lambda refused: plan_page(request, kith, actor, referral_id, refused),
        to=f"/referrals/{referral_id}/plan",
        said="The hold has ended. The work goes on.",
    )


def _concern_page(
    request: Request, case: Case, concern_id: int, form: Filled[Any] | Refused
) -> Response:
    return case_page(
        request,
        "plan_concern_next.html",
        case,
        form,
        here="/plan",
        concern=_one(case, concern_id),
    )


def _one(case: Case, concern_id: int) -> SafeguardingConcern:
    for each in case.safeguarding:
        if each.concern_id == concern_id:
            return each
    raise NotFound("There is no such concern in this referral.")

"""The end of a referral: what came of it, or why the person left."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.case_looks import look_at_case
from service.referrals.actions.outcomes import close, leave
from service.referrals.case_file import groups_still_asked
from service.referrals.ending import may_leave, what_blocks_closing
from service.referrals.reasons import LONGEST, REASONS, ReasonKind, reason_label
from service.store.work import UnitOfWork
from service.web import forms
from service.web.case_frame import Refused, attempt, case_page
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.navigation import mounted
from service.web.render import go_to
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)


class Ending(FormModel):
    """How it ends: with an outcome, or because the person left for a reason."""

    seen: int
    ending: Annotated[Literal["closed", "left"], Field(title="how it ends")]
    outcome: Annotated[str, Field(title="an outcome", max_length=40)] = ""
    reason: Annotated[str, Field(title="a reason", max_length=40)] = ""
    reason_text: Annotated[str, Field(title="your own words", max_length=LONGEST)] = ""
    says: ClassVar[Mapping[str, str]] = {"ending": "Choose how it ends."}


@router.get("/referrals/{referral_id}/closing")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """What stands in the way, what ends with it, and the form."""
    return _page(request, kith, actor, referral_id, forms.blank())


@router.post("/referrals/{referral_id}/closing")
def end(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """End it, and go on to the message back that was drafted."""
    form = forms.read(request, Ending)
    if form.value is not None and form.value.ending == "closed" and not form.value.outcome:
        form = form.wrong("outcome", "Choose what came of it.")
    elif form.value is not None and form.value.ending == "left" and not form.value.reason:
        form = form.wrong("reason", "Choose why they left.")
    drafted: list[int] = []

    def act(work: UnitOfWork, given: Ending) -> None:
        if given.ending == "closed":
            message = close(
                work,
                by=actor,
                referral_id=referral_id,
                seen_version=given.seen,
                outcome=given.outcome,
                text=given.reason_text,
                today=kith.today(),
            )
        else:
            message = leave(
                work,
                by=actor,
                referral_id=referral_id,
                seen_version=given.seen,
                reason=given.reason,
                text=given.reason_text,
                today=kith.today(),
            )
        drafted.append(message)

    refused = attempt(kith, form, act)
    if refused is not None:
        return _page(request, kith, actor, referral_id, refused)
    return go_to(
        request,
        f"/referrals/{referral_id}/letter/{drafted[0]}",
        said="It is closed. Here is the message to the practice: read it over, then send it.",
    )


def _page(
    request: Request, kith: Kith, actor: Actor, referral_id: str, form: Filled[Any] | Refused
) -> Response:
    with kith.store.work() as work:
        case = look_at_case(
            work, by=actor, referral_id=referral_id, part="closing", today=kith.today()
        )
        groups = groups_still_asked(work.session, referral_id)
    state = case.referral.state
    there = mounted(request.app)
    return case_page(
        request,
        "closing.html",
        case,
        form,
        here="/closing",
        blocks=what_blocks_closing(state, concerns_untold=case.concerns_untold),
        may_leave=may_leave(state, concerns_untold=case.concerns_untold),
        groups=groups,
        outcomes=tuple(REASONS[ReasonKind.CLOSING].items()),
        reasons=tuple(REASONS[ReasonKind.WITHDRAWAL].items()),
        ended_why=reason_label(case.referral.end_reason) if case.referral.end_reason else "",
        triage_there="/referrals/{referral_id}/triage" in there,
        may_refer=actor.may(Permission.REFER) and "/refer" in there,
    )

"""Writing down that a clinician has dealt with a danger sign."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.roles import Permission
from service.referrals.errors import BadClosing
from service.referrals.safety_actions import close_flag
from service.referrals.triage_page import TriagePage, see_for_triage
from service.web import forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.pages.triage import crumbs
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.TRIAGE)

CLOSED_FIRST = (
    "Somebody closed this sign before you sent yours. What they wrote is shown above, and it "
    "stands. Nothing you typed was saved; it is still below, should you want to copy it."
)


class Closing(FormModel):
    """Who has seen it, as what, and what they did."""

    name: Annotated[str, Field(title="the clinician’s name", max_length=120)]
    role: Annotated[str, Field(title="the clinician’s role", max_length=120)]
    outcome: Annotated[str, Field(title="what was done", max_length=2_000)]
    says: ClassVar[Mapping[str, str]] = {
        "name:missing": "Enter the name of the clinician who has seen this.",
        "role:missing": "Enter their role, such as GP or duty nurse.",
        "outcome:missing": "Enter what was done and why it is safe to go on.",
    }


@router.get("/referrals/{referral_id}/triage/danger/{flag}")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str, flag: str) -> Response:
    """The sign, and the form for what a clinician did about it."""
    with kith.store.work() as work:
        seen = see_for_triage(work, by=actor, referral_id=referral_id)
    return _page(request, seen, flag, forms.blank())


@router.post("/referrals/{referral_id}/triage/danger/{flag}")
def close(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, flag: str
) -> Response:
    """Write it down. The last sign that is closed lets the referral go on."""
    form, closed = forms.read(request, Closing), False
    if form.value is not None:
        try:
            with kith.store.work() as work:
                closed = close_flag(
                    work,
                    by=actor,
                    referral_id=referral_id,
                    flag=flag,
                    name=form.value.name,
                    role=form.value.role,
                    outcome=form.value.outcome,
                )
        except BadClosing as refusal:
            form = form.refused(refusal)
        else:
            form = form if closed else form.wrong("", CLOSED_FIRST)
    if closed:
        said = "Written down. Check whether another danger sign is open before you go on."
        return go_to(request, f"/referrals/{referral_id}/triage", said=said)
    with kith.store.work() as work:
        seen = see_for_triage(work, by=actor, referral_id=referral_id)
    return _page(request, seen, flag, form, 409 if form.error("") == CLOSED_FIRST else 422)


def _page(
    request: Request, seen: TriagePage, flag: str, form: Filled[Closing], status: int = 200
) -> Response:
    return page(
        request,
        "triage_danger.html",
        status=status,
        seen=seen,
        sign=seen.sign(flag),
        form=form,
        crumbs=crumbs(seen, inside=True),
    )

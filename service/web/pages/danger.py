"""A danger sign as triage sees it: closed by a named clinician, and by nobody and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.triage_page import see_for_triage
from service.web import forms
from service.web.closing_signs import CLOSED_FIRST, WRITTEN, Closing, close_sign
from service.web.forms import Filled
from service.web.guard import ActorDep, KithDep
from service.web.pages.triage import crumbs
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.TRIAGE)


@router.get("/referrals/{referral_id}/triage/danger/{flag}")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str, flag: str) -> Response:
    """The sign, and the form for what a clinician did about it."""
    return _page(request, kith, actor, referral_id, flag, forms.blank(), 200)


@router.post("/referrals/{referral_id}/triage/danger/{flag}")
def close(
    request: Request, kith: KithDep, actor: ActorDep, referral_id: str, flag: str
) -> Response:
    """Write it down. The last sign that is closed lets the referral go on."""
    form = close_sign(kith, actor, forms.read(request, Closing), referral_id, flag)
    if form.value is not None:
        return go_to(request, f"/referrals/{referral_id}/triage", said=WRITTEN)
    status = 409 if form.error("") == CLOSED_FIRST else 422
    return _page(request, kith, actor, referral_id, flag, form, status)


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    flag: str,
    form: Filled[Any],
    status: int,
) -> Response:
    with kith.store.work() as work:
        seen = see_for_triage(work, by=actor, referral_id=referral_id)
    return page(
        request,
        "danger.html",
        status=status,
        name=seen.name,
        sign=seen.sign(flag),
        form=form,
        to=f"/referrals/{referral_id}/triage/danger/{flag}",
        crumbs=crumbs(seen, inside=True),
    )

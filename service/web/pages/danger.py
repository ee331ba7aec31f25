"""A danger sign as triage sees it: closed by a named clinician, and by nobody and nothing else."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.triage_page import see_for_triage
from service.web import forms
from service.web.closing_signs import sign_closed
from service.web.forms import Filled
from service.web.guard import ActorDep, KithDep
from service.web.pages.triage import crumbs
from service.web.render import page
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
    return sign_closed(
        request,
        kith,
        actor,
        referral_id,
        flag,
        again=lambda form, status: _page(request, kith, actor, referral_id, flag, form, status),
        to=f"/referrals/{referral_id}/triage",
    )


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

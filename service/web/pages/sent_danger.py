"""A danger sign of somebody my practice sent: closed by a named clinician, with what was done."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.actions.case_looks import look_at_sent
from service.web import forms
from service.web.closing_signs import sign_closed
from service.web.forms import Filled
from service.web.guard import ActorDep, KithDep
from service.web.render import page
from service.web.routing import pages

router = pages(Permission.CLOSE_FLAG)


@router.get("/refer/{referral_id}/danger/{flag}")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str, flag: str) -> Response:
    """The sign, what to do now, and the form for what a clinician did about it."""
    return _page(request, kith, actor, referral_id, flag, forms.blank(), 200)


@router.post("/refer/{referral_id}/danger/{flag}")
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
        to=f"/refer/{referral_id}",
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
        found = look_at_sent(work, by=actor, referral_id=referral_id, today=kith.today())
    view = found.view
    sign = next((each for each in view.flags if each.flag == flag), None)
    if sign is None:
        raise NotFound("There is no such danger sign, or it is not yours to see.")
    start = f"/refer/{referral_id}"
    return page(
        request,
        "danger.html",
        status=status,
        name=f"{view.given_name} {view.family_name}".strip() or "Name not given",
        sign=sign,
        form=form,
        to=f"{start}/danger/{flag}",
        crumbs=(("Referrals sent", "/sent"), ("The referral", start)),
    )

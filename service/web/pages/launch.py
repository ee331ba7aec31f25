"""Coming from another system by a link that works once: to the form or to a referral."""

from __future__ import annotations

import uuid

from fastapi import Request, Response

from service.identity.roles import Permission
from service.referrals.actions.launching import leads_to_referral, open_launch
from service.web import forms
from service.web.guard import ActorDep, KithDep
from service.web.pages.refer import show_form
from service.web.render import go_to, page
from service.web.routing import pages

router = pages()


@router.get("/launch/{secret}")
def arrive(request: Request, kith: KithDep, actor: ActorDep, secret: str) -> Response:
    """One button. Whatever only looks at an address, a scanner or a preview, uses nothing up."""
    with kith.store.read() as session:
        to_referral = leads_to_referral(session, by=actor, secret=secret)
    return page(request, "launch.html", to_referral=to_referral, to=f"/launch/{secret}")


@router.post("/launch/{secret}")
def launch(request: Request, kith: KithDep, actor: ActorDep, secret: str) -> Response:
    """Use the link up. Whoever comes is signed in already; the link lets nobody in."""
    with kith.store.work() as work:
        found = open_launch(work, by=actor, secret=secret)
    if found.referral_id is not None:
        works_it = actor.may(Permission.WORK_REFERRALS, at=found.practice)
        return go_to(request, f"/{'referrals' if works_it else 'refer'}/{found.referral_id}")
    form = forms.blank(
        form_id=uuid.uuid4(),
        practice=found.practice,
        who=found.filled.who,
        postcode=found.filled.postcode,
        note=found.filled.note,
    )
    return show_form(request, kith, actor, form, is_launched=True)

"""Opening a record in an emergency, and the lead's list of what was opened."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.break_glass import openings, review_break_glass
from service.identity.errors import BadReason, NotFound
from service.identity.roles import Permission
from service.referrals.records import open_record
from service.web import forms
from service.web.forms import FormModel
from service.web.guard import ActorDep, KithDep
from service.web.navigation import mounted
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.READ_AUDIT, Permission.BREAK_GLASS)


class Opening(FormModel):
    """Which record, and why."""

    referral: Annotated[str, Field(title="the referral number", max_length=36)]
    reason: Annotated[str, Field(title="the reason", max_length=500)]
    says: ClassVar[Mapping[str, str]] = {"reason:missing": "Say why you must see this record."}


@router.get("/break-glass")
def show(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """The form for whoever may open a record, the list for whoever looks after it."""
    return _page(request, kith, actor, forms.blank(), 200)


@router.post("/break-glass")
def open_it(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """Open one record for an hour."""
    actor.require(Permission.BREAK_GLASS)
    form = forms.read(request, Opening)
    if form.value is None:
        return _page(request, kith, actor, form, 422)
    try:
        with kith.store.work() as work:
            opened = open_record(
                work, by=actor, referral_id=form.value.referral, reason=form.value.reason
            )
    except (BadReason, NotFound) as error:
        return _page(request, kith, actor, form.refused(error), 422)
    said = "The record is open to you for one hour. The team lead has been told."
    there = "/referrals/{referral_id}" in mounted(request.app)
    return go_to(
        request, f"/referrals/{opened.referral_key}" if there else "/break-glass", said=said
    )


@router.post("/break-glass/{glass_id}/review")
def review(request: Request, kith: KithDep, actor: ActorDep, glass_id: int) -> Response:
    """The lead has looked at it."""
    with kith.store.work() as work:
        review_break_glass(work, by=actor, glass_id=glass_id)
    return go_to(request, "/break-glass", said="Marked as looked at.")


def _page(
    request: Request, kith: KithDep, actor: ActorDep, form: forms.Filled[Opening], status: int
) -> Response:
    with kith.store.read() as session:
        listed = openings(session, actor)
    return page(
        request,
        "break_glass.html",
        status=status,
        form=form,
        listed=listed,
        may_open=actor.may(Permission.BREAK_GLASS),
        may_review=actor.may(Permission.READ_AUDIT),
    )

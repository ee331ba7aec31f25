"""Records that may be the same person, side by side: joined with care, and taken apart again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.colleagues import names_for
from service.identity.roles import Permission
from service.parts import Kith
from service.people.errors import BadJoin
from service.referrals.actions.people import join_people, undo_join
from service.referrals.same_person import same_person
from service.web import forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.navigation import mounted
from service.web.pages.triage import INBOX
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

FACTS = {
    "nhs_number": "NHS number",
    "name": "Name",
    "birth_date": "Born",
    "postcode": "Postcode",
}


class Join(FormModel):
    """Which record is the other one, which of the two goes on, and how one knows."""

    other: Annotated[str, Field(max_length=36)]
    keep: Annotated[str, Field(title="which record goes on", max_length=36)]
    reason: Annotated[str, Field(title="how you know", max_length=500)]
    says: ClassVar[Mapping[str, str]] = {
        "keep:missing": "Choose which record goes on.",
        "reason:missing": "Say how you know that these are one person.",
    }


class Undo(FormModel):
    """Which joining, and why it was wrong."""

    other: Annotated[str, Field(max_length=36)]
    join: int
    reason: Annotated[str, Field(title="why", max_length=500)]
    says: ClassVar[Mapping[str, str]] = {"reason:missing": "Say why these are two people."}


@router.get("/referrals/{referral_id}/people")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """The person beside the likely others."""
    return _page(request, kith, actor, referral_id, forms.blank())


@router.post("/referrals/{referral_id}/people/join")
def join(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """Two records are one person from now on."""
    form = forms.read(request, Join)
    if form.value is None:
        return _page(request, kith, actor, referral_id, form, status=422)
    with kith.store.work() as work:
        own = same_person(work, by=actor, referral_id=referral_id).own.person_id
    given = form.value
    drop = given.other if given.keep == own else own
    try:
        with kith.store.work() as work:
            join_people(work, by=actor, keep=given.keep, drop=drop, reason=given.reason)
    except BadJoin as refusal:
        return _page(request, kith, actor, referral_id, form.refused(refusal), status=422)
    return go_to(
        request,
        f"/referrals/{referral_id}/people",
        said="Joined. Nothing was deleted: you can take them apart again here.",
    )


@router.post("/referrals/{referral_id}/people/undo")
def undo(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> Response:
    """They are two people after all."""
    form = forms.read(request, Undo)
    if form.value is None:
        return _page(request, kith, actor, referral_id, form, status=422)
    try:
        with kith.store.work() as work:
            undo_join(work, by=actor, join_id=form.value.join, reason=form.value.reason)
    except BadJoin as refusal:
        return _page(request, kith, actor, referral_id, form.refused(refusal), status=422)
    return go_to(
        request,
        f"/referrals/{referral_id}/people",
        said="Taken apart. Each record has its own facts again; an objection stays on both.",
    )


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    referral_id: str,
    form: Filled[Any],
    *,
    status: int = 200,
) -> Response:
    with kith.store.work() as work:
        seen = same_person(work, by=actor, referral_id=referral_id)
        names = names_for(work.session, (), {each.joined_by for each in seen.joinings})
    return page(
        request,
        "same_person.html",
        status=status,
        seen=seen,
        names=names,
        form=form,
        facts=FACTS,
        has_referral="/referrals/{referral_id}" in mounted(request.app),
        crumbs=(INBOX, ("Triage", f"/referrals/{referral_id}/triage")),
    )

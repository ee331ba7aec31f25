"""Saying that something in the register is wrong: for anybody, with an account or without."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity import rates
from service.identity.actors import Actor
from service.identity.errors import SignedOut, TooMany
from service.parts import Kith
from service.register.actions.corrections import Proposal, propose, withdraw
from service.register.asset_page import asset_page
from service.register.correction_model import (
    LONGEST_KNOWN,
    LONGEST_PROPOSED,
    CorrectedField,
)
from service.register.errors import BadCorrection
from service.web import asset_words, forms
from service.web.forms import Filled, FormModel
from service.web.guard import AnybodyDep, KithDep, count_actor, count_address
from service.web.render import go_to, page
from service.web.routing import pages

# Counted here and not before the page, so that whoever was too quick loses nothing they typed.
router = pages(public=True, counted=False)


class Said(FormModel):
    """Which fact, what is right, how they know."""

    field: Annotated[CorrectedField, Field(title="what is wrong")]
    proposed: Annotated[str, Field(title="what is right", max_length=LONGEST_PROPOSED)] = ""
    how_known: Annotated[str, Field(title="how you know", max_length=LONGEST_KNOWN)]
    says: ClassVar[Mapping[str, str]] = {
        "field": "Choose what is wrong.",
        "how_known:missing": "Say how you know, such as: I asked at the door last week.",
    }


class Back(FormModel):
    """Which correction is taken back."""

    correction: Annotated[int, Field(ge=1, lt=2**31)]
    seen: Annotated[int, Field(ge=0, lt=2**31)]


@router.get("/register/{asset_id:int}/correct")
def ask(request: Request, kith: KithDep, asset_id: int) -> Response:
    """The form."""
    return _page(request, kith, asset_id, forms.blank())


@router.post("/register/{asset_id:int}/correct")
def take(request: Request, kith: KithDep, actor: AnybodyDep, asset_id: int) -> Response:
    """Keep what was said for the steward."""
    form = forms.read(request, Said)
    if form.value is None:
        return _page(request, kith, asset_id, form, 422)
    said = Proposal(form.value.field, form.value.proposed, form.value.how_known)
    try:
        _count(request, kith, actor)
        with kith.store.work() as work:
            propose(work, by=actor, asset_id=asset_id, proposal=said)
    except TooMany as error:
        response = _page(request, kith, asset_id, form.wrong("", error.message), 429)
        response.headers["Retry-After"] = str(error.fields.get("retry_after_s", 60))
        return response
    except BadCorrection as refusal:
        return _page(request, kith, asset_id, form.refused(refusal), 422)
    with kith.store.read() as session:
        found = asset_page(session, asset_id)
    return page(
        request, "correct_sent.html", crumbs=_crumbs(found.asset.name, asset_id), found=found
    )


@router.post("/register/{asset_id:int}/withdraw")
def take_back(request: Request, kith: KithDep, actor: AnybodyDep, asset_id: int) -> Response:
    """Take one's own back while it waits."""
    if not actor.is_staff:
        raise SignedOut("Sign in to take back what you proposed.")
    form = forms.read(request, Back)
    if form.value is None:
        raise BadCorrection("Go back, reload the page, and take it back there.")
    given = form.value
    with kith.store.work() as work:
        withdraw(work, by=actor, correction_id=given.correction, seen_version=given.seen)
    return go_to(request, f"/register/{asset_id}", said="Your correction has been taken back.")


def _count(request: Request, kith: Kith, actor: Actor) -> None:
    if actor.is_staff:
        count_actor(kith, actor)
    else:
        count_address(request, rates.PUBLIC_FORM)


def _crumbs(name: str, asset_id: int) -> tuple[tuple[str, str], ...]:
    return (("Register", "/register"), (name, f"/register/{asset_id}"))


def _page(
    request: Request, kith: Kith, asset_id: int, form: Filled[Any], status: int = 200
) -> Response:
    with kith.store.read() as session:
        found = asset_page(session, asset_id)
    return page(
        request,
        "correct.html",
        status=status,
        form=form,
        crumbs=_crumbs(found.asset.name, asset_id),
        found=found,
        fields=[
            (field.value, words, _now(asset_words.field_now(found.asset, field), field))
            for field, words in asset_words.FIELDS.items()
        ],
    )


def _now(said: str, field: CorrectedField) -> str:
    if field in {CorrectedField.CLOSED, CorrectedField.OTHER}:
        return ""
    return f"Now: {said if len(said) <= 160 else said[:159] + '…'}"

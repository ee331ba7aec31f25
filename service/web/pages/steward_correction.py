"""One correction: what the register says now beside what is proposed, and what becomes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from geo.errors import DomainError
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.register.actions import LONGEST_TEXT, BadChange
from service.register.actions.corrections import Seen, accept, refuse
from service.register.correction_model import (
    LONGEST_KNOWN,
    LONGEST_PROPOSED,
    CorrectedField,
    CorrectionState,
)
from service.register.correction_queries import correction, waiting_for
from service.register.errors import BadCorrection
from service.register.facts_in_words import DIRECT
from service.store.errors import EditConflict
from service.web import asset_words, forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.pages.steward import WAYS
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.REVIEW_CORRECTIONS)

STATES = {
    CorrectionState.PROPOSED: "It waits.",
    CorrectionState.ACCEPTED: "It was accepted.",
    CorrectionState.REFUSED: "It was refused.",
    CorrectionState.WITHDRAWN: "Whoever proposed it took it back.",
}


class Accepting(FormModel):
    """What the register is to say, how it was confirmed, and what was seen before."""

    seen: Annotated[int, Field(title="the version", ge=0, lt=2**31)]
    asset_at: Annotated[datetime, Field(title="the version of the group")]
    value: Annotated[str, Field(title="what it is to say", max_length=LONGEST_PROPOSED)] = ""
    confirmed: Annotated[str, Field(title="how it was confirmed", max_length=LONGEST_TEXT)]
    says: ClassVar[Mapping[str, str]] = {
        "confirmed:missing": "Choose how it was confirmed.",
        "asset_at": "Go back, open the correction again, and decide there.",
    }


class Refusing(FormModel):
    """Why it is not taken."""

    seen: Annotated[int, Field(title="the version", ge=0, lt=2**31)]
    reason: Annotated[str, Field(title="the reason", max_length=LONGEST_KNOWN)]
    says: ClassVar[Mapping[str, str]] = {"reason:missing": "Give the reason."}


@router.get("/steward/corrections/{correction_id:int}")
def show(request: Request, kith: KithDep, actor: ActorDep, correction_id: int) -> Response:
    """Both sides, and the two forms."""
    return _page(request, kith, actor, correction_id)


@router.post("/steward/corrections/{correction_id:int}/accept")
def take(request: Request, kith: KithDep, actor: ActorDep, correction_id: int) -> Response:
    """Put it into the register, as the steward worded it."""
    form = forms.read(request, Accepting)
    if form.value is None:
        return _page(request, kith, actor, correction_id, form=form, status=422)
    given = form.value
    try:
        with kith.store.work() as work:
            accept(
                work,
                by=actor,
                correction_id=correction_id,
                seen=Seen(given.seen, given.asset_at),
                value=given.value,
                confirmed_by=given.confirmed,
                today=kith.today(),
            )
    except (BadCorrection, BadChange, EditConflict) as refusal:
        return _again(request, kith, actor, correction_id, form, refusal)
    return go_to(request, "/steward", said="The register was changed, and says it was checked.")


@router.post("/steward/corrections/{correction_id:int}/refuse")
def leave(request: Request, kith: KithDep, actor: ActorDep, correction_id: int) -> Response:
    """Leave the register as it is."""
    form = forms.read(request, Refusing)
    if form.value is None:
        return _page(request, kith, actor, correction_id, form=form, status=422)
    try:
        with kith.store.work() as work:
            refuse(
                work,
                by=actor,
                correction_id=correction_id,
                seen_version=form.value.seen,
                reason=form.value.reason,
            )
    except (BadCorrection, EditConflict) as refusal:
        return _again(request, kith, actor, correction_id, form, refusal)
    return go_to(request, "/steward", said="The register stays as it is. The reason is kept.")


def _again(
    request: Request,
    kith: Kith,
    actor: Actor,
    correction_id: int,
    form: Filled[Any],
    refusal: DomainError,
) -> Response:
    status = 409 if isinstance(refusal, EditConflict) else 422
    if isinstance(refusal, BadChange):
        form = form.wrong("confirmed", refusal.message)
    else:
        form = form.refused(refusal)
    return _page(request, kith, actor, correction_id, form=form, status=status)


def _page(
    request: Request,
    kith: Kith,
    actor: Actor,
    correction_id: int,
    *,
    form: Filled[Any] | None = None,
    status: int = 200,
) -> Response:
    with kith.store.read() as session:
        found = correction(session, by=actor, correction_id=correction_id)
        others = waiting_for(session, by=actor, asset_id=found.asset_id)
    asset = found.record.snapshot if found.record else None
    usual = forms.blank(value=found.proposed, confirmed="", reason="").answers
    # What is shown decides which versions are sent: after a conflict, those of now.
    answers = {**usual, **(form.answers if form else {})}
    shown: Filled[Any] = Filled(None, answers, form.errors if form else {})
    return page(
        request,
        "steward_correction.html",
        status=status,
        crumbs=(("Keep the register", "/steward"),),
        form=shown,
        found=found,
        asset=asset,
        now=asset_words.field_now(asset, found.field) if asset else "",
        others=[each for each in others if each.correction_id != correction_id],
        is_direct=found.field in DIRECT,
        closes=found.field is CorrectedField.CLOSED,
        waits=found.state is CorrectionState.PROPOSED
        and found.record is not None
        and not found.record.is_retired,
        ways=[(each, each[:1].upper() + each[1:]) for each in WAYS],
        state=STATES[found.state],
        may_edit=actor.may(Permission.EDIT_REGISTER),
        says=asset_words,
    )

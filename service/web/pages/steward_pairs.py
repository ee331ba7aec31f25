"""Groups that may be in the register twice: side by side, made one or told apart."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from geo.errors import DomainError
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.parts import Kith
from service.referrals.offer_counts import open_offers_of
from service.register.actions import BadChange
from service.register.actions.pairs import merge, tell_apart
from service.register.errors import UnknownAsset
from service.register.pair_queries import likely_pairs
from service.store.errors import EditConflict
from service.web import asset_words, forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.EDIT_REGISTER)


class Choice(StrEnum):
    """What the steward says of two."""

    FIRST = "first"
    SECOND = "second"
    APART = "apart"


class Deciding(FormModel):
    """Two groups, and what is said of them."""

    first: Annotated[int, Field(ge=1, lt=2**31)]
    second: Annotated[int, Field(ge=1, lt=2**31)]
    decision: Annotated[Choice, Field(title="what they are")]
    says: ClassVar[Mapping[str, str]] = {
        "first": "Choose two groups of the list.",
        "second": "Choose two groups of the list.",
        "decision": "Choose which one goes on, or that they are not the same.",
    }


@router.get("/steward/duplicates")
def show(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """The pairs that nobody has decided about."""
    return _page(request, kith, actor, forms.blank())


@router.post("/steward/duplicates")
def decide(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """One of them goes on, or both do."""
    form = forms.read(request, Deciding)
    if form.value is None:
        return _page(request, kith, actor, form, 422)
    given = form.value
    try:
        with kith.store.work() as work:
            if given.decision is Choice.APART:
                tell_apart(work, by=actor, first_id=given.first, second_id=given.second)
            else:
                both = (given.first, given.second)
                keep, drop = both if given.decision is Choice.FIRST else both[::-1]
                merge(work, by=actor, keep_id=keep, drop_id=drop)
    except (BadChange, UnknownAsset, EditConflict) as refusal:
        return _page(request, kith, actor, form.wrong("", refusal.message), _status(refusal))
    said = (
        "It is remembered that these are two groups."
        if given.decision is Choice.APART
        else "The two are one now."
    )
    return go_to(request, "/steward/duplicates", said=said)


def _status(refusal: DomainError) -> int:
    return 422 if isinstance(refusal, BadChange) else 409


def _page(
    request: Request, kith: Kith, actor: Actor, form: Filled[Any], status: int = 200
) -> Response:
    with kith.store.read() as session:
        pairs, total = likely_pairs(session, by=actor)
        ids = {n for each in pairs for n in (each.alike.first_id, each.alike.second_id)}
        offers = open_offers_of(session, by=actor, asset_ids=ids)
    return page(
        request,
        "steward_pairs.html",
        status=status,
        crumbs=(("Keep the register", "/steward"),),
        form=form,
        pairs=pairs,
        total=total,
        offers=offers,
        today=kith.today(),
        says=asset_words,
    )

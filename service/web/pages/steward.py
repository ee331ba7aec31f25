"""The steward's work: corrections that wait, and facts that nobody has checked for long."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, ClassVar

from fastapi import Request, Response
from pydantic import Field

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.parts import Kith
from service.register.actions import LONGEST_TEXT, BadChange, assure
from service.register.correction_queries import MOST_SHOWN, queue, stale
from service.web import asset_words, forms
from service.web.forms import Filled, FormModel
from service.web.guard import ActorDep, KithDep
from service.web.render import go_to, page
from service.web.routing import pages

router = pages(Permission.REVIEW_CORRECTIONS)

OLD_DAYS = (90, 180, 365)
USUAL_DAYS = 180
"""Trust in a fact halves every 180 days, so from then on it is worth asking again."""

WAYS = (
    "telephone call by the register steward",
    "visit by the register steward",
    "message from the group itself",
    "the group’s own website or leaflet",
    "somebody who goes there",
)
"""How facts are checked: roles and ways, as they stand in the register. None is chosen before."""


class Checked(FormModel):
    """Which group was checked, and how."""

    asset: Annotated[int, Field(title="the group", ge=1, lt=2**31)]
    how: Annotated[str, Field(title="how you checked", max_length=LONGEST_TEXT)]
    says: ClassVar[Mapping[str, str]] = {
        "how:missing": "Choose how you checked.",
    }


@router.get("/steward")
def show(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """What waits, and what is old."""
    return _page(request, kith, actor, forms.blank(how=_way(request.query_params.get("how"))))


@router.post("/steward/checked")
def checked(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """The facts of one group were checked today."""
    if not actor.may(Permission.EDIT_REGISTER):
        raise NotFound("There is nothing at this address for your role.")
    form = forms.read(request, Checked)
    if form.value is None:
        return _page(request, kith, actor, form, 422)
    try:
        with kith.store.work() as work:
            assure(
                work,
                by=actor,
                asset_id=form.value.asset,
                on=kith.today(),
                by_role=form.value.how,
                today=kith.today(),
            )
    except BadChange as refusal:
        return _page(request, kith, actor, form.wrong("how", refusal.message), 422)
    # The way is kept for the next: somebody who telephones, telephones many.
    way = f"?how={WAYS.index(form.value.how)}" if form.value.how in WAYS else ""
    return go_to(request, f"/steward{way}#old", said="It is written down as checked today.")


def _page(
    request: Request, kith: Kith, actor: Actor, form: Filled[Any], status: int = 200
) -> Response:
    asked = request.query_params
    days = next((each for each in OLD_DAYS if str(each) == asked.get("days")), USUAL_DAYS)
    first, old_first = _number(asked.get("from")), _number(asked.get("old"))
    before = kith.today() - timedelta(days=days)
    with kith.store.read() as session:
        waiting = queue(session, by=actor, offset=first)
        may_edit = actor.may(Permission.EDIT_REGISTER)
        old, old_total = (
            stale(session, by=actor, before=before, offset=old_first) if may_edit else ([], 0)
        )
    return page(
        request,
        "steward.html",
        status=status,
        form=form,
        waiting=waiting,
        first=first,
        old=old,
        old_total=old_total,
        old_first=old_first,
        days=days,
        choices=OLD_DAYS,
        ways=[(each, each[:1].upper() + each[1:]) for each in WAYS],
        most=MOST_SHOWN,
        may_edit=may_edit,
        today=kith.today(),
        says=asset_words,
    )


def _way(text: str | None) -> str:
    return next((each for at, each in enumerate(WAYS) if str(at) == text), "")


def _number(text: str | None) -> int:
    good = text is not None and text.isascii() and text.isdecimal() and len(text) < 7
    return int(text or 0) // MOST_SHOWN * MOST_SHOWN if good else 0

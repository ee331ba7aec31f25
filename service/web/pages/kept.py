"""A form that came after its sender had been signed out: shown again, to be sent or dropped."""

from __future__ import annotations

from fastapi import Request, Response

from service.identity import kept_forms
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.kept_forms import Typed
from service.web.guard import ActorDep, KithDep
from service.web.render import go_to, page
from service.web.routing import pages
from service.web.visit import visit_of

router = pages()


@router.get("/kept/{kept_id}")
def show(request: Request, kith: KithDep, actor: ActorDep, kept_id: str) -> Response:
    """What was typed, with one button to send it now."""
    typed = _typed(request, kith, actor, kept_id)
    return page(request, "kept.html", typed=typed, kept_id=kept_id)


@router.post("/kept/{kept_id}/drop")
def drop(request: Request, kith: KithDep, actor: ActorDep, kept_id: str) -> Response:
    """It is not wanted any more."""
    with kith.store.work() as work:
        kept_forms.discard(work, staff_id=actor.staff_id or 0, kept_id=kept_id)
    return go_to(request, "/start", said="What you had typed has been thrown away.")


def _typed(request: Request, kith: KithDep, actor: Actor, kept_id: str) -> Typed:
    with kith.store.read() as session:
        found = kept_forms.kept(
            session,
            staff_id=actor.staff_id or 0,
            secret=visit_of(request).held(),
            kept_id=kept_id,
        )
    if found is None:
        raise NotFound(
            "What was typed is not here any more: it is kept for an hour, for the same person in "
            "the same browser."
        )
    return found

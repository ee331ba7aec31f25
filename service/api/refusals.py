"""What a machine was refused goes to the audit, whichever door told it."""

from __future__ import annotations

from fastapi import Request

from geo.errors import DomainError
from service.api.fhir.errors import OutOfScope
from service.identity import refusals
from service.identity.actors import Actor
from service.identity.errors import BadToken, NotAllowed
from service.parts import Kith


def write_down(request: Request, error: DomainError) -> None:
    """Keep that a token was not accepted, or that its holder tried what they may not.

    It names the address's template, and nothing of the token or of what was sent. Other errors are
    no attempts, and are passed over.

    Raises
    ------
    StoreError
        If it cannot be written; then that is what the caller is told.
    """
    if not isinstance(error, (NotAllowed, BadToken, OutOfScope)):
        return
    kith: Kith = request.app.state.kith
    actor: Actor | None = getattr(request.state, "actor", None)
    route = getattr(request.scope.get("route"), "path", "")
    whose = actor.actor_id if actor else request.client.host if request.client else ""
    with kith.store.work() as work:
        if actor is None:
            refusals.token_failed(work, route=route, whose=whose)
            return
        permission = str(error.fields.get("permission", ""))
        refusals.refused(
            work, by=actor, route=route, slug=error.slug, whose=whose, permission=permission
        )

"""A refused attempt on a page goes to the audit, also when the page itself tells of it."""

from __future__ import annotations

from fastapi import Request

from geo.errors import DomainError
from service.identity import refusals
from service.identity.actors import visitor
from service.identity.errors import BadForm, NotAllowed
from service.web.visit import kith_of, visit_of


def write_down(request: Request, error: DomainError) -> None:
    """Keep that somebody tried what they may not; it names the address's template, nothing of it.

    Other errors are no attempts, and are passed over.
    """
    if not isinstance(error, (NotAllowed, BadForm)):
        return
    actor = visit_of(request).actor
    with kith_of(request).store.work() as work:
        refusals.refused(
            work,
            by=actor or visitor(),
            route=getattr(request.scope.get("route"), "path", ""),
            slug=error.slug,
            whose=actor.actor_id if actor else address_of(request),
            permission=str(error.fields.get("permission", "")),
        )


def address_of(request: Request) -> str:
    """Where a request comes from, for counting."""
    return request.client.host if request.client else ""

"""Where everybody begins after signing in, and what they may do."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from service.identity.codes import OdsCode
from service.identity.places import names_of
from service.identity.roles import Permission
from service.web.guard import ActorDep, KithDep
from service.web.navigation import places_for
from service.web.render import page
from service.web.routing import pages

router = pages()


@router.get("/start")
def start(request: Request, actor: ActorDep) -> HTMLResponse:
    """The work of each role, one step away."""
    return page(request, "start.html", ways=places_for(request.app, actor))


@router.get("/me")
def me(request: Request, kith: KithDep, actor: ActorDep) -> HTMLResponse:
    """My roles and places, and what they let me do, in plain words."""
    with kith.store.read() as session:
        everywhere = frozenset[OdsCode]().union(*(grant.practices for grant in actor.grants()))
        names = names_of(session, everywhere)
    roles = [
        (grant.role, sorted(names.get(code, str(code)) for code in grant.practices))
        for grant in actor.grants()
    ]
    may = [each.words for each in Permission if actor.may(each)]
    return page(request, "me.html", roles=roles, may=may)

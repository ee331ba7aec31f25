"""One group of the register: what anybody may know of it, and how sure that is."""

from __future__ import annotations

from urllib.parse import urlencode

from fastapi import Request, Response

from service.identity.roles import Permission
from service.register.asset_page import asset_page
from service.register.correction_queries import waiting_for
from service.web import asset_words
from service.web.guard import AnybodyDep, KithDep
from service.web.render import page
from service.web.routing import pages

router = pages(public=True)


@router.get("/register/{asset_id:int}")
def show(request: Request, kith: KithDep, actor: AnybodyDep, asset_id: int) -> Response:
    """The page. Whoever is signed in sees what others propose for it, too."""
    steward = actor.may(Permission.EDIT_REGISTER)
    with kith.store.read() as session:
        found = asset_page(session, asset_id, retired=steward)
        waiting = waiting_for(session, by=actor, asset_id=asset_id) if actor.is_staff else ()
    placed = [
        ("at", f"{asset_id}.{place.venue_id}")
        for place in found.asset.places
        if place.point is not None
    ][:1]
    return page(
        request,
        "register_asset.html",
        crumbs=(("Register", "/register"),),
        found=found,
        asset=found.asset,
        waiting=waiting,
        me=actor.actor_id,
        may_edit=steward,
        may_decide=actor.may(Permission.REVIEW_CORRECTIONS),
        map_path=f"/register/map?{urlencode(placed)}" if placed else "",
        today=kith.today(),
        says=asset_words,
    )

"""The map beside a search of the register, and beside one group."""

from __future__ import annotations

import re
from dataclasses import replace

from fastapi import Request
from fastapi.responses import HTMLResponse

from geo.maps import Centre, Link
from service.identity.errors import NotFound
from service.insights.queries import active_practices
from service.insights.register_sheet import register_sheet
from service.register.snapshots import snapshots
from service.web.guard import KithDep
from service.web.maps import map_answer, tiles_of
from service.web.register_filters import PAGE, understand
from service.web.register_places import around
from service.web.routing import pages

router = pages(public=True)

_AT = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?")


@router.get("/register/map")
def show(request: Request, kith: KithDep) -> HTMLResponse:
    """The groups named as `at=asset.venue`, in a frame or on a page of its own."""
    venues: dict[int, int] = {}
    for each in request.query_params.getlist("at")[:PAGE]:
        found = _AT.fullmatch(each)
        if found:
            venues[int(found[1])] = int(found[2] or 0)
    near = understand(request.query_params).near
    whole = request.query_params.get("whole") == "yes"
    with kith.store.read() as session:
        known = active_practices(session) if near.startswith("practice-") else ()
        place = around(near, session, kith.gazetteer, known)
        read = snapshots(session, list(venues))
    centre = None
    if place is not None:
        centre = Centre(place.said[:1].upper() + place.said[1:], place.point, place.kind)
    sheet = register_sheet(
        assets=[read[each] for each in venues if each in read],
        venues=venues,
        centre=centre,
        title="Groups of the register" if len(venues) != 1 else "Where this group meets",
        today=kith.today(),
        tiles=tiles_of(kith),
        linked=whole,
    )
    if sheet is None:
        raise NotFound("None of these groups has a place that is known, so there is no map.")
    if whole:
        sheet = replace(sheet, back=Link("The register", "/register"))
    return map_answer(sheet, whole=whole)

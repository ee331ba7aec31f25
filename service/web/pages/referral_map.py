"""The map beside a referral's list of groups. The person's home is never on it."""

from __future__ import annotations

import re
from dataclasses import replace

from fastapi import Request
from fastapi.responses import HTMLResponse

from geo.maps import Link
from service.identity.errors import NotFound
from service.identity.roles import Permission
from service.insights.referral_sheet import referral_sheet
from service.insights.walk_layer import WALK_MIN, Pace, with_walks
from service.referrals.groups import BEST
from service.referrals.map_places import map_places
from service.web.guard import ActorDep, KithDep
from service.web.maps import map_answer, tiles_of
from service.web.routing import pages

router = pages(Permission.WORK_REFERRALS)

_AT = re.compile(r"(\d{1,9})(?:\.(\d{1,9}))?")


@router.get("/referrals/{referral_id}/map")
def show(request: Request, kith: KithDep, actor: ActorDep, referral_id: str) -> HTMLResponse:
    """The groups named as `at=asset.venue` and the practice, in a frame or on a page of its own.

    With `walk` it shows how far this person walks from the practice. Never from their home: the
    middle of such an area would tell where that is.
    """
    venues: dict[int, int] = {}
    for each in request.query_params.getlist("at")[:BEST]:
        found = _AT.fullmatch(each)
        if found:
            venues[int(found[1])] = int(found[2] or 0)
    with kith.store.read() as session:
        places = map_places(
            session, by=actor, referral_id=referral_id, asset_ids=list(venues), today=kith.today()
        )
    if places.point is None:
        raise NotFound("It is not known where the practice is, so there is no map.")
    whole = request.query_params.get("whole") == "yes"
    sheet = referral_sheet(
        practice=places.practice,
        code=places.code,
        point=places.point,
        assets=places.assets,
        venues=venues,
        today=kith.today(),
        tiles=tiles_of(kith),
    )
    walk = [minutes for minutes in WALK_MIN if str(minutes) in request.query_params.getlist("walk")]
    walker = places.walker
    pace = Pace(walker.speed_m_per_s, walker.on_wheels, "this person")
    sheet = with_walks(sheet, kith.travel, places.point, walk, pace)
    if whole:
        sheet = replace(sheet, back=Link("The referral", f"/referrals/{referral_id}"))
    return map_answer(sheet, whole=whole)

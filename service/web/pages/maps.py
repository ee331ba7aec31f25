"""Maps for those who plan: what there is near each practice of one's places. Nothing of people."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request, Response
from sqlalchemy.orm import Session
from starlette.datastructures import QueryParams

from geo.errors import DomainError
from geo.maps import Link, MapSheet
from geo.maps.summary import counts_by_freshness, counts_by_group, sentences
from seed_data import needs as need_list
from service.caching import has_it, tag_of
from service.identity.codes import OdsCode
from service.identity.errors import UnknownPractice
from service.identity.roles import Permission
from service.insights.map_practices import practice_for, practices_for
from service.insights.queries import PracticeView, asset_map
from service.parts import Kith
from service.register.queries import register_version
from service.web.guard import ActorDep, KithDep
from service.web.maps import map_answer
from service.web.render import page
from service.web.routing import pages

router = pages(Permission.READ_MAPS)

WITHIN_KM = (1, 2, 3, 5, 10)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be on a map: groups for one need, or all; how far around."""

    need: str
    within_m: float

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of an address that ask it."""
        need = [("need", self.need)] if self.need else []
        return [*need, ("within", f"{self.within_m / 1_000:g}")]


@router.get("/maps")
def choose(request: Request, kith: KithDep, actor: ActorDep) -> Response:
    """The practices, each with its map."""
    with kith.store.read() as session:
        found = practices_for(session, by=actor)
    return page(request, "maps.html", practices=found)


@router.get("/maps/{ods}")
def show(request: Request, kith: KithDep, actor: ActorDep, ods: str) -> Response:
    """What the map of one practice shows: in words, drawn, and as a table."""
    asked = _asked(request.query_params, kith)
    with kith.store.read() as session:
        view = practice_for(session, by=actor, code=_code(ods))
        sheet = _sheet(session, kith, view, asked) if view.has_point else None
    here = f"/maps/{view.ods_code}"
    data = f"/v1/practices/{view.ods_code}"
    query = urlencode([*_need(asked), ("within", f"{asked.within_m:g}")])
    return page(
        request,
        "maps_practice.html",
        crumbs=(("Maps", "/maps"),),
        view=view,
        sheet=sheet,
        in_words=_said(sheet) if sheet else (),
        groups=_counts(sheet) if sheet else (),
        fresh=list(zip(sheet.freshness, counts_by_freshness(sheet), strict=True)) if sheet else (),
        labels={each.key: each.label for each in sheet.groups} if sheet else {},
        asked=asked,
        needs=_needs(),
        within=sorted({*WITHIN_KM, asked.within_m / 1_000}),
        map_path=f"{here}/map?{urlencode(asked.pairs())}",
        csv=f"{data}/assets?{query}&limit=100&format=csv",
        geojson=f"{data}/map?{query}&format=geojson",
    )


@router.get("/maps/{ods}/map")
def draw_it(request: Request, kith: KithDep, actor: ActorDep, ods: str) -> Response:
    """The map for a frame, or a whole page to print; asked again, sent only if it changed."""
    asked = _asked(request.query_params, kith)
    whole = request.query_params.get("whole") == "yes"
    with kith.store.read() as session:
        view = practice_for(session, by=actor, code=_code(ods))
        tag = tag_of(
            register_version(session),
            *(view, asked, whole, kith.today()),
            *(kith.settings.tile_url, kith.settings.tile_attribution),
        )
        if has_it(request, tag):
            headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
            return Response(status_code=304, headers=headers)
        sheet = _sheet(session, kith, view, asked, whole=whole)
    return map_answer(sheet, whole=whole, tag=tag)


def _sheet(
    session: Session, kith: Kith, view: PracticeView, asked: Asked, *, whole: bool = False
) -> MapSheet:
    return asset_map(
        session,
        view=view,
        radius_m=asked.within_m,
        needs=(asked.need,) if asked.need else (),
        today=kith.today(),
        settings=kith.settings,
        back=Link("All maps", "/maps") if whole else None,
    )


def _asked(given: QueryParams, kith: Kith) -> Asked:
    """What an address asks; what means nothing is passed over."""
    need = given.get("need", "")
    within = next((km for km in WITHIN_KM if str(km) == given.get("within")), None)
    return Asked(
        need if need in need_list.load().needs else "",
        within * 1_000.0 if within else kith.settings.map_radius_m,
    )


def _code(text: str) -> OdsCode:
    try:
        return OdsCode(text.upper()[:20])
    except DomainError as error:
        raise UnknownPractice("There is no such practice.", practice=text[:10]) from error


def _need(asked: Asked) -> list[tuple[str, str]]:
    return [("need", asked.need)] if asked.need else []


def _said(sheet: MapSheet) -> list[str]:
    # Geo calls them assets; a page calls them what people call them.
    return [each.replace("assets", "groups").replace("asset", "group") for each in sentences(sheet)]


def _counts(sheet: MapSheet) -> list[tuple[str, int]]:
    counts = zip(sheet.groups, counts_by_group(sheet), strict=True)
    return [(group.label, count) for group, count in counts]


def _needs() -> list[tuple[str, list[tuple[str, str]]]]:
    taxonomy = need_list.load()
    return [
        (group.label, [(need.id, need.label) for need in taxonomy.needs_in(group.id)])
        for group in taxonomy.groups.values()
    ]

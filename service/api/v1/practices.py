"""Practices, what is near them, and their maps: open to anybody, with nothing about people."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field
from sqlalchemy.orm import Session

from geo.maps import Assets, Link, content_security_policy, draw
from geo.network import knows_streets, streets_digest
from geo.point import GridPoint
from service.api.context import KithDep
from service.api.documents import READING, problems
from service.api.v1.directory import (
    CLOTHES,
    AssetList,
    AssetListed,
    Format,
    Position,
    answer,
    feature_collection,
    listed_at,
)
from service.api.v1.directory import position as position_told
from service.api.v1.fields import NeedCode, Ods, Told
from service.caching import has_it, tag_of
from service.identity.codes import OdsCode
from service.insights import queries
from service.insights.sheets import nearest_place
from service.insights.walk_layer import WALK_MIN
from service.parts import Kith
from service.register import queries as register
from service.register.search import AssetFilter, AssetSummary, Page

router = APIRouter(prefix="/v1/practices", tags=["practices"])

OdsPath = Annotated[Ods, Path(description="The practice's ODS code.")]
Needs = Annotated[
    list[NeedCode],
    Query(max_length=38, description="Need codes; any of them."),
]
Radius = Annotated[
    float | None,
    Query(gt=0, le=50_000, description="Metres around the practice, in a straight line."),
]

WalkMinutes = Annotated[
    list[Annotated[int, Field(ge=5, le=60)]],
    Query(
        max_length=3,
        description=(
            "Show how far one walks along streets in so many minutes, such as 15; again for "
            "another. Where no streets are known nothing is drawn, and the page says so."
        ),
        examples=[[15, 30]],
    ),
]

_PROBLEMS = problems("practice-unknown", "need-unknown", *READING)
_TAG = {
    "ETag": {
        "description": "What the answer was made from; send it back as `If-None-Match`.",
        "schema": {"type": "string"},
    }
}


class ParentTold(Told):
    """An organisation above the practice."""

    kind: str
    ods_code: str
    name: str


class PracticeTold(Told):
    """A practice as the NHS publishes it."""

    ods_code: str
    name: str
    address: str
    postcode: str | None
    position: Position | None
    is_active: bool
    list_size: int | None
    parents: list[ParentTold]
    source: str
    source_on: date | None
    assets: str
    map: str


class MapFormat(StrEnum):
    """How a map is given."""

    HTML = "html"
    GEOJSON = "geojson"


@router.get("/{ods}", summary="One practice", responses=_PROBLEMS)
def get_practice(kith: KithDep, ods: OdsPath) -> PracticeTold:
    """A practice with the organisations above it."""
    with kith.store.read() as session:
        view = queries.practice(session, OdsCode(ods))
    return PracticeTold(
        ods_code=view.ods_code,
        name=view.name,
        address=view.address,
        postcode=view.postcode,
        position=None if view.point is None else position_told(view.point),
        is_active=view.is_active,
        list_size=view.list_size,
        parents=[
            ParentTold(kind=kind, ods_code=code, name=name) for kind, code, name in view.parents
        ],
        source=view.source,
        source_on=view.source_on,
        assets=f"/v1/practices/{view.ods_code}/assets",
        map=f"/v1/practices/{view.ods_code}/map",
    )


@router.get(
    "/{ods}/assets",
    summary="What there is near a practice",
    response_model=AssetList,
    responses={**CLOTHES, **_PROBLEMS},
)
def get_practice_assets(
    kith: KithDep,
    ods: OdsPath,
    need: Needs = [],  # noqa: B006 - FastAPI copies it
    within: Radius = None,
    limit: Annotated[int, Query(ge=1, le=100, description="How many at most.")] = 100,
    offset: Annotated[int, Query(ge=0, le=1_000_000, description="How many to pass over.")] = 0,
    format: Annotated[Format, Query(description="json, geojson or csv.")] = Format.JSON,
) -> Response:
    """Assets within a straight line of the practice, nearest first."""
    with kith.store.read() as session:
        page = _near(session, kith, OdsCode(ods), tuple(need), within, limit, offset)
    return answer(page, format)


@router.get(
    "/{ods}/map",
    summary="The map of a practice",
    response_class=HTMLResponse,
    responses={
        304: {"description": "Unchanged since the answer with that ETag", "headers": _TAG},
        200: {
            "description": "The page, or its features as GeoJSON",
            "headers": _TAG,
            "content": {"application/geo+json": {"schema": {"type": "object"}}},
        },
        **_PROBLEMS,
    },
)
def get_practice_map(
    request: Request,
    kith: KithDep,
    ods: OdsPath,
    need: Needs = [],  # noqa: B006 - FastAPI copies it
    within: Radius = None,
    walk: WalkMinutes = [],  # noqa: B006 - FastAPI copies it
    format: Annotated[MapFormat, Query(description="html or geojson.")] = MapFormat.HTML,
) -> Response:
    """A page with a map and the same content as a table; or its features as GeoJSON.

    The page asks nothing of any other host. It has an ETag of the register's version. With `walk`
    the page shows how far one walks, and says of each group within which of these minutes it is.
    """
    code, radius_m = OdsCode(ods), within or kith.settings.map_radius_m
    with kith.store.read() as session:
        view = queries.practice(session, code)
        tag = tag_of(
            register.register_version(session),
            *(view, radius_m, need, kith.today(), format),
            *(kith.settings.tile_url, kith.settings.tile_attribution),
            *(sorted({*walk}), streets_digest(kith.travel)),
        )
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if has_it(request, tag):
            # Without a policy of its own, so that the kept page keeps the one it came with.
            return Response(status_code=304, headers=headers)
        at = queries.whereabouts(view, kith.gazetteer)
        if format is MapFormat.GEOJSON:
            point = queries.position(view)
            near = queries.assets_near(session, point, radius_m=radius_m, needs=need, at=at)
            body = feature_collection([_listed_near(each, point) for each in near], len(near))
            return JSONResponse(body, media_type="application/geo+json", headers=headers)
        sheet = queries.asset_map(
            session,
            view=view,
            radius_m=radius_m,
            needs=need,
            today=kith.today(),
            settings=kith.settings,
            at=at,
            back=Link("All practices", "/"),
            travel=kith.travel,
            walk_min=walk,
        )
    sheet = replace(sheet, links=_walk_links(kith, request, walk))
    nonce = secrets.token_urlsafe(16)
    origin = sheet.tiles.origin if sheet.tiles else None
    html = draw(sheet, assets=Assets.served("/static/maps"), nonce=nonce)
    return HTMLResponse(
        html,
        headers={
            **headers,
            "Content-Security-Policy": content_security_policy(nonce, origin),
            "X-Content-Type-Options": "nosniff",
            "Referrer-Policy": "no-referrer",
        },
    )


def _walk_links(kith: Kith, request: Request, walk: Sequence[int]) -> tuple[Link, ...]:
    """Where to switch the walk on and off; nowhere while no streets are known."""
    if not knows_streets(kith.travel):
        return ()
    others = [each for each in request.query_params.multi_items() if each[0] != "walk"]
    choices: list[tuple[str, list[int]]] = [
        *([("Hide the walk", [])] if walk else []),
        *((f"Show {each} minutes’ walk", [each]) for each in WALK_MIN),
        ("Show both", [*WALK_MIN]),
    ]
    return tuple(
        Link(
            label,
            f"{request.url.path}?{urlencode([*others, *(('walk', each) for each in chosen)])}",
        )
        for label, chosen in choices
        if chosen != [*walk]
    )


def _near(
    session: Session,
    kith: Kith,
    code: OdsCode,
    needs: tuple[str, ...],
    within_m: float | None,
    limit: int,
    offset: int,
) -> Page[AssetSummary]:
    return register.search(
        session,
        AssetFilter(
            needs=needs,
            near=queries.position(queries.practice(session, code)),
            within_m=within_m or kith.settings.map_radius_m,
            limit=limit,
            offset=offset,
        ),
    )


def _listed_near(near: queries.AssetNear, practice: GridPoint) -> AssetListed:
    if near.straight_m is not None:
        place = nearest_place(near.asset, practice)
        told = listed_at(near.record, place, near.straight_m)
        return told.model_copy(update={"reach": "near"})
    comes = any(each.is_remote for each in near.asset.deliveries)
    told = listed_at(near.record, None)
    return told.model_copy(update={"reach": "remote" if comes else "place_unknown"})

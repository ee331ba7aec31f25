"""One list of assets in three clothes: JSON, GeoJSON and CSV."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from fastapi import Response
from fastapi.responses import JSONResponse
from pydantic import Field

from geo.point import GridPoint
from service.api.v1.fields import Told
from service.api.v1.group_told import AssetTold, PlaceTold, asset_told, place_told
from service.register.search import AssetSummary, Page, Reach
from service.register.snapshot import Place
from service.register.snapshots import AssetRecord


class Format(StrEnum):
    """How a list is written."""

    JSON = "json"
    GEOJSON = "geojson"
    CSV = "csv"


CLOTHES: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "A part of the answers, in the format asked for",
        "headers": {
            "X-Total-Count": {
                "description": "How many answers there are in all.",
                "schema": {"type": "integer"},
            }
        },
        "content": {
            "application/geo+json": {"schema": {"type": "object"}},
            "text/csv": {"schema": {"type": "string"}},
        },
    }
}
"""How `answer` is described; the JSON is described by its model."""


class Position(Told):
    """A place in both systems: degrees for maps, metres of the National Grid for sums."""

    longitude: float
    latitude: float
    easting_m: float
    northing_m: float


class AssetListed(Told):
    """One asset of a list."""

    code: str
    asset: AssetTold
    place: PlaceTold | None
    position: Position | None
    needs: list[str]
    distance_m: float | None = Field(description="In a straight line: this is not a walk.")
    reach: str | None = Field(
        default=None,
        description=(
            "near: within the radius asked for. covers: says that it serves that place, and may be "
            "far. remote: comes to the person. place_unknown: nobody has said where it is."
        ),
    )
    not_stated: list[str] = Field(
        default=[], description="Filters it passed because it does not say."
    )
    licence: str
    updated_at: datetime


class AssetList(Told):
    """A part of the answers, best first."""

    total: int
    limit: int
    offset: int
    assets: list[AssetListed]


def listed(page: Page[AssetSummary]) -> AssetList:
    """A page of a search in the API's words."""
    return AssetList(
        total=page.total,
        limit=page.limit,
        offset=page.offset,
        assets=[_listed(each) for each in page.items],
    )


def answer(page: Page[AssetSummary], wanted: Format) -> Response:
    """The page in the clothes that were asked for; the total also as a header."""
    headers = {"X-Total-Count": str(page.total)}
    found = listed(page)
    if wanted is Format.GEOJSON:
        body = feature_collection(found.assets, page.total)
        return JSONResponse(body, media_type="application/geo+json", headers=headers)
    if wanted is Format.CSV:
        headers["Content-Disposition"] = 'attachment; filename="assets.csv"'
        return Response(as_csv(found.assets), media_type="text/csv", headers=headers)
    return Response(found.model_dump_json(), media_type="application/json", headers=headers)


def feature_collection(assets: Sequence[AssetListed], total: int) -> dict[str, Any]:
    """RFC 7946: longitude before latitude; what has no position has a null geometry."""
    return {
        "type": "FeatureCollection",
        "numberMatched": total,
        "numberReturned": len(assets),
        "features": [
            {
                "type": "Feature",
                "id": each.code,
                "geometry": None
                if each.position is None
                else {
                    "type": "Point",
                    "coordinates": [each.position.longitude, each.position.latitude],
                },
                "properties": each.model_dump(mode="json", exclude={"position"}),
            }
            for each in assets
        ],
    }


_COLUMNS = (
    "code",
    "name",
    "invented",
    "kind",
    "group_kind",
    "needs",
    "summary",
    "organisation",
    "when",
    "venue",
    "address",
    "postcode",
    "latitude",
    "longitude",
    "easting_m",
    "northing_m",
    "distance_m",
    "reach",
    "cost_pence",
    "cost_note",
    "capacity",
    "contact",
    "website",
    "assured_on",
    "source",
    "licence",
)


def as_csv(assets: Sequence[AssetListed]) -> str:
    """A table for a spreadsheet, which must not take any cell for a formula."""
    out = io.StringIO()
    writer = csv.DictWriter(out, _COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for each in assets:
        writer.writerow({key: _cell(value) for key, value in _row(each).items()})
    return out.getvalue()


def _row(each: AssetListed) -> dict[str, object]:
    asset, place, at = each.asset, each.place, each.position
    return {
        "code": each.code,
        "name": asset.name,
        "invented": asset.invented,
        "kind": asset.kind,
        "group_kind": asset.group_kind,
        "needs": ";".join(each.needs),
        "summary": asset.summary,
        "organisation": asset.organisation,
        "when": "; ".join(asset.when),
        "venue": place and place.name,
        "address": place and place.address,
        "postcode": place and place.postcode,
        "latitude": at and at.latitude,
        "longitude": at and at.longitude,
        "easting_m": at and at.easting_m,
        "northing_m": at and at.northing_m,
        "distance_m": each.distance_m,
        "reach": each.reach,
        "cost_pence": asset.cost_pence,
        "cost_note": asset.cost_note,
        "capacity": asset.capacity,
        "contact": asset.contact,
        "website": asset.website,
        "assured_on": asset.assured_on,
        "source": asset.source,
        "licence": each.licence,
    }


# What a spreadsheet begins a formula with (OWASP, CSV injection), blanks before it passed over.
_FORMULA = re.compile(r"[\t\r\n]|\s*[=+\-@]")


def _cell(value: object) -> object:
    """Empty for what is not known; text that a spreadsheet would run gets an apostrophe before."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, str) and _FORMULA.match(value):
        return "'" + value
    return value


def listed_one(record: AssetRecord) -> AssetListed:
    """One asset by itself, at the first of its places."""
    return listed_at(record, next(iter(record.snapshot.places), None))


def listed_at(
    found: AssetRecord | AssetSummary, place: Place | None, distance_m: float | None = None
) -> AssetListed:
    """An asset at one of its places."""
    return AssetListed(
        code=found.code,
        asset=asset_told(found.snapshot),
        place=place_told(place),
        position=None if place is None or place.point is None else position(place.point),
        needs=[each.need for each in found.snapshot.needs],
        distance_m=None if distance_m is None else round(distance_m, 1),
        licence=found.licence,
        updated_at=found.updated_at,
    )


def _listed(summary: AssetSummary) -> AssetListed:
    told = listed_at(summary, summary.place, summary.distance_m)
    return told.model_copy(
        update={
            "reach": None if summary.reach is None else _REACH[summary.reach],
            "not_stated": list(summary.not_stated),
        }
    )


_REACH = {
    Reach.NEAR: "near",
    Reach.COVERS: "covers",
    Reach.REMOTE: "remote",
    Reach.PLACE_UNKNOWN: "place_unknown",
}


def position(point: GridPoint) -> Position:
    """A point in both systems; degrees to six places, a tenth of a metre."""
    where = point.to_lonlat()
    return Position(
        longitude=round(where.lon, 6),
        latitude=round(where.lat, 6),
        easting_m=point.easting_m,
        northing_m=point.northing_m,
    )

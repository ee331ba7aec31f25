"""The register, open to anybody: what a community has."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from geo.point import GridPoint, LonLat
from service.api.context import KithDep
from service.api.documents import READING, problems
from service.api.v1.directory import CLOTHES, AssetList, AssetListed, Format, answer, listed_one
from service.api.v1.fields import NeedCode, Text
from service.parts import Kith
from service.people.places import district_of, home_of
from service.register import queries
from service.register.asset_filter import DEFAULT_WITHIN_M, AssetFilter
from service.register.errors import BadFilter
from service.register.vocabulary import AccessFeature, AssetKind, Delivery, Weekday

router = APIRouter(prefix="/v1/assets", tags=["register"])


def _one_or_more(value: object) -> object:
    return [value] if isinstance(value, str) else value


class AssetQuery(BaseModel):
    """Filters of a search; all that are given must hold."""

    model_config = ConfigDict(extra="forbid")

    need: Annotated[
        list[NeedCode],
        BeforeValidator(_one_or_more),
        Field(max_length=38, description="Need codes; any of them.", examples=[["debt_money"]]),
    ] = []
    near: Annotated[
        str | None,
        Field(
            max_length=60,
            description="A postcode, its first part, or `latitude,longitude`.",
            examples=["WA8 6TR"],
        ),
    ] = None
    within: Annotated[
        float | None,
        Field(
            ge=0, le=50_000, description=f"Metres from `near`; {DEFAULT_WITHIN_M:g} if left out."
        ),
    ] = None
    wider: Annotated[
        bool,
        Field(description="Also, after the near ones, what serves that place without being near."),
    ] = False
    text: Annotated[str, Field(max_length=500, description="Words, or a sentence.")] = ""
    day: Annotated[
        list[Weekday], BeforeValidator(_one_or_more), Field(description="Days it meets; any.")
    ] = []
    age: Annotated[int | None, Field(ge=0, le=130, description="A person of this age.")] = None
    access: Annotated[
        list[AccessFeature],
        BeforeValidator(_one_or_more),
        Field(description="What the place is known to have; all of them."),
    ] = []
    kind: Annotated[
        list[AssetKind], BeforeValidator(_one_or_more), Field(description="Kinds of asset; any.")
    ] = []
    delivery: Annotated[
        list[Delivery], BeforeValidator(_one_or_more), Field(description="How to take part; any.")
    ] = []
    free: Annotated[bool, Field(description="Only what is recorded as costing nothing.")] = False
    has_room: Annotated[bool, Field(description="Only what is known to have room now.")] = False
    updated_since: Annotated[
        datetime | None, Field(description="Changed at or after this instant, with its zone.")
    ] = None
    checked_since: Annotated[
        date | None, Field(description="Facts checked with the group on this day or later.")
    ] = None
    limit: Annotated[int, Field(ge=1, le=100, description="How many at most.")] = 20
    offset: Annotated[int, Field(ge=0, le=1_000_000, description="How many to pass over.")] = 0
    format: Annotated[Format, Field(description="json, geojson or csv.")] = Format.JSON


@router.get(
    "",
    summary="Search the register",
    response_model=AssetList,
    responses={**CLOTHES, **problems("need-unknown", *READING)},
)
def get_assets(kith: KithDep, query: Annotated[AssetQuery, Query()]) -> Response:
    """Assets that meet every filter, best first: near ones by distance, words by how many match.

    Nothing farther than `within` is among them, unless `wider` asks for what serves that place all
    the same; each answer says which it is.
    """
    wanted = _filter(kith, query)
    with kith.store.read() as session:
        page = queries.search(session, wanted)
    return answer(page, query.format)


@router.get(
    "/{code}", summary="One asset", responses=problems("asset-unknown", "request-invalid", *READING)
)
def get_asset(
    kith: KithDep,
    code: Annotated[
        Text, Path(max_length=80, description="Its code.", examples=["lapwing-lunch-club"])
    ],
) -> AssetListed:
    """One asset by its code."""
    with kith.store.read() as session:
        return listed_one(queries.asset(session, code))


def _filter(kith: Kith, query: AssetQuery) -> AssetFilter:
    around = Around() if query.near is None else around_of(query.near, kith)
    return AssetFilter(
        needs=tuple(query.need),
        text=query.text,
        near=around.point,
        within_m=query.within,
        wider=query.wider,
        district=around.district,
        authority=around.authority,
        days=frozenset(query.day),
        age_from=query.age,
        age_to=query.age,
        access=frozenset(query.access),
        free=query.free,
        kinds=frozenset(query.kind),
        deliveries=frozenset(query.delivery),
        free_places=query.has_room,
        updated_since=_instant(query.updated_since),
        checked_since=query.checked_since,
        limit=query.limit,
        offset=query.offset,
    )


def _instant(given: datetime | None) -> datetime | None:
    if given is None:
        return None
    try:
        if given.tzinfo is not None:
            return given.astimezone(UTC)
    except OverflowError:
        pass
    raise BadFilter(
        "Give the instant with its time zone, such as 2026-11-25T09:00:00Z.",
        field="updated_since",
    )


@dataclass(frozen=True, slots=True)
class Around:
    """A place to measure from, with the areas that hold it, as far as they are known."""

    point: GridPoint | None = None
    district: str | None = None
    authority: str | None = None


def around_of(text: str, kith: Kith) -> Around:
    """The place that somebody wrote: a postcode, the first part of one, or a pair of degrees.

    Raises
    ------
    BadPostcode, BadPlace, BadCoordinate
        If it cannot be read, or does not exist.
    BadFilter
        If the postcode exists and nobody knows where it is.
    """
    if "," in text:
        latitude, _, longitude = text.partition(",")
        return Around(GridPoint.from_lonlat(LonLat.parse(longitude, latitude)))
    home = home_of(text, kith.gazetteer)
    if home.point is None:
        raise BadFilter(home.sentence, field="near")
    return Around(home.point, district_of(text), home.lad)

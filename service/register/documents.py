"""One asset as one text: what judging reads of it, in one row in place of rows of six tables.

Derived like the narrowing table and kept with it. A document says what `snapshots` says, no more
and no less; equal assets have equal documents.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any, Final, TypeVar

from sqlalchemy import Integer, Text, bindparam, select
from sqlalchemy.orm import Mapped, Session

from geo.point import GridPoint
from service.register.model import Asset
from service.register.snapshot import Area, AssetSnapshot, MeetingTime, Needed, Place
from service.register.snapshots import chunks, records, snapshots
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
    Weekday,
)
from service.store.base import PUBLIC, Base, column

T = TypeVar("T")


class AssetDocument(Base):
    """An asset as it is judged. Derived, like `Candidate`: never edited by itself."""

    __tablename__ = "asset_document"

    asset_id: Mapped[int] = column(PUBLIC, Integer, primary_key=True, autoincrement=False)
    document: Mapped[str] = column(PUBLIC, Text())


_ASKED: Final = select(AssetDocument.asset_id, AssetDocument.document).where(
    AssetDocument.asset_id.in_(bindparam("ids", expanding=True))
)


_LISTED: Final = _ASKED.join(Asset, Asset.asset_id == AssetDocument.asset_id).add_columns(
    Asset.code, Asset.licence, Asset.updated_at
)


def judged_assets(session: Session, asset_ids: Collection[int]) -> dict[int, AssetSnapshot]:
    """As `snapshots`, by id and in order of id, from one row of each asset.

    One statement for every `CHUNK` ids, none for none. An asset without a document, in a register
    that was not yet indexed by this version, is read from its tables.
    """
    found: dict[int, AssetSnapshot] = {}
    for ids in chunks(sorted(set(asset_ids))):
        rows = session.execute(_ASKED, {"ids": ids})
        found.update((asset_id, snapshot_of(document)) for asset_id, document in rows)
    found.update(snapshots(session, set(asset_ids) - found.keys()))
    return dict(sorted(found.items()))


@dataclass(frozen=True, slots=True)
class Listing:
    """An asset as it is judged, with what a list of answers says of it beside that."""

    snapshot: AssetSnapshot
    code: str
    licence: str
    updated_at: datetime


def listings(session: Session, asset_ids: Collection[int]) -> dict[int, Listing]:
    """As `judged_assets`, with the facts of a list; by id. One statement for every `CHUNK` ids.

    None for none. An asset without a document is read from its tables.
    """
    found: dict[int, Listing] = {}
    for ids in chunks(sorted(set(asset_ids))):
        for asset_id, document, *facts in session.execute(_LISTED, {"ids": ids}):
            found[asset_id] = Listing(snapshot_of(document), *facts)
    missing = records(session, set(asset_ids) - found.keys())
    found.update(
        (asset_id, Listing(each.snapshot, each.code, each.licence, each.updated_at))
        for asset_id, each in missing.items()
    )
    return found


def document_of(asset: AssetSnapshot) -> str:
    """The document of one asset."""
    values = [
        *(asset.asset_id, asset.name, asset.kind, asset.group_kind, asset.summary),
        *(asset.organisation, asset.invented),
        [[each.need, each.directness] for each in asset.needs],
        sorted(asset.deliveries),
        [_place(each) for each in asset.places],
        [_meeting(each) for each in asset.meetings],
        [[each.kind, each.value] for each in asset.areas],
        *(asset.min_age, asset.max_age, asset.open_to),
        *(sorted(asset.conditions), sorted(asset.languages), sorted(asset.routes)),
        *(asset.cost_pence, asset.cost_note, asset.capacity),
        *(_text(asset.opens_on), _text(asset.closes_on), _text(asset.assured_on), asset.source),
        *(_text(asset.checks_valid_until), asset.is_small),
        *(asset.times_asked, asset.times_accepted, asset.contact, asset.website),
        *(asset.group_size, asset.welcomes_newcomers),
    ]
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"))


# Safe to remember: the same text is the same asset, whatever has happened to the register since.
@lru_cache(maxsize=4_096)
def snapshot_of(document: str) -> AssetSnapshot:
    """The asset that a document is of."""
    values = iter(json.loads(document))
    return AssetSnapshot(
        asset_id=next(values),
        name=next(values),
        kind=AssetKind(next(values)),
        group_kind=next(values),
        summary=next(values),
        organisation=next(values),
        invented=next(values),
        needs=tuple(Needed(*each) for each in next(values)),
        deliveries=frozenset(map(Delivery, next(values))),
        places=tuple(_as_place(*each) for each in next(values)),
        meetings=tuple(_as_meeting(*each) for each in next(values)),
        areas=tuple(Area(AreaKind(kind), value) for kind, value in next(values)),
        min_age=next(values),
        max_age=next(values),
        open_to=_maybe(OpenTo, next(values)),
        conditions=frozenset(next(values)),
        languages=frozenset(next(values)),
        routes=frozenset(map(ReferralRoute, next(values))),
        cost_pence=next(values),
        cost_note=next(values),
        capacity=Capacity(next(values)),
        opens_on=_maybe(date.fromisoformat, next(values)),
        closes_on=_maybe(date.fromisoformat, next(values)),
        assured_on=_maybe(date.fromisoformat, next(values)),
        source=next(values),
        checks_valid_until=_maybe(date.fromisoformat, next(values)),
        is_small=next(values),
        times_asked=next(values),
        times_accepted=next(values),
        contact=next(values),
        website=next(values),
        group_size=next(values),
        welcomes_newcomers=next(values),
    )


def _place(place: Place) -> list[Any]:
    point = place.point
    return [
        *(place.venue_id, place.name, place.address, place.postcode),
        None if point is None else [point.easting_m, point.northing_m],
        dict(place.access),
    ]


def _as_place(
    venue_id: int,
    name: str,
    address: str,
    postcode: str | None,
    point: list[float] | None,
    access: dict[str, bool],
) -> Place:
    return Place(
        venue_id,
        name,
        address,
        postcode,
        None if point is None else GridPoint(*point),
        {AccessFeature(feature): there for feature, there in access.items()},
    )


def _meeting(meeting: MeetingTime) -> list[Any]:
    return [
        sorted(meeting.weekdays),
        *(_text(meeting.starts_at), _text(meeting.ends_at), meeting.rule, meeting.says),
    ]


def _as_meeting(
    weekdays: list[str], starts_at: str | None, ends_at: str | None, rule: str, says: str
) -> MeetingTime:
    return MeetingTime(
        frozenset(map(Weekday, weekdays)),
        _maybe(time.fromisoformat, starts_at),
        _maybe(time.fromisoformat, ends_at),
        rule,
        says,
    )


def _text(value: date | time | None) -> str | None:
    return None if value is None else value.isoformat()


def _maybe(make: Callable[[str], T], value: str | None) -> T | None:
    return None if value is None else make(value)

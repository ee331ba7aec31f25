"""Assets out of their tables and into plain data: four statements, however many are asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.register.model import AreaServed, Asset, AssetNeed, Organisation, Schedule, Venue
from service.register.snapshot import Area, AssetSnapshot, MeetingTime, Needed, Place
from service.register.timetable import meeting_time
from service.register.vocabulary import AccessFeature, Delivery, ReferralRoute

CHUNK: Final = 5_000
"""Identifiers in one statement: well under what SQLite (32,766) and PostgreSQL (65,535) take."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One meeting time and where it is; `venue_id` is None where there is no place to go to."""

    venue_id: int | None
    meeting: MeetingTime


@dataclass(frozen=True, slots=True)
class AssetRecord:
    """One asset with what the register itself needs to know of it beside its snapshot."""

    code: str
    snapshot: AssetSnapshot
    sittings: tuple[Sitting, ...]
    licence: str
    is_retired: bool
    updated_at: datetime


def records(session: Session, asset_ids: Collection[int]) -> dict[int, AssetRecord]:
    """The assets with these ids, retired ones too, by id and in order of id.

    Ids that do not exist are left out. Four statements for every `CHUNK` ids; none for none.
    """
    found: dict[int, AssetRecord] = {}
    for ids in chunks(sorted(set(asset_ids))):
        needs = _needs(session, ids)
        times = _times(session, ids)
        areas = _areas(session, ids)
        for row in session.execute(_ASSETS.where(Asset.asset_id.in_(ids))):
            key = row.asset_id
            found[key] = _record(row, needs[key], times[key], areas[key])
    return found


def snapshots(session: Session, asset_ids: Collection[int]) -> dict[int, AssetSnapshot]:
    """The assets with these ids as plain data, by id and in order of id.

    Retired assets and ids that do not exist are left out. Meeting times and places are each once,
    places in order of venue id; needs the most directly served first.

    Notes
    -----
    Four statements for every `CHUNK` ids, none for none.
    """
    return {
        asset_id: record.snapshot
        for asset_id, record in records(session, asset_ids).items()
        if not record.is_retired
    }


def chunks(ids: Sequence[int], size: int = CHUNK) -> Iterator[Sequence[int]]:
    """The ids, in order, a bounded number at a time."""
    for start in range(0, len(ids), size):
        yield ids[start : start + size]


_ASSETS: Final = (
    select(
        *(each for each in Asset.__table__.columns if each.name != "organisation_id"),
        Organisation.name.label("organisation"),
        Organisation.is_small,
        Organisation.invented.label("organisation_invented"),
    )
    .join_from(Asset, Organisation)
    .order_by(Asset.asset_id)
)
_NEEDS: Final = select(AssetNeed.asset_id, AssetNeed.need, AssetNeed.directness)
_TIMES: Final = (
    select(
        *(Schedule.asset_id, Schedule.rule, Schedule.starts_at, Schedule.ends_at),
        *(Venue.venue_id, Venue.name, Venue.address, Venue.postcode),
        *(Venue.easting_m, Venue.northing_m, Venue.access),
    )
    .join_from(Schedule, Venue, isouter=True)
    .order_by(Schedule.asset_id, Schedule.schedule_id)
)
_AREAS: Final = select(AreaServed.asset_id, AreaServed.kind, AreaServed.value)


def _needs(session: Session, ids: Sequence[int]) -> Mapping[int, list[Needed]]:
    found: defaultdict[int, list[Needed]] = defaultdict(list)
    for asset_id, need, directness in session.execute(_NEEDS.where(AssetNeed.asset_id.in_(ids))):
        found[asset_id].append(Needed(need, directness))
    for needs in found.values():
        needs.sort(key=lambda each: (-each.directness, each.need))
    return found


def _areas(session: Session, ids: Sequence[int]) -> Mapping[int, list[Area]]:
    found: defaultdict[int, list[Area]] = defaultdict(list)
    for asset_id, kind, value in session.execute(_AREAS.where(AreaServed.asset_id.in_(ids))):
        found[asset_id].append(Area(kind, value))
    for areas in found.values():
        areas.sort(key=lambda each: (each.kind, each.value))
    return found


@dataclass(slots=True)
class _Times:
    places: dict[int, Place]
    sittings: list[Sitting]


def _times(session: Session, ids: Sequence[int]) -> Mapping[int, _Times]:
    found: defaultdict[int, _Times] = defaultdict(lambda: _Times({}, []))
    for row in session.execute(_TIMES.where(Schedule.asset_id.in_(ids))):
        times = found[row.asset_id]
        if row.venue_id is not None and row.venue_id not in times.places:
            times.places[row.venue_id] = _place(row)
        if row.rule or row.starts_at is not None:
            meeting = meeting_time(row.rule, row.starts_at, row.ends_at)
            times.sittings.append(Sitting(row.venue_id, meeting))
    return found


def _place(row: Row[*tuple[Any, ...]]) -> Place:
    known = row.easting_m is not None and row.northing_m is not None
    return Place(
        venue_id=row.venue_id,
        name=row.name,
        address=row.address,
        postcode=row.postcode,
        point=GridPoint(row.easting_m, row.northing_m) if known else None,
        access={each: row.access[each] for each in AccessFeature if each in row.access},
    )


def _record(
    row: Row[*tuple[Any, ...]], needs: list[Needed], times: _Times, areas: list[Area]
) -> AssetRecord:
    snapshot = AssetSnapshot(
        asset_id=row.asset_id,
        name=row.name,
        kind=row.kind,
        group_kind=row.group_kind,
        summary=row.summary,
        organisation=row.organisation,
        invented=row.invented or row.organisation_invented,
        needs=tuple(needs),
        deliveries=frozenset(map(Delivery, row.deliveries)),
        places=tuple(times.places[venue_id] for venue_id in sorted(times.places)),
        meetings=tuple(dict.fromkeys(sitting.meeting for sitting in times.sittings)),
        areas=tuple(areas),
        min_age=row.min_age,
        max_age=row.max_age,
        open_to=row.open_to,
        conditions=frozenset(row.conditions),
        languages=frozenset(row.languages),
        routes=frozenset(map(ReferralRoute, row.routes)),
        cost_pence=row.cost_pence,
        cost_note=row.cost_note,
        capacity=row.capacity,
        opens_on=row.opens_on,
        closes_on=row.closes_on,
        assured_on=row.assured_on,
        source=row.source,
        checks_valid_until=row.checks_valid_until,
        is_small=row.is_small,
        times_asked=row.times_asked,
        times_accepted=row.times_accepted,
        contact=row.contact,
        website=row.website,
        group_size=row.group_size,
        welcomes_newcomers=row.welcomes_newcomers,
    )
    return AssetRecord(
        code=row.code,
        snapshot=snapshot,
        sittings=tuple(times.sittings),
        licence=row.licence,
        is_retired=row.is_retired,
        updated_at=row.updated_at,
    )

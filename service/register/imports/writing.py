"""Writing assets into the register: what is new is added, what differs is changed in place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from geo.progress import Progress
from service.register.imports.facts import AssetFacts, AssetFile
from service.register.model import AreaServed, Asset, AssetNeed, Assurance, Schedule
from service.register.vocabulary import Capacity
from service.store.base import utc_now
from service.store.chunks import chunks

BATCH = 250
"""Assets written between two signs of progress."""


class Outcome(StrEnum):
    """What became of one asset of a file."""

    ADDED = "added"
    CHANGED = "changed"
    SAME = "same"


@dataclass(slots=True)
class Written:
    """What was written.

    `touched` are the ids whose search rows must be made again; `left_venues` and
    `left_organisations` are those that an asset was at, or was run by, before.
    """

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    touched: set[int] = field(default_factory=set)
    left_venues: set[int] = field(default_factory=set)
    left_organisations: set[int] = field(default_factory=set)
    still_retired: int = 0


def write_assets(
    session: Session,
    file: AssetFile,
    *,
    organisation_ids: dict[str, int],
    venue_ids: dict[str, int],
    revive: bool,
    progress: Progress,
) -> Written:
    """Add and change assets, in the transaction of `session`; flushes, never commits."""
    written = Written()
    progress.begin("Writing", len(file.assets))
    for batch in chunks(file.assets, BATCH):
        known = _known(session, [facts.code for facts in batch])
        fresh: list[Asset] = []
        for facts in batch:
            asset = known.get(facts.code)
            if asset is None:
                asset = Asset(code=facts.code, capacity=Capacity.UNKNOWN, is_retired=False)
                session.add(asset)
                _bring_up_to_date(asset, facts, organisation_ids, venue_ids)
                fresh.append(asset)
                written.outcomes[Outcome.ADDED] += 1
                continue
            written.left_organisations.add(asset.organisation_id)
            written.left_venues.update(row.venue_id for row in asset.schedules if row.venue_id)
            changed = _bring_up_to_date(asset, facts, organisation_ids, venue_ids)
            if asset.is_retired and revive:
                asset.is_retired, changed = False, True
            written.still_retired += asset.is_retired
            written.outcomes[Outcome.CHANGED if changed else Outcome.SAME] += 1
            if changed:
                asset.updated_at = utc_now()
                fresh.append(asset)
        session.flush()
        written.touched.update(asset.asset_id for asset in fresh)
        progress.advance(len(batch))
    progress.end()
    return written


def retire_missing(session: Session, file: AssetFile) -> set[int]:
    """Retire the assets of the file's sources that it has no row for, not even a rejected one."""
    listed = {row.cells["asset_id"] for row in file.table.rows}
    found = session.scalars(
        select(Asset).where(Asset.source.in_(sorted(file.sources)), Asset.is_retired.is_(False))
    )
    retired = set()
    for asset in found:
        if asset.code not in listed:
            asset.is_retired = True
            retired.add(asset.asset_id)
    session.flush()
    return retired


def _known(session: Session, codes: Collection[str]) -> dict[str, Asset]:
    found = session.scalars(
        select(Asset)
        .where(Asset.code.in_(codes))
        .options(
            selectinload(Asset.needs),
            selectinload(Asset.schedules),
            selectinload(Asset.areas),
            selectinload(Asset.assurances),
        )
    )
    return {asset.code: asset for asset in found}


def _bring_up_to_date(
    asset: Asset, facts: AssetFacts, organisation_ids: dict[str, int], venue_ids: dict[str, int]
) -> bool:
    """Make `asset` say what `facts` say; whether anything differed."""
    changed = False
    for name, value in _columns(asset, facts, organisation_ids).items():
        if getattr(asset, name) != value:
            setattr(asset, name, value)
            changed = True
    # A list, so that each is done whatever the others found.
    return any(
        [
            changed,
            _set_needs(asset, facts),
            _set_schedules(asset, facts, venue_ids),
            _set_areas(asset, facts),
            _add_assurance(asset, facts),
        ]
    )


def _columns(
    asset: Asset, facts: AssetFacts, organisation_ids: dict[str, int]
) -> dict[str, object]:
    same = (
        "name",
        "kind",
        "group_kind",
        "summary",
        "min_age",
        "max_age",
        "open_to",
        "cost_pence",
        "cost_note",
        "places_per_week",
        "group_size",
        "welcomes_newcomers",
        "opens_on",
        "closes_on",
        "checks_valid_until",
        "contact",
        "website",
        "source",
        "licence",
        "invented",
    )
    return {
        **{name: getattr(facts, name) for name in same},
        "organisation_id": organisation_ids[facts.organisation],
        "deliveries": [each.value for each in facts.deliveries],
        "conditions": list(facts.conditions),
        "languages": list(facts.languages),
        "routes": [each.value for each in facts.routes],
        # Groups say these themselves between imports: a file that is silent leaves them alone,
        # and an old file does not make a checked fact older.
        "capacity": facts.capacity or asset.capacity,
        "assured_on": _later(asset.assured_on, facts.assured_on),
    }


def _later(one: date | None, other: date | None) -> date | None:
    return max(filter(None, (one, other)), default=None)


def _set_needs(asset: Asset, facts: AssetFacts) -> bool:
    wanted = {needed.need: needed.directness for needed in facts.needs}
    have = {row.need: row for row in asset.needs}
    if {need: row.directness for need, row in have.items()} == wanted:
        return False
    for need, row in have.items():
        if need not in wanted:
            asset.needs.remove(row)
        else:
            row.directness = wanted[need]
    asset.needs.extend(
        AssetNeed(need=need, directness=share) for need, share in wanted.items() if need not in have
    )
    return True


def _set_schedules(asset: Asset, facts: AssetFacts, venue_ids: dict[str, int]) -> bool:
    wanted = dict.fromkeys(
        (
            venue_ids[meeting.venue.key(facts.source)] if meeting.venue else None,
            meeting.rule,
            meeting.starts_at,
            meeting.ends_at,
        )
        for meeting in facts.meetings
    )
    have = {(row.venue_id, row.rule, row.starts_at, row.ends_at): row for row in asset.schedules}
    for key, row in have.items():
        if key not in wanted:
            asset.schedules.remove(row)
    for venue_id, rule, starts_at, ends_at in wanted:
        if (venue_id, rule, starts_at, ends_at) not in have:
            asset.schedules.append(
                Schedule(venue_id=venue_id, rule=rule, starts_at=starts_at, ends_at=ends_at)
            )
    return set(have) != set(wanted)


def _set_areas(asset: Asset, facts: AssetFacts) -> bool:
    wanted = {(area.kind, area.value) for area in facts.areas}
    have = {(row.kind, row.value): row for row in asset.areas}
    for key, row in have.items():
        if key not in wanted:
            asset.areas.remove(row)
    missing = sorted(wanted - set(have))
    asset.areas.extend(AreaServed(kind=kind, value=value) for kind, value in missing)
    return set(have) != wanted


def _add_assurance(asset: Asset, facts: AssetFacts) -> bool:
    if facts.assured_on is None:
        return False
    said = (facts.assured_on, facts.assured_by)
    if said in {(row.assured_on, row.assured_by) for row in asset.assurances}:
        return False
    asset.assurances.append(Assurance(assured_on=said[0], assured_by=said[1]))
    return True

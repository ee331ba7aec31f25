"""Organisations and venues of an import: found by name or key, added, kept up to date, cleared."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.register.imports.facts import AssetFile, OrganisationFacts, VenueFacts
from service.register.model import Asset, Organisation, Schedule, Venue
from service.store.chunks import chunks


def write_organisations(session: Session, file: AssetFile) -> dict[str, int]:
    """Add or change who runs the file's assets; their ids by name."""
    ids: dict[str, int] = {}
    for names in chunks(list(file.organisations)):
        found = session.scalars(select(Organisation).where(Organisation.name.in_(names)))
        rows = {row.name: row for row in found}
        for name in names:
            facts = file.organisations[name]
            if name not in rows:
                rows[name] = Organisation(name=name, is_small=False, invented=facts.invented)
                session.add(rows[name])
            _update_organisation(rows[name], facts)
        session.flush()
        ids.update({name: row.organisation_id for name, row in rows.items()})
    return ids


def _update_organisation(row: Organisation, facts: OrganisationFacts) -> None:
    if facts.is_small is not None:
        row.is_small = facts.is_small
    # Once a real asset names it, an organisation is real.
    row.invented = row.invented and facts.invented


def write_venues(session: Session, file: AssetFile) -> tuple[dict[str, int], set[int]]:
    """Add or change the file's venues; their ids by key, and those that changed.

    What the file does not state is kept for a venue that assets outside the file meet at too: a
    file of mended rows must not take away what the whole file said.
    """
    ids: dict[str, int] = {}
    changed: set[int] = set()
    listed = {asset.code for asset in file.assets}
    for keys in chunks(list(file.venues)):
        rows = {row.key: row for row in session.scalars(select(Venue).where(Venue.key.in_(keys)))}
        shared = _shared(session, [row.venue_id for row in rows.values()], listed)
        for key in keys:
            facts = file.venues[key]
            if key not in rows:
                rows[key] = Venue(key=key, access={})
                session.add(rows[key])
                _set(rows[key], facts, keep=False)
            elif _set(rows[key], facts, keep=rows[key].venue_id in shared):
                changed.add(rows[key].venue_id)
        session.flush()
        ids.update({key: row.venue_id for key, row in rows.items()})
    return ids, changed


def clear_unused(
    session: Session, venue_ids: Collection[int], organisation_ids: Collection[int]
) -> None:
    """Take away those of these venues and organisations that no asset is at or run by any more."""
    met_at = select(Schedule.venue_id).where(Schedule.venue_id.is_not(None))
    for some in chunks(venue_ids):
        unused = Venue.venue_id.in_(some) & Venue.venue_id.not_in(met_at)
        session.execute(delete(Venue).where(unused))
    runs = select(Asset.organisation_id)
    for some in chunks(organisation_ids):
        idle = Organisation.organisation_id.in_(some) & Organisation.organisation_id.not_in(runs)
        session.execute(delete(Organisation).where(idle))


def _shared(session: Session, venue_ids: list[int], listed: set[str]) -> set[int]:
    if not venue_ids:
        return set()
    met = (
        select(Schedule.venue_id, Asset.code)
        .join(Asset, Asset.asset_id == Schedule.asset_id)
        .where(Schedule.venue_id.in_(venue_ids))
        .distinct()
    )
    return {venue for venue, code in session.execute(met) if venue and code not in listed}


def _set(row: Venue, facts: VenueFacts, *, keep: bool) -> bool:
    access = {feature.value: True for feature in facts.has}
    access |= {feature.value: False for feature in facts.lacks}
    wanted: dict[str, object] = {
        "name": facts.name,
        "address": facts.address or (row.address if keep else ""),
        "postcode": facts.postcode,
        "easting_m": facts.point.easting_m if facts.point else None,
        "northing_m": facts.point.northing_m if facts.point else None,
        "accuracy_m": facts.accuracy_m,
        "access": {**row.access, **access} if keep else access,
    }
    if keep and row.easting_m is not None and row.accuracy_m is None and facts.accuracy_m:
        # A door that was given beats a postcode's middle.
        for name in ("easting_m", "northing_m", "accuracy_m"):
            del wanted[name]
    differing = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in differing.items():
        setattr(row, name, value)
    return bool(differing)

"""One asset as its page needs it, and who may stand beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.register.errors import UnknownAsset
from service.register.model import Asset, Assurance, Schedule, Venue
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import AssetRecord, records

CHECKS_SHOWN = 5
"""Past checks on a page: enough to see whether somebody looks regularly."""


@dataclass(frozen=True, slots=True)
class Check:
    """Somebody checked the facts on a day; `by` is a role or a way, never a name."""

    on: date
    by: str


@dataclass(frozen=True, slots=True)
class AssetPage:
    """An asset with its last checks, the latest first."""

    asset_id: int
    record: AssetRecord
    checks: tuple[Check, ...]

    @property
    def asset(self) -> AssetSnapshot:
        """The asset itself."""
        return self.record.snapshot

    @property
    def check(self) -> Check | None:
        """The last check; None when nobody has said that there was one."""
        found = self.asset.assured_on
        if found is None:
            return None
        by = next((each.by for each in self.checks if each.on == found), "")
        return Check(found, by)


def asset_page(session: Session, asset_id: int, *, retired: bool = False) -> AssetPage:
    """One asset by its number. Five statements.

    Parameters
    ----------
    retired : bool
        Whether one that is no longer listed is given too.

    Raises
    ------
    UnknownAsset
        If there is none, or it has been retired.
    """
    # No register has so many, and a database refuses a number that is too long.
    found = records(session, [asset_id]).get(asset_id) if 0 < asset_id < 2**31 else None
    if found is None or (found.is_retired and not retired):
        raise UnknownAsset(
            "This group is not in the register, or it is no longer listed. Search for it again.",
            asset=asset_id,
        )
    rows = session.execute(
        select(Assurance.assured_on, Assurance.assured_by)
        .where(Assurance.asset_id == asset_id)
        .order_by(Assurance.assured_on.desc(), Assurance.assurance_id.desc())
        .limit(CHECKS_SHOWN)
    )
    return AssetPage(asset_id, found, tuple(Check(on, by) for on, by in rows))


@dataclass(frozen=True, slots=True)
class Beside:
    """What a form of an asset needs beside its record, so that saving it loses nothing.

    `exact` are its venues whose position was given, and not taken from a postcode; `order` is the
    order in which its lists are kept.
    """

    exact: frozenset[int] = frozenset()
    places_per_week: int | None = None
    order: tuple[str, ...] = ()


def beside(session: Session, asset_id: int) -> Beside:
    """What the record of an asset leaves out. One statement; nothing of one that is not there."""
    rows = session.execute(
        select(Asset.places_per_week, Asset.languages, Asset.conditions, Venue.venue_id)
        .outerjoin(Schedule, Schedule.asset_id == Asset.asset_id)
        .outerjoin(Venue, (Venue.venue_id == Schedule.venue_id) & Venue.accuracy_m.is_(None))
        .where(Asset.asset_id == asset_id)
    ).all()
    exact = frozenset(row.venue_id for row in rows if row.venue_id is not None)
    if not rows:
        return Beside()
    first = rows[0]
    return Beside(exact, first.places_per_week, (*first.languages, *first.conditions))


def point_of(session: Session, asset_id: int) -> tuple[str, GridPoint] | None:
    """The first place of a listed asset that has a position, with its name. One statement."""
    row = session.execute(
        select(Venue.name, Venue.easting_m, Venue.northing_m)
        .join(Schedule, Schedule.venue_id == Venue.venue_id)
        .join(Asset, Asset.asset_id == Schedule.asset_id)
        .where(Asset.asset_id == asset_id, ~Asset.is_retired, Venue.easting_m.is_not(None))
        .order_by(Venue.venue_id)
        .limit(1)
    ).first()
    if row is None or row.easting_m is None or row.northing_m is None:
        return None
    return row.name, GridPoint(row.easting_m, row.northing_m)

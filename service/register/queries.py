"""What may be read of the register, shaped for a door, a page, a map or a match."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.register.candidates import (
    by_distance,
    candidates,
    nearest_assets,
    remote_candidates,
)
from service.register.errors import UnknownAsset
from service.register.model import Asset, RegisterVersion
from service.register.narrowing import ANY_NEED
from service.register.search import search
from service.register.snapshot import AssetSnapshot, Place
from service.register.snapshots import AssetRecord, records, snapshots

__all__ = [
    "AssetRecord",
    "NearbyAsset",
    "asset",
    "assets_of_practice",
    "candidates",
    "nearest_assets",
    "register_version",
    "remote_candidates",
    "search",
    "snapshots",
]


@dataclass(frozen=True, slots=True)
class NearbyAsset:
    """An asset and the nearest of its places; the distance is a straight line, no walk."""

    code: str
    snapshot: AssetSnapshot
    place: Place
    distance_m: float


def asset(session: Session, code: str) -> AssetRecord:
    """One asset by its code. Five statements.

    Raises
    ------
    UnknownAsset
        If there is none, or it has been retired.
    """
    asset_id = session.scalar(select(Asset.asset_id).where(Asset.code == code))
    found = None if asset_id is None else records(session, [asset_id]).get(asset_id)
    if found is None or found.is_retired:
        raise UnknownAsset(
            "There is no group with that code, or it is no longer listed. Search for it again.",
            code=code[:80],
        )
    return found


def assets_of_practice(
    session: Session, *, centre: GridPoint, radius_m: float
) -> list[NearbyAsset]:
    """Everything a person of a practice could go to within `radius_m` of it, nearest first.

    Ties by asset id; exactly on the circle is within. What has no place, or none whose position is
    known, is not on a map: ask `remote_candidates` for it. Five statements up to 5,000 assets.

    Raises
    ------
    BadRadius
        If `radius_m` is negative, not a number, or over 50 km.
    """
    rows = candidates(session, need=ANY_NEED, centre=centre, outer_m=radius_m)
    near = by_distance(rows, centre, radius_m)
    known = records(session, near.asset_id.tolist())
    found = []
    for asset_id, venue_id, distance_m in zip(
        near.asset_id.tolist(), near.venue_id.tolist(), near.distance_m.tolist(), strict=True
    ):
        record = known[asset_id]
        place = next(each for each in record.snapshot.places if each.venue_id == venue_id)
        found.append(NearbyAsset(record.code, record.snapshot, place, distance_m))
    return found


def register_version(session: Session) -> int:
    """How often the register has changed; 0 before it ever did. For caches and ETags."""
    statement = select(RegisterVersion.version).where(RegisterVersion.version_id == 1)
    return session.scalar(statement) or 0

"""Assets that may be there twice, as the steward's page shows them."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.identity.actors import Actor
from service.identity.roles import Permission
from service.register.correction_model import AssetPair
from service.register.likeness import Alike, Entry, pairs_alike
from service.register.model import Asset, Venue
from service.register.narrowing import ANY_NEED, Candidate
from service.register.snapshots import AssetRecord, records

MOST_PAIRS = 20


@dataclass(frozen=True, slots=True)
class Pair:
    """Two assets side by side."""

    alike: Alike
    first: AssetRecord
    second: AssetRecord


def likely_pairs(session: Session, *, by: Actor) -> tuple[tuple[Pair, ...], int]:
    """Pairs that nobody has decided about, the most alike first, and how many there are in all.

    At most `MOST_PAIRS` are read. What has no position is compared with nothing. Six statements;
    reads the name of every asset.

    Raises
    ------
    NotAllowed
        Without `Permission.EDIT_REGISTER`.
    """
    by.require(Permission.EDIT_REGISTER)
    rows = session.execute(
        select(Asset.asset_id, Asset.name, Venue.easting_m, Venue.northing_m)
        .join(Candidate, Candidate.asset_id == Asset.asset_id)
        .join(Venue, Venue.venue_id == Candidate.venue_id)
        .where(Candidate.need == ANY_NEED, Candidate.venue_id != 0)
    )
    entries = [
        Entry(asset_id, name, GridPoint(easting_m, northing_m))
        for asset_id, name, easting_m, northing_m in rows
        if easting_m is not None and northing_m is not None
    ]
    known = {
        (first, second)
        for first, second in session.execute(select(AssetPair.first_id, AssetPair.second_id))
    }
    found = [each for each in pairs_alike(entries) if (each.first_id, each.second_id) not in known]
    shown = found[:MOST_PAIRS]
    read = records(
        session, {number for each in shown for number in (each.first_id, each.second_id)}
    )
    return (
        tuple(Pair(each, read[each.first_id], read[each.second_id]) for each in shown),
        len(found),
    )

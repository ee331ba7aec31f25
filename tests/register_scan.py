"""The slow twin of every search near a place: read every asset, look at each, sort.

Nothing here knows of squares, strips, masks or derived tables.
"""

from __future__ import annotations

import math

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.register.asset_filter import AssetFilter
from service.register.derived_rows import word_rows_of
from service.register.model import Asset
from service.register.snapshot import AssetSnapshot, Place
from service.register.snapshots import AssetRecord, records
from service.register.vocabulary import AreaKind, Capacity, Delivery
from service.register.words import Term, terms_of


def every_asset(session: Session) -> list[AssetRecord]:
    """All assets that are not retired, by id."""
    ids = session.scalars(select(Asset.asset_id).where(~Asset.is_retired)).all()
    return list(records(session, ids).values())


def metres(a: GridPoint, b: GridPoint) -> float:
    return math.hypot(a.easting_m - b.easting_m, a.northing_m - b.northing_m)


def can_be_gone_to(asset: AssetSnapshot) -> list[Place]:
    if asset.deliveries and Delivery.IN_PERSON not in asset.deliveries:
        return []
    return [place for place in asset.places if place.point is not None]


def serves(asset: AssetSnapshot, needs: tuple[str, ...]) -> bool:
    return not needs or any(each.need in needs for each in asset.needs)


def nearest(session: Session, need: str, centre: GridPoint, count: int, within_m: float):
    """(asset id, venue id) of the nearest assets for a need, ties by id."""
    found = []
    for record in every_asset(session):
        asset = record.snapshot
        if not serves(asset, (need,)):
            continue
        near = [
            (metres(centre, place.point), asset.asset_id, place.venue_id)
            for place in can_be_gone_to(asset)
            if metres(centre, place.point) <= within_m
        ]
        if near:
            found.append(min(near))
    return [(asset_id, venue_id) for _, asset_id, venue_id in sorted(found)[:count]]


def search_near(session: Session, wanted: AssetFilter):
    """(reach, code, venue id) of everything that answers a search without words, in order."""
    found = []
    for record in every_asset(session):
        asset = record.snapshot
        if not serves(asset, wanted.needs) or not _asset_fits(record, wanted):
            continue
        ways = []
        for place in can_be_gone_to(asset):
            away = metres(wanted.near, place.point)
            if not _place_fits(record, place, wanted):
                continue
            if away <= wanted.radius_m:
                ways.append((0, away, asset.asset_id, place.venue_id))
            elif wanted.wider and away <= 50_000 and _covers(asset, away, wanted):
                ways.append((1, away, asset.asset_id, place.venue_id))
        comes = any(each is not Delivery.IN_PERSON for each in asset.deliveries)
        nowhere = (comes or not can_be_gone_to(asset)) and not _only_elsewhere(asset, wanted)
        if wanted.wider and nowhere and _nowhere_fits(record, comes, wanted):
            ways.append((2 if comes else 3, math.inf, asset.asset_id, 0))
        if ways:
            found.append((*min(ways), record.code))
    return [(reach, code, venue_id) for reach, _, _, venue_id, code in sorted(found)]


def _asset_fits(record: AssetRecord, wanted: AssetFilter) -> bool:
    asset = record.snapshot
    if wanted.ages is not None:
        low, high = wanted.ages
        if asset.min_age is not None and asset.min_age > high:
            return False
        if asset.max_age is not None and asset.max_age < low:
            return False
    return (
        (not wanted.free or asset.cost_pence == 0)
        and (not wanted.kinds or asset.kind in wanted.kinds)
        and (not wanted.deliveries or not wanted.deliveries.isdisjoint(asset.deliveries))
        and (not wanted.free_places or asset.capacity is Capacity.OPEN)
    )


def _place_fits(record: AssetRecord, place: Place, wanted: AssetFilter) -> bool:
    if not all(place.access.get(feature) for feature in wanted.access):
        return False
    days = set()
    for sitting in record.sittings:
        if sitting.venue_id == place.venue_id:
            days |= sitting.meeting.weekdays
    return not wanted.days or not wanted.days.isdisjoint(days)


def _nowhere_fits(record: AssetRecord, comes: bool, wanted: AssetFilter) -> bool:
    if wanted.access and not comes:
        return False
    known = {place.venue_id for place in can_be_gone_to(record.snapshot)}
    days = set()
    for sitting in record.sittings:
        if sitting.venue_id not in known:
            days |= sitting.meeting.weekdays
    return not wanted.days or not wanted.days.isdisjoint(days)


def _covers(asset: AssetSnapshot, away: float, wanted: AssetFilter) -> bool:
    for area in asset.areas:
        match area.kind:
            case AreaKind.EVERYWHERE:
                return True
            case AreaKind.POSTCODE_DISTRICT if area.value == wanted.district:
                return True
            case AreaKind.LOCAL_AUTHORITY if area.value == wanted.authority:
                return True
            case AreaKind.RADIUS_M if away <= int(float(area.value)):
                return True
    return False


def _only_elsewhere(asset: AssetSnapshot, wanted: AssetFilter) -> bool:
    """Whether each of its areas is known, and none of them holds the place asked about."""
    return bool(asset.areas) and not any(
        _may_hold(area.kind, area.value, asset, wanted) for area in asset.areas
    )


def _may_hold(kind: AreaKind, value: str, asset: AssetSnapshot, wanted: AssetFilter) -> bool:
    match kind:
        case AreaKind.POSTCODE_DISTRICT:
            return wanted.district in (None, value)
        case AreaKind.LOCAL_AUTHORITY:
            return wanted.authority in (None, value)
        case AreaKind.RADIUS_M:
            points = [place.point for place in asset.places]
            return not points or any(
                point is None or metres(wanted.near, point) <= float(value) for point in points
            )
    return True


def search_words(session: Session, text: str):
    """(words matched, code) of everything that has a word of `text`, best first."""
    terms = terms_of(text)
    found = []
    for record in every_asset(session):
        says = {row.word: row.weight for row in word_rows_of(record)}
        best = [
            max((says[word] for word in says if _meets(term, word)), default=0) for term in terms
        ]
        matched = sum(1 for weight in best if weight)
        if matched:
            found.append((-matched, -sum(best), record.snapshot.asset_id, record.code))
    return [(-matched, code) for matched, _, _, code in sorted(found)]


def _meets(term: Term, word: str) -> bool:
    begins = term.beginning is not None and word.startswith(term.beginning)
    return begins or word in term.equal

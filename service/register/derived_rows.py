"""What the derived tables say of one asset: pure, so that keeping and checking agree."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from math import isfinite, nan
from typing import Final, NamedTuple

from seed_data import needs
from service.register.area_cells import cells_served
from service.register.areas import metres
from service.register.narrowing import (
    ACCESS_BITS,
    ANY_NEED,
    AREA_BITS,
    CAPACITY_CODES,
    DAY_BITS,
    DELIVERY_BITS,
    HAS_CONDITIONS,
    OPEN_TO_CODES,
    PLACE_KNOWN,
    PLACE_UNKNOWN,
    ROUTE_BITS,
    SAYS_LANGUAGES,
    UNKNOWN,
    cell_of,
)
from service.register.packing import Facts
from service.register.snapshot import AssetSnapshot, Place
from service.register.snapshots import AssetRecord
from service.register.vocabulary import AreaKind, Delivery, Weekday
from service.register.words import kind_word, name_stems, need_word, stems_of

MAX_WORDS: Final = 150
"""Words kept of one asset, those that say most first: a long description finds no more by more."""

IN_NAME: Final = 3
IN_KIND: Final = 2
ELSEWHERE: Final = 1
_DIRECT: Final = 0.75
_FARTHEST_M: Final = 2e9
"""More than there is of the Earth, and what four bytes can say."""
_EPOCH: Final = date(1970, 1, 1)


class CandidateRow(NamedTuple):
    """One row of the narrowing table, in the order of its columns."""

    need: str
    cell: int
    asset_id: int
    venue_id: int
    facts: bytes
    min_age: int
    max_age: int
    capacity: int
    access_has: int
    deliveries: int
    days: int

    @classmethod
    def of(cls, need: str, cell: int, facts: Facts) -> CandidateRow:
        """The row under one need in one cell that says these facts."""
        return cls(
            need,
            cell,
            facts.asset_id,
            facts.venue_id,
            facts.packed(),
            facts.min_age,
            facts.max_age,
            facts.capacity,
            facts.access_has,
            facts.deliveries,
            facts.days,
        )


class WordRow(NamedTuple):
    """One row of the table of words."""

    word: str
    asset_id: int
    weight: int


def candidate_rows_of(record: AssetRecord) -> list[CandidateRow]:
    """The rows of one asset: each need, and `ANY_NEED`, at each place or at none.

    An asset one can go to has a row for each venue whose position is known. One that comes to the
    person, or that meets anywhere of which no position is known, has a row without a place too, or
    several: one for each cell of the areas it takes people from.
    """
    asset = record.snapshot
    goes_there = _goes_there(asset)
    located = [place for place in asset.places if goes_there and place.point is not None]
    places: list[Place | None] = [*located]
    unlocated = goes_there and len(located) < max(len(asset.places), 1)
    if unlocated or not goes_there or any(each.is_remote for each in asset.deliveries):
        places.append(None)
    needed = {ANY_NEED: 1.0, **{each.need: each.directness for each in asset.needs}}
    held_at = {place.venue_id for place in located}
    rows = []
    for place in places:
        facts = _facts(record, place, held_at)
        for need, directness in needed.items():
            said = facts._replace(directness=directness)
            rows += [CandidateRow.of(need, cell, said) for cell in _cells(asset, place)]
    return rows


def _cells(asset: AssetSnapshot, place: Place | None) -> list[int]:
    if place is None or place.point is None:
        return cells_served(asset.areas, asset.places)
    return [cell_of(place.point.easting_m, place.point.northing_m)]


def _facts(record: AssetRecord, place: Place | None, held_at: Collection[int]) -> Facts:
    asset = record.snapshot
    point = None if place is None else place.point
    access = {} if place is None else place.access
    return Facts(
        asset_id=asset.asset_id,
        venue_id=0 if place is None else place.venue_id,
        directness=1.0,
        easting_m=nan if point is None else point.easting_m,
        northing_m=nan if point is None else point.northing_m,
        min_age=UNKNOWN if asset.min_age is None else asset.min_age,
        max_age=UNKNOWN if asset.max_age is None else asset.max_age,
        open_to=OPEN_TO_CODES[asset.open_to],
        capacity=CAPACITY_CODES[asset.capacity],
        opens_day=_day(asset.opens_on),
        closes_day=_day(asset.closes_on),
        checks_day=_day(asset.checks_valid_until),
        assured_day=_day(asset.assured_on),
        # Beta prior of matching.md, section 4: four of five before anybody was asked.
        acceptance=(asset.times_accepted + 4) / (asset.times_asked + 5),
        access_has=sum(ACCESS_BITS[feature] for feature, there in access.items() if there),
        access_lacks=sum(ACCESS_BITS[feature] for feature, there in access.items() if not there),
        deliveries=sum(DELIVERY_BITS[each] for each in asset.deliveries),
        days=_days(record, place, held_at),
        meets=_meets(asset),
        serves_m=_serves_m(asset),
        areas=sum(AREA_BITS[kind] for kind in {area.kind for area in asset.areas}),
        routes=sum(ROUTE_BITS[route] for route in asset.routes),
        cost_pence=UNKNOWN if asset.cost_pence is None else asset.cost_pence,
        said=_said(asset),
    )


def _said(asset: AssetSnapshot) -> int:
    there = [place.point is not None for place in asset.places] or [False]
    goes_there = _goes_there(asset)
    return (
        SAYS_LANGUAGES * bool(asset.languages)
        | HAS_CONDITIONS * bool(asset.conditions)
        | PLACE_KNOWN * (goes_there and any(there))
        | PLACE_UNKNOWN * (goes_there and not all(there))
    )


def _serves_m(asset: AssetSnapshot) -> int:
    """The largest radius; `UNKNOWN` without any, and as long as one of them is no number."""
    radii = [metres(area.value) for area in asset.areas if area.kind is AreaKind.RADIUS_M]
    known = [radius_m for radius_m in radii if radius_m is not None and isfinite(radius_m)]
    if not known or len(known) < len(radii):
        return UNKNOWN
    return int(min(max(known), _FARTHEST_M))


def _goes_there(asset: AssetSnapshot) -> bool:
    return not asset.deliveries or Delivery.IN_PERSON in asset.deliveries


def _meets(asset: AssetSnapshot) -> int:
    """All days on which it meets anywhere; `UNKNOWN` as long as those of any time are not known."""
    if not asset.meetings or not all(meeting.weekdays for meeting in asset.meetings):
        return UNKNOWN
    return sum(DAY_BITS[day] for day in {day for each in asset.meetings for day in each.weekdays})


def _days(record: AssetRecord, place: Place | None, held_at: Collection[int]) -> int:
    """The days it meets at a place; without one, those of all times not held at a known place."""
    found: set[Weekday] = set()
    for sitting in record.sittings:
        here = (
            sitting.venue_id not in held_at if place is None else sitting.venue_id == place.venue_id
        )
        if here:
            found |= sitting.meeting.weekdays
    return sum(DAY_BITS[day] for day in found)


def _day(day: date | None) -> int:
    return UNKNOWN if day is None else (day - _EPOCH).days


def word_rows_of(record: AssetRecord) -> list[WordRow]:
    """The words one asset is found by, each with the most it says anywhere."""
    asset = record.snapshot
    kinds = needs.load().kinds
    kind = kinds[asset.group_kind].label if asset.group_kind in kinds else asset.group_kind
    weights: dict[str, int] = dict.fromkeys(name_stems(asset.name), IN_NAME)
    if asset.group_kind:
        weights[kind_word(asset.group_kind)] = IN_KIND
    for each in asset.needs:
        weights[need_word(each.need)] = IN_KIND if each.directness >= _DIRECT else ELSEWHERE
    places = [f"{place.name} {place.address} {place.postcode or ''}" for place in asset.places]
    for weight, text in (
        (IN_KIND, kind.replace("_", " ")),
        (ELSEWHERE, asset.organisation),
        *((ELSEWHERE, place) for place in places),
        (ELSEWHERE, asset.summary),
    ):
        for word in stems_of(text):
            weights.setdefault(word, weight)
    kept = list(weights.items())[:MAX_WORDS]
    return [WordRow(word, asset.asset_id, weight) for word, weight in kept]

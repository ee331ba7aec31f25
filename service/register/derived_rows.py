"""What the derived tables say of one asset: pure, so that keeping and checking agree."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Final, NamedTuple, TypeAlias

from seed_data import needs
from service.register.narrowing import (
    ACCESS_BITS,
    ANY_NEED,
    CAPACITY_CODES,
    DAY_BITS,
    DELIVERY_BITS,
    OPEN_TO_CODES,
    REMOTE_CELL,
    UNKNOWN,
    cell_of,
)
from service.register.snapshot import Place
from service.register.snapshots import AssetRecord
from service.register.vocabulary import AreaKind, Delivery, Weekday
from service.register.words import kind_word, name_stems, need_word, stems_of

MAX_WORDS: Final = 150
"""Words kept of one asset, those that say most first: a long description finds no more by more."""

IN_NAME: Final = 3
IN_KIND: Final = 2
ELSEWHERE: Final = 1
_DIRECT: Final = 0.75
_EPOCH: Final = date(1970, 1, 1)


class CandidateRow(NamedTuple):
    """One row of the narrowing table, in the order of its columns."""

    need: str
    cell: int
    asset_id: int
    venue_id: int
    directness: float
    easting_m: float | None
    northing_m: float | None
    min_age: int
    max_age: int
    open_to: int
    capacity: int
    opens_day: int
    closes_day: int
    checks_day: int
    assured_day: int
    acceptance: float
    access_has: int
    access_lacks: int
    deliveries: int
    days: int
    serves_m: int


class WordRow(NamedTuple):
    """One row of the table of words."""

    word: str
    asset_id: int
    weight: int


def candidate_rows_of(record: AssetRecord) -> list[CandidateRow]:
    """The rows of one asset: each need, and `ANY_NEED`, at each place or at none.

    An asset one can go to has a row for each venue whose position is known. One that comes to the
    person, or of which no position is known, has a row without a place; both is possible.
    """
    asset = record.snapshot
    goes_there = not asset.deliveries or Delivery.IN_PERSON in asset.deliveries
    located = [place for place in asset.places if goes_there and place.point is not None]
    places: list[Place | None] = [*located]
    if not located or any(each.is_remote for each in asset.deliveries):
        places.append(None)
    needed = {ANY_NEED: 1.0, **{each.need: each.directness for each in asset.needs}}
    held_at = {place.venue_id for place in located}
    rows = []
    for place in places:
        tail = _facts(record, place, held_at)
        for need, directness in needed.items():
            rows.append(_row(need, directness, asset.asset_id, place, tail))
    return rows


_Facts: TypeAlias = tuple[int, int, int, int, int, int, int, int, float, int, int, int, int, int]


def _row(
    need: str, directness: float, asset_id: int, place: Place | None, facts: _Facts
) -> CandidateRow:
    if place is None or place.point is None:
        return CandidateRow(need, REMOTE_CELL, asset_id, 0, directness, None, None, *facts)
    east, north = float(place.point.easting_m), float(place.point.northing_m)
    cell = cell_of(east, north)
    return CandidateRow(need, cell, asset_id, place.venue_id, directness, east, north, *facts)


def _facts(record: AssetRecord, place: Place | None, held_at: Collection[int]) -> _Facts:
    asset = record.snapshot
    access = {} if place is None else place.access
    reach = [int(float(area.value)) for area in asset.areas if area.kind is AreaKind.RADIUS_M]
    return (
        UNKNOWN if asset.min_age is None else asset.min_age,
        UNKNOWN if asset.max_age is None else asset.max_age,
        OPEN_TO_CODES[asset.open_to],
        CAPACITY_CODES[asset.capacity],
        _day(asset.opens_on),
        _day(asset.closes_on),
        _day(asset.checks_valid_until),
        _day(asset.assured_on),
        # Beta prior of matching.md, section 4: four of five before anybody was asked.
        (asset.times_accepted + 4) / (asset.times_asked + 5),
        sum(ACCESS_BITS[feature] for feature, there in access.items() if there),
        sum(ACCESS_BITS[feature] for feature, there in access.items() if not there),
        sum(DELIVERY_BITS[each] for each in asset.deliveries),
        _days(record, place, held_at),
        max(reach, default=UNKNOWN),
    )


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

"""Reading the narrowing table: the candidates for one need around one place, as arrays."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from geo.distance import MAX_RADIUS_M, checked_radius_m, straight_lines_m
from geo.errors import BadRadius
from geo.point import GridPoint
from service.register.area_cells import ranges_at
from service.register.areas import Whereabouts
from service.register.by_driver import fetched
from service.register.narrowing import (
    ACCESS_BITS,
    DELIVERY_BITS,
    PLACE_KNOWN,
    REMOTE_CELL,
    UNKNOWN,
    box_of,
    strips,
)
from service.register.packing import unpacked
from service.register.vocabulary import AccessFeature

GROWTH_M: Final = (1_500.0, 4_500.0, 13_500.0, 40_500.0)
"""Radii to look within, one after the other, for the nearest few of a need: three times as far each
time. The fastest of those tried on 500,000 synthetic assets with 40 needs, ten wanted."""

MAX_M: Final = MAX_RADIUS_M
"""Nothing farther than this (50 km) is a candidate by distance."""

_COMES: Final = sum(bit for delivery, bit in DELIVERY_BITS.items() if delivery.is_remote)

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class CandidateRows:
    """Rows of the narrowing table as arrays of one length, one element a row.

    An asset with several places has several rows. -1 (`narrowing.UNKNOWN`) is what is not stated.

    Attributes
    ----------
    asset_id, venue_id : int64
        Which asset, and which of its places; venue 0 is no place.
    directness : float64
        How directly it serves the need, above 0 to 1; 1 under `ANY_NEED`.
    easting_m, northing_m : float64
        Position of the place, EPSG:27700; NaN in remote rows.
    min_age, max_age : int64
        Whole years, both admitted.
    open_to, capacity : int64
        As `narrowing.OPEN_TO_CODES` and `CAPACITY_CODES`.
    opens_day, closes_day, checks_day, assured_day : int64
        Days since 1970-01-01: first and last day, end of the safeguarding papers, last check.
    acceptance : float64
        (times accepted + 4) / (times asked + 5): a new group begins at 0.8.
    access_has, access_lacks, deliveries, days : int64
        Masks over `narrowing.ACCESS_BITS`, `DELIVERY_BITS` and `DAY_BITS`: what the place is known
        to have and not to have, how a person takes part, when it meets at this place.
    meets : int64
        Mask of all days on which it meets anywhere; -1 while those of any meeting are not known.
    serves_m : int64
        Largest radius around a place that people are taken from, rounded down.
    areas, routes : int64
        Masks over `narrowing.AREA_BITS` and `ROUTE_BITS`: kinds of area stated, who may send
        people; 0 is not stated.
    cost_pence : int64
        Of one session.
    said : int64
        Mask of `narrowing.SAYS_LANGUAGES`, `HAS_CONDITIONS` and `PLACE_UNKNOWN`.
    """

    asset_id: Ints
    venue_id: Ints
    directness: Floats
    easting_m: Floats
    northing_m: Floats
    min_age: Ints
    max_age: Ints
    open_to: Ints
    capacity: Ints
    opens_day: Ints
    closes_day: Ints
    checks_day: Ints
    assured_day: Ints
    acceptance: Floats
    access_has: Ints
    access_lacks: Ints
    deliveries: Ints
    days: Ints
    meets: Ints
    serves_m: Ints
    areas: Ints
    routes: Ints
    cost_pence: Ints
    said: Ints

    def __len__(self) -> int:
        return len(self.asset_id)

    def where(self, chosen: npt.NDArray[np.bool_] | npt.NDArray[np.intp]) -> CandidateRows:
        """The rows that a mask or a list of positions names, in that order."""
        return CandidateRows(*(getattr(self, name)[chosen] for name in _COLUMNS))

    @property
    def comes(self) -> npt.NDArray[np.bool_]:
        """Whether it comes to the person: a visit, the telephone or a screen."""
        return (self.deliveries & _COMES) > 0

    @property
    def is_listed(self) -> npt.NDArray[np.bool_]:
        """Whether the row is worth listing: not those without a place of what has places elsewhere.

        A match looks at these too, because a place that nobody knows may be the nearest.
        """
        elsewhere = (self.said & PLACE_KNOWN) > 0
        return np.asarray((self.venue_id > 0) | self.comes | ~elsewhere)

    @property
    def step_free(self) -> Ints:
        """1 yes, 0 no, -1 not stated."""
        bit = ACCESS_BITS[AccessFeature.STEP_FREE]
        known_not = np.where(self.access_lacks & bit, 0, UNKNOWN)
        return np.where(self.access_has & bit, 1, known_not)


_COLUMNS: Final = tuple(each.name for each in fields(CandidateRows))


def joined(parts: Sequence[CandidateRows]) -> CandidateRows:
    """The rows of all parts, in order; there must be at least one part."""
    if len(parts) == 1:
        return parts[0]
    return CandidateRows(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS)
    )


# One text each, whatever the radius, so that the database keeps its plan. The strips come first
# and each is one range of the primary key: measured against OR, UNION ALL and VALUES. SQLite obeys
# the order of a CROSS JOIN; PostgreSQL needs OFFSET 0, or it reads the whole need for many strips.
BY_STRIP: Final = {
    "sqlite": (
        "SELECT wanted.key, facts FROM json_each(?) AS wanted CROSS JOIN json_each(?) AS strip "
        "CROSS JOIN candidate WHERE need = wanted.value "
        "AND cell BETWEEN json_extract(strip.value, '$[0]') AND json_extract(strip.value, '$[1]')"
    ),
    "postgresql": (
        "SELECT wanted.place - 1, facts "
        "FROM unnest(%s::text[]) WITH ORDINALITY AS wanted(need, place) "
        "CROSS JOIN unnest(%s::int[], %s::int[]) AS strip(low, high) "
        "CROSS JOIN LATERAL (SELECT facts FROM candidate WHERE need = wanted.need "
        "AND cell BETWEEN strip.low AND strip.high OFFSET 0) AS found"
    ),
}


def candidates(
    session: Session,
    *,
    need: str,
    centre: GridPoint,
    outer_m: float,
    inner_m: float = 0.0,
) -> CandidateRows:
    """Every place of an asset that serves `need` within `outer_m` of `centre`, and some beyond.

    A superset: all of the box of kilometre squares that holds the circle. Measure the distances
    with `geo.distance` before you show or cut anything.

    Parameters
    ----------
    need : str
        A code of the taxonomy, or `narrowing.ANY_NEED`. A code nobody serves gives no rows.
    outer_m, inner_m : float
        Above 0, `inner_m` leaves out what the same call with `outer_m=inner_m` gave, so rings that
        grow give each row exactly once.

    Returns
    -------
    CandidateRows
        From south to north, then west to east by square, then by asset and venue id. One statement.

    Raises
    ------
    BadRadius
        If a radius is negative, not a number or over 50 km, or the inner exceeds the outer.
    """
    ring = candidates_of_each(
        session, needs=[need], centre=centre, outer_m=outer_m, inner_m=inner_m
    )
    return ring[0]


def candidates_of_each(
    session: Session,
    *,
    needs: Sequence[str],
    centre: GridPoint,
    outer_m: float,
    inner_m: float = 0.0,
) -> tuple[CandidateRows, ...]:
    """As `candidates` for each of several needs, in their order. One statement, whatever their
    number.

    Raises
    ------
    BadRadius
        As `candidates` does.
    """
    outer = box_of(centre, checked_radius_m(outer_m))
    if checked_radius_m(inner_m) > outer_m:
        raise BadRadius(
            "The inner distance of a ring cannot exceed the outer one.",
            inner_m=inner_m,
            outer_m=outer_m,
        )
    inner = box_of(centre, inner_m) if inner_m > 0 else None
    return _within(session, needs, strips(outer, inner))


def remote_candidates(
    session: Session, *, need: str, at: Whereabouts | None = None
) -> CandidateRows:
    """Every asset for `need` that needs no going to, or with a place not known; by asset id.

    Tell the two apart by `deliveries`. Each asset once. One statement.

    Parameters
    ----------
    at : Whereabouts, optional
        Where somebody is. Assets that take people from other areas alone are then left out, as far
        as cells tell; ask `areas.takes_from` for the rest. What is not known of the place leaves
        nothing out, and without it nothing is.
    """
    return remote_candidates_of_each(session, needs=[need], at=at)[0]


def remote_candidates_of_each(
    session: Session, *, needs: Sequence[str], at: Whereabouts | None = None
) -> tuple[CandidateRows, ...]:
    """As `remote_candidates` for each of several needs, in their order. One statement."""
    everywhere = [] if at is None else [(REMOTE_CELL, REMOTE_CELL)]
    found = _within(session, needs, ranges_at(at) + everywhere)
    return tuple(_each_once(rows) for rows in found)


def _each_once(rows: CandidateRows) -> CandidateRows:
    assets, first = np.unique(rows.asset_id, return_index=True)
    apart = len(assets) == len(rows) and not (np.diff(first) < 0).any()
    return rows if apart else rows.where(first)


def growing_rings(
    session: Session, *, need: str, centre: GridPoint, within_m: float = MAX_M
) -> Iterator[tuple[float, CandidateRows]]:
    """Rings around `centre`, out to `within_m`, each with the radius that is then complete.

    Stop as soon as enough is found within that radius: every place nearer has been given.

    Raises
    ------
    BadRadius
        If `within_m` is negative, not a number, or over 50 km.
    """
    limit_m = checked_radius_m(within_m)
    inner_m = 0.0
    # A last ring much thinner than the one before is not worth a statement of its own.
    for outer_m in (*(step for step in GROWTH_M if 1.5 * step <= limit_m), limit_m):
        yield (
            outer_m,
            candidates(session, need=need, centre=centre, outer_m=outer_m, inner_m=inner_m),
        )
        inner_m = outer_m


@dataclass(frozen=True, slots=True, eq=False)
class NearestAssets:
    """Assets by distance, then id; `venue_id` is the nearest place of each."""

    asset_id: Ints
    venue_id: Ints
    distance_m: Floats


def nearest_assets(
    session: Session, *, need: str, centre: GridPoint, count: int, within_m: float = MAX_M
) -> NearestAssets:
    """The `count` assets for `need` that are nearest to `centre`, none beyond `within_m`.

    Ties are broken by asset id, and a tie between places of one asset by venue id. Exactly on the
    circle is within. Fewer, or none, when there are no more. At most five statements.

    Raises
    ------
    BadRadius
        If `within_m` is negative, not a number, or over 50 km.
    """
    rings: list[CandidateRows] = []
    for complete_m, ring in growing_rings(session, need=need, centre=centre, within_m=within_m):
        rings.append(ring)
        if sum(map(len, rings)) < count and complete_m < within_m:
            continue
        found = by_distance(joined(rings), centre, complete_m)
        if len(found.asset_id) >= count or complete_m >= within_m:
            break
    return NearestAssets(found.asset_id[:count], found.venue_id[:count], found.distance_m[:count])


def by_distance(rows: CandidateRows, centre: GridPoint, within_m: float) -> NearestAssets:
    """The assets with a place no farther than `within_m`, each once, with its nearest place.

    Ordered by distance, then asset id. Rows without a position are never among them.
    """
    distances = straight_lines_m(centre, rows.easting_m, rows.northing_m)
    inside = np.flatnonzero(distances <= within_m)
    assets, venues, distances = rows.asset_id[inside], rows.venue_id[inside], distances[inside]
    order = np.lexsort((venues, assets, distances))
    _, first = np.unique(assets[order], return_index=True)
    kept = order[np.sort(first)]
    return NearestAssets(assets[kept], venues[kept], distances[kept])


def _within(
    session: Session, needs: Sequence[str], ranges: list[tuple[int, int]]
) -> tuple[CandidateRows, ...]:
    lows, highs = [low for low, _ in ranges], [high for _, high in ranges]
    # Spelled by hand: an encoder takes longer over so many small lists.
    listed = f"[{','.join(f'[{low},{high}]' for low, high in ranges)}]"
    rows = fetched(
        session,
        {
            "sqlite": (BY_STRIP["sqlite"], (json.dumps(list(needs)), listed)),
            "postgresql": (BY_STRIP["postgresql"], (list(needs), lows, highs)),
        },
    )
    return tuple(as_rows(packed) for packed in by_place(rows, len(needs)))


def by_place(rows: Iterable[tuple[int, bytes]], count: int) -> list[bytes]:
    """Packed rows that bear the places of their needs, one after the other, sorted out by need."""
    parts: list[list[bytes]] = [[] for _ in range(count)]
    for place, facts in rows:
        parts[place].append(facts)
    return [b"".join(part) for part in parts]


def as_rows(packed: bytes) -> CandidateRows:
    """Packed rows, one after the other, as arrays."""
    return CandidateRows(**unpacked(packed))

"""Cells that stand for the areas people are taken from, for what has no place on the map.

A group on the telephone for one town would otherwise be read for every question in the country.
They lie below the squares of the map: one for each postcode district and local authority, and
squares of 20 km for whatever takes people from so far around its own place.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final
from zlib import crc32

from geo.distance import MAX_RADIUS_M
from geo.point import GridPoint
from service.register.areas import Whereabouts, metres
from service.register.narrowing import REMOTE_CELL
from service.register.snapshot import Area, Place
from service.register.vocabulary import AreaKind

Range = tuple[int, int]

WIDE_M: Final = 20_000
"""Side of a wide square: a group that takes people from 5 km around is in one to four of them."""

_WIDE_ROW: Final = 100
"""Wide squares in a row: 2,000 km, so no row runs into the next."""

RANGES: Final[dict[AreaKind, Range]] = {
    AreaKind.RADIUS_M: (-100_000, -2),
    AreaKind.POSTCODE_DISTRICT: (-1_000_000_000, -100_001),
    AreaKind.LOCAL_AUTHORITY: (-2_000_000_000, -1_000_000_001),
}
"""The cells of each kind of area, first and last."""

ANYWHERE: Final[Range] = (RANGES[AreaKind.LOCAL_AUTHORITY][0], REMOTE_CELL)
"""Every cell of what has no place."""


def cells_served(areas: Iterable[Area], places: Sequence[Place]) -> list[int]:
    """Where the rows of an asset without a place belong, in order.

    The cells of its areas when it takes people from those alone; otherwise `REMOTE_CELL`, which
    every search reads: from everywhere, from farther around than anybody searches, from around a
    place nobody knows, or not stated.
    """
    cells: set[int] = set()
    for area in areas:
        found = _cells_of(area, places)
        if not found:
            return [REMOTE_CELL]
        cells |= found
    return sorted(cells) or [REMOTE_CELL]


def ranges_at(where: Whereabouts | None) -> list[Range]:
    """The cells of what takes people from there and not from everywhere, as ranges, ends included.

    `REMOTE_CELL` is not among them. What is not known of a place leaves nothing out; when there is
    no place at all the one range holds every cell, `REMOTE_CELL` too. Two areas may share a cell by
    chance: a search then reads a few rows too many.
    """
    if where is None:
        return [ANYWHERE]
    if where.point is None:
        ranges = [RANGES[AreaKind.RADIUS_M]]
    else:
        ranges = [(cell, cell) for cell in sorted(_wide_cells(where.point, where.blur_m))]
    for kind, value in (
        (AreaKind.POSTCODE_DISTRICT, where.district),
        (AreaKind.LOCAL_AUTHORITY, where.authority),
    ):
        cell = None if value is None else _named_cell(kind, value)
        ranges.append(RANGES[kind] if cell is None else (cell, cell))
    return sorted(ranges)


def _cells_of(area: Area, places: Sequence[Place]) -> set[int]:
    """The cells of one area; none when it has no end, or none that is known."""
    if area.kind is AreaKind.EVERYWHERE or not area.value.strip():
        return set()
    if area.kind is not AreaKind.RADIUS_M:
        return {_named_cell(area.kind, area.value)}
    radius_m = metres(area.value)
    points = [place.point for place in places if place.point is not None]
    if radius_m is None or not radius_m <= MAX_RADIUS_M or len(points) != len(places):
        return set()
    return {cell for point in points for cell in _wide_cells(point, radius_m)}


def _named_cell(kind: AreaKind, value: str) -> int:
    """The same for equal areas, however they are written."""
    first, last = RANGES[kind]
    return last - crc32(value.strip().upper().encode()) % (last - first + 1)


def _wide_cells(point: GridPoint, radius_m: float) -> set[int]:
    """The wide squares of the box that holds a circle."""
    west, east = (max(0, int((point.easting_m + side) // WIDE_M)) for side in (-radius_m, radius_m))
    south, north = (
        max(0, int((point.northing_m + side) // WIDE_M)) for side in (-radius_m, radius_m)
    )
    _, last = RANGES[AreaKind.RADIUS_M]
    return {
        last - (row * _WIDE_ROW + column)
        for row in range(south, north + 1)
        for column in range(west, east + 1)
    }

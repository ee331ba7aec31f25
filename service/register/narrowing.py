"""Which assets could possibly matter for a need near a place: a superset, found fast.

One derived, clustered table answers it, kept in the register's own transaction (`indexing.py`)
and the same on SQLite and PostgreSQL: a row for every asset, need and place, ordered by need and
by kilometre square. The squares are numbered by rows from west to east, so that a strip of a
square of the map is one range of the primary key. What has no place is kept below the squares of
the map, by the area it takes people from (`area_cells.py`).
"""

from __future__ import annotations

from typing import Final, TypeAlias

from sqlalchemy import Index, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped

from geo.point import GridPoint
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
    Weekday,
)
from service.store.base import PUBLIC, Base, column

ANY_NEED: Final = "*"
"""Stands for whatever need there is: each asset has rows under it, one for each of its places."""

REMOTE_CELL: Final = -1
"""Where rows without a place are kept: online, by phone, at home, or not known where. Those that
take people from some areas only are in the cells of those areas instead."""

UNKNOWN: Final = -1
"""What a number that is not stated is kept as. Day -1 is the last of 1969: before any register."""

CELL_M: Final = 1_000
_ROW: Final = 1_000
"""Squares in a row: the grid is 700 km wide, so no row runs into the next."""

# Compared byte by byte on both databases, so that a range of words or codes is the same range.
PlainText = String(80, collation="C").with_variant(String(80), "sqlite")

ACCESS_BITS: Final = {feature: 1 << place for place, feature in enumerate(AccessFeature)}
DAY_BITS: Final = {day: 1 << place for place, day in enumerate(Weekday)}
AREA_BITS: Final = {kind: 1 << place for place, kind in enumerate(AreaKind)}
ROUTE_BITS: Final = {route: 1 << place for place, route in enumerate(ReferralRoute)}
DELIVERY_BITS: Final = {delivery: 1 << place for place, delivery in enumerate(Delivery)}
OPEN_TO_CODES: Final = {None: UNKNOWN, OpenTo.EVERYONE: 0, OpenTo.WOMEN: 1, OpenTo.MEN: 2}
CAPACITY_CODES: Final = {
    Capacity.UNKNOWN: UNKNOWN,
    Capacity.OPEN: 0,
    Capacity.WAITING_LIST: 1,
    Capacity.FULL: 2,
}

SAYS_LANGUAGES: Final = 1
HAS_CONDITIONS: Final = 2
PLACE_KNOWN: Final = 4
PLACE_UNKNOWN: Final = 8
"""Bits of `said`: languages are stated; conditions are made; it is known of some place, and not
known of some place, where it is. Both may be, of an asset that one can go to; neither of others."""


class Candidate(Base):
    """An asset under one of its needs at one of its places. Derived: never edited by itself.

    The need is kept as its code: a number for it made the table a quarter smaller and no question
    faster, and needs a second table to be read by.
    """

    __tablename__ = "candidate"
    __table_args__ = (
        Index("ix_candidate_asset_id", "asset_id"),
        {"sqlite_with_rowid": False},
    )

    need: Mapped[str] = column(PUBLIC, PlainText, primary_key=True)
    cell: Mapped[int] = column(PUBLIC, Integer, primary_key=True, autoincrement=False)
    asset_id: Mapped[int] = column(PUBLIC, Integer, primary_key=True, autoincrement=False)
    # 0 where there is no place to go to.
    venue_id: Mapped[int] = column(PUBLIC, Integer, primary_key=True, autoincrement=False)
    # All that Kith reads of the row in one value (`packing.py`): the columns below are those that
    # the filters of a search ask the database about.
    facts: Mapped[bytes] = column(PUBLIC, LargeBinary)
    min_age: Mapped[int] = column(PUBLIC)
    max_age: Mapped[int] = column(PUBLIC)
    capacity: Mapped[int] = column(PUBLIC)
    # Bit masks over the closed lists of the vocabulary.
    access_has: Mapped[int] = column(PUBLIC)
    deliveries: Mapped[int] = column(PUBLIC)
    days: Mapped[int] = column(PUBLIC)


class AssetWord(Base):
    """A word by which an asset is found, and how much it says. Derived, like `Candidate`."""

    __tablename__ = "asset_word"
    __table_args__ = (
        Index("ix_asset_word_asset_id", "asset_id"),
        {"sqlite_with_rowid": False},
    )

    word: Mapped[str] = column(PUBLIC, PlainText, primary_key=True)
    asset_id: Mapped[int] = column(PUBLIC, Integer, primary_key=True, autoincrement=False)
    weight: Mapped[int] = column(PUBLIC)


def cell_of(easting_m: float, northing_m: float) -> int:
    """The number of the kilometre square that holds a position.

    A position on an edge belongs to the square east or north of it.
    """
    return int(northing_m // CELL_M) * _ROW + int(easting_m // CELL_M)


Box: TypeAlias = tuple[int, int, int, int]


def box_of(centre: GridPoint, radius_m: float) -> Box:
    """West, south, east and north square of the smallest box of squares that holds the circle."""
    return (
        max(0, int((centre.easting_m - radius_m) // CELL_M)),
        max(0, int((centre.northing_m - radius_m) // CELL_M)),
        min(_ROW - 1, int((centre.easting_m + radius_m) // CELL_M)),
        int((centre.northing_m + radius_m) // CELL_M),
    )


def strips(outer: Box, inner: Box | None = None) -> list[tuple[int, int]]:
    """Ranges of squares, ends included, that make up `outer` without `inner`.

    `inner` must lie inside `outer`. Each square is in exactly one strip. From south to north.
    """
    west, south, east, north = outer
    ranges = []
    for row in range(south, north + 1):
        start = row * _ROW
        if inner is None or not inner[1] <= row <= inner[3]:
            ranges.append((start + west, start + east))
            continue
        if west < inner[0]:
            ranges.append((start + west, start + inner[0] - 1))
        if inner[2] < east:
            ranges.append((start + inner[2] + 1, start + east))
    return ranges

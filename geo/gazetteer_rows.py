"""Facts about postcodes as columns: how they are gathered, and how newer ones replace older."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from geo.gazetteer_keys import Keys, areas

LIVE = 0
ENDED_UNKNOWN = 65_535
"""In `Rows.ended`: gone, but the month is not known."""

SAME_PLACE_M = 100
"""An area code known earlier is kept when the newer file has none and the postcode has moved no
farther than this (the published positions are good to 1 m; corrections move them some tens)."""

_GSS = re.compile(r"[A-Z][0-9]{8}")

AREA_COLUMNS = ("lads", "lsoa21s", "lsoa11s")


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """n postcodes, in ascending order of key, no key twice.

    Attributes
    ----------
    keys : int64
        See `geo.gazetteer_keys`.
    eastings, northings : int32
        Metres; both 0 where the data give no location.
    grades : uint8
        Code-Point's positional quality (10 best, 60 sector mean, 90 none; 80 is ONS's for a
        postcode that ended before the data were joined up).
    ended : uint16
        0 for a live postcode, else the month it ended as year * 12 + month - 1, or
        `ENDED_UNKNOWN`.
    lads, lsoa21s, lsoa11s : uint32
        Area codes as `pack_code` makes them, 0 where not known.
    imported : bool
        Whether an imported file said so, and not the postcodes that come with Kith.
    """

    keys: Keys
    eastings: NDArray[np.int32]
    northings: NDArray[np.int32]
    grades: NDArray[np.uint8]
    ended: NDArray[np.uint16]
    lads: NDArray[np.uint32]
    lsoa21s: NDArray[np.uint32]
    lsoa11s: NDArray[np.uint32]
    imported: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)

    @property
    def live(self) -> NDArray[np.bool_]:
        """Which are in use."""
        return np.equal(self.ended, LIVE)

    @property
    def located(self) -> NDArray[np.bool_]:
        """Which have a position."""
        return self.eastings > 0

    def take(self, chosen: NDArray[np.generic]) -> Rows:
        """The rows that a mask or an array of positions chooses."""
        return Rows(*(getattr(self, field.name)[chosen] for field in fields(self)))

    def but(self, **columns: NDArray[np.generic]) -> Rows:
        """The same rows with whole columns replaced."""
        return Rows(*(columns.get(f.name, getattr(self, f.name)) for f in fields(self)))


@dataclass(frozen=True, slots=True)
class Merged:
    """What came of laying newer rows over older ones."""

    rows: Rows
    added: int
    replaced: int
    retired: int


def settle(rows: Rows) -> Rows:
    """Rows in ascending order, the last of each key kept: what `Rows` promises."""
    order = np.argsort(rows.keys, kind="stable")
    ordered = rows.keys[order]
    last = np.ones(len(ordered), dtype=bool)
    last[:-1] = ordered[1:] != ordered[:-1]
    return rows.take(order[last])


def merge(older: Rows, newer: Rows, *, carries: frozenset[str], whole_areas: bool) -> Merged:
    """Lay newer rows over older ones.

    A row of the newer file replaces all that was known of that postcode. Where the file has no
    column for an area code, the earlier code is kept if the postcode has hardly moved. A
    postcode that the file does not mention stays as it was, so a file of a few areas leaves the
    rest of Britain alone; but where the file lists whole areas of live postcodes
    (`whole_areas`), a live postcode that it leaves out of such an area is no longer in use.

    Parameters
    ----------
    carries : frozenset of str
        Which of `AREA_COLUMNS` the newer file has.
    """
    at = np.searchsorted(older.keys, newer.keys)
    at_safe = np.minimum(at, max(len(older) - 1, 0))
    known = older.keys[at_safe] == newer.keys if len(older) else np.zeros(len(newer), dtype=bool)
    moved_m = np.hypot(
        np.subtract(newer.eastings, _older(older.eastings, at_safe, known), dtype=np.float64),
        np.subtract(newer.northings, _older(older.northings, at_safe, known), dtype=np.float64),
    )
    keep = known & (moved_m <= SAME_PLACE_M)
    codes = {
        name: np.where(keep, _older(getattr(older, name), at_safe, known), getattr(newer, name))
        for name in AREA_COLUMNS
        if name not in carries
    }
    newer = newer.but(**codes)

    mentioned = np.zeros(len(older), dtype=bool)
    mentioned[at_safe[known]] = True
    retired = np.zeros(len(older), dtype=bool)
    if whole_areas:
        retired = ~mentioned & older.live & np.isin(areas(older.keys), areas(newer.keys))
    rest = older.but(
        ended=np.where(retired, np.uint16(ENDED_UNKNOWN), older.ended),
        imported=older.imported | retired,
    ).take(~mentioned)
    rows = settle(_joined(rest, newer))
    return Merged(rows, int((~known).sum()), int(known.sum()), int(retired.sum()))


def pack_code(code: str) -> int | None:
    """A nine-character GSS code ("E01012345") as a number; 0 for none, None for no such code.

    An empty code and ONS's pseudo codes for "not applicable" (L99999999 and the like) are none.
    """
    if not code:
        return 0
    if not _GSS.fullmatch(code):
        return None
    figures = int(code[1:])
    return 0 if figures == 99_999_999 else (ord(code[0]) - 64) * 100_000_000 + figures


def unpack_code(number: int) -> str | None:
    """The GSS code of a number from `pack_code`, None for 0."""
    if not number:
        return None
    letter, figures = divmod(number, 100_000_000)
    return f"{chr(64 + letter)}{figures:08d}"


def month(ended: int) -> str | None:
    """The month (YYYY-MM) of a value of `Rows.ended`; None if live or the month is not known."""
    if ended in (LIVE, ENDED_UNKNOWN):
        return None
    year, month_from_zero = divmod(ended, 12)
    return f"{year:04d}-{month_from_zero + 1:02d}"


def _older(
    column: NDArray[np.integer], at: NDArray[np.int64], known: NDArray[np.bool_]
) -> NDArray[np.integer]:
    """For each newer row the older row's value, 0 where there was none."""
    if not len(column):
        return np.zeros(len(at), dtype=column.dtype)
    return np.where(known, column[at], np.zeros(1, dtype=column.dtype))


def _joined(first: Rows, second: Rows) -> Rows:
    return Rows(
        *(
            np.concatenate([getattr(first, f.name), getattr(second, f.name)]).astype(
                getattr(first, f.name).dtype
            )
            for f in fields(Rows)
        )
    )

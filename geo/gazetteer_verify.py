"""The last step of an import: refuse a gazetteer in which something has gone missing."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from geo.errors import BadGeoFile
from geo.gazetteer_keys import area_name, areas
from geo.gazetteer_read import ReadRows
from geo.gazetteer_rows import AREA_COLUMNS, Rows

_COLUMN_WORDS = {
    "lads": "local authority codes",
    "lsoa21s": "LSOA 2021 codes",
    "lsoa11s": "LSOA 2011 codes",
}


def verify_read(read: ReadRows) -> None:
    """Refuse a file of which nothing, or less than half, could be used.

    Raises
    ------
    BadGeoFile
        If no row was taken, more rows were refused than taken, or a column of area codes that
        the file has is empty from top to bottom. `fields["level"]` says which.
    """
    if not len(read.rows):
        raise _refusal(
            "No row of the file could be used"
            + (f", {read.outside:,} are outside Great Britain" if read.outside else ""),
            level="rows",
            read=read,
        )
    if read.rejected > len(read.rows) + read.repeated:
        raise _refusal(
            f"{read.rejected:,} of {read.read:,} rows could not be used",
            level="rows",
            read=read,
        )
    for column in AREA_COLUMNS:
        if column in read.columns.carries and not getattr(read.rows, column).any():
            raise _refusal(
                f"The file has a column for {_COLUMN_WORDS[column]} and not one is filled in",
                level=column,
                read=read,
            )


def verify_result(earlier: Rows, result: Rows) -> None:
    """Refuse a result that knows less than half of what was known before, at any level.

    Levels are the live postcodes of each postcode area and of all, those with a location, and
    those with each kind of area code.

    Raises
    ------
    BadGeoFile
        Naming the first such level, with the counts before and after in `fields`.
    """
    after = dict(_levels(result))
    for level, before in _levels(earlier):
        now = after.get(level, 0)
        if now * 2 < before:
            raise BadGeoFile(
                f"After this import there would be {now:,} {level}, and there are {before:,} now. "
                "Nothing was changed. Code-Point Open must be imported in whole areas, as it is "
                "published; check that the file is complete.",
                reason="verify",
                level=level,
                before=before,
                after=now,
            )


def _levels(rows: Rows) -> Iterator[tuple[str, int]]:
    numbers, counts = np.unique(areas(rows.keys[rows.live]), return_counts=True)
    for number, count in zip(numbers.tolist(), counts.tolist(), strict=True):
        yield f"live postcodes in {area_name(number)}", count
    yield "live postcodes", int(rows.live.sum())
    yield "postcodes with a location", int(rows.located.sum())
    for column, words in _COLUMN_WORDS.items():
        yield f"postcodes with {words}", int(np.count_nonzero(getattr(rows, column)))


def _refusal(said: str, *, level: str, read: ReadRows) -> BadGeoFile:
    first = read.rejects[0] if read.rejects else None
    why = f" The first was refused on line {first.line}: {first.reason}" if first else ""
    return BadGeoFile(
        f"{said}. Nothing was changed.{why}",
        reason="verify",
        level=level,
        line=first.line if first else None,
        rejected=read.rejected,
        read=read.read,
    )

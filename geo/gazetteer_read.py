"""Postcode rows from files in a published layout: every row taken, or refused with its reason."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from geo.errors import BadCoordinate, BadGeoFile, BadPostcode, GeoError
from geo.gazetteer_files import rows_of, size_of
from geo.gazetteer_keys import UNIT_OF, UNITS, sector_key
from geo.gazetteer_layouts import Columns, Layout, columns_of
from geo.gazetteer_rows import LIVE, Rows, pack_code, settle
from geo.point import GRID_EXTENT_M, GridPoint, LonLat
from geo.postcode import Postcode
from geo.postcode_elsewhere import NOT_BRITAIN_BY_AREA
from geo.progress import Progress

REJECTS_KEPT = 100
_VALUE_CHARACTERS = 40
_NO_LOCATION = 90
_NO_LATITUDE = 90.0
"""ONS writes latitude 99.999999 for "no location"."""
_OUTSIDE = -1
_EAST, _NORTH = GRID_EXTENT_M


@dataclass(frozen=True, slots=True)
class Source:
    """Files of one layout; None to tell it from the first file's first row."""

    files: Sequence[Path]
    layout: Layout | None = None


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken: where it stands, what in it was wrong, and why."""

    file: str
    line: int
    value: str
    reason: str


@dataclass(slots=True, eq=False)
class ReadRows:
    """What was read.

    `repeated` rows named a postcode that a later row names again (the last is kept), `outside`
    rows belong to Northern Ireland, the Crown Dependencies or the forces, `codes_ignored` area
    codes were not nine characters of the official kind. `newest_on` is the latest month (YYYY-MM)
    in which the file says a postcode began or ended: how old the file is.
    """

    rows: Rows
    columns: Columns
    read: int = 0
    outside: int = 0
    repeated: int = 0
    rejected: int = 0
    codes_ignored: int = 0
    newest_on: str | None = None
    rejects: list[Reject] = field(default_factory=list)


def read_rows(source: Source, what: str, progress: Progress) -> ReadRows:
    """Read all rows of all files, telling `progress` the bytes done.

    Raises
    ------
    BadGeoFile
        If a file is empty, is not CSV, or its first row is not of the layout.
    """
    progress.begin(what, size_of(source.files))
    gathered: _Gathered | None = None
    for path in source.files:
        rows = rows_of(path, progress.advance)
        first = next(rows, None)
        if first is None:
            raise BadGeoFile(f"{path.name} is empty.", reason="empty", file=path.name)
        layout = gathered.columns.layout if gathered is not None else source.layout
        columns = columns_of(first[1], layout)
        if gathered is None:
            gathered = _Gathered(columns)
        elif columns.carries != gathered.columns.carries:
            raise BadGeoFile(
                f"{path.name} has other columns than the files before it. Import it by itself.",
                reason="layout",
                file=path.name,
            )
        gathered.columns = columns
        for line, row in rows if columns.has_header else chain([first], rows):
            gathered.take(path.name, line, row)
    if gathered is None:
        raise BadGeoFile("No postcode file was given. Name at least one.", reason="no-file")
    progress.end()
    return gathered.result()


class _Gathered:
    """Columns as they grow, one entry a row taken."""

    def __init__(self, columns: Columns) -> None:
        self.columns = columns
        self._keys = array("q")
        self._eastings, self._northings = array("i"), array("i")
        self._grades, self._ended = array("B"), array("H")
        self._lads, self._lsoa21s, self._lsoa11s = array("I"), array("I"), array("I")
        self._sectors: dict[str, int] = {}
        self._codes: dict[str, int] = {"": 0}
        self._read = self._outside = self._rejected = self._codes_ignored = 0
        self._newest = ""
        self._rejects: list[Reject] = []

    def take(self, file: str, line: int, row: list[str]) -> None:
        """Take one row in, or note why not."""
        self._read += 1
        try:
            self._take(row)
        except GeoError as fault:
            self._reject(file, line, str(fault.fields.get("value", "")), fault.message)
        except IndexError:
            said = f"has {len(row)} columns where {self.columns.width} are needed"
            self._reject(file, line, ",".join(row), f"The row {said}.")

    def _take(self, row: list[str]) -> None:
        columns = self.columns
        text = row[columns.postcode]
        sector = self._sectors.get(text[:-2])
        unit = UNIT_OF.get(text[-2:])
        key = self._key(text) if sector is None or unit is None else sector + unit
        if sector == _OUTSIDE or key == _OUTSIDE:
            self._outside += 1
            return
        grade = self._grade(row)
        easting, northing = self._place(row, grade)
        ended = self._months(row)
        lad = self._code(row, columns.lad)
        lsoa21 = self._code(row, columns.lsoa21)
        lsoa11 = self._code(row, columns.lsoa11)
        self._keys.append(key)
        self._eastings.append(easting)
        self._northings.append(northing)
        self._grades.append(grade)
        self._ended.append(ended)
        self._lads.append(lad)
        self._lsoa21s.append(lsoa21)
        self._lsoa11s.append(lsoa11)

    def _key(self, text: str) -> int:
        try:
            postcode = Postcode.parse(text)
        except BadPostcode as fault:
            raise BadPostcode(fault.message, value=text) from None
        if postcode.area in NOT_BRITAIN_BY_AREA:
            self._sectors[postcode.sector] = _OUTSIDE
            return _OUTSIDE
        sector = self._sectors.setdefault(postcode.sector, sector_key(postcode.sector) * UNITS)
        return sector + UNIT_OF[postcode.inward[1:]]

    def _grade(self, row: list[str]) -> int:
        place = self.columns.grade
        text = row[place] if place is not None else ""
        if text.isdecimal() and len(text) <= 2:
            grade = int(text)
            # ONS writes the first figure of what Ordnance Survey writes in two.
            return grade if grade >= 10 else grade * 10
        if not text.strip():
            return 0
        raise BadGeoFile("The positional quality is not one of the published codes.", value=text)

    def _place(self, row: list[str], grade: int) -> tuple[int, int]:
        """Easting and northing in whole metres; 0, 0 when the row gives none."""
        columns = self.columns
        if columns.easting is None or columns.northing is None:
            return self._place_from_degrees(row)
        east, north = row[columns.easting], row[columns.northing]
        try:
            easting, northing = int(east), int(north)
        except ValueError:
            if not east.strip() and not north.strip():
                return 0, 0
            try:
                point = GridPoint.parse(east, north)
            except BadCoordinate as fault:
                raise BadCoordinate(fault.message, value=f"{east}, {north}") from None
            easting, northing = round(point.easting_m), round(point.northing_m)
        if grade == _NO_LOCATION or easting == northing == 0:
            return 0, 0
        if not (180 < easting <= _EAST and 90 < northing <= _NORTH):
            try:
                GridPoint(easting, northing)
            except BadCoordinate as fault:
                raise BadCoordinate(fault.message, value=f"{east}, {north}") from None
        return easting, northing

    def _place_from_degrees(self, row: list[str]) -> tuple[int, int]:
        lon_at, lat_at = self.columns.lon, self.columns.lat
        if lon_at is None or lat_at is None:
            return 0, 0
        lon, lat = row[lon_at], row[lat_at]
        try:
            if not (lon.strip() or lat.strip()) or float(lat or "0") > _NO_LATITUDE:
                return 0, 0
            point = GridPoint.from_lonlat(LonLat.parse(lon, lat))
        except (BadCoordinate, ValueError) as fault:
            said = fault.message if isinstance(fault, BadCoordinate) else "Latitude is no number."
            raise BadCoordinate(said, value=f"{lon}, {lat}") from None
        return round(point.easting_m), round(point.northing_m)

    def _months(self, row: list[str]) -> int:
        """The month the postcode ended, as `Rows.ended` counts; the newest month is noted."""
        columns = self.columns
        if columns.introduced is not None and row[columns.introduced] > self._newest:
            self._newest = row[columns.introduced]
        if columns.ended is None:
            return LIVE
        text = row[columns.ended].strip()
        if not text:
            return LIVE
        figures = text.replace("-", "")[:6]
        if len(figures) == 6 and figures.isdecimal():
            year, number = int(figures[:4]), int(figures[4:])
            if 1900 < year < 2200 and 1 <= number <= 12:
                self._newest = max(self._newest, figures)
                return year * 12 + number - 1
        raise BadGeoFile("The month of termination is not a year and month (YYYYMM).", value=text)

    def _code(self, row: list[str], place: int | None) -> int:
        if place is None:
            return 0
        text = row[place]
        code = self._codes.get(text)
        if code is None:
            found = pack_code(text.strip())
            if found is None:
                self._codes_ignored += 1
                return 0
            code = self._codes[text] = found
        return code

    def _reject(self, file: str, line: int, value: str, reason: str) -> None:
        self._rejected += 1
        if len(self._rejects) < REJECTS_KEPT:
            self._rejects.append(Reject(file, line, value[:_VALUE_CHARACTERS], reason))

    def result(self) -> ReadRows:
        """All of it, in order of key."""
        count = len(self._keys)
        rows = settle(
            Rows(
                keys=np.array(self._keys, dtype=np.int64),
                eastings=np.array(self._eastings, dtype=np.int32),
                northings=np.array(self._northings, dtype=np.int32),
                grades=np.array(self._grades, dtype=np.uint8),
                ended=np.array(self._ended, dtype=np.uint16),
                lads=np.array(self._lads, dtype=np.uint32),
                lsoa21s=np.array(self._lsoa21s, dtype=np.uint32),
                lsoa11s=np.array(self._lsoa11s, dtype=np.uint32),
                imported=np.zeros(count, dtype=bool),
            )
        )
        newest = (
            self._newest[:4] + "-" + self._newest[4:6] if self._newest[:6].isdecimal() else None
        )
        return ReadRows(
            rows=rows,
            columns=self.columns,
            read=self._read,
            outside=self._outside,
            repeated=count - len(rows),
            rejected=self._rejected,
            codes_ignored=self._codes_ignored,
            newest_on=newest,
            rejects=self._rejects,
        )

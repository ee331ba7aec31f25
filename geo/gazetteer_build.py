"""From postcode rows to the arrays that answer questions: sectors, districts, accuracy."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.gazetteer_keys import UNITS
from geo.gazetteer_rows import Rows

FORMAT = 2
"""Raise by one whenever the arrays or the rules that fill them change: old files are rebuilt."""

NEIGHBOUR = 8
"""A postcode's accuracy is the distance to its eighth-nearest live neighbour's centre, which grows
by itself in the country. Measured against places with published coordinates of their own, that
circle held 96 % of 2,955 English libraries (2016), 94 % of 1,360 Trafford places (2018 to 2026)
and 89 % of 396 places that volunteers drew in Newport (2023)."""

SURE_TO_ROUND_M = 10
"""Accuracies are rounded up to this: they are estimates."""

SHARE_WITHIN = 0.95
"""The share of a sector's live postcodes that its radius must hold."""

IMPUTED, SECTOR_MEAN, OLD = 50, 60, 80
"""Grades with less behind them: guessed from neighbours by ONS; the sector's mean; the last known
position, to 100 m, of a postcode that ended before 2000."""

LESS_SURE = 2
"""Imputed and old positions get twice the radius: our judgement, no source gives a figure."""

FARTHEST_M = 60_000
"""No postcode district of Great Britain reaches farther from its middle."""

_FIELDS = {
    "easting": "<i4",
    "northing": "<i4",
    "accuracy": "<u2",
    "is_plain": "<u2",
    "ended": "<u2",
    "lad": "<u4",
    "lsoa21": "<u4",
    "lsoa11": "<u4",
    "grade": "u1",
    "imported": "?",
}
RECORD = np.dtype({"names": [*_FIELDS], "formats": [*_FIELDS.values()], "itemsize": 32})
"""All that is known of one postcode side by side, so that a look-up touches one line of memory and
not nine: with a million postcodes that is where the time goes."""

PLAIN_FORMAT = "<iiHH"
"""The beginning of a `RECORD`, for `struct`: enough when `is_plain` says that the postcode is live
and located and that no area codes are known, as for all but 836 of those that come with Kith."""

WHOLE_FORMAT = "<iiHHHIII"
"""What an answer can need of a `RECORD`, for `struct`."""

Arrays: TypeAlias = "dict[str, NDArray[Any]]"
Counts: TypeAlias = "NDArray[np.int64]"


def to_arrays(rows: Rows) -> Arrays:
    """Everything that a packed gazetteer holds, ready to be written.

    `records`, one a postcode; `slots` (for each sector 400 record numbers, -1 for none); and for
    sectors and districts their keys and `places`: easting, northing, radius, all 0 without a
    located live postcode, and the number of live postcodes.
    """
    sector_of_row = rows.keys // UNITS
    sectors, sector_at = np.unique(sector_of_row, return_inverse=True)
    outwards, outward_at = np.unique(sectors // 10, return_inverse=True)
    slots = np.full(len(sectors) * UNITS, -1, dtype=np.int32)
    slots[sector_at * UNITS + rows.keys % UNITS] = np.arange(len(rows), dtype=np.int32)

    near_m = _neighbour_m(rows)
    sector_places = _places(rows, sector_at, len(sectors), near_m)
    outward_places = _places(rows, outward_at[sector_at], len(outwards), near_m)
    accuracies = np.where(
        rows.grades == SECTOR_MEAN,
        np.maximum(sector_places[sector_at, 2], near_m),
        np.where(np.isin(rows.grades, (IMPUTED, OLD)), near_m * LESS_SURE, near_m),
    )
    records = np.zeros(len(rows), dtype=RECORD)
    records["accuracy"] = _rounded(accuracies)
    has_codes = (rows.lads | rows.lsoa21s | rows.lsoa11s) > 0
    records["is_plain"] = rows.live & rows.located & ~has_codes
    for name, column in _COLUMNS.items():
        records[name] = getattr(rows, column)
    return {
        "slots": slots,
        "records": records,
        "sectors": sectors,
        "sector_places": sector_places.reshape(-1),
        "outwards": outwards,
        "outward_places": outward_places.reshape(-1),
    }


def to_rows(arrays: Arrays) -> Rows:
    """The rows that `to_arrays` was given."""
    filled = np.flatnonzero(arrays["slots"] >= 0)
    return Rows(
        keys=arrays["sectors"][filled // UNITS] * UNITS + filled % UNITS,
        **{
            column: np.ascontiguousarray(arrays["records"].view(RECORD)[name])
            for name, column in _COLUMNS.items()
        },
    )


_COLUMNS = {
    "easting": "eastings",
    "northing": "northings",
    "ended": "ended",
    "lad": "lads",
    "lsoa21": "lsoa21s",
    "lsoa11": "lsoa11s",
    "grade": "grades",
    "imported": "imported",
}


def _neighbour_m(rows: Rows) -> NDArray[np.float64]:
    """Distance from each row to its `NEIGHBOUR`-th nearest live position; 0 without a position.

    Positions count once however many postcodes share them: the flats of one tower are one place.
    """
    # Only a build needs it, and it takes longer to import than the rest of a gazetteer to open.
    from scipy.spatial import KDTree

    points = np.column_stack([rows.eastings, rows.northings]).astype(np.float64)
    places = np.unique(points[rows.live & rows.located], axis=0)
    distances = np.zeros(len(rows))
    if len(places) > NEIGHBOUR:
        # Nearest of all is the postcode's own position, hence one more.
        found, _ = KDTree(places).query(points[rows.located], k=[NEIGHBOUR + 1], workers=-1)
        distances[rows.located] = np.ravel(found)
    elif len(places):
        distances[rows.located] = FARTHEST_M
    return np.asarray(np.minimum(distances, FARTHEST_M))


def _places(
    rows: Rows, group: Counts, groups: int, near_m: NDArray[np.float64]
) -> NDArray[np.int32]:
    """Easting, northing, radius and number of live postcodes of each group, shape (groups, 4)."""
    live = np.bincount(group[rows.live], minlength=groups)
    chosen = np.flatnonzero(rows.live & rows.located & (rows.grades != SECTOR_MEAN))
    at = group[chosen]
    count = np.bincount(at, minlength=groups)
    share = np.maximum(count, 1)
    east = np.bincount(at, weights=rows.eastings[chosen], minlength=groups) / share
    north = np.bincount(at, weights=rows.northings[chosen], minlength=groups) / share
    apart_m = np.hypot(rows.eastings[chosen] - east[at], rows.northings[chosen] - north[at])
    # A postcode reaches beyond its own centre, so a sector of one postcode is not a point.
    reach_m = np.maximum(apart_m, near_m[chosen])

    ordered = reach_m[np.lexsort((reach_m, at))]
    begins = np.cumsum(count) - count
    last_within = begins + np.maximum(np.ceil(count * SHARE_WITHIN).astype(np.int64) - 1, 0)
    radius = np.zeros(groups)
    radius[count > 0] = ordered[last_within[count > 0]]
    return np.column_stack([np.rint(east), np.rint(north), _rounded(radius), live]).astype(np.int32)


def _rounded(metres: NDArray[np.float64]) -> NDArray[np.float64]:
    up = np.ceil(np.minimum(metres, FARTHEST_M) / SURE_TO_ROUND_M) * SURE_TO_ROUND_M
    return np.asarray(up)

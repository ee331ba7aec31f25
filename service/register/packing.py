"""The facts of a row of the narrowing table as a few bytes: one value to read in place of twenty.

A search reads thousands of rows to leave most of them out at once. What a driver does for each
value of each row was most of what that cost, so everything that is only looked at by Kith is one
value, of the same bytes on every database and machine.
"""

from __future__ import annotations

from struct import Struct
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

_LAYOUT: Final = {
    "asset_id": "i",
    "venue_id": "i",
    "directness": "d",
    "easting_m": "d",
    "northing_m": "d",
    "min_age": "i",
    "max_age": "i",
    "open_to": "b",
    "capacity": "b",
    "opens_day": "i",
    "closes_day": "i",
    "checks_day": "i",
    "assured_day": "i",
    "acceptance": "d",
    "access_has": "i",
    "access_lacks": "i",
    "deliveries": "h",
    "days": "h",
    "meets": "h",
    "serves_m": "i",
    "areas": "h",
    "routes": "h",
    "cost_pence": "i",
    "said": "h",
}
"""Each fact and how it is written, as `struct` names it: little-endian, without gaps."""

_STRUCT: Final = Struct("<" + "".join(_LAYOUT.values()))
_WIDTHS: Final = {"b": "<i1", "h": "<i2", "i": "<i4", "d": "<f8"}
_READ: Final = np.dtype([(name, _WIDTHS[code]) for name, code in _LAYOUT.items()])


class Facts(NamedTuple):
    """What one row says, in the order in which it is written; see `candidates.CandidateRows`."""

    asset_id: int
    venue_id: int
    directness: float
    easting_m: float
    northing_m: float
    min_age: int
    max_age: int
    open_to: int
    capacity: int
    opens_day: int
    closes_day: int
    checks_day: int
    assured_day: int
    acceptance: float
    access_has: int
    access_lacks: int
    deliveries: int
    days: int
    meets: int
    serves_m: int
    areas: int
    routes: int
    cost_pence: int
    said: int

    def packed(self) -> bytes:
        """The same in bytes."""
        return _STRUCT.pack(*self)


def unpacked(rows: bytes) -> dict[str, npt.NDArray[Any]]:
    """Each fact of many rows, one after the other, as an array by its name: int64 or float64."""
    table = np.frombuffer(rows, dtype=_READ)
    return {
        name: table[name].astype(np.float64 if code == "d" else np.int64)
        for name, code in _LAYOUT.items()
    }

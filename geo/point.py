"""Positions in Great Britain: metres on the National Grid, and longitude with latitude.

The two systems are two types, so one can never be passed for the other. Eastings and northings
are what Kith stores and measures with; longitude and latitude are for maps and other people's
data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from geo import projection
from geo.coordinate_text import number
from geo.errors import BadCoordinate, InconsistentCoordinates

GRID_EXTENT_M = (700_000.0, 1_300_000.0)
"""Eastern and northern edge of the National Grid's lettered squares (Ordnance Survey)."""

BRITAIN_LON = (-9.0, 2.1)
"""Western and eastern edge of Great Britain with its islands, a little beyond St Kilda and
Lowestoft. A box: it also holds part of Ireland and a strip of the French coast."""

BRITAIN_LAT = (49.7, 61.0)
"""Southern and northern edge, a little beyond Scilly and the north of Shetland."""

AGREE_WITHIN_M = 150.0
"""How far apart two positions of one place may lie: the projection's worst error against the
published latitudes and longitudes of 1.7 million postcodes was 97 m (Outer Hebrides, 2025)."""


@dataclass(frozen=True, slots=True, order=True)
class GridPoint:
    """A point on the British National Grid (EPSG:27700), in metres.

    Ordered by easting, then northing; equal points hash equally. Whole numbers are kept as given.

    Raises
    ------
    BadCoordinate
        If either number is not finite, is small enough to be degrees (this includes 0, 0, which
        open data writes for "no location"), or lies outside the grid (0 to 700,000 m east, 0 to
        1,300,000 m north). The message says which.
    """

    easting_m: float
    northing_m: float

    def __post_init__(self) -> None:
        east, north = GRID_EXTENT_M
        inside = 0 <= self.easting_m <= east and 0 <= self.northing_m <= north
        if not inside or (self.easting_m <= 180 and self.northing_m <= 90):
            raise _grid_fault(self.easting_m, self.northing_m)

    @classmethod
    def parse(cls, easting: object, northing: object) -> GridPoint:
        """Read a point from numbers or text, as found in a file or a form.

        Surrounding blanks and thousands commas are dropped ("366,856" is 366856).

        Raises
        ------
        BadCoordinate
            As the constructor, and if one half is empty or is not a number.
        """
        east, north = _both(easting, northing, "easting", "northing")
        return cls(east, north)

    @classmethod
    def from_lonlat(cls, lonlat: LonLat) -> GridPoint:
        """The same place on the National Grid, to the nearest centimetre.

        Raises
        ------
        BadCoordinate
            If the place is outside the grid.

        Notes
        -----
        Without Ordnance Survey's correction grid: a few metres off on the mainland, at worst
        about 100 m in the Outer Hebrides. The same on every machine.
        """
        eastings, northings = projection.to_grid([lonlat.lon], [lonlat.lat])
        return cls(round(float(eastings[0]), 2), round(float(northings[0]), 2))

    def to_lonlat(self) -> LonLat:
        """The same place as longitude and latitude, to seven decimals (about a centimetre).

        The same accuracy as `from_lonlat`; there and back again differs by at most 2 cm.
        """
        lons, lats = projection.to_lonlat([self.easting_m], [self.northing_m])
        # Adding zero turns the -0.0 that rounding leaves at Greenwich into 0.0.
        return LonLat(round(float(lons[0]), 7) + 0.0, round(float(lats[0]), 7))


@dataclass(frozen=True, slots=True)
class LonLat:
    """Longitude and latitude in degrees (EPSG:4326), longitude first. Longitude 0.0 is Greenwich.

    The constructor takes any place on Earth, since maps and foreign data need it; `parse` is the
    door for what a person or a file claims to be in Britain.

    Raises
    ------
    BadCoordinate
        If either is not finite, or beyond 180 degrees east or west or 90 north or south.
    """

    lon: float
    lat: float

    def __post_init__(self) -> None:
        if -180 <= self.lon <= 180 and -90 <= self.lat <= 90:
            return
        raise _degrees_fault(self.lon, self.lat)

    @classmethod
    def parse(cls, lon: object, lat: object) -> LonLat:
        """Read a place in Great Britain from numbers or text.

        Nothing is put right silently: a pair that looks swapped is refused and says so.

        Raises
        ------
        BadCoordinate
            If one half is missing or is not a number; if the pair is 0, 0 (open data's "no
            location"), swapped, easting and northing instead of degrees, or outside the box
            `BRITAIN_LON` by `BRITAIN_LAT`. `fields["reason"]` is one of `missing`,
            `not-a-number`, `zero`, `swapped`, `metres`, `outside`.
        """
        degrees_east, degrees_north = _both(lon, lat, "longitude", "latitude")
        if not (_within(degrees_east, BRITAIN_LON) and _within(degrees_north, BRITAIN_LAT)):
            raise _degrees_fault(degrees_east, degrees_north)
        return cls(degrees_east, degrees_north)


def checked_point(easting_m: float, northing_m: float) -> GridPoint:
    """A point from coordinates that were checked when they were stored.

    Skips the constructor's checks, which take most of its time; for the gazetteer and the index,
    which made sure of every coordinate when they were built. All others use `GridPoint`.
    """
    point = _bare(GridPoint)
    _set_easting(point, easting_m)
    _set_northing(point, northing_m)
    return point


_bare = object.__new__
# Slots are set through their descriptors because a frozen dataclass refuses plain assignment.
_set_easting = GridPoint.__dict__["easting_m"].__set__
_set_northing = GridPoint.__dict__["northing_m"].__set__


def require_agreement(
    grid: GridPoint, lonlat: LonLat, *, within_m: float = AGREE_WITHIN_M
) -> float:
    """How far apart two statements of one position lie, in metres, if they are near enough.

    For rows that carry easting and northing as well as longitude and latitude.

    Raises
    ------
    InconsistentCoordinates
        If they are more than `within_m` apart, or `lonlat` is not on the National Grid at all.
    """
    eastings, northings = projection.to_grid([lonlat.lon], [lonlat.lat])
    apart_m = math.hypot(eastings[0] - grid.easting_m, northings[0] - grid.northing_m)
    if apart_m <= within_m:
        return apart_m
    said = f": they are {_apart(apart_m)} apart" if math.isfinite(apart_m) else ""
    raise InconsistentCoordinates(
        f"Easting {grid.easting_m:.10g}, northing {grid.northing_m:.10g} and longitude "
        f"{lonlat.lon:.10g}, latitude {lonlat.lat:.10g} are not the same place{said}. "
        "Correct one of the two pairs, or give only one.",
        easting_m=grid.easting_m,
        northing_m=grid.northing_m,
        lon=lonlat.lon,
        lat=lonlat.lat,
        apart_m=round(apart_m, 1) if math.isfinite(apart_m) else None,
    )


def _apart(metres: float) -> str:
    return f"{metres:.0f} m" if metres < 1000 else f"{metres / 1000:,.1f} km"


def _within(value: float, bounds: tuple[float, float]) -> bool:
    return bounds[0] <= value <= bounds[1]


def _both(first: object, second: object, first_name: str, second_name: str) -> tuple[float, float]:
    one, two = number(first, first_name), number(second, second_name)
    if one is not None and two is not None:
        return one, two
    if one is None and two is None:
        said = f"There is no {first_name} and no {second_name}. Give both."
    else:
        missing, given = (first_name, second_name) if one is None else (second_name, first_name)
        said = f"The {missing} is missing beside the {given}. Give both or neither."
    raise BadCoordinate(said, reason="missing")


def _degrees_fault(lon: float, lat: float) -> BadCoordinate:
    if not (math.isfinite(lon) and math.isfinite(lat)):
        return BadCoordinate(
            "Longitude and latitude must be numbers of degrees.", reason="not-a-number"
        )
    said = f"Longitude {lon:.10g}, latitude {lat:.10g} "
    if lon == 0 and lat == 0:
        reason, why = "zero", "is how data says that there is no location. Leave both empty."
    elif _within(lon, BRITAIN_LAT) and _within(lat, BRITAIN_LON):
        reason, why = (
            "swapped",
            f"look swapped. Did you mean longitude {lat:.10g}, latitude {lon:.10g}?",
        )
    elif abs(lon) > 180 or abs(lat) > 90:
        reason = "metres"
        why = "are not degrees. Metres on the National Grid belong in easting and northing."
    else:
        reason, why = "outside", "is outside Great Britain. Check the signs and the decimal point."
    return BadCoordinate(said + why, reason=reason, lon=lon, lat=lat)


def _grid_fault(easting: float, northing: float) -> BadCoordinate:
    if not (math.isfinite(easting) and math.isfinite(northing)):
        return BadCoordinate(
            "Easting and northing must be numbers of metres.", reason="not-a-number"
        )
    said = f"Easting {easting:.10g}, northing {northing:.10g} "
    east, north = GRID_EXTENT_M
    if easting == 0 and northing == 0:
        reason, why = "zero", "is how data says that there is no location. Leave both empty."
    elif abs(easting) <= 180 and abs(northing) <= 90:
        reason = "degrees"
        why = "look like degrees. Longitude and latitude belong in fields of their own."
    elif 0 <= northing <= east < easting <= north:
        reason = "swapped"
        why = f"look swapped. Did you mean easting {northing:.10g}, northing {easting:.10g}?"
    else:
        reason = "outside"
        why = "is outside Great Britain (0 to 700,000 m east, 0 to 1,300,000 m north)."
    return BadCoordinate(said + why, reason=reason, easting_m=easting, northing_m=northing)

"""Whether a polygon can be believed, before anything is measured with it."""

from __future__ import annotations

from typing import TypeAlias

import shapely
from shapely.geometry import MultiPolygon, Polygon
from shapely.geometry.base import BaseGeometry

from geo.errors import CrsMismatch, GeoError
from geo.point import GRID_EXTENT_M

Area: TypeAlias = Polygon | MultiPolygon

_LARGEST_DEGREE = 180.0


class BadShape(GeoError):
    """A polygon is empty, crosses itself, or is not a polygon at all."""

    slug = "shape-invalid"
    title = "That area cannot be used"


def checked_area(geometry: BaseGeometry, what: str = "The area") -> Area:
    """The geometry itself when it is a usable polygon in British National Grid metres.

    Parameters
    ----------
    geometry : shapely geometry
        A Polygon or MultiPolygon in EPSG:27700.
    what : str
        What to call it in the message: "The catchment", "The barrier 'River Mersey'".

    Raises
    ------
    BadShape
        If it is not a polygon, is empty, or is invalid (which includes corners all on one line):
        the message says where.
    CrsMismatch
        If its coordinates lie within 180 of zero and so are degrees, or lie wholly outside the
        National Grid and so are of some other system. Nothing is reprojected silently.
    """
    if not isinstance(geometry, Polygon | MultiPolygon):
        kind = type(geometry).__name__
        raise BadShape(f"{what} must be a polygon, and this is a {kind}.", kind=kind)
    if geometry.is_empty:
        raise BadShape(f"{what} is empty. Draw a ring of at least three corners.")
    if not geometry.is_valid:
        reason = shapely.is_valid_reason(geometry)
        raise BadShape(f"{what} is not a valid polygon: {reason}. Redraw it there.", reason=reason)
    _refuse_foreign(geometry, what)
    return geometry


def _refuse_foreign(geometry: Area, what: str) -> None:
    west, south, east, north = geometry.bounds
    if max(abs(west), abs(south), abs(east), abs(north)) <= _LARGEST_DEGREE:
        raise CrsMismatch(
            f"{what} is in degrees. Convert it to British National Grid metres (EPSG:27700) first.",
            expected="EPSG:27700",
        )
    grid_east, grid_north = GRID_EXTENT_M
    if east < 0.0 or west > grid_east or north < 0.0 or south > grid_north:
        raise CrsMismatch(
            f"{what} lies outside the British National Grid, so it is in some other coordinate "
            "system. Convert it to EPSG:27700 first.",
            expected="EPSG:27700",
        )

"""How far apart two places are in a straight line on the British National Grid."""

from __future__ import annotations

import math
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from geo.errors import BadCoordinate, BadRadius
from geo.point import GridPoint

FloatArray: TypeAlias = npt.NDArray[np.float64]

MAX_RADIUS_M = 50_000.0
"""The largest radius that may be asked for. This project's default: no walk, and hardly a drive to
a weekly group, is longer, and a larger circle reads most of a region for one question."""


def straight_line_m(a: GridPoint, b: GridPoint) -> float:
    """Straight-line distance between two places, in grid metres.

    Symmetric, and exactly 0.0 for equal places. This is how far a crow flies: nobody walks it, so
    it is never shown as a journey (see `geo.travel`).

    Notes
    -----
    Grid distance is not quite true distance: the projection (EPSG:27700) has a scale factor of
    0.9996 on its central meridian, growing to east and west (Ordnance Survey, *A Guide to
    Coordinate Systems in Great Britain*). A true 5 km therefore reads 2 m short along easting
    400 km (Birmingham), 2 m long at Land's End and Lowestoft, and 5 m long on Barra: at most
    0.05 % on the mainland of England, 0.08 % on Scilly and 0.15 % on St Kilda (scale factors by
    pyproj 3.7). That is below the error of a postcode's position and is not corrected.
    """
    return float(np.hypot(a.easting_m - b.easting_m, a.northing_m - b.northing_m))


def straight_lines_m(
    origin: GridPoint, eastings: npt.ArrayLike, northings: npt.ArrayLike
) -> FloatArray:
    """Straight-line distance from one place to many, in grid metres.

    Parameters
    ----------
    origin : GridPoint
        Where all the lines begin.
    eastings, northings : array_like, shape (n,)
        The other ends, in metres of EPSG:27700.

    Returns
    -------
    ndarray of float64, shape (n,)
        The very numbers that `straight_line_m` gives, one by one. Empty in, empty out. An unknown
        position (NaN) gives an unknown distance (NaN).

    Raises
    ------
    BadCoordinate
        If there are not exactly as many eastings as northings, in one dimension.
    """
    e, n = paired(eastings, northings)
    distances: FloatArray = np.hypot(origin.easting_m - e, origin.northing_m - n)
    return distances


def paired(eastings: npt.ArrayLike, northings: npt.ArrayLike) -> tuple[FloatArray, FloatArray]:
    """Eastings and northings as two float64 arrays of one length.

    Raises
    ------
    BadCoordinate
        If they differ in length or are not one-dimensional.
    """
    e = np.asarray(eastings, dtype=np.float64)
    n = np.asarray(northings, dtype=np.float64)
    if e.ndim != 1 or e.shape != n.shape:
        raise BadCoordinate(
            "Every easting needs its northing: the two lists must be flat and equally long.",
            eastings=int(e.size),
            northings=int(n.size),
        )
    return e, n


def checked_radius_m(radius_m: float) -> float:
    """The radius itself when it can be used.

    Raises
    ------
    BadRadius
        If `radius_m` is negative, NaN, or over `MAX_RADIUS_M` (50 km). Zero is a radius.
    """
    if math.isnan(radius_m) or not 0.0 <= radius_m <= MAX_RADIUS_M:
        raise BadRadius(
            f"A distance must be between 0 and {MAX_RADIUS_M:,.0f} metres. Give one in that range.",
            radius_m=float(radius_m) if math.isfinite(radius_m) else str(radius_m),
            max_radius_m=MAX_RADIUS_M,
        )
    return float(radius_m)

"""National Grid to longitude and latitude and back, for whole arrays.

The pipeline is written out rather than looked up by code, so that a machine which happens to have
Ordnance Survey's correction grid gives the same figures as one which does not, and nothing is ever
fetched.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pyproj import Transformer

Floats: TypeAlias = "NDArray[np.float64]"
Numbers: TypeAlias = "Sequence[float] | NDArray[np.generic]"

PIPELINE = (
    "+proj=pipeline "
    "+step +inv +proj=tmerc +lat_0=49 +lon_0=-2 +k=0.9996012717 +x_0=400000 +y_0=-100000 "
    "+ellps=airy "
    "+step +proj=push +v_3 "
    "+step +proj=cart +ellps=airy "
    "+step +proj=helmert +x=446.448 +y=-125.157 +z=542.06 +rx=0.15 +ry=0.247 +rz=0.842 "
    "+s=-20.489 +convention=position_vector "
    "+step +inv +proj=cart +ellps=WGS84 "
    "+step +proj=pop +v_3 "
    "+step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
"""EPSG:27700 to EPSG:4326 by the seven-parameter shift EPSG:1314 (OSGB36 to WGS 84 (6))."""


@cache
def _transformer() -> Transformer:
    from pyproj import Transformer

    return Transformer.from_pipeline(PIPELINE)


def to_lonlat(eastings_m: Numbers, northings_m: Numbers) -> tuple[Floats, Floats]:
    """Longitudes and latitudes in degrees of grid points in metres.

    Parameters
    ----------
    eastings_m, northings_m : array-like, shape (n,)
        EPSG:27700. NaN gives NaN; nothing is checked against the bounds of Britain.

    Returns
    -------
    tuple of ndarray, each shape (n,), float64
        Longitudes, then latitudes (EPSG:4326). Empty in, empty out.
    """
    return _run(eastings_m, northings_m, "FORWARD")


def to_grid(lons: Numbers, lats: Numbers) -> tuple[Floats, Floats]:
    """Eastings and northings in metres of longitudes and latitudes in degrees.

    The inverse of `to_lonlat`. Where the projection has no answer (the far side of the Earth)
    both are infinite or NaN.
    """
    return _run(lons, lats, "INVERSE")


def _run(first: Numbers, second: Numbers, direction: str) -> tuple[Floats, Floats]:
    one = np.asarray(first, dtype=np.float64)
    two = np.asarray(second, dtype=np.float64)
    missing = np.isnan(one) | np.isnan(two)
    there, across = _transformer().transform(one, two, direction=direction)
    return np.where(missing, np.nan, there), np.where(missing, np.nan, across)

"""Places in and out of GeoPandas, with the coordinate system checked and never guessed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo import projection
from geo.distance import FloatArray
from geo.errors import BadCoordinate, CrsMismatch
from geo.point import GridPoint

if TYPE_CHECKING:
    from geopandas import GeoDataFrame

GRID_CRS = "EPSG:27700"
LONLAT_CRS = "EPSG:4326"
_GRID_EPSG = 27700


def to_frame(
    points: Sequence[GridPoint], columns: Mapping[str, Sequence[Any]] | None = None
) -> GeoDataFrame:
    """A GeoDataFrame of the places in EPSG:27700, one row each, in the order given.

    Parameters
    ----------
    points : sequence of GridPoint, shape (n,)
        Where each row is. None at all gives an empty frame that still states its CRS.
    columns : mapping of name to sequence, each shape (n,)
        What else each row says. A column may not be called `geometry`.

    Raises
    ------
    BadCoordinate
        If a column is not as long as the list of points, or is called `geometry`.
    """
    import geopandas
    import pandas as pd

    columns = columns or {}
    for name, values in columns.items():
        if name == "geometry":
            raise BadCoordinate("A column may not be called geometry: the points have that name.")
        if len(values) != len(points):
            raise BadCoordinate(
                f"The column {name} has {len(values)} values for {len(points)} points. "
                "Give one value for each point.",
                column=name,
                values=len(values),
                points=len(points),
            )
    xy = np.array([(p.easting_m, p.northing_m) for p in points], dtype=np.float64).reshape(-1, 2)
    data = pd.DataFrame(
        {name: list(values) for name, values in columns.items()}, index=pd.RangeIndex(len(points))
    )
    return geopandas.GeoDataFrame(data, geometry=shapely.points(xy), crs=GRID_CRS)


def from_frame(frame: GeoDataFrame) -> list[GridPoint]:
    """The places of a GeoDataFrame, in the order of its rows.

    Raises
    ------
    CrsMismatch
        If the frame has no CRS or one that is not EPSG:27700. Nothing is reprojected silently: call
        `frame.to_crs(27700)` to say that you mean it.
    BadCoordinate
        If a row's geometry is missing, empty, or not a point: the message gives the first such row.
    """
    require_grid(frame)
    shapes = np.asarray(frame.geometry.array, dtype=object)
    usable = (shapely.get_type_id(shapes) == shapely.GeometryType.POINT) & ~shapely.is_empty(shapes)
    if not usable.all():
        row = int(np.flatnonzero(~usable)[0])
        raise BadCoordinate(
            f"Row {row} is not a point. Leave out rows without a position, and give areas by one "
            "point inside them.",
            row=row,
        )
    return [
        _point(row, easting_m, northing_m)
        for row, (easting_m, northing_m) in enumerate(shapely.get_coordinates(shapes).tolist())
    ]


def to_lonlat_frame(frame: GeoDataFrame) -> GeoDataFrame:
    """A copy of the frame in longitude and latitude (EPSG:4326, longitude first), for display.

    Any kind of geometry is taken, and missing ones stay missing. The figures are those of
    `geo.projection`, the same on every machine: a few metres off on the mainland, at worst about
    100 m in the Outer Hebrides, so eastings and northings stay canonical.

    Raises
    ------
    CrsMismatch
        If the frame has no CRS or one that is not EPSG:27700.
    """
    import geopandas

    require_grid(frame)
    shapes = shapely.transform(np.asarray(frame.geometry.array, dtype=object), _lonlats)
    lonlats = geopandas.GeoSeries(shapes, index=frame.index, crs=LONLAT_CRS)
    return frame.set_geometry(lonlats)


def require_grid(frame: GeoDataFrame) -> None:
    """Do nothing when the frame is in EPSG:27700.

    Raises
    ------
    CrsMismatch
        If it has no geometry column, no CRS, or another CRS: the message names it.
    """
    crs = frame.crs if frame.active_geometry_name is not None else None
    if crs is None:
        raise CrsMismatch(
            "The frame does not say which coordinate system it is in. Set its CRS to EPSG:27700 if "
            "its numbers are British National Grid metres.",
            expected=GRID_CRS,
            found=None,
        )
    # Files name the grid in several ways (an .prj without its code, say): the code decides.
    if crs.to_epsg() != _GRID_EPSG:
        found = crs.to_string()
        raise CrsMismatch(
            f"The frame is in {found} and British National Grid (EPSG:27700) is needed. Call "
            "to_crs(27700) on it first.",
            expected=GRID_CRS,
            found=found,
        )


def _point(row: int, easting_m: float, northing_m: float) -> GridPoint:
    try:
        return GridPoint(easting_m, northing_m)
    except BadCoordinate as fault:
        raise BadCoordinate(f"Row {row}: {fault.message}", row=row) from fault


def _lonlats(xy: FloatArray) -> FloatArray:
    return np.column_stack(projection.to_lonlat(xy[:, 0], xy[:, 1]))

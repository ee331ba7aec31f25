"""The people or places near something: a circle round it, or a drawn area."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from geo.distance import MAX_RADIUS_M, checked_radius_m, paired, straight_lines_m
from geo.errors import BadRadius
from geo.point import GridPoint
from geo.shape import Area, checked_area

# 32 corners to a quarter: the outline strays at most 0.03 % of the radius inside the true circle.
_CORNERS_PER_QUARTER = 32


class Catchment(ABC):
    """An area on the British National Grid that can say who is in it.

    Made by `Catchment.radius` or `Catchment.polygon`. The edge belongs to the area.
    """

    __slots__ = ()

    @staticmethod
    def radius(centre: GridPoint, radius_m: float) -> Catchment:
        """Everywhere no farther than `radius_m` from `centre` in a straight line.

        Raises
        ------
        BadRadius
            If `radius_m` is zero, negative, NaN, or over `MAX_RADIUS_M` (50 km).
        """
        return _Circle(centre, radius_m)

    @staticmethod
    def polygon(geometry: BaseGeometry) -> Catchment:
        """A drawn area: a shapely Polygon or MultiPolygon in EPSG:27700, holes allowed.

        Raises
        ------
        BadShape
            If it is not a polygon, is empty, has no area, or is invalid; the message says why.
        CrsMismatch
            If it is in degrees or otherwise off the National Grid.
        """
        return _Drawn(geometry)

    def contains(self, point: GridPoint) -> bool:
        """Whether the place is inside or exactly on the edge."""
        return bool(self.contains_many([point.easting_m], [point.northing_m])[0])

    @abstractmethod
    def contains_many(
        self, eastings: npt.ArrayLike, northings: npt.ArrayLike
    ) -> npt.NDArray[np.bool_]:
        """Which of many places are inside or exactly on the edge.

        Parameters
        ----------
        eastings, northings : array_like, shape (n,)
            Metres of EPSG:27700.

        Returns
        -------
        ndarray of bool, shape (n,)
            Empty in, empty out. An unknown position (NaN) is not inside.

        Raises
        ------
        BadCoordinate
            If the two differ in length.
        """

    @abstractmethod
    def outline(self) -> Area:
        """The area as a polygon in EPSG:27700, for drawing.

        A circle comes as 128 corners on the true circle, so its outline is 0.04 % smaller than the
        circle: draw with it, and decide with `contains`.
        """

    @property
    @abstractmethod
    def area_m2(self) -> float:
        """The size in square metres of the grid: exact for a circle, holes left out."""

    @property
    @abstractmethod
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres: the smallest upright rectangle round the area."""


@dataclass(frozen=True, slots=True)
class _Circle(Catchment):
    centre: GridPoint
    radius_m: float

    def __post_init__(self) -> None:
        if checked_radius_m(self.radius_m) == 0.0:
            raise BadRadius(
                "A catchment needs some width. Give a distance of more than 0 metres.",
                radius_m=0.0,
                max_radius_m=MAX_RADIUS_M,
            )

    def contains_many(
        self, eastings: npt.ArrayLike, northings: npt.ArrayLike
    ) -> npt.NDArray[np.bool_]:
        inside: npt.NDArray[np.bool_] = (
            straight_lines_m(self.centre, eastings, northings) <= self.radius_m
        )
        return inside

    def outline(self) -> Area:
        centre = Point(self.centre.easting_m, self.centre.northing_m)
        return centre.buffer(self.radius_m, quad_segs=_CORNERS_PER_QUARTER)

    @property
    def area_m2(self) -> float:
        return pi * self.radius_m**2

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        e, n, r = self.centre.easting_m, self.centre.northing_m, self.radius_m
        return (e - r, n - r, e + r, n + r)


@dataclass(frozen=True, slots=True)
class _Drawn(Catchment):
    geometry: BaseGeometry

    def __post_init__(self) -> None:
        # A copy, because preparing changes the geometry's own cache and the caller's stays theirs.
        mine = shapely.transform(checked_area(self.geometry, "The catchment"), lambda xy: xy)
        shapely.prepare(mine)
        # The first question builds the index; asking it here keeps threads from building it twice.
        shapely.intersects(mine, mine.representative_point())
        object.__setattr__(self, "geometry", mine)

    def contains_many(
        self, eastings: npt.ArrayLike, northings: npt.ArrayLike
    ) -> npt.NDArray[np.bool_]:
        e, n = paired(eastings, northings)
        inside: npt.NDArray[np.bool_] = shapely.intersects_xy(self.geometry, e, n)
        return inside

    def outline(self) -> Area:
        return checked_area(self.geometry)

    @property
    def area_m2(self) -> float:
        return float(self.geometry.area)

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        west, south, east, north = self.geometry.bounds
        return (float(west), float(south), float(east), float(north))

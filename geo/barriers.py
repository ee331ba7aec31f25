"""What cannot be walked through: rivers, motorways and railways, as data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from geo.distance import FloatArray
from geo.shape import checked_area

GeometryArray: TypeAlias = npt.NDArray[np.object_]

_LARGEST_PIECE = 64
_OFF_THE_GRID = 0.12345678
_EDGE_M = 10.0
# Exactly the tolerance is let through whichever way a line is measured, so its last bits are not
# looked at.
_SLACK_M = 1e-6


@dataclass(frozen=True, slots=True)
class Barrier:
    """A river, motorway or railway that a straight line must not cut through.

    Parameters
    ----------
    id, name : str
        The name is shown to people ("River Mersey").
    geometry : shapely Polygon or MultiPolygon
        Its whole width, in EPSG:27700.

    Raises
    ------
    BadShape, CrsMismatch
        As `geo.shape.checked_area`.
    """

    id: str
    name: str
    geometry: BaseGeometry

    def __post_init__(self) -> None:
        checked_area(self.geometry, f"The barrier '{self.name}'")


class BarrierLayer:
    """All barriers together, ready to say which straight lines they stop.

    Parameters
    ----------
    barriers : sequence of Barrier
        They may overlap: what is inside two counts once. None at all stops nothing.
    tolerance_m : float
        How much of a line may lie inside barriers without stopping it; exactly that much is let
        through.
    """

    def __init__(self, barriers: Sequence[Barrier], tolerance_m: float) -> None:
        self._tolerance_m = tolerance_m
        whole = shapely.union_all([barrier.geometry for barrier in barriers])
        self._bounds = whole.bounds
        self._pieces = _Pieces(whole)
        # A line that dips this far in and ends at most `_EDGE_M` in has more than the tolerance
        # inside, and that is thirty times quicker to see than to measure. The hundredth part makes
        # up for the corners of a buffer, which stand for arcs.
        self._core = _Pieces(whole.buffer(-(1.01 * (tolerance_m / 2 + _EDGE_M) + 1.0)))
        self._deep = _Pieces(whole.buffer(-_EDGE_M))

    def inside_m(self, starts: FloatArray, ends: FloatArray) -> FloatArray:
        """Metres of each straight line that lie inside barriers.

        Parameters
        ----------
        starts, ends : ndarray, shape (n, 2)
            Easting and northing of both ends of each line.

        Returns
        -------
        ndarray of float64, shape (n,)
            0.0 for a line that only touches a barrier's edge at a point.
        """
        inside = np.zeros(len(starts))
        near = self._near(starts, ends)
        inside[near] = self._pieces.lengths(_lines(starts[near], ends[near]))
        return inside

    def stops(self, starts: FloatArray, ends: FloatArray) -> npt.NDArray[np.bool_]:
        """Which straight lines have more than the tolerance inside barriers.

        The same as `inside_m(starts, ends) > tolerance_m` to a micrometre, and much faster; shapes
        as there.
        """
        stopped = np.zeros(len(starts), dtype=np.bool_)
        near = self._near(starts, ends)
        lines = _lines(starts[near], ends[near])
        sure = self._core.touched(lines)
        for corners in (starts[near], ends[near]):
            tips = np.asarray(shapely.points(corners[sure]), dtype=object)
            sure[sure] = ~self._deep.touched(tips)
        stopped[near[sure]] = True
        doubtful = near[~sure]
        stopped[doubtful] = self._pieces.lengths(lines[~sure]) > self._tolerance_m + _SLACK_M
        return stopped

    def _near(self, starts: FloatArray, ends: FloatArray) -> npt.NDArray[np.intp]:
        west, south, east, north = self._bounds
        low, high = np.minimum(starts, ends), np.maximum(starts, ends)
        # Without barriers the bounds are NaN, and nothing compares with that.
        return np.flatnonzero(
            (low[:, 0] <= east)
            & (high[:, 0] >= west)
            & (low[:, 1] <= north)
            & (high[:, 1] >= south)
        )


class _Pieces:
    """An area in pieces of few corners, found by a tree.

    Cutting a line by a long river is slow, by a short stretch of it quick.
    """

    def __init__(self, whole: BaseGeometry) -> None:
        self._pieces = np.array(_split(whole), dtype=object)
        self._tree = shapely.STRtree(self._pieces)
        # The tree finishes itself at the first question; asking one here keeps threads apart.
        self._tree.query(shapely.Point(0.0, 0.0))

    def touched(self, shapes: GeometryArray) -> npt.NDArray[np.bool_]:
        touched = np.zeros(len(shapes), dtype=np.bool_)
        touched[self._tree.query(shapes, predicate="intersects")[0]] = True
        return touched

    def lengths(self, lines: GeometryArray) -> FloatArray:
        which, piece = self._tree.query(lines, predicate="intersects")
        cut = shapely.length(shapely.intersection(lines[which], self._pieces[piece]))
        lengths: FloatArray = np.zeros(len(lines))
        np.add.at(lengths, which, cut)
        return lengths


def _lines(starts: FloatArray, ends: FloatArray) -> GeometryArray:
    lines: GeometryArray = np.empty(len(starts), dtype=object)
    lines[:] = shapely.linestrings(np.stack((starts, ends), axis=1))
    return lines


def _split(whole: BaseGeometry) -> list[BaseGeometry]:
    pieces: list[BaseGeometry] = []
    waiting = [part for part in shapely.get_parts(whole) if not part.is_empty]
    while waiting:
        part = waiting.pop()
        if shapely.get_num_coordinates(part) <= _LARGEST_PIECE:
            pieces.append(part)
            continue
        for half in _halves(part.bounds):
            cut = shapely.get_parts(shapely.intersection(part, half))
            waiting.extend(piece for piece in cut if piece.geom_type == "Polygon")
    return pieces


def _halves(bounds: tuple[float, float, float, float]) -> tuple[BaseGeometry, BaseGeometry]:
    """The rectangle cut across its longer side.

    Never at a whole number of metres or of centimetres, where places are: a line that ran along the
    cut would be counted in both halves.
    """
    west, south, east, north = bounds
    if east - west >= north - south:
        cut = np.floor((west + east) / 2) + _OFF_THE_GRID
        return shapely.box(west, south, cut, north), shapely.box(cut, south, east, north)
    cut = np.floor((south + north) / 2) + _OFF_THE_GRID
    return shapely.box(west, south, east, cut), shapely.box(west, cut, east, north)

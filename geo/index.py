"""Which of many places are near: a KD-tree that gives the same answer every time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.spatial import cKDTree

from geo.distance import (
    MAX_RADIUS_M,
    FloatArray,
    checked_radius_m,
    paired,
    straight_lines_m,
)
from geo.errors import BadCoordinate
from geo.point import GridPoint

__all__ = ["MAX_RADIUS_M", "Hit", "PointIndex"]

IdT = TypeVar("IdT", int, str)

# The tree compares squared distances, so it may disagree with `straight_lines_m` in the last bit.
# It is asked for a micrometre more than needed, and the exact distance decides.
_SLACK_M = 1e-6


class Hit(NamedTuple, Generic[IdT]):
    """One place found: its id, and its straight-line distance in grid metres."""

    id: IdT
    distance_m: float


class PointIndex(Generic[IdT]):
    """A fixed set of places, searched by straight-line distance.

    Parameters
    ----------
    ids : sequence of int or of str, shape (n,)
        What each place is called. They must be comparable with each other, because ties are
        decided by id. An id may occur twice (one asset at two venues): each is its own hit.
    eastings_m, northings_m : array_like, shape (n,)
        Metres of EPSG:27700. Several places may share one point.

    Raises
    ------
    BadCoordinate
        If the three differ in length, or a coordinate is NaN or infinite: the message gives the
        first such row.

    Notes
    -----
    Distances are exactly those of `geo.distance.straight_lines_m`, whose docstring gives the known
    error of grid distance. No answer promises more than that.
    """

    def __init__(
        self, ids: Sequence[IdT], eastings_m: npt.ArrayLike, northings_m: npt.ArrayLike
    ) -> None:
        self._eastings_m, self._northings_m = paired(eastings_m, northings_m)
        self._ids: list[IdT] = list(ids)
        if len(self._ids) != len(self._eastings_m):
            raise BadCoordinate(
                "Every place needs one id and one position.",
                ids=len(self._ids),
                positions=len(self._eastings_m),
            )
        bad = np.flatnonzero(~(np.isfinite(self._eastings_m) & np.isfinite(self._northings_m)))
        if bad.size:
            raise BadCoordinate(
                f"Row {bad[0]} has no position. Leave out places whose position is not known.",
                row=int(bad[0]),
            )
        # Ids are ranked once, so that each search sorts by a number whatever the ids are.
        rank = np.empty(len(self._ids), dtype=np.intp)
        rank[sorted(range(len(self._ids)), key=self._ids.__getitem__)] = np.arange(len(self._ids))
        self._rank = rank
        self._tree = cKDTree(np.column_stack((self._eastings_m, self._northings_m)))

    def __len__(self) -> int:
        return len(self._ids)

    def within(self, centre: GridPoint, radius_m: float) -> list[Hit[IdT]]:
        """Every indexed place no farther than `radius_m` from `centre`.

        Ordered by distance, then by id, so equal input gives equal output. A place exactly on the
        circle is in. An empty index gives an empty list; a radius of zero gives the places at
        `centre` itself.

        Raises
        ------
        BadRadius
            If `radius_m` is negative, NaN, or over `MAX_RADIUS_M` (50 km).
        """
        radius_m = checked_radius_m(radius_m)
        near, distances = self._gather(centre, radius_m)
        inside = distances <= radius_m
        return self._hits(near[inside], distances[inside])

    def nearest(self, centre: GridPoint, k: int) -> list[Hit[IdT]]:
        """The `k` places nearest to `centre`, however far away they are.

        Ordered by distance, then by id. When several places tie for the last seat, those with the
        smallest ids sit. Fewer than `k` places in the index gives all of them; `k` below one, or an
        empty index, gives an empty list.
        """
        k = min(k, len(self._ids))
        if k < 1:
            return []
        # A KD-tree returns any k of the tied: ask how far the last seat is, then look at everyone
        # who is no farther.
        seats, _ = self._tree.query((centre.easting_m, centre.northing_m), k=[k])
        near, distances = self._gather(centre, float(np.max(seats)))
        return self._hits(near, distances)[:k]

    def _gather(
        self, centre: GridPoint, radius_m: float
    ) -> tuple[npt.NDArray[np.intp], FloatArray]:
        found = self._tree.query_ball_point(
            (centre.easting_m, centre.northing_m), radius_m + _SLACK_M
        )
        near = np.asarray(found, dtype=np.intp)
        return near, straight_lines_m(centre, self._eastings_m[near], self._northings_m[near])

    def _hits(self, positions: npt.NDArray[np.intp], distances: FloatArray) -> list[Hit[IdT]]:
        order = np.lexsort((self._rank[positions], distances))
        return [
            Hit(self._ids[position], distance)
            for position, distance in zip(
                positions[order].tolist(), distances[order].tolist(), strict=True
            )
        ]

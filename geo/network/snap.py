"""Where a place meets the streets: the nearest point of the nearest street."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from geo.distance import FloatArray

SNAP_LIMIT_M = 100.0
"""A place farther than this from every street is outside the network (project default)."""

_SPACING_M = 20.0
_NEAREST = 8


@dataclass(frozen=True, slots=True, eq=False)
class Snaps:
    """Where n places meet the streets. Arrays of shape (n,).

    Attributes
    ----------
    edge : ndarray of intp
        The street, -1 for a place outside the network.
    along_m : ndarray of float64
        From the street's start to where it is met; NaN outside.
    aside_m : ndarray of float64
        From the place to the street in a straight line; infinite outside.
    """

    edge: NDArray[np.intp]
    along_m: FloatArray
    aside_m: FloatArray

    @property
    def inside(self) -> NDArray[np.bool_]:
        """Which places are within the limit."""
        inside: NDArray[np.bool_] = self.edge >= 0
        return inside


class Snapper:
    """The streets of one variant, ready to be met.

    Parameters
    ----------
    eastings_m, northings_m : ndarray of float64, shape (n,)
        Of the nodes.
    starts, ends : ndarray of int, shape (m,)
        The two nodes of each street.
    edge_m : ndarray of float64, shape (m,)
        The length of each street.

    Notes
    -----
    A tree holds points at most 20 m apart on every street; the streets of the eight nearest points
    are measured exactly, and the nearest is taken, the lowest number among equals. Where more than
    eight streets meet, one a few metres farther may be met instead.
    """

    def __init__(
        self,
        eastings_m: FloatArray,
        northings_m: FloatArray,
        starts: NDArray[np.int32],
        ends: NDArray[np.int32],
        edge_m: FloatArray,
    ) -> None:
        self._from = np.column_stack((eastings_m[starts], northings_m[starts]))
        self._step = np.column_stack((eastings_m[ends], northings_m[ends])) - self._from
        self._edge_m = np.asarray(edge_m)
        pieces = np.maximum(np.ceil(self._edge_m / _SPACING_M), 1).astype(np.intp)
        # Both ends and every 20 m between them.
        self._edge_of = np.repeat(np.arange(len(starts)), pieces + 1)
        first = np.concatenate(([0], np.cumsum(pieces + 1)[:-1])) if len(starts) else pieces
        number = np.arange(len(self._edge_of)) - np.repeat(first, pieces + 1)
        share = (number / np.repeat(pieces, pieces + 1))[:, np.newaxis]
        self._tree = cKDTree(self._from[self._edge_of] + share * self._step[self._edge_of])

    def snap(self, places: FloatArray, limit_m: float = SNAP_LIMIT_M) -> Snaps:
        """Where each place meets the streets.

        Parameters
        ----------
        places : ndarray of float64, shape (n, 2)
            Easting and northing. None at all gives empty answers.
        limit_m : float
            A place exactly so far away is inside.
        """
        count = len(places)
        if not count or not len(self._edge_m):
            nowhere = np.full(count, -1, dtype=np.intp)
            return Snaps(nowhere, np.full(count, np.nan), np.full(count, np.inf))
        many = min(_NEAREST, self._tree.n)
        _, samples = self._tree.query(places, k=[*range(1, many + 1)])
        edges = self._edge_of[samples]
        step, start = self._step[edges], self._from[edges]
        away = places[:, np.newaxis, :] - start
        squared = np.maximum((step**2).sum(axis=2), 1e-12)
        share = np.clip((away * step).sum(axis=2) / squared, 0.0, 1.0)
        aside = np.hypot(*np.moveaxis(away - share[:, :, np.newaxis] * step, 2, 0))
        best = np.lexsort((edges, aside), axis=1)[:, 0]
        row = np.arange(count)
        edge, aside_m = edges[row, best], aside[row, best]
        along_m = share[row, best] * self._edge_m[edge]
        outside = ~(aside_m <= limit_m)
        return Snaps(
            np.where(outside, -1, edge),
            np.where(outside, np.nan, along_m),
            np.where(outside, np.inf, aside_m),
        )

"""Shortest walks from one place to all others: one run of Dijkstra, remembered for a while."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from geo.distance import FloatArray
from geo.network.faults import OutsideNetwork
from geo.network.graph import StreetGraph, Variant
from geo.network.snap import SNAP_LIMIT_M, Snaps
from geo.point import GridPoint

_FIRST_LIMIT_RATIO = 1.6
_FIRST_LIMIT_EXTRA_M = 1_000.0
_REMEMBERED = 8


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """All walks from one origin that are no longer than a limit.

    Attributes
    ----------
    origin : GridPoint
    variant : Variant
    snap : Snaps
        Where the origin meets the streets, one entry.
    limit_m : float
        Walks up to here are known exactly.
    node_m : ndarray of float64, shape (n,)
        Metres from the origin to each node, the way to the street included; infinite beyond.
    """

    origin: GridPoint
    variant: Variant
    snap: Snaps
    limit_m: float
    node_m: FloatArray

    def to(self, snaps: Snaps) -> FloatArray:
        """Metres to each of n places; infinite for one outside the network or past the limit."""
        metres = np.full(len(snaps.edge), np.inf)
        inside = np.flatnonzero(snaps.inside)
        edge, along = snaps.edge[inside], snaps.along_m[inside]
        variant = self.variant
        by_start = self.node_m[variant.starts[edge]] + along
        by_end = self.node_m[variant.ends[edge]] + variant.edge_m[edge] - along
        shortest = np.minimum(by_start, by_end)
        # On the origin's own street nobody goes by its ends.
        same = edge == self.snap.edge[0]
        direct = np.abs(along - self.snap.along_m[0]) + self.snap.aside_m[0]
        shortest[same] = np.minimum(shortest[same], direct[same])
        metres[inside] = shortest + snaps.aside_m[inside]
        # Past the limit a shorter way may lie that was not looked at.
        metres[metres > self.limit_m] = np.inf
        return metres


class Walks:
    """The walks of a street network, each origin's worked out once while it is remembered.

    Parameters
    ----------
    graph : StreetGraph
    snap_limit_m : float
        How far from a street a place may be.

    Notes
    -----
    Distances do not depend on the pace, so everybody who sets out from one place shares a run. A
    run stops at a limit that goes with the farthest place asked for and is repeated without one
    only if that was too short; what is answered does not depend on what was asked before. Safe to
    use from several threads.
    """

    def __init__(self, graph: StreetGraph, snap_limit_m: float = SNAP_LIMIT_M) -> None:
        self.graph = graph
        self.snap_limit_m = snap_limit_m
        self._runs: OrderedDict[tuple[GridPoint, bool], Walk] = OrderedDict()
        self._lock = Lock()

    def snap(self, places: FloatArray, on_wheels: bool) -> Snaps:
        """Where places, shape (n, 2), meet the streets that are open in that way."""
        return self.graph.variant(on_wheels).snapper.snap(places, self.snap_limit_m)

    def metres(
        self, origin: GridPoint, snaps: Snaps, on_wheels: bool, farthest_m: float
    ) -> FloatArray:
        """Metres of the shortest walk from the origin to each place.

        Parameters
        ----------
        origin : GridPoint
        snaps : Snaps, n entries
            From `snap` with the same `on_wheels`.
        on_wheels : bool
        farthest_m : float
            The straight line to the farthest of the places: a hint, for speed.

        Returns
        -------
        ndarray of float64, shape (n,)
            Infinite for a place outside the network, and everywhere if the origin is.
        """
        with self._lock:
            run = self._runs.get((origin, on_wheels))
        metres = run.to(snaps) if run else np.full(len(snaps.edge), np.inf)
        for limit_m in (farthest_m * _FIRST_LIMIT_RATIO + _FIRST_LIMIT_EXTRA_M, np.inf):
            wanted = snaps.inside & np.isinf(metres)
            if not wanted.any() or (run is not None and limit_m <= run.limit_m):
                continue
            try:
                run = self.run(origin, on_wheels, limit_m)
            except OutsideNetwork:
                break
            metres = run.to(snaps)
        return metres

    def run(self, origin: GridPoint, on_wheels: bool, limit_m: float) -> Walk:
        """All walks from the origin up to `limit_m`, or farther if those are remembered.

        Raises
        ------
        OutsideNetwork
            If the origin is too far from every street.
        """
        key = (origin, on_wheels)
        with self._lock:
            run = self._runs.get(key)
            if run is not None:
                self._runs.move_to_end(key)
        if run is None or run.limit_m < limit_m:
            run = self.fresh(origin, on_wheels, limit_m)
            with self._lock:
                self._runs[key] = run
                while len(self._runs) > _REMEMBERED:
                    self._runs.popitem(last=False)
        return run

    def fresh(self, origin: GridPoint, on_wheels: bool, limit_m: float) -> Walk:
        """As `run`, neither looked up nor remembered.

        Raises
        ------
        OutsideNetwork
            If the origin is too far from every street.
        """
        variant = self.graph.variant(on_wheels)
        snap = self.snap(np.array([[origin.easting_m, origin.northing_m]]), on_wheels)
        if not snap.inside[0]:
            raise OutsideNetwork(
                f"That place is more than {self.snap_limit_m:g} m from every street of the "
                "network. Choose a place inside it, or use streets that reach farther.",
                snap_limit_m=self.snap_limit_m,
            )
        edge, along, aside = int(snap.edge[0]), float(snap.along_m[0]), float(snap.aside_m[0])
        seeds = np.array([variant.starts[edge], variant.ends[edge]], dtype=np.int32)
        seed_m = np.array([aside + along, aside + float(variant.edge_m[edge]) - along])
        return Walk(origin, variant, snap, limit_m, spread(variant, seeds, seed_m, limit_m))


def spread(
    variant: Variant, seeds: NDArray[np.int32], seed_m: FloatArray, limit_m: float = np.inf
) -> FloatArray:
    """The least cost to each node, from several nodes that each have a cost to begin with.

    Parameters
    ----------
    variant : Variant
    seeds : ndarray of int32, shape (k,)
        Nodes; one may come more than once.
    seed_m : ndarray of float64, shape (k,)
        What it costs to be there, in metres, 0 or more.
    limit_m : float
        Costs above it come out infinite.

    Returns
    -------
    ndarray of float64, shape (n,)
    """
    nodes = len(variant.eastings_m)
    # One more node, with a way to each seed: one run instead of one for each.
    graph = csr_array(
        (
            np.concatenate((variant.lengths_m, seed_m)),
            np.concatenate((variant.indices, seeds)),
            np.concatenate((variant.indptr, [len(variant.indices) + len(seeds)])).astype(np.int32),
        ),
        shape=(nodes + 1, nodes + 1),
    )
    costs: FloatArray = dijkstra(graph, indices=np.array([nodes]), limit=limit_m)
    return costs[0, :nodes]

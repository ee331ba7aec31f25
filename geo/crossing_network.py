"""The shortest way round by crossings, when the straight line is stopped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.sparse.csgraph import csgraph_from_dense, dijkstra

from geo.barriers import BarrierLayer
from geo.crossing import Crossing
from geo.distance import FloatArray
from geo.point import GridPoint

LegLength: TypeAlias = Callable[[FloatArray], FloatArray]
IntArray: TypeAlias = npt.NDArray[np.intp]


class CrossingNetwork:
    """Every end of every open crossing, and what it costs to get from one to another.

    A way is a chain of legs and crossings. Each leg is a straight line that no barrier stops, made
    as long as the mode's detours make it; each crossing adds its own length. Where a leg itself
    meets a barrier, the chain goes by another crossing: so the rule of one barrier serves several.
    A way may also only touch a crossing's end, to go round a bend on the same bank.

    Parameters
    ----------
    layer : BarrierLayer
    crossings : sequence of Crossing
        Those open to the mode at the time; up to some hundreds, since all pairs of ends are
        measured once.
    leg_m : callable
        From straight metres to metres travelled, whole arrays at a time; it must always rise and
        never exceed the sum over two parts.
    """

    def __init__(
        self,
        layer: BarrierLayer,
        crossings: Sequence[Crossing],
        leg_m: LegLength,
    ) -> None:
        self._layer = layer
        self._crossings = crossings
        self._leg_m = leg_m
        # Both ends of crossing i are at 2i and 2i + 1.
        ends = [end for crossing in crossings for end in crossing.ends]
        self._ends = np.array(
            [(end.easting_m, end.northing_m) for end in ends], dtype=np.float64
        ).reshape(-1, 2)
        self._hops = self._hop_lengths()
        # Between two ends in one place the hop is 0 m: "no hop" has to be infinite, not zero.
        graph = csgraph_from_dense(self._hops, null_value=np.inf)
        self._between, self._before = dijkstra(graph, directed=False, return_predecessors=True)

    def ways(
        self, origin: GridPoint, destinations: FloatArray
    ) -> tuple[FloatArray, list[tuple[Crossing, ...]]]:
        """The shortest way from one place to each of many whose straight line is stopped.

        Parameters
        ----------
        origin : GridPoint
        destinations : ndarray, shape (n, 2)

        Returns
        -------
        metres : ndarray of float64, shape (n,)
            Infinite where no chain of crossings leads.
        crossed : list of n tuples of Crossing
            The crossings gone over, in order. Empty where there is no way, and where the way goes
            only past ends. Equal ways go by the crossing given first.
        """
        metres = np.full(len(destinations), np.inf)
        last = np.zeros(len(destinations), dtype=np.intp)
        first, reach = self._reach(origin)
        if not np.isfinite(reach).any():
            return metres, [()] * len(destinations)
        legs = np.hypot(*(self._ends[:, None, :] - destinations[None, :, :]).transpose(2, 0, 1))
        totals = reach[:, None] + self._leg_m(legs)
        order = np.argsort(totals, axis=0, kind="stable")
        waiting = np.arange(len(destinations))
        # Whether a leg is stopped is dear to find out: ask of the shortest way first.
        for place in order:
            end = place[waiting]
            total = totals[end, waiting]
            waiting, end, total = (x[np.isfinite(total)] for x in (waiting, end, total))
            if not waiting.size:
                break
            stopped = self._layer.stops(self._ends[end], destinations[waiting])
            arrived = waiting[~stopped]
            metres[arrived], last[arrived] = total[~stopped], end[~stopped]
            waiting = waiting[stopped]
        return metres, [
            self._crossed(int(first[end]), int(end)) if np.isfinite(total) else ()
            for end, total in zip(last, metres, strict=True)
        ]

    def _hop_lengths(self) -> FloatArray:
        count = len(self._ends)
        hops = np.full((count, count), np.inf)
        a, b = np.triu_indices(count, k=1)
        straight = np.hypot(*(self._ends[a] - self._ends[b]).T)
        free = ~self._layer.stops(self._ends[a], self._ends[b])
        hops[a[free], b[free]] = self._leg_m(straight[free])
        for number, crossing in enumerate(self._crossings):
            near, far = 2 * number, 2 * number + 1
            hops[near, far] = min(hops[near, far], crossing.length_m)
        symmetric: FloatArray = np.minimum(hops, hops.T)
        return symmetric

    def _reach(self, origin: GridPoint) -> tuple[IntArray, FloatArray]:
        """For each end, the end a traveller goes to first, and the metres from the origin."""
        here = np.array([origin.easting_m, origin.northing_m])
        legs = self._leg_m(np.hypot(*(self._ends - here).T))
        legs[self._layer.stops(np.broadcast_to(here, self._ends.shape), self._ends)] = np.inf
        if not len(legs):
            return np.zeros(0, dtype=np.intp), legs
        totals = legs[:, None] + self._between
        first = np.argmin(totals, axis=0)
        return first, totals[first, np.arange(len(legs))]

    def _crossed(self, first: int, last: int) -> tuple[Crossing, ...]:
        chain: list[Crossing] = []
        while last != first:
            before = int(self._before[first, last])
            crossing = self._crossings[last // 2]
            # Equal only where the hop is the crossing, and not a shorter leg beside it.
            if before == last ^ 1 and 0.0 < self._hops[before, last] == crossing.length_m:
                chain.append(crossing)
            last = before
        return tuple(reversed(chain))

"""Connection Scan: one pass over the rides of some hours gives every bus journey worth making.

After Dibbelt, Pajor, Strasser and Wagner, "Connection Scan Algorithm" (2018), turned to the
question asked here: not when one arrives at the earliest, but how late one may leave home. The
later start is always the better one for whoever is on a bus already, so each bus needs only one
label, and the journeys of a whole stretch of time come out of a single pass.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from typing import TypeAlias

import numpy as np

from geo.distance import FloatArray
from geo.network.timetable import Rides, Times

Footpaths: TypeAlias = "Sequence[Sequence[tuple[int, float]]]"
"""For each stop, the stops near it and the metres to them; itself at 0 metres among them."""


@dataclass(frozen=True, slots=True)
class Leg:
    """One ride of a journey, and the ride before it; of no account when journeys are compared.

    `ride` is the number of the first stretch ridden, among the rides that were scanned, and `last`
    that of the last one; `last` is -1 while one is still aboard.
    """

    ride: int = field(compare=False)
    last: int = field(compare=False)
    before: Leg | None = field(compare=False)

    def chain(self) -> list[Leg]:
        """All rides of the journey, the first one first."""
        legs: list[Leg] = []
        leg: Leg | None = self
        while leg is not None:
            legs.append(leg)
            leg = leg.before
        return legs[::-1]


_Label: TypeAlias = tuple[float, float, float, Leg]
"""When one leaves (later is better), minus the longest walk, minus all metres gone, and the rides,
which take no part in comparing: a leg equals any other."""


@dataclass(frozen=True, slots=True, eq=False)
class Arrivals:
    """Journeys from one place to stops, each with at least one ride. Arrays of shape (a,).

    Attributes
    ----------
    stop : ndarray of int32
        Where the journey ends. One stop has many: those that arrive later but also leave later.
    arrives_s, leaves_s : ndarray of float64
        Seconds after midnight, at the stop and at the origin.
    longest_walk_m : ndarray of float64
        The longest of its walks, that from the last stop not included.
    metres : ndarray of float64
        Walks as they are, rides in straight lines from stop to stop.
    legs : list of Leg, a long
        The last ride of each, with those before it.
    """

    stop: Times
    arrives_s: FloatArray
    leaves_s: FloatArray
    longest_walk_m: FloatArray
    metres: FloatArray
    legs: list[Leg]


def scan(
    rides: Rides,
    ride_m: FloatArray,
    access_m: Mapping[int, float],
    footpaths: Footpaths,
    speed_m_per_s: float,
    *,
    leaves_s: tuple[float, float],
    board_s: float,
    first_board_s: float | None = None,
) -> Arrivals:
    """All journeys by bus from one place that are not beaten by another.

    Parameters
    ----------
    rides : Rides
        Those of the hours in question, in order of departure.
    ride_m : ndarray of float64, shape (c,)
        Metres of each ride.
    access_m : mapping of stop to metres
        The walks from the origin to stops.
    footpaths : sequence of sequences of (stop, metres)
        For each stop where one can change to.
    speed_m_per_s : float
        Of all walks.
    leaves_s : (earliest, latest)
        When one may leave the origin, both included.
    board_s : float
        Seconds to be at a stop before the bus leaves; more than 0.
    first_board_s : float, optional
        The same for the first bus only; `board_s` if not given.

    Returns
    -------
    Arrivals
        For every journey that there is, one that ends at the same stop, arrives no later and
        leaves no earlier.
    """
    state = _Pass(
        access_m,
        footpaths,
        speed_m_per_s,
        leaves_s,
        board_s,
        board_s if first_board_s is None else first_board_s,
    )
    aboard: dict[int, _Label] = {}
    for ride, (start, end, dep, arr, trip, board, alight, metres) in enumerate(
        zip(
            rides.start.tolist(),
            rides.end.tolist(),
            rides.departs_s.tolist(),
            rides.arrives_s.tolist(),
            rides.trip.tolist(),
            rides.board.tolist(),
            rides.alight.tolist(),
            ride_m.tolist(),
            strict=True,
        )
    ):
        label = aboard.get(trip)
        if board:
            label = state.boarded(start, dep, label, ride)
        if label is not None:
            aboard[trip] = label = (label[0], label[1], label[2] - metres, label[3])
            if alight:
                state.alighted(end, arr, label, ride)
    return _arrivals(state.found)


class _Pass:
    """What is known of every stop while the rides go by."""

    def __init__(
        self,
        access_m: Mapping[int, float],
        footpaths: Footpaths,
        speed: float,
        leaves_s: tuple[float, float],
        board_s: float,
        first_board_s: float,
    ) -> None:
        self._access_m = access_m
        self._footpaths = footpaths
        self._speed = speed
        self._earliest, self._latest = leaves_s
        self._board_s = board_s
        self._first_board_s = first_board_s
        # Who is on the way to a stop, by when they get there, and the best of those who are there.
        self._coming: dict[int, list[tuple[float, _Label]]] = {}
        self._there: dict[int, _Label] = {}
        self._last: dict[int, tuple[int, _Label]] = {}
        self.found: list[tuple[int, int, _Label]] = []

    def boarded(self, stop: int, dep: int, label: _Label | None, ride: int) -> _Label | None:
        """The best of the label aboard, those who change here, and those who come from home."""
        coming = self._coming.get(stop)
        there = self._there.get(stop)
        while coming and coming[0][0] + self._board_s <= dep:
            came = heappop(coming)[1]
            if there is None or came > there:
                there = self._there[stop] = came
        if there is not None and (label is None or there > label):
            label = (there[0], there[1], there[2], Leg(ride, -1, there[3]))
        walk_m = self._access_m.get(stop)
        if walk_m is not None:
            leave = dep - self._first_board_s - walk_m / self._speed
            if self._earliest <= leave <= self._latest:
                fresh = (leave, -walk_m, -walk_m, Leg(ride, -1, None))
                if label is None or fresh > label:
                    return fresh
        return label

    def alighted(self, stop: int, arr: int, label: _Label, ride: int) -> None:
        """Note a journey to the stop, and let it go on to the stops near it."""
        before = self._last.get(stop)
        if before is not None and arr >= before[0] and label[0] <= before[1][0]:
            return
        leg = Leg(label[3].ride, ride, label[3].before)
        label = (label[0], label[1], label[2], leg)
        self._last[stop] = (arr, label)
        self.found.append((stop, arr, label))
        for there, foot_m in self._footpaths[stop]:
            onward = (label[0], min(label[1], -foot_m), label[2] - foot_m, leg)
            best = self._there.get(there)
            if best is None or onward > best:
                came_s = arr + foot_m / self._speed
                heappush(self._coming.setdefault(there, []), (came_s, onward))


def _arrivals(found: list[tuple[int, int, _Label]]) -> Arrivals:
    columns = np.array(
        [(stop, arr, leave, -longest, -metres) for stop, arr, (leave, longest, metres, _) in found],
        dtype=np.float64,
    ).reshape(-1, 5)
    return Arrivals(
        columns[:, 0].astype(np.int32),
        columns[:, 1],
        columns[:, 2],
        columns[:, 3],
        columns[:, 4],
        [label[3] for _, _, label in found],
    )

"""Bus stops on the streets: which can be walked to from a place, and changed between."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.distance import FloatArray
from geo.network.cache import Arrays, cached
from geo.network.faults import OutsideNetwork
from geo.network.parameters import NetworkParameters
from geo.network.scan import Footpaths
from geo.network.snap import Snaps
from geo.network.timetable import Timetable
from geo.network.walks import Walks
from geo.point import GridPoint

Near: TypeAlias = "tuple[NDArray[np.intp], FloatArray]"
"""Stops in rising order, and the metres to each."""

_PLACES_REMEMBERED = 2_048


class Stops:
    """The stops of a timetable, tied to the streets in one way of moving.

    Parameters
    ----------
    walks : Walks
    timetable : Timetable
    on_wheels : bool
    parameters : NetworkParameters
    directory : Path, optional
        Where to keep the footpaths between stops, which take a while with thousands of them.

    Notes
    -----
    A stop outside the network is ridden through, but nobody gets on, off, or changes there.
    """

    def __init__(
        self,
        walks: Walks,
        timetable: Timetable,
        on_wheels: bool,
        parameters: NetworkParameters,
        directory: Path | None = None,
    ) -> None:
        self._walks = walks
        self._timetable = timetable
        self._on_wheels = on_wheels
        self._parameters = parameters
        self._snaps = walks.snap(timetable.stops, on_wheels)
        self.footpaths: Footpaths = self._footpaths(directory)
        # Venues come back for every person, homes do not: many small answers are kept.
        self.near = lru_cache(maxsize=_PLACES_REMEMBERED)(self._near)

    @property
    def snaps(self) -> Snaps:
        """Where the stops meet the streets."""
        return self._snaps

    def _near(self, place: GridPoint) -> Near:
        """The stops within the longest walk to a bus, and the metres to each.

        None from a place outside the network.
        """
        limit_m = self._parameters.bus_walk_m
        try:
            run = self._walks.run(place, self._on_wheels, limit_m)
        except OutsideNetwork:
            return np.empty(0, dtype=np.intp), np.empty(0)
        metres = run.to(self._snaps)
        which = np.flatnonzero(metres <= limit_m)
        return which, metres[which]

    def _footpaths(self, directory: Path | None) -> Footpaths:
        if directory is None:
            arrays: Arrays = self._measure()
        else:
            parts = [
                self._walks.graph.digest,
                self._timetable.digest,
                self._on_wheels,
                self._walks.snap_limit_m,
                self._parameters.change_walk_m,
            ]
            arrays = cached(directory, "footpaths", " ".join(map(str, parts)), self._measure)
        paths: list[list[tuple[int, float]]] = [[] for _ in range(len(self._timetable.stops))]
        for here, there, metres in zip(
            arrays["here"].tolist(),
            arrays["there"].tolist(),
            arrays["metres"].tolist(),
            strict=True,
        ):
            paths[here].append((there, metres))
        return paths

    def _measure(self) -> dict[str, NDArray[Any]]:
        limit_m = self._parameters.change_walk_m
        here, there, metres = [], [], []
        for stop, (easting_m, northing_m) in enumerate(self._timetable.stops.tolist()):
            found = np.empty(0, dtype=np.intp)
            if self._snaps.inside[stop]:
                # Bypasses the memory of walks, which should keep people's and venues'.
                run = self._walks.fresh(GridPoint(easting_m, northing_m), self._on_wheels, limit_m)
                away = run.to(self._snaps)
                away[stop] = 0.0
                found = np.flatnonzero(away <= limit_m)
                metres.append(away[found])
            here.append(np.full(len(found), stop))
            there.append(found)
        return {
            "here": np.concatenate(here).astype(np.int32),
            "there": np.concatenate(there).astype(np.int32),
            "metres": np.concatenate([np.empty(0), *metres]),
        }

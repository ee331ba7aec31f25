"""Estimated journeys: straight line, usual detours, barriers and the crossings over them."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from geo.barriers import Barrier, BarrierLayer
from geo.crossing import Crossing
from geo.crossing_network import CrossingNetwork
from geo.distance import FloatArray, straight_lines_m
from geo.journey import Journey, Method, Mode, Traveller
from geo.point import GridPoint
from geo.travel_parameters import TravelParameters

# A lower bound must survive the last bit of a sum made in another order.
_ROUNDING = 1.0 - 1e-9

_Numbers: TypeAlias = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Way:
    """One mode's journeys to all destinations.

    `minutes` and `metres` are infinite where there is no journey; `unknown` says where there might
    be one; `crossed` has the crossings of those that need one.
    """

    mode: Mode
    minutes: FloatArray
    metres: FloatArray
    unknown: npt.NDArray[np.bool_]
    crossed: dict[int, tuple[Crossing, ...]]

    def journey(self, number: int, straight_m: float, rest_limit_m: float | None) -> Journey:
        minutes, metres = float(self.minutes[number]), float(self.metres[number])
        if minutes == np.inf:
            method = Method.UNKNOWN if self.unknown[number] else Method.UNAVAILABLE
            return Journey(self.mode, None, None, straight_m, method)
        tired = rest_limit_m is not None and self.mode.is_on_foot and metres > rest_limit_m
        crossed = self.crossed.get(number, ())
        if not crossed:
            return Journey(self.mode, minutes, metres, straight_m, Method.DETOUR, None, tired)
        names = ", then ".join(crossing.name for crossing in crossed)
        toll = any(crossing.tolls(self.mode) for crossing in crossed)
        return Journey(self.mode, minutes, metres, straight_m, Method.CROSSING, names, tired, toll)


class DetourTravel:
    """Journeys from straight lines, usual detours, barriers and crossings.

    On foot and by wheelchair: straight line x `TravelParameters.detour_ratio` at the person's own
    speed. By car or lift: straight line x a road ratio at a road speed, plus minutes to park. Both
    go by way of an open crossing when more than 150 m of the line lies inside barriers. By bus:
    unknown, because without a timetable nobody can say.

    Parameters
    ----------
    barriers : sequence of Barrier
        May be empty: then nothing is in the way, which is an assumption to be stated to the user.
    crossings : sequence of Crossing
        Up to some hundreds.
    parameters : TravelParameters, optional

    Notes
    -----
    An estimate, and each journey says so in `Journey.method`. A barrier that is narrower than the
    tolerance stops nobody. Nothing is walked round a barrier's end, because barriers are cut off
    where the map ends; so a place behind a bend, on the same bank, is unavailable unless it can be
    reached past a crossing's end. A crossing of no length can be put there for that.
    """

    def __init__(
        self,
        barriers: Sequence[Barrier] = (),
        crossings: Sequence[Crossing] = (),
        parameters: TravelParameters | None = None,
    ) -> None:
        self.parameters = parameters or TravelParameters()
        self._layer = BarrierLayer(barriers, self.parameters.barrier_tolerance_m)
        self._crossings = tuple(sorted(crossings, key=lambda crossing: crossing.id))
        # Which crossings are open changes with the hour, and few combinations ever occur.
        self._network = lru_cache(maxsize=64)(self._new_network)

    def journeys(
        self,
        origin: GridPoint,
        destinations: Sequence[GridPoint],
        traveller: Traveller,
        *,
        on: date | None = None,
        at: time | None = None,
        until: time | None = None,
        home_by: time | None = None,
    ) -> list[Journey]:
        """The best journey to each destination: the highest access among the ways open.

        Parameters
        ----------
        origin : GridPoint
            Where the person sets out; a person whose home is unknown has no journeys.
        destinations : sequence of GridPoint, shape (n,)
            Venues. None at all gives an empty list; the origin itself is 0 metres away.
        traveller : Traveller
            Remote modes (phone, online, home visit) take nobody to a venue and are passed over:
            see `no_journey`. Somebody with no other mode gets UNAVAILABLE.
        on, at : date, time, optional
            When the crossings have to be open. See `Crossing.is_open` for what is assumed without.
        until, home_by : time, optional
            Make no difference: a crossing that is open on the way there is taken to be so later.

        Returns
        -------
        list of Journey, n long
            UNAVAILABLE where no open crossing leads: never the straight line instead. UNKNOWN where
            a crossing may be open but the day or hour was not given, and by bus. A known journey is
            preferred to an unknown one, and that to an unavailable one.
        """
        places = np.array(
            [(place.easting_m, place.northing_m) for place in destinations], dtype=np.float64
        ).reshape(-1, 2)
        straight = straight_lines_m(origin, places[:, 0], places[:, 1])
        here = np.broadcast_to((origin.easting_m, origin.northing_m), places.shape)
        stopped = np.flatnonzero(self._layer.stops(here, places))
        if not traveller.ways:
            nothing = traveller.first_mode
            return [
                Journey(nothing, None, None, line, Method.UNAVAILABLE) for line in straight.tolist()
            ]
        ways: list[_Way] = []
        for mode in traveller.ways:
            metres, unknown, crossed = self._metres(
                mode, origin, places, straight, stopped, self._open_to(mode, on, at)
            )
            minutes = self._minutes(mode, metres, traveller)
            ways.append(_Way(mode, minutes, metres, unknown, crossed))
        return self._best(ways, straight, traveller)

    def fastest_minutes(self, straight_m: float, traveller: Traveller) -> float:
        """Minutes that no journey of this person over that straight distance can beat.

        Exact but for crossings: a crossing has no detours of its own, so a way over one can be
        shorter than the same line on land, by 0.4 of its length at most. Never falls as the
        distance grows. Infinite for somebody who goes by bus only, or nowhere: their journeys have
        no minutes to beat.
        """
        return min(
            (self._least_minutes(mode, straight_m, traveller) for mode in traveller.ways),
            default=math.inf,
        )

    def most_access(self, straight_m: float, traveller: Traveller) -> float:
        """Access that no journey of known minutes over that straight distance can beat, 0 to 1."""
        return max(
            (
                self.parameters.access(self._least_minutes(mode, straight_m, traveller), mode)
                or 0.0
                for mode in traveller.ways
            ),
            default=0.0,
        )

    def _open_to(self, mode: Mode, on: date | None, at: time | None) -> tuple[_Numbers, _Numbers]:
        """The crossings known to be open, and those together with the ones that may be."""
        answers = [crossing.is_open(mode, on, at) for crossing in self._crossings]
        surely = tuple(number for number, answer in enumerate(answers) if answer)
        perhaps = tuple(number for number, answer in enumerate(answers) if answer is not False)
        return surely, perhaps

    def _metres(
        self,
        mode: Mode,
        origin: GridPoint,
        places: FloatArray,
        straight: FloatArray,
        stopped: npt.NDArray[np.intp],
        crossings: tuple[_Numbers, _Numbers],
    ) -> tuple[FloatArray, npt.NDArray[np.bool_], dict[int, tuple[Crossing, ...]]]:
        unknown = np.zeros(len(places), dtype=np.bool_)
        if mode is Mode.BUS:
            return np.full(len(places), np.inf), ~unknown, {}
        metres = self._leg_length(mode.is_on_foot)(straight)
        if not stopped.size:
            return metres, unknown, {}
        surely, perhaps = crossings
        network = self._network(mode.is_on_foot, surely)
        metres[stopped], crossed = network.ways(origin, places[stopped])
        lost = stopped[np.isinf(metres[stopped])]
        if lost.size and perhaps != surely:
            network = self._network(mode.is_on_foot, perhaps)
            unknown[lost] = np.isfinite(network.ways(origin, places[lost])[0])
        return metres, unknown, dict(zip(stopped.tolist(), crossed, strict=True))

    def _new_network(self, on_foot: bool, numbers: _Numbers) -> CrossingNetwork:
        return CrossingNetwork(
            self._layer,
            [self._crossings[number] for number in numbers],
            self._leg_length(on_foot),
        )

    def _leg_length(self, on_foot: bool) -> Callable[[FloatArray], FloatArray]:
        return self.parameters.on_foot_m if on_foot else self.parameters.by_road_m

    def _minutes(self, mode: Mode, metres: FloatArray, traveller: Traveller) -> FloatArray:
        if mode.is_on_foot:
            return metres / traveller.speed_m_per_s / 60.0
        road = self.parameters
        return metres / road.road_speed_m_per_s / 60.0 + road.road_extra_min

    def _least_minutes(self, mode: Mode, straight_m: float, traveller: Traveller) -> float:
        if mode is Mode.BUS:
            return math.inf
        line = np.array([max(straight_m, 0.0)])
        bridges_m = sum(crossing.length_m for crossing in self._crossings if crossing.admits(mode))
        leg_m = self._leg_length(mode.is_on_foot)
        steepest = float(leg_m(np.ones(1))[0])
        shortest = leg_m(line) - (steepest - 1.0) * bridges_m
        metres = np.maximum(shortest, line) * _ROUNDING
        return float(self._minutes(mode, metres, traveller)[0])

    def _best(self, ways: list[_Way], straight: FloatArray, traveller: Traveller) -> list[Journey]:
        half = self.parameters.half_minutes
        half_times = np.stack([way.minutes / half[way.mode] for way in ways])
        chosen = np.argmin(half_times, axis=0)
        nowhere = np.isinf(half_times).all(axis=0)
        # Unknown comes before unavailable: the first way that might exist, else the first way.
        chosen[nowhere] = np.argmax(np.stack([way.unknown for way in ways]), axis=0)[nowhere]
        limit_m = traveller.rest_limit_m
        return [
            ways[way].journey(number, line, limit_m)
            for number, (way, line) in enumerate(
                zip(chosen.tolist(), straight.tolist(), strict=True)
            )
        ]

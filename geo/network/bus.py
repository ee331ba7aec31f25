"""Journeys by bus from one home to many places: there in time, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np

from geo.distance import FloatArray
from geo.network.parameters import NetworkParameters
from geo.network.scan import Arrivals, scan
from geo.network.snap import Snaps
from geo.network.stops import Stops
from geo.network.timetable import Rides, Timetable
from geo.network.walks import Walks
from geo.point import GridPoint

_SEARCHES_REMEMBERED = 32


@dataclass(frozen=True, slots=True)
class BusJourney:
    """One journey with at least one ride.

    Attributes
    ----------
    minutes : float
        From leaving home just in time for the first bus to the door of the place.
    distance_m : float
        Walks along the streets, rides in straight lines from stop to stop.
    longest_walk_m : float
        The longest walk on the way.
    """

    minutes: float
    distance_m: float
    longest_walk_m: float


@dataclass(frozen=True, slots=True)
class Outing:
    """A session to go to, in seconds after midnight of its day.

    Attributes
    ----------
    on : date
    there_by_s : float
        When the person has to be there.
    back_from_s : float
        When they can leave again.
    """

    on: date
    there_by_s: float
    back_from_s: float


class Buses:
    """A timetable laid over a street network.

    Parameters
    ----------
    walks : Walks
    timetable : Timetable
    parameters : NetworkParameters
    directory : Path, optional
        Where to keep what takes a while to work out.
    """

    def __init__(
        self,
        walks: Walks,
        timetable: Timetable,
        parameters: NetworkParameters,
        directory: Path | None = None,
    ) -> None:
        self.timetable = timetable
        self._parameters = parameters
        # Built when first needed: a town may never ask about wheels.
        self.stops = lru_cache(maxsize=2)(
            lambda on_wheels: Stops(walks, timetable, on_wheels, parameters, directory)
        )
        self._there = lru_cache(maxsize=_SEARCHES_REMEMBERED)(self._search_there)
        self._back = lru_cache(maxsize=_SEARCHES_REMEMBERED)(self._search_back)

    def journeys(
        self,
        home: GridPoint,
        places: Sequence[GridPoint],
        speed_m_per_s: float,
        on_wheels: bool,
        outing: Outing,
    ) -> list[BusJourney | None]:
        """The quickest bus journey to each place from which there is one back.

        Parameters
        ----------
        home : GridPoint
        places : sequence of GridPoint, shape (n,)
        speed_m_per_s : float
        on_wheels : bool
            Keeps off steps, and off buses stated to take no wheelchair.
        outing : Outing
            On a day that the timetable covers.

        Returns
        -------
        list of BusJourney or None, n long
            None where no bus gets there in time, or none gets back: there within
            `NetworkParameters.search_min` of leaving, home within `return_min` of the end. A bus
            that waits at the place after arriving early costs nothing: that is the person's time.
        """
        key = (home, speed_m_per_s, on_wheels)
        there = self._there(*key, outing.on, outing.there_by_s)
        if not len(there.stop):
            return [None] * len(places)
        back = self._back(*key, outing.on, outing.back_from_s)
        found: list[BusJourney | None] = []
        for place in places:
            foot_m = self._from_stops(place, on_wheels)
            returns = self._returns(back, foot_m, speed_m_per_s, outing.back_from_s)
            arrives = self._arrives(there, foot_m, speed_m_per_s, outing.there_by_s)
            found.append(arrives if returns else None)
        return found

    def fastest_to_stops(
        self,
        home: GridPoint,
        speed_m_per_s: float,
        on_wheels: bool,
        on: date,
        leaves_s: tuple[float, float],
        within_s: float,
    ) -> tuple[FloatArray, Snaps]:
        """For each stop the least seconds from home by bus, and where it meets the streets.

        Parameters
        ----------
        leaves_s : (earliest, latest)
            The stretch of time in which one may leave; the best moment of it is taken for each
            stop.
        within_s : float
            Longer journeys are not looked for.

        Returns
        -------
        tuple of ndarray, shape (s,), and Snaps
            Infinite where no bus gets.
        """
        stops = self.stops(on_wheels)
        rides = self.timetable.rides(on, on_wheels).between(leaves_s[0], leaves_s[1] + within_s)
        found = self._scan(stops, rides, home, speed_m_per_s, leaves_s, None)
        seconds = np.full(len(self.timetable.stops), np.inf)
        np.minimum.at(seconds, found.stop, found.arrives_s - found.leaves_s)
        seconds[seconds > within_s] = np.inf
        return seconds, stops.snaps

    def _search_there(
        self, home: GridPoint, speed: float, on_wheels: bool, on: date, there_by_s: float
    ) -> Arrivals:
        earliest = there_by_s - self._parameters.search_min * 60
        rides = self.timetable.rides(on, on_wheels).between(earliest, there_by_s)
        return self._scan(self.stops(on_wheels), rides, home, speed, (earliest, there_by_s), None)

    def _search_back(
        self, home: GridPoint, speed: float, on_wheels: bool, on: date, back_from_s: float
    ) -> Arrivals:
        """Journeys home, as journeys from home with time turned round.

        Seconds to get on are counted where the last bus is left, which here is the first, and
        instead counted at the place: see `_returns`.
        """
        latest = back_from_s + self._parameters.return_min * 60
        rides = self.timetable.rides(on, on_wheels).backwards().between(-latest, -back_from_s)
        return self._scan(self.stops(on_wheels), rides, home, speed, (-latest, -back_from_s), 0.0)

    def _scan(
        self,
        stops: Stops,
        rides: Rides,
        home: GridPoint,
        speed: float,
        leaves_s: tuple[float, float],
        first_board_s: float | None,
    ) -> Arrivals:
        which, metres = stops.near(home)
        where = self.timetable.stops
        return scan(
            rides,
            np.hypot(*(where[rides.end] - where[rides.start]).T),
            dict(zip(which.tolist(), metres.tolist(), strict=True)),
            stops.footpaths,
            speed,
            leaves_s=leaves_s,
            board_s=self._parameters.board_s,
            first_board_s=first_board_s,
        )

    def _from_stops(self, place: GridPoint, on_wheels: bool) -> FloatArray:
        which, metres = self.stops(on_wheels).near(place)
        foot_m = np.full(len(self.timetable.stops), np.inf)
        foot_m[which] = metres
        return foot_m

    @staticmethod
    def _arrives(
        there: Arrivals, foot_m: FloatArray, speed: float, there_by_s: float
    ) -> BusJourney | None:
        last_m = foot_m[there.stop]
        ends = there.arrives_s + last_m / speed
        took = np.where(ends <= there_by_s, ends - there.leaves_s, np.inf)
        walk = np.maximum(there.longest_walk_m, last_m)
        # The quickest; of equally quick ones that with the shortest walk.
        best = int(np.lexsort((walk, took))[0])
        if np.isinf(took[best]):
            return None
        metres = float(there.metres[best] + last_m[best])
        return BusJourney(float(took[best]) / 60.0, metres, float(walk[best]))

    def _returns(
        self, back: Arrivals, foot_m: FloatArray, speed: float, back_from_s: float
    ) -> bool:
        departs = -back.arrives_s
        at_stop = back_from_s + foot_m[back.stop] / speed + self._parameters.board_s
        return bool((at_stop <= departs).any())

"""Journeys by bus from one home to many places: there in time, and back again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from geo.distance import FloatArray
from geo.network.found_rides import Found, Ridden
from geo.network.parameters import NetworkParameters
from geo.network.scan import Arrivals, scan
from geo.network.snap import Snaps
from geo.network.stops import Stops
from geo.network.timetable import Rides, Timetable
from geo.network.walks import Walks
from geo.point import GridPoint

_SEARCHES_REMEMBERED = 32
_DAYS_REMEMBERED = 8


@dataclass(frozen=True, slots=True)
class BusJourney:
    """One journey with at least one ride, and the way back. Seconds after midnight of its day.

    Attributes
    ----------
    minutes : float
        From leaving home just in time for the first bus to the door of the place.
    distance_m : float
        Walks along the streets, rides in straight lines from stop to stop.
    longest_walk_m : float
        The longest walk on the way, there or home.
    leaves_s, arrives_s : float
        At one's own door and at that of the place.
    there, home : tuple of Ridden
        The rides, in their order. Home is the way that is there soonest, its longest walk counted
        twice: nobody is sent on a long walk for the sake of a few minutes.
    home_s : float
        At one's own door again by that way.
    last_home_s : float
        When the last bus leaves that still brings one home within `NetworkParameters.return_min`.
    """

    minutes: float
    distance_m: float
    longest_walk_m: float
    leaves_s: float
    arrives_s: float
    there: tuple[Ridden, ...]
    home: tuple[Ridden, ...]
    home_s: float
    last_home_s: float


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
    home_by_s : float
        When they have to be home; infinite when that is not stated.
    """

    on: date
    there_by_s: float
    back_from_s: float
    home_by_s: float = np.inf


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
        self._back = lru_cache(maxsize=_DAYS_REMEMBERED)(self._search_back)

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
            Keeps off steps, and off buses and stops stated to take no wheelchair.
        outing : Outing
            On a day that the timetable covers.

        Returns
        -------
        list of BusJourney or None, n long
            None where no bus gets there in time, or none gets back: there within
            `NetworkParameters.search_min` of leaving, home within `return_min` of the end and by
            the hour that the person has to be. A bus
            that waits at the place after arriving early costs nothing: that is the person's time.
        """
        key = (home, speed_m_per_s, on_wheels, outing.on)
        there = self._there(*key, outing.there_by_s)
        if not len(there.arrivals.stop):
            return [None] * len(places)
        back = self._back(*key)
        found: list[BusJourney | None] = []
        for place in places:
            foot_m = self._from_stops(place, on_wheels)
            found.append(self._both_ways(there, back, foot_m, speed_m_per_s, outing))
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
    ) -> Found:
        earliest = there_by_s - self._parameters.search_min * 60
        rides = self.timetable.rides(on, on_wheels).between(earliest, there_by_s)
        window = (earliest, there_by_s)
        return Found(rides, self._scan(self.stops(on_wheels), rides, home, speed, window, None))

    def _search_back(self, home: GridPoint, speed: float, on_wheels: bool, on: date) -> Found:
        """Every way home on one day, as journeys from home with time turned round.

        Seconds to get on are counted where the last bus is left, which here is the first, and
        instead counted at the place: see `_both_ways`.
        """
        rides = self.timetable.rides(on, on_wheels).backwards()
        always = (-np.inf, np.inf)
        return Found(rides, self._scan(self.stops(on_wheels), rides, home, speed, always, 0.0))

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

    def _both_ways(
        self, there: Found, back: Found, foot_m: FloatArray, speed: float, outing: Outing
    ) -> BusJourney | None:
        out, home = there.arrivals, back.arrivals
        last_m = foot_m[out.stop]
        ends = out.arrives_s + last_m / speed
        in_time = np.flatnonzero(ends <= outing.there_by_s)
        # When the bus leaves, and when one is home, for each way home.
        departs, at_home = -home.arrives_s, -home.leaves_s
        walk_s = foot_m[home.stop] / speed + self._parameters.board_s
        longest_s = self._parameters.return_min * 60
        latest_s = min(outing.back_from_s + longest_s, outing.home_by_s)
        leaving = np.flatnonzero(outing.back_from_s + walk_s <= departs)
        returns = leaving[at_home[leaving] <= latest_s]
        if not len(in_time) or not len(returns):
            return None
        best = _quickest(in_time, ends - out.leaves_s, np.maximum(out.longest_walk_m, last_m))
        walk_m = np.maximum(home.longest_walk_m, foot_m[home.stop])
        first = _quickest(returns, at_home + walk_m / speed, walk_m)
        direct = leaving[at_home[leaving] - departs[leaving] <= longest_s]
        return BusJourney(
            minutes=float(ends[best] - out.leaves_s[best]) / 60.0,
            distance_m=float(out.metres[best] + last_m[best]),
            longest_walk_m=float(max(out.longest_walk_m[best], last_m[best], walk_m[first])),
            leaves_s=float(out.leaves_s[best]),
            arrives_s=float(ends[best]),
            there=there.ridden(best),
            home=back.ridden_back(first),
            home_s=float(at_home[first]),
            last_home_s=float(departs[direct].max()),
        )


def _quickest(among: NDArray[np.intp], took_s: FloatArray, walk_m: FloatArray) -> int:
    """The quickest; of equally quick ones that with the shortest walk; of those the first."""
    return int(among[np.lexsort((walk_m[among], took_s[among]))[0]])

"""Journeys along real streets and by real buses, and what to say where there are none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time
from functools import cached_property
from pathlib import Path

import numpy as np

from geo.bus_times import BusRide, BusTimes, Session, clock_down, clock_up
from geo.distance import FloatArray, straight_lines_m
from geo.journey import Journey, Method, Mode, Traveller
from geo.network.bus import Buses, BusJourney, Outing
from geo.network.found_rides import Ridden
from geo.network.graph import StreetGraph
from geo.network.parameters import NetworkParameters
from geo.network.timetable import Timetable
from geo.network.walks import Walks
from geo.point import GridPoint
from geo.travel import TravelModel
from geo.travel_parameters import TravelParameters

# A lower bound must survive the last bits of a sum made in another order.
_ROUNDING = 1.0 - 1e-9


class NetworkTravel:
    """Journeys by the shortest way along the streets, and by bus where there is a timetable.

    On foot and by wheelchair: the shortest path, from and to the nearest point of the nearest
    street. By bus: walk, wait, ride and walk, by a timetable that is valid on the day, and only
    where a bus comes back. By car or lift, and wherever one end is outside the network: whatever
    `fallback` says, and its `Journey.method` says so.

    Parameters
    ----------
    graph : StreetGraph
        See `geo.network.graph.open_network`.
    fallback : TravelModel
        For what the streets do not hold; `DetourTravel` with the barriers of the place.
    timetable : Timetable, optional
        See `geo.network.timetable.open_timetable`. Without one buses are unknown.
    parameters : TravelParameters, optional
        Gives the half-times by which ways are compared.
    network_parameters : NetworkParameters, optional
    directory : Path, optional
        Where to keep the footpaths between stops; without one they are worked out anew.

    Notes
    -----
    Streets are taken to be open at all hours. Small islands of street that touch the rest nowhere
    are no part of the network: their places count as outside it, or as near the next real street.
    """

    def __init__(
        self,
        graph: StreetGraph,
        fallback: TravelModel,
        timetable: Timetable | None = None,
        parameters: TravelParameters | None = None,
        network_parameters: NetworkParameters | None = None,
        directory: Path | None = None,
    ) -> None:
        self.parameters = parameters or TravelParameters()
        self.network_parameters = network_parameters or NetworkParameters()
        self.fallback = fallback
        self.walks = Walks(graph, self.network_parameters.snap_limit_m)
        self.buses = (
            Buses(self.walks, timetable, self.network_parameters, directory) if timetable else None
        )

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
        """The best journey to each destination for a session from `at` until `until`.

        That with the highest access among the ways open to the person.

        Parameters
        ----------
        origin : GridPoint
            Where the person sets out.
        destinations : sequence of GridPoint, shape (n,)
            Venues. None at all gives an empty list.
        traveller : Traveller
            Remote modes are passed over; somebody with no other mode gets UNAVAILABLE. A traveller
            by BUS who is on wheels, or may WHEEL and not WALK, keeps off steps on the way to the
            stop as well, and off buses and stops that are stated to take no wheelchair.
        on, at : date, time, optional
            The day, and the British clock time by which to be there.
        until : time, optional
            When the session ends; one before `at` is of the next day. Without it a session is taken
            to last `NetworkParameters.stay_min`.
        home_by : time, optional
            When the person has to be home on the day: a bus that is later does not count.

        Returns
        -------
        list of Journey, n long
            NETWORK where the streets (and the timetable) gave the answer; the fallback's methods
            where they could not. By bus UNKNOWN without a timetable that covers the day, or
            without day and time, and UNAVAILABLE where no bus gets there in time or back;
            `Journey.bus` says what was looked at. Whoever goes by bus and is as quick on foot over
            a walk they would make to a bus, walks: that journey is by WALK or WHEEL whether or not
            it was among the modes. On wheels UNKNOWN where only people on foot can get.
            `needs_rest` of a bus journey looks at its longest walk, and
            its `distance_m` takes rides in straight lines from stop to stop.
        """
        places = np.array(
            [(place.easting_m, place.northing_m) for place in destinations], dtype=np.float64
        ).reshape(-1, 2)
        straight = straight_lines_m(origin, places[:, 0], places[:, 1])
        trip = _Trip(
            self, origin, destinations, places, straight, traveller, on, at, until, home_by
        )
        if not traveller.ways or not destinations:
            return self.fallback.journeys(origin, destinations, traveller, on=on, at=at)
        by_mode = [trip.by(mode) for mode in traveller.ways]
        if len(by_mode) == 1:
            return by_mode[0]
        return [self.parameters.best(ways) for ways in zip(*by_mode, strict=True)]

    def fastest_minutes(self, straight_m: float, traveller: Traveller) -> float:
        """Minutes that no journey of this person over that straight distance can beat.

        Never falls as the distance grows. Infinite where no journey has minutes at all.
        """
        return min(
            [
                self.fallback.fastest_minutes(straight_m, traveller),
                *(self._least_minutes(mode, straight_m, traveller) for mode in traveller.ways),
            ]
        )

    def most_access(self, straight_m: float, traveller: Traveller) -> float:
        """Access that no journey of known minutes over that straight distance can beat, 0 to 1."""
        return max(
            [
                self.fallback.most_access(straight_m, traveller),
                *(
                    self.parameters.access(self._least_minutes(mode, straight_m, traveller), each)
                    or 0.0
                    for mode in traveller.ways
                    # Whoever goes by bus may be given a walk, which is worth something else.
                    for each in ((mode, Mode.WALK, Mode.WHEEL) if mode is Mode.BUS else (mode,))
                ),
            ]
        )

    def _least_minutes(self, mode: Mode, straight_m: float, traveller: Traveller) -> float:
        speed = traveller.speed_m_per_s
        if mode is Mode.BUS and self.buses is not None:
            speed = max(speed, self._fastest_bus_m_per_s)
        elif not mode.is_on_foot:
            return math.inf
        return max(straight_m, 0.0) / speed / 60.0 * _ROUNDING

    @cached_property
    def _fastest_bus_m_per_s(self) -> float:
        timetable = self.buses.timetable if self.buses else None
        board_s = self.network_parameters.board_s
        return timetable.fastest_m_per_s(board_s) if timetable else 0.0


class _Trip:
    """One question: from where, to where, who, and when."""

    def __init__(
        self,
        travel: NetworkTravel,
        origin: GridPoint,
        destinations: Sequence[GridPoint],
        places: FloatArray,
        straight: FloatArray,
        traveller: Traveller,
        on: date | None,
        at: time | None,
        until: time | None,
        home_by: time | None,
    ) -> None:
        self._travel = travel
        self._origin = origin
        self._destinations = destinations
        self._places = places
        self._straight = straight
        self._traveller = traveller
        self._on = on
        self._at = at
        self._until = until
        self._home_by = home_by

    def by(self, mode: Mode) -> list[Journey]:
        """The journeys by one way."""
        if mode.is_on_foot:
            return self._on_foot(mode)
        if mode is Mode.BUS and self._travel.buses is not None:
            return self._by_bus(self._travel.buses)
        return self._fall_back(mode, list(range(len(self._destinations))))

    def _on_foot(self, mode: Mode) -> list[Journey]:
        on_wheels = mode is Mode.WHEEL
        metres = self._metres(on_wheels)
        found: dict[int, Journey] = {
            number: self._walk(mode, number, float(metres[number]))
            for number in np.flatnonzero(np.isfinite(metres)).tolist()
        }
        rest = [number for number in range(len(self._destinations)) if number not in found]
        if on_wheels and rest:
            # The streets reach both places but wheels do not: an estimate would deny what is known.
            inside = self._inside(on_wheels=False)
            for number in [number for number in rest if inside[number]]:
                line = float(self._straight[number])
                found[number] = Journey(mode, None, None, line, Method.UNKNOWN)
            rest = [number for number in rest if number not in found]
        found.update(zip(rest, self._fall_back(mode, rest), strict=True))
        return [found[number] for number in range(len(self._destinations))]

    def _by_bus(self, buses: Buses) -> list[Journey]:
        every = list(range(len(self._destinations)))
        edition = buses.timetable.edition
        if self._on is None or self._at is None:
            return [self._no_bus(number, Method.UNKNOWN, BusTimes(edition)) for number in every]
        asked = BusTimes(edition, Session(self._on, self._at, self._until))
        if not edition.covers(self._on):
            return [self._no_bus(number, Method.UNKNOWN, asked) for number in every]
        on_wheels = self._traveller.wheels_to_the_bus
        metres = self._metres(on_wheels)
        inside = self._inside(on_wheels)
        within = [number for number in every if inside[number]]
        rides = buses.journeys(
            self._origin,
            [self._destinations[number] for number in within],
            self._traveller.speed_m_per_s,
            on_wheels,
            self._outing(self._on, self._at),
        )
        found = {
            number: self._ride_or_walk(number, ride, float(metres[number]), asked)
            for number, ride in zip(within, rides, strict=True)
        }
        rest = [number for number in every if number not in found]
        found.update(zip(rest, self._fall_back(Mode.BUS, rest), strict=True))
        return [found[number] for number in every]

    def _ride_or_walk(
        self, number: int, ride: BusJourney | None, walk_m: float, asked: BusTimes
    ) -> Journey:
        on_wheels = self._traveller.wheels_to_the_bus
        walk_min = walk_m / self._traveller.speed_m_per_s / 60.0
        near = walk_m <= self._travel.network_parameters.bus_walk_m
        if near and (ride is None or walk_min <= ride.minutes):
            return self._walk(Mode.WHEEL if on_wheels else Mode.WALK, number, walk_m)
        if ride is None:
            return self._no_bus(number, Method.UNAVAILABLE, asked)
        limit_m = self._traveller.rest_limit_m
        return Journey(
            Mode.BUS,
            ride.minutes,
            ride.distance_m,
            float(self._straight[number]),
            Method.NETWORK,
            needs_rest=limit_m is not None and ride.longest_walk_m > limit_m,
            bus=self._times(ride, asked),
        )

    def _times(self, ride: BusJourney, asked: BusTimes) -> BusTimes:
        return replace(
            asked,
            leave_at=clock_down(ride.leaves_s),
            there=tuple(self._ride(each) for each in ride.there),
            arrive_at=clock_up(ride.arrives_s),
            home=tuple(self._ride(each) for each in ride.home),
            home_at=clock_up(ride.home_s),
            home_days=int(ride.home_s // 86_400),
            last_home_at=clock_down(ride.last_home_s),
            end_is_guessed=self._until is None,
        )

    def _ride(self, ridden: Ridden) -> BusRide:
        buses = self._travel.buses
        assert buses is not None  # noqa: S101 - only asked for a ride
        timetable = buses.timetable
        return BusRide(
            timetable.line(ridden.trip),
            timetable.stop_name(ridden.start),
            clock_down(ridden.leaves_s),
            timetable.stop_name(ridden.end),
            clock_up(ridden.arrives_s),
        )

    def _no_bus(self, number: int, method: Method, asked: BusTimes) -> Journey:
        return Journey(Mode.BUS, None, None, float(self._straight[number]), method, bus=asked)

    def _walk(self, mode: Mode, number: int, metres: float) -> Journey:
        limit_m = self._traveller.rest_limit_m
        return Journey(
            mode,
            metres / self._traveller.speed_m_per_s / 60.0,
            metres,
            float(self._straight[number]),
            Method.NETWORK,
            needs_rest=limit_m is not None and metres > limit_m,
        )

    def _metres(self, on_wheels: bool) -> FloatArray:
        walks = self._travel.walks
        snaps = walks.snap(self._places, on_wheels)
        farthest_m = float(self._straight[snaps.inside].max(initial=0.0))
        metres = walks.metres(self._origin, snaps, on_wheels, farthest_m)
        # Nobody goes to the street and back to be where they are.
        metres[snaps.inside & (self._straight == 0.0)] = 0.0
        return metres

    def _inside(self, on_wheels: bool) -> list[bool]:
        """Which places are in the network together with the origin."""
        walks = self._travel.walks
        home = np.array([[self._origin.easting_m, self._origin.northing_m]])
        if not walks.snap(home, on_wheels).inside[0]:
            return [False] * len(self._destinations)
        return [bool(each) for each in walks.snap(self._places, on_wheels).inside]

    def _outing(self, on: date, at: time) -> Outing:
        start_s = _seconds(at)
        home_by_s = math.inf if self._home_by is None else _seconds(self._home_by)
        if self._until is None:
            end_s = start_s + self._travel.network_parameters.stay_min * 60.0
        else:
            end_s = _seconds(self._until)
            end_s = end_s if end_s >= start_s else end_s + 86_400.0
        return Outing(on, start_s, end_s, home_by_s)

    def _fall_back(self, mode: Mode, numbers: list[int]) -> list[Journey]:
        if not numbers:
            return []
        alone = replace(self._traveller, modes=frozenset({mode}))
        places = [self._destinations[number] for number in numbers]
        return self._travel.fallback.journeys(self._origin, places, alone, on=self._on, at=self._at)


def _seconds(at: time) -> float:
    return at.hour * 3600.0 + at.minute * 60.0 + at.second

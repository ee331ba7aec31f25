"""How long it takes this person to get there, and how that was found.

A straight line is never shown as a walk. Without a street network the path is the straight line
with the usual detours added; where a river, motorway or railway lies between, it goes by a crossing
that is open to the person's way of travelling, and where there is none it does not go at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Protocol

from geo.barriers import Barrier
from geo.bus_times import BusRide, BusTimes, Edition, Session
from geo.crossing import Crossing, OpenHours
from geo.detour import DetourTravel
from geo.journey import BadTravelData, Journey, Method, Mode, Traveller, no_journey
from geo.pace import walking_speed_m_per_s
from geo.point import GridPoint
from geo.travel_parameters import TravelParameters

__all__ = [
    "BadTravelData",
    "Barrier",
    "BusRide",
    "BusTimes",
    "Crossing",
    "DetourTravel",
    "Edition",
    "Journey",
    "Method",
    "Mode",
    "NullTravel",
    "OpenHours",
    "Session",
    "TravelModel",
    "TravelParameters",
    "Traveller",
    "no_journey",
    "walking_speed_m_per_s",
]


class TravelModel(Protocol):
    """Anything that can say how long a person takes to get to places."""

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
        """The best journey to each destination, in the order given, by a way open to the person.

        `on` and `at` are the day and the British clock time of arrival, `until` when one can leave
        again, `home_by` when they have to be home, when known. Only a model with a timetable makes
        anything of the last two.
        """
        ...

    def fastest_minutes(self, straight_m: float, traveller: Traveller) -> float:
        """Minutes that no journey of this person over that straight distance can beat.

        Never falls as the distance grows, so a search that goes outwards may stop on it. Infinite
        when no journey of theirs would have minutes at all.
        """
        ...

    def most_access(self, straight_m: float, traveller: Traveller) -> float:
        """Access that no journey of known minutes over that straight distance can beat, 0 to 1.

        Use this, not the minutes, to stop a search by score: half-times differ between modes.
        """
        ...


class NullTravel:
    """The travel model of a place about which nothing is known: every journey is UNKNOWN.

    For development and for areas without data. It never guesses: no minutes, no metres.
    """

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
        """One unknown journey for each destination, by the first way open to the person."""
        nothing = Journey(traveller.first_mode, None, None, None, Method.UNKNOWN)
        return [nothing] * len(destinations)

    def fastest_minutes(self, straight_m: float, traveller: Traveller) -> float:
        """0.0, which nothing can beat."""
        return 0.0

    def most_access(self, straight_m: float, traveller: Traveller) -> float:
        """1.0, which nothing can beat."""
        return 1.0

"""Which buses a journey that was found is made of."""

from __future__ import annotations

from dataclasses import dataclass

from geo.network.scan import Arrivals
from geo.network.timetable import Rides


@dataclass(frozen=True, slots=True)
class Ridden:
    """One bus on one run, from one stop to another, in seconds after midnight."""

    trip: int
    start: int
    leaves_s: int
    end: int
    arrives_s: int


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What one search found, beside the rides that it went through."""

    rides: Rides
    arrivals: Arrivals

    def ridden(self, which: int) -> tuple[Ridden, ...]:
        """The rides of one journey there, the first one first."""
        rides = self.rides
        return tuple(
            Ridden(
                int(rides.trip[leg.ride]),
                int(rides.start[leg.ride]),
                int(rides.departs_s[leg.ride]),
                int(rides.end[leg.last]),
                int(rides.arrives_s[leg.last]),
            )
            for leg in self.arrivals.legs[which].chain()
        )

    def ridden_back(self, which: int) -> tuple[Ridden, ...]:
        """The same for a search with time turned round, in the order in which it is ridden."""
        return tuple(
            Ridden(each.trip, each.end, -each.arrives_s, each.start, -each.leaves_s)
            for each in reversed(self.ridden(which))
        )

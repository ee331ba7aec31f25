"""What version 1 says of a journey, the bus there and home included."""

from __future__ import annotations

from datetime import date, time

from pydantic import Field

from geo.travel import BusRide, BusTimes, Journey
from service.api.v1.fields import Told


class RideTold(Told):
    """One bus, in the timetable's own words. `line` and stops are empty where it has no name."""

    line: str
    from_stop: str
    leaves_at: time
    to_stop: str
    arrives_at: time


class BusTold(Told):
    """What a timetable says of going by bus, also when that is that it says nothing."""

    timetable: str = Field(description="Whose timetable was looked at.")
    valid_from: date
    valid_to: date
    on: date | None = Field(description="The day of the session it was looked up for.")
    starts_at: time | None
    ends_at: time | None
    end_is_assumed: bool = Field(
        description="True when the group has not said when it ends: an hour was assumed."
    )
    leave_at: time | None = Field(description="From one's own door.")
    there: list[RideTold]
    arrive_at: time | None = Field(description="At the door of the place.")
    home: list[RideTold]
    home_at: time | None
    last_home_at: time | None = Field(description="When the last bus home leaves.")


class JourneyTold(Told):
    """How to get there. An estimate says that it is one."""

    mode: str
    minutes: float | None
    distance_m: float | None
    method: str
    found_by: str
    crossing: str | None
    needs_rest: bool
    bus: BusTold | None = Field(
        description="By bus, what the timetable says. None when no timetable was looked at."
    )


def journey_told(journey: Journey) -> JourneyTold:
    """A journey in the API's words."""
    return JourneyTold(
        mode=journey.mode.value,
        minutes=journey.minutes,
        distance_m=journey.distance_m,
        method=journey.method.value,
        found_by=journey.found_by,
        crossing=journey.crossing,
        needs_rest=journey.needs_rest,
        bus=None if journey.bus is None else _bus(journey.bus),
    )


def _bus(bus: BusTimes) -> BusTold:
    session = bus.session
    return BusTold(
        timetable=bus.edition.name,
        valid_from=bus.edition.valid_from,
        valid_to=bus.edition.valid_to,
        on=None if session is None else session.on,
        starts_at=None if session is None else session.starts_at,
        ends_at=None if session is None else session.ends_at,
        end_is_assumed=bus.end_is_guessed,
        leave_at=bus.leave_at,
        there=[_ride(each) for each in bus.there],
        arrive_at=bus.arrive_at,
        home=[_ride(each) for each in bus.home],
        home_at=bus.home_at,
        last_home_at=bus.last_home_at,
    )


def _ride(ride: BusRide) -> RideTold:
    return RideTold(
        line=ride.line,
        from_stop=ride.from_stop,
        leaves_at=ride.leaves_at,
        to_stop=ride.to_stop,
        arrives_at=ride.arrives_at,
    )

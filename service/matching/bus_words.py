"""What a timetable says of going by bus, in sentences: there, home, and whose timetable it is.

Only what the timetable says: where it is silent, that it is silent, and why.
"""

from __future__ import annotations

from datetime import date

from geo.travel import BusRide, BusTimes, Journey
from service.matching.rule import CHECK, Said
from service.matching.verdict import Side
from service.matching.wording import DAYS, clock, day
from service.people.facts import PersonFacts
from service.register.vocabulary import Weekday

_WEEK = tuple(Weekday)


def bus_sentences(journey: Journey) -> list[tuple[str, str]]:
    """How to get there, how to get home, and where that is from: codes and sentences.

    None for a journey that is not by bus, or of which no bus is known.
    """
    bus = journey.bus
    if journey.minutes is None or bus is None or bus.session is None:
        return []
    said = [("bus_there", _there(bus)), ("bus_home", _home(bus))]
    return [*said, ("bus_timetable", f"Bus times are from {_source(bus)}.")]


def no_bus(journey: Journey, person: PersonFacts) -> Said:
    """Why no bus is known, for a journey by bus without minutes; and who could say more."""
    bus = journey.bus
    if bus is None:
        return (
            f"We do not know how long it takes by bus: we have no timetable for it. {CHECK}",
            Side.GROUP,
        )
    if bus.session is None:
        return (
            f"The group has not said when it meets, so we cannot look up a bus. {CHECK}",
            Side.GROUP,
        )
    if not bus.edition.covers(bus.session.on):
        return (
            f"We do not know the buses on {_on(bus.session.on)}: {_source(bus)}, does not speak "
            "for that day. Look up the bus before you go.",
            Side.GROUP,
        )
    home = "brings you home"
    if person.home_by is not None:
        home += f" by {clock(person.home_by)}"
    return (
        f"There is no bus there in time for {_start(bus)}, or none that {home}, in {_source(bus)}.",
        None,
    )


def _start(bus: BusTimes) -> str:
    session = bus.session
    assert session is not None  # noqa: S101 - asked only where there is one
    return f"the {clock(session.starts_at)} start on {_on(session.on)}"


def _there(bus: BusTimes) -> str:
    leave, arrive = bus.leave_at, bus.arrive_at
    assert leave is not None  # noqa: S101 - as above
    assert arrive is not None  # noqa: S101
    rides = ", then ".join(_ride(each) for each in bus.there)
    return (
        f"For {_start(bus)}: leave home at {clock(leave)}. {rides[:1].upper()}{rides[1:]}. "
        f"You are there at {clock(arrive)}."
    )


def _home(bus: BusTimes) -> str:
    home_at, last = bus.home_at, bus.last_home_at
    assert home_at is not None  # noqa: S101 - as above
    assert last is not None  # noqa: S101
    rides = ", then ".join(_ride(each) for each in bus.home)
    late = " the next day" if bus.home_days else ""
    said = (
        f"Home: {rides}. You are home at {clock(home_at)}{late}. "
        f"The last bus home leaves at {clock(last)}."
    )
    if bus.end_is_guessed:
        said += " The group has not said when it ends: we took it to last an hour."
    return said


def _ride(ride: BusRide) -> str:
    line = f"bus {ride.line}" if ride.line else "a bus"
    start = f" from {ride.from_stop}" if ride.from_stop else ""
    end = f", at {ride.to_stop or 'the stop there'} by {clock(ride.arrives_at)}"
    return f"{line} at {clock(ride.leaves_at)}{start}{end}"


def _source(bus: BusTimes) -> str:
    edition = bus.edition
    return (
        f"the timetable of {edition.name}, for {day(edition.valid_from)} to {day(edition.valid_to)}"
    )


def _on(on: date) -> str:
    return f"{DAYS[_WEEK[on.weekday()]]} {day(on)}"

"""The words of travel: ways of going, who travels, and what one journey comes to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo.bus_times import BusTimes
from geo.errors import GeoError


class BadTravelData(GeoError):
    """A crossing, a barrier, a traveller or a travel setting contradicts itself."""

    slug = "travel-data-invalid"
    title = "The travel data cannot be used"


class Mode(StrEnum):
    """A way of taking part. The order here decides between equally good ways."""

    WALK = "walk"
    WHEEL = "wheel"
    BUS = "bus"
    LIFT = "lift"
    CAR = "car"
    HOME_VISIT = "home_visit"
    PHONE = "phone"
    ONLINE = "online"

    @property
    def is_remote(self) -> bool:
        """Whether the person need not leave home."""
        return self in _REMOTE

    @property
    def is_on_foot(self) -> bool:
        """Whether the person moves at their own speed: on foot or in a wheelchair."""
        return self in _ON_FOOT


_REMOTE = frozenset({Mode.HOME_VISIT, Mode.PHONE, Mode.ONLINE})
_ON_FOOT = frozenset({Mode.WALK, Mode.WHEEL})


class Method(StrEnum):
    """How a journey was found, so that an estimate is never shown as a measurement."""

    DETOUR = "detour"
    CROSSING = "crossing"
    NETWORK = "network"
    NONE_NEEDED = "none_needed"
    UNKNOWN = "unknown"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True)
class Journey:
    """One way to one place, one way only (not there and back).

    Attributes
    ----------
    mode : Mode
        How the person goes. When nothing can be said, the first of the ways open to them.
    minutes : float | None
        Door to door; None when the method is UNKNOWN or UNAVAILABLE.
    distance_m : float | None
        Metres travelled, None like `minutes`, and 0.0 when no journey is needed.
    straight_m : float | None
        Grid metres in a straight line: for searching, never to be shown as a journey.
    method : Method
        How the minutes were found.
    crossing : str | None
        The crossing the journey depends on; several are joined by ", then ".
    needs_rest : bool
        Whether it is farther than the person goes without a seat. False when no limit is known.
    toll : bool
        Whether a crossing on the way charges this mode.
    bus : BusTimes | None
        By bus, what the timetable says, also where that is that there is no bus or that it does
        not speak for the day. None where no timetable was looked at.
    """

    mode: Mode
    minutes: float | None
    distance_m: float | None
    straight_m: float | None
    method: Method
    crossing: str | None = None
    needs_rest: bool = False
    toll: bool = False
    bus: BusTimes | None = None

    @property
    def found_by(self) -> str:
        """How the journey was found, as words that can end a sentence."""
        if self.method is Method.CROSSING:
            return f"estimated, by way of {self.crossing}"
        if self.mode is Mode.BUS and (self.bus is not None or self.method is Method.UNKNOWN):
            return self._found_for_bus()
        return _FOUND_BY[self.method]

    def _found_for_bus(self) -> str:
        if self.bus is None:
            return "not known: there is no bus timetable for it"
        edition, session = self.bus.edition, self.bus.session
        days = f"{_long(edition.valid_from)} to {_long(edition.valid_to)}"
        source = f"the bus timetable ({edition.name}, {days})"
        if self.method is Method.NETWORK:
            return f"looked up in {source}"
        if session is None:
            return "not known: a bus can only be looked up for a day and an hour"
        if not edition.covers(session.on):
            return f"not known: {_long(session.on)} is not in {source}"
        return f"there is no bus there in time, or none back, in {source}"


_FOUND_BY = {
    Method.DETOUR: "estimated from the straight line, with the usual detours added",
    Method.NETWORK: "measured along streets and paths",
    Method.NONE_NEEDED: "no journey needed",
    Method.UNKNOWN: "not known",
    Method.UNAVAILABLE: "there is no way there that is open to this person",
}


# Written out, so that a machine's language settings do not change the words.
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)


def _long(day: date) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def no_journey(mode: Mode) -> Journey:
    """The journey to something that comes to the person: a home visit, a call, a screen.

    Raises
    ------
    BadTravelData
        If `mode` is a way of travelling.
    """
    if not mode.is_remote:
        raise BadTravelData(f"Going by {mode} is a journey. Ask a travel model for it.", mode=mode)
    return Journey(mode, 0.0, 0.0, None, Method.NONE_NEEDED)


@dataclass(frozen=True, slots=True)
class Traveller:
    """One person as far as travel is concerned.

    Parameters
    ----------
    speed_m_per_s : float
        On foot or in a wheelchair; see `geo.pace.walking_speed_m_per_s`.
    modes : frozenset of Mode
        The ways open to this person; on foot unless said otherwise.
    rest_limit_m : float | None
        How far they go without a seat; None when not stated. See `geo.pace.REST_LIMITS`.
    on_wheels : bool
        Whether they use a wheelchair: then the way to and from a bus keeps off steps, and only
        buses and stops that take one count. True as well for whoever may WHEEL and not WALK.

    Raises
    ------
    BadTravelData
        If the speed is not a positive number, no mode is given, or the limit is negative.
    """

    speed_m_per_s: float
    modes: frozenset[Mode] = frozenset({Mode.WALK})
    rest_limit_m: float | None = None
    on_wheels: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.speed_m_per_s) and self.speed_m_per_s > 0.0):
            raise BadTravelData("A walking speed must be more than 0 metres a second.")
        if not self.modes:
            raise BadTravelData("Name at least one way of travelling that is open to the person.")
        if self.rest_limit_m is not None and not self.rest_limit_m >= 0.0:
            raise BadTravelData("The distance to the next rest cannot be less than 0 metres.")

    @property
    def ways(self) -> tuple[Mode, ...]:
        """The modes that go somewhere, in the order of `Mode`; empty for a housebound person."""
        return tuple(mode for mode in Mode if mode in self.modes and not mode.is_remote)

    @property
    def wheels_to_the_bus(self) -> bool:
        """Whether the way to and from a bus is on wheels."""
        return self.on_wheels or (Mode.WHEEL in self.modes and Mode.WALK not in self.modes)

    @property
    def first_mode(self) -> Mode:
        """The mode named when there is nothing to choose between."""
        return next(iter(self.ways), min(self.modes, key=list(Mode).index))

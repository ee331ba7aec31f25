"""The words of travel: ways of going, who travels, and what one journey comes to."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

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
    """

    mode: Mode
    minutes: float | None
    distance_m: float | None
    straight_m: float | None
    method: Method
    crossing: str | None = None
    needs_rest: bool = False
    toll: bool = False

    @property
    def found_by(self) -> str:
        """How the journey was found, as words that can end a sentence."""
        if self.method is Method.CROSSING:
            return f"estimated, by way of {self.crossing}"
        return _FOUND_BY[self.method]


_FOUND_BY = {
    Method.DETOUR: "estimated from the straight line, with the usual detours added",
    Method.NETWORK: "measured along streets and paths",
    Method.NONE_NEEDED: "no journey needed",
    Method.UNKNOWN: "not known",
    Method.UNAVAILABLE: "there is no way there that is open to this person",
}


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

    Raises
    ------
    BadTravelData
        If the speed is not a positive number, no mode is given, or the limit is negative.
    """

    speed_m_per_s: float
    modes: frozenset[Mode] = frozenset({Mode.WALK})
    rest_limit_m: float | None = None

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
    def first_mode(self) -> Mode:
        """The mode named when there is nothing to choose between."""
        return next(iter(self.ways), min(self.modes, key=list(Mode).index))

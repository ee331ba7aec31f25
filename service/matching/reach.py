"""How one person gets to many places, and what each journey is worth."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from geo.pace import REST_LIMITS
from geo.point import GridPoint
from geo.travel import (
    Journey,
    Method,
    Mode,
    Traveller,
    TravelModel,
    no_journey,
    walking_speed_m_per_s,
)
from service.matching.parameters import MatchParameters
from service.matching.verdict import Verdict
from service.matching.way import Way
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot, Place
from service.register.vocabulary import Delivery

PlaceToGo = tuple[Delivery | None, Place | None]
"""A place of an asset, and how people take part there (None: not stated). No place: not known."""


class Journeys:
    """The ways to a fixed list of places, asked of the travel model once for each traveller.

    What was asked is remembered, so that the same places can be judged again for a person who
    differs in one thing.
    """

    def __init__(self, places: Sequence[PlaceToGo], travel: TravelModel) -> None:
        self._places = tuple(places)
        self._located = [
            (at, place.point)
            for at, (_, place) in enumerate(places)
            if place is not None and place.point is not None
        ]
        self._destinations = [point for _, point in self._located]
        self._travel = travel
        self._asked: dict[tuple[GridPoint, Traveller, object], list[Journey]] = {}

    def ways(self, person: PersonFacts, parameters: MatchParameters) -> list[Way]:
        """The best way to each place, in the order of the places.

        Of the modes open to the person the one with the highest access is taken, not the fewest
        minutes; equal access goes to the mode named first in `Mode`. A known journey comes before
        an unknown one, and that before one that is shut.
        """
        modes = travelling_modes(person)
        nowhere = _journey_to_nowhere(person, modes)
        best = [nowhere] * len(self._places)
        home = person.home.point if person.home is not None else None
        if home is not None and modes:
            by_mode = [self._ask(home, traveller_of(person, mode), person) for mode in modes]
            for which, (at, _) in enumerate(self._located):
                best[at] = _best([journeys[which] for journeys in by_mode], parameters)
        return [
            Way(delivery, place, journey, access_ratio(journey, parameters), _reach(journey))
            for (delivery, place), journey in zip(self._places, best, strict=True)
        ]

    def _ask(self, home: GridPoint, traveller: Traveller, person: PersonFacts) -> list[Journey]:
        key = (home, traveller, person.today)
        if key not in self._asked:
            self._asked[key] = self._travel.journeys(
                home, self._destinations, traveller, on=person.today
            )
        return self._asked[key]


def _journey_to_nowhere(person: PersonFacts, modes: tuple[Mode, ...]) -> Journey:
    """The journey to a place that is not known, or for somebody whose home is not.

    Whoever named only a screen or the phone has no way of travelling. A housebound person is kept
    from travelling by the rule on delivery, so that here nothing is refused twice.
    """
    first = modes[0] if modes else min(person.modes, key=list(Mode).index, default=Mode.WALK)
    shut = not modes and not person.housebound
    return Journey(first, None, None, None, Method.UNAVAILABLE if shut else Method.UNKNOWN)


def _best(journeys: Sequence[Journey], parameters: MatchParameters) -> Journey:
    if len(journeys) == 1:
        return journeys[0]
    return max(journeys, key=lambda each: (_reach(each), access_ratio(each, parameters)))


def _reach(journey: Journey) -> Verdict:
    if journey.minutes is not None:
        return Verdict.PASS
    return Verdict.FAIL if journey.method is Method.UNAVAILABLE else Verdict.UNKNOWN


def travelling_modes(person: PersonFacts) -> tuple[Mode, ...]:
    """The modes by which this person can go somewhere, in the order of `Mode`.

    None stated means on foot, or by wheelchair for whoever uses one. Nowhere for a housebound
    person, and for somebody who named only the phone or a screen.
    """
    if person.housebound:
        return ()
    stated = person.modes or {Mode.WALK}
    if person.wheelchair and Mode.WALK in stated:
        stated = (stated - {Mode.WALK}) | {Mode.WHEEL}
    return tuple(mode for mode in Mode if mode in stated and not mode.is_remote)


def traveller_of(person: PersonFacts, mode: Mode) -> Traveller:
    """The person as the travel model sees them, by one mode: pace and rest from `geo.pace`."""
    rest_m = None
    if person.wheelchair:
        rest_m = REST_LIMITS["wheelchair"]
    elif person.mobility_difficulty:
        rest_m = REST_LIMITS["no_aid"]
    speed = walking_speed_m_per_s(
        age=person.age,
        mobility_difficulty=person.mobility_difficulty,
        wheelchair=person.wheelchair,
    )
    return Traveller(speed, frozenset({mode}), rest_m)


def access_ratio(journey: Journey, parameters: MatchParameters) -> float:
    """The factor G: 0.5 ** (minutes / half-time of the mode); 1 when nobody travels.

    Without minutes see `unknown_access_ratio`; 0 when there is no way at all.
    """
    minutes = journey.minutes
    if minutes is not None:
        return float(0.5 ** (minutes / parameters.half_minutes(journey.mode)))
    if journey.method is Method.UNAVAILABLE:
        return 0.0
    return unknown_access_ratio(journey.straight_m, parameters)


def unknown_access_ratio(straight_m: float | None, parameters: MatchParameters) -> float:
    """G of a journey whose minutes nobody knows: a low ratio that falls with the straight line.

    The straight line orders such places among themselves; it is never shown as a journey.
    """
    half_m = parameters.unknown_journey_half_m
    far_m = half_m if straight_m is None else straight_m
    return float(parameters.unknown_journey_ratio * 0.5 ** (far_m / half_m))


def places_to_go(asset: AssetSnapshot) -> list[PlaceToGo]:
    """The places at which one takes part in an asset; none when nobody goes anywhere.

    A group that has not said how people take part is treated as a place to go to, and one that
    meets somewhere unknown as one unknown place.
    """
    deliveries = asset.deliveries
    if deliveries and Delivery.IN_PERSON not in deliveries:
        return []
    delivery = Delivery.IN_PERSON if deliveries else None
    places: Sequence[Place | None] = asset.places or (None,)
    return [(delivery, place) for place in places]


def ways_into(asset: AssetSnapshot, ways_there: list[Way]) -> list[Way]:
    """Every way of taking part in one asset: its places, then a visit, the phone and a screen.

    There is always at least one, for `ways_there` belong to `places_to_go(asset)`.
    """
    if asset.deliveries == _IN_PERSON_ONLY:
        return ways_there
    return ways_there + [way for each, way in AT_HOME.items() if each in asset.deliveries]


_IN_PERSON_ONLY: Final = frozenset({Delivery.IN_PERSON})

AT_HOME: Final = {
    delivery: Way(delivery, None, no_journey(Mode(delivery)), 1.0, Verdict.PASS)
    for delivery in (Delivery.HOME_VISIT, Delivery.PHONE, Delivery.ONLINE)
}
"""The ways of taking part that come to the person: nobody travels, so access is 1."""

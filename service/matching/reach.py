"""How one person gets to many places, and what each journey is worth."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from typing import Final

from geo.pace import REST_LIMITS
from geo.point import GridPoint
from geo.travel import (
    Journey,
    Method,
    Mode,
    Session,
    Traveller,
    TravelModel,
    no_journey,
    walking_speed_m_per_s,
)
from service.matching.parameters import MatchParameters
from service.matching.sessions import sessions_of
from service.matching.verdict import Verdict
from service.matching.way import Way
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot, MeetingTime, Place
from service.register.vocabulary import Delivery

PlaceToGo = tuple[Delivery | None, Place | None, tuple[MeetingTime, ...]]
"""A place of an asset, how people take part there (None: not stated), and when they meet. No
place: not known."""

_Question = tuple[GridPoint, Traveller, date, Session | None, time | None]


class Journeys:
    """The ways to a fixed list of places, asked of the travel model once for each traveller.

    What was asked is remembered, so that the same places can be judged again for a person who
    differs in one thing.
    """

    def __init__(self, places: Sequence[PlaceToGo], travel: TravelModel) -> None:
        self._places = tuple(places)
        self._points = {
            at: place.point
            for at, (_, place, _) in enumerate(places)
            if place is not None and place.point is not None
        }
        self._travel = travel
        self._asked: dict[_Question, dict[int, Journey]] = {}

    def ways(self, person: PersonFacts, parameters: MatchParameters) -> list[Way]:
        """The best way to each place, in the order of the places.

        Of the modes open to the person the one with the highest access is taken, not the fewest
        minutes; equal access goes to the mode named first in `Mode`. A known journey comes before
        an unknown one, and that before one that is shut. By bus it is the journey to the next
        session that a bus gets to and back from, among those within the person's days and hours.
        """
        modes = travelling_modes(person)
        nowhere = _journey_to_nowhere(person, modes)
        best = [nowhere] * len(self._places)
        home = person.home.point if person.home is not None else None
        if home is not None and modes:
            by_mode = [self._by(mode, home, person) for mode in modes]
            for at in self._points:
                best[at] = _best([journeys[at] for journeys in by_mode], parameters)
        return [
            Way(delivery, place, journey, access_ratio(journey, parameters), _reach(journey))
            for (delivery, place, _), journey in zip(self._places, best, strict=True)
        ]

    def _by(self, mode: Mode, home: GridPoint, person: PersonFacts) -> dict[int, Journey]:
        """The journey to each place by one mode."""
        traveller = traveller_of(person, mode)
        found = self._ask((home, traveller, person.today, None, None), list(self._points))
        if mode is not Mode.BUS:
            return found
        # Where there is a timetable it was not asked yet: each group has hours of its own.
        timed = [at for at, journey in found.items() if journey.bus is not None]
        if timed:
            found = {**found, **self._by_bus(home, traveller, person, timed)}
        return found

    def _by_bus(
        self, home: GridPoint, traveller: Traveller, person: PersonFacts, places: list[int]
    ) -> dict[int, Journey]:
        """The journey to the first session of each place that there is one to.

        Where there is none to any, that there is none to the first. A place of a group whose hours
        are not stated is left out.
        """
        sessions = {at: sessions_of(self._places[at][2], person) for at in places}
        found: dict[int, Journey] = {}
        for turn in range(max((len(each) for each in sessions.values()), default=0)):
            together: dict[Session, list[int]] = {}
            for at in places:
                settled = at in found and found[at].minutes is not None
                if turn < len(sessions[at]) and not settled:
                    together.setdefault(sessions[at][turn], []).append(at)
            for session, those in together.items():
                question = (home, traveller, session.on, session, _home_by(session, person))
                for at, journey in self._ask(question, those).items():
                    if journey.minutes is not None or at not in found:
                        found[at] = journey
        return found

    def _ask(self, question: _Question, places: list[int]) -> dict[int, Journey]:
        """The answers for some places; the travel model is asked only for those not asked yet."""
        home, traveller, on, session, home_by = question
        known = self._asked.setdefault(question, {})
        new = [at for at in places if at not in known]
        if new:
            journeys = self._travel.journeys(
                home,
                [self._points[at] for at in new],
                traveller,
                on=on,
                at=None if session is None else session.starts_at,
                until=None if session is None else session.ends_at,
                home_by=home_by,
            )
            known.update(zip(new, journeys, strict=True))
        return {at: known[at] for at in places}


def _home_by(session: Session, person: PersonFacts) -> time | None:
    """When a bus has to bring the person home from a session; None when it need not be known.

    An end that nobody has stated is assumed, and nobody is refused on a guess. What begins after
    they have to be home is refused by the rule on time, and not here a second time.
    """
    home_by = person.home_by
    if home_by is None or session.ends_at is None or session.starts_at >= home_by:
        return None
    return home_by


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
    return Traveller(speed, frozenset({mode}), rest_m, on_wheels=person.wheelchair)


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
    return [(delivery, place, asset.meetings) for place in places]


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

"""One sentence about getting there: how long, how far, by what, and how sure that is."""

from __future__ import annotations

from geo.gazetteer import Quality
from geo.travel import Journey, Method
from service.matching.place_rules import reach_said
from service.matching.way import Way
from service.matching.wording import BY_MODE, about, length
from service.people.facts import PersonFacts
from service.register.vocabulary import Delivery

_AT_HOME = {
    Delivery.HOME_VISIT: "Somebody comes to your home, so there is no journey.",
    Delivery.PHONE: "You take part by phone, so there is no journey.",
    Delivery.ONLINE: "You take part online, so there is no journey.",
}


def journey_sentence(way: Way, person: PersonFacts) -> str:
    """How the person would get there. Never gives a straight line as a journey.

    Names the crossing where there is one, says how the minutes were found, warns of a toll and of
    a way longer than the person goes without a rest, and says when only part of the postcode is
    known. An unknown journey is said to be unknown.
    """
    if way.delivery is not None and way.delivery in _AT_HOME:
        return _AT_HOME[way.delivery]
    journey = way.journey
    if journey.minutes is None:
        return reach_said(way, person)[0]
    far = "" if journey.distance_m is None else f" ({length(journey.distance_m)})"
    over = f", by way of {journey.crossing}" if journey.crossing else ""
    said = f"{about(journey.minutes).capitalize()} {BY_MODE[journey.mode]}{far}{over}"
    found = _BY_TIMETABLE if journey.bus is not None else _FOUND[journey.method]
    return " ".join([f"{said}, {found}.", *_cautions(journey, person)])


_GUESS = "our best guess without a street map"
_BY_TIMETABLE = "by the bus timetable and measured along streets and paths"
_FOUND = {
    Method.DETOUR: _GUESS,
    Method.CROSSING: _GUESS,
    Method.NETWORK: "measured along streets and paths",
    Method.NONE_NEEDED: "with no journey",
}


def _cautions(journey: Journey, person: PersonFacts) -> list[str]:
    said = []
    if journey.toll:
        said.append("There is a charge to cross.")
    if journey.needs_rest:
        said.append("It may be too far without a rest. Ask about seats on the way, or a lift.")
    if person.home is not None and person.home.quality in (Quality.SECTOR, Quality.OUTWARD):
        said.append("We know only part of your postcode, so it may be nearer or farther.")
    return said

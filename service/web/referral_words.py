"""How the pages of a referral say what is kept: circumstances, stages, places, times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import time
from typing import Final

from geo.errors import Json
from geo.travel import Journey, Mode
from service.matching.notes.model import Action, Fact, Facts, NoteReading
from service.matching.wording import (
    BY_MODE,
    CONDITIONS,
    DAYS,
    FEATURE,
    LANGUAGES,
    about,
    clock,
    pounds,
)
from service.people.facts import Preference
from service.people.levels import DisclosureLevel
from service.referrals.lifecycle import OfferState
from service.referrals.reasons import reason_label
from service.referrals.turns import Turn
from service.referrals.understanding import facts_of
from service.register.snapshot import AssetSnapshot, Place
from service.register.vocabulary import AccessFeature, Capacity, Delivery, Gender, Weekday

HOW: Final = {
    Delivery.IN_PERSON: "In person",
    Delivery.ONLINE: "Online",
    Delivery.PHONE: "By phone",
    Delivery.HOME_VISIT: "At home",
}
ROOM: Final = {
    Capacity.OPEN: "Has room",
    Capacity.WAITING_LIST: "Waiting list",
    Capacity.FULL: "Full",
    Capacity.UNKNOWN: "Not stated",
}
GENDERS: Final = {
    Gender.FEMALE: "Woman",
    Gender.MALE: "Man",
    Gender.NON_BINARY: "Non-binary",
}
LIKES: Final = {
    Preference.SMALL_GROUP: "A small group",
    Preference.QUIET: "A quiet place",
    Preference.COMPANY_FIRST_VISIT: "Company at the first visit",
    Preference.LOW_COST: "Free or cheap",
    Preference.MORNING: "Mornings",
    Preference.AFTERNOON: "Afternoons",
    Preference.EVENING: "Evenings",
}
TRAVEL: Final = {
    Mode.WALK: "On foot",
    Mode.WHEEL: "By wheelchair or scooter",
    Mode.BUS: "By bus",
    Mode.LIFT: "With a lift",
    Mode.CAR: "By car",
}
TURNS: Final = {
    Turn.CLINICIAN: "Waiting for a clinician",
    Turn.LINK_WORKER: "Your turn",
    Turn.GROUP: "Waiting for a group",
    Turn.PERSON: "The person’s turn",
    Turn.NOBODY: "Ended",
}
OFFERS: Final = {
    OfferState.OFFERED: "Not asked yet",
    OfferState.SENT: "Asked, no answer yet",
    OfferState.ACCEPTED: "Said yes",
    OfferState.DECLINED: "Said no",
    OfferState.WAITLISTED: "Waiting list",
    OfferState.EXPIRED: "Did not answer in time",
    OfferState.FIRST_ATTENDED: "Went once",
    OfferState.ATTENDING: "Goes regularly",
    OfferState.ENDED: "Ended",
    OfferState.WITHDRAWN: "Withdrawn",
}
OFFER_TAGS: Final = {
    OfferState.OFFERED: "white",
    OfferState.SENT: "blue",
    OfferState.ACCEPTED: "green",
    OfferState.DECLINED: "grey",
    OfferState.WAITLISTED: "yellow",
    OfferState.EXPIRED: "orange",
    OfferState.FIRST_ATTENDED: "aqua-green",
    OfferState.ATTENDING: "aqua-green",
    OfferState.ENDED: "grey",
    OfferState.WITHDRAWN: "grey",
}
LEVELS: Final = {
    DisclosureLevel.SIGNPOST: "Signpost: the person gets the details, the group is told nothing",
    DisclosureLevel.INTRODUCTION: "Introduction: name, how to reach them, and access needs",
    DisclosureLevel.FULL: "Full: an introduction, and the need and goal this group can help with",
}
SHARED: Final = {
    "name": "Name",
    "contact": "How to reach them",
    "telephone": "Telephone",
    "email": "E-mail",
    "reach_by": "Best reached by",
    "access_needed": "Access needs",
    "wheelchair": "Uses a wheelchair",
    "mobility_difficulty": "Finds walking hard",
    "languages": "Languages",
    "needs": "Needs",
    "goals": "Goals",
}

_LABELS: Final = {
    "age": "Age",
    "gender": "Gender",
    "languages": "Languages",
    "interpreter": "Needs an interpreter",
    "conditions": "People who",
    "access_needed": "The place must have",
    "free_days": "Free on",
    "not_before": "Not before",
    "home_by": "Home by",
    "max_cost_pence": "Can pay, each time",
    "online": "Can take part online",
    "has_phone": "Has a phone",
    "housebound": "Cannot leave home",
    "women_only": "Women only",
    "men_only": "Men only",
    "mobility_difficulty": "Finds walking hard",
    "wheelchair": "Uses a wheelchair",
    "modes": "Can travel",
    "interests": "Enjoys",
    "preferences": "Would like",
}
_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "gender": {each.value: words for each, words in GENDERS.items()},
    "languages": LANGUAGES,
    "conditions": CONDITIONS,
    "access_needed": {each.value: words for each, words in FEATURE.items()},
    "free_days": {each.value: words for each, words in DAYS.items()},
    "modes": {each.value: BY_MODE[each] for each in Mode},
    "preferences": {each.value: words for each, words in LIKES.items()},
}


def circumstances(
    facts: Mapping[str, Json], reading: Mapping[str, Json] | None
) -> list[tuple[str, str, bool]]:
    """What is known: label, words, and whether it was read from the note and nobody changed it."""
    read = read_facts(reading)
    return [
        (label, said(key, facts[key]), key in read and read[key] == facts[key])
        for key, label in _LABELS.items()
        if facts.get(key) not in (None, [], "")
    ]


def read_facts(reading: Mapping[str, Json] | None) -> dict[str, Json]:
    """The circumstances that were read from a note, from how the reading is kept."""
    kept = (reading or {}).get("facts")
    if not isinstance(kept, dict):
        return {}
    found = tuple(Fact(key, value, "", (0, 0)) for key, value in kept.items())
    return facts_of(NoteReading(Action.MATCH, "", facts=Facts(found)))


def said(key: str, value: Json) -> str:
    """One circumstance in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if key == "max_cost_pence" and isinstance(value, int):
        return "nothing" if value == 0 else pounds(value)
    if key in {"not_before", "home_by"} and isinstance(value, str):
        return clock(time.fromisoformat(value))
    words = _WORDS.get(key, {})
    if isinstance(value, list):
        return ", ".join(words.get(str(each), str(each).replace("_", " ")) for each in value)
    return words.get(str(value), str(value))


def shared(content: Mapping[str, Json]) -> list[tuple[str, str]]:
    """What a group would be told, field by field, in words."""
    return [(SHARED.get(key, key), said(key, value)) for key, value in content.items()]


def sureness(confidence: float) -> str:
    """How sure the reading of a note is, in words rather than in false precision."""
    if confidence >= 0.8:
        return "quite sure"
    return "fairly sure" if confidence >= 0.5 else "not sure"


def when(asset: AssetSnapshot) -> str:
    """When it meets."""
    return "; ".join(each.says for each in asset.meetings if each.says) or "Not stated"


def where(place: Place | None, asset: AssetSnapshot) -> str:
    """Where one goes, or how one takes part without going."""
    if place is not None:
        return ", ".join(part for part in (place.name, place.address, place.postcode) if part)
    ways = [HOW[each] for each in Delivery if each in asset.deliveries and each.is_remote]
    return ", ".join(ways).capitalize() or "Not stated"


def cost(asset: AssetSnapshot) -> str:
    """What it costs."""
    if asset.cost_pence is None:
        return asset.cost_note or "Not stated"
    amount = pounds(asset.cost_pence)
    amount = amount[:1].upper() + amount[1:]
    return f"{amount}. {asset.cost_note}" if asset.cost_note else amount


def journey(found: Journey) -> str:
    """How long it takes, in few words."""
    if found.mode.is_remote:
        return BY_MODE[found.mode].capitalize()
    if found.minutes is None:
        return "Not known"
    return f"{about(found.minutes).capitalize()} {BY_MODE[found.mode]}"


def access(place: Place | None) -> list[tuple[str, str]]:
    """What is known of the place's access: feature, and yes or no."""
    if place is None:
        return []
    return [
        (FEATURE[each].capitalize(), "yes" if place.access[each] else "no")
        for each in AccessFeature
        if each in place.access
    ]


WEEK: Final = [(each.value, DAYS[each]) for each in Weekday]


def more(full: Mapping[str, Json], introduction: Mapping[str, Json]) -> list[tuple[str, str]]:
    """What the fuller of two levels tells beside the other."""
    return shared({key: value for key, value in full.items() if key not in introduction})


def reason(code: str) -> str:
    """Why something ended, in words."""
    return reason_label(code)

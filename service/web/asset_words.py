"""How pages about the register say what it holds."""

from __future__ import annotations

from datetime import date
from typing import Final

from seed_data import needs as need_list
from service.matching.wording import FEATURE, ages, conditions, languages, length
from service.register.correction_model import CorrectedField
from service.register.search import Reach
from service.register.snapshot import Area, AssetSnapshot
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    OpenTo,
    ReferralRoute,
)
from service.web.referral_words import HOW, ROOM, WEEK, access, cost, when, where

__all__ = ["HOW", "ROOM", "WEEK", "access", "cost", "when", "where"]

ACCESS: Final = [(each.value, FEATURE[each][:1].upper() + FEATURE[each][1:]) for each in FEATURE]
KINDS: Final = {
    AssetKind.ASSOCIATION: "A group of people",
    AssetKind.INSTITUTION: "An organisation or public body",
    AssetKind.GIFT: "Something one person offers",
    AssetKind.PLACE: "A place",
    AssetKind.EXCHANGE: "Sharing and swapping",
    AssetKind.STORY: "A story",
}
ROUTES: Final = {
    ReferralRoute.SELF: "come or get in touch yourself",
    ReferralRoute.LINK_WORKER: "through a link worker",
    ReferralRoute.GP: "through a GP",
}
OPEN: Final = {
    OpenTo.EVERYONE: "Everybody",
    OpenTo.WOMEN: "Women",
    OpenTo.MEN: "Men",
}
CAPACITY: Final = {
    Capacity.OPEN: "There is room now",
    Capacity.WAITING_LIST: "There is a waiting list",
    Capacity.FULL: "It is full now",
    Capacity.UNKNOWN: "Not stated",
}
FIELDS: Final = {
    CorrectedField.NAME: "The name",
    CorrectedField.SUMMARY: "What it is",
    CorrectedField.WHEN: "When it meets",
    CorrectedField.WHERE: "Where it meets",
    CorrectedField.WHO: "Who may come",
    CorrectedField.COST: "What it costs",
    CorrectedField.ACCESS: "What the place has, such as a way in without steps",
    CorrectedField.LANGUAGES: "Languages",
    CorrectedField.CONTACT: "How to get in touch",
    CorrectedField.WEBSITE: "The website",
    CorrectedField.CLOSED: "It has closed",
    CorrectedField.OTHER: "Something else",
}
REACH: Final = {
    Reach.COVERS: "farther, and says it serves this place",
    Reach.REMOTE: "no need to travel",
    Reach.PLACE_UNKNOWN: "place not known",
}


def age(on: date | None, today: date) -> str:
    """How long ago facts were checked: "12 days ago", "5 months ago", "never, as far as known"."""
    if on is None:
        return "never, as far as is known"
    days = (today - on).days
    if days < 1:
        return "today"
    if days == 1:
        return "yesterday"
    if days < 60:
        return f"{days} days ago"
    months = days * 12 // 365
    if months < 24:
        return f"{months} months ago"
    return f"{days // 365} years ago"


def who(asset: AssetSnapshot) -> list[str]:
    """Who may come, a sentence for each thing that is stated; what is not stated is left out."""
    said = []
    if asset.open_to is not None:
        said.append(f"{OPEN[asset.open_to]}.")
    if asset.min_age is not None or asset.max_age is not None:
        words = ages(asset.min_age, asset.max_age)
        said.append(f"People {words}.")
    if asset.conditions:
        said.append(f"For people who {conditions(asset.conditions)}.")
    if asset.areas:
        said.append(f"From {', '.join(_area(each) for each in asset.areas)}.")
    if asset.routes:
        ways = " or ".join(ROUTES[each] for each in ReferralRoute if each in asset.routes)
        said.append(f"How: {ways}.")
    return said


def _area(area: Area) -> str:
    if area.kind is AreaKind.EVERYWHERE:
        return "anywhere"
    if area.kind is AreaKind.RADIUS_M:
        return f"within {length(float(area.value))} in a straight line"
    if area.kind is AreaKind.LOCAL_AUTHORITY:
        return f"the council area {area.value}"
    return area.value


def spoken(asset: AssetSnapshot) -> str:
    """Languages that are spoken there."""
    return languages(asset.languages).replace(" or ", " and ") or "Not stated"


def helps(asset: AssetSnapshot) -> list[str]:
    """The needs it helps with, the most direct first."""
    known = need_list.load().needs
    return [known[each.need].label for each in asset.needs if each.need in known]


def kind(asset: AssetSnapshot) -> str:
    """What kind of group it is."""
    known = need_list.load().kinds
    if asset.group_kind in known:
        return known[asset.group_kind].label
    return KINDS[asset.kind]


def distance(metres: float | None, reach: Reach | None) -> str:
    """How far, in a straight line; or why that is not said."""
    if reach in (Reach.REMOTE, Reach.PLACE_UNKNOWN):
        return REACH[reach].capitalize()
    if metres is None:
        return "Not known"
    said = length(metres)
    said = said[:1].upper() + said[1:]
    return f"{said}, {REACH[reach]}" if reach is Reach.COVERS else said


def access_of(asset: AssetSnapshot) -> list[tuple[str, list[tuple[str, str]]]]:
    """What is known of each place's access: the place, and feature by feature yes or no."""
    return [(place.name, access(place)) for place in asset.places]


def has(feature: AccessFeature) -> str:
    """A feature in words."""
    return FEATURE[feature]


def field_now(asset: AssetSnapshot, field: CorrectedField) -> str:
    """What the register says now of what is to be corrected."""
    if field is CorrectedField.ACCESS:
        parts = [
            f"{name}: {', '.join(f'{what.lower()} {yes}' for what, yes in known) or 'not stated'}"
            for name, known in access_of(asset)
        ]
        return "; ".join(parts) or "Not stated"
    said = {
        CorrectedField.NAME: asset.name,
        CorrectedField.SUMMARY: asset.summary,
        CorrectedField.WHEN: when(asset),
        CorrectedField.WHERE: "; ".join(where(each, asset) for each in asset.places),
        CorrectedField.WHO: " ".join(who(asset)),
        CorrectedField.COST: cost(asset),
        CorrectedField.LANGUAGES: spoken(asset),
        CorrectedField.CONTACT: asset.contact,
        CorrectedField.WEBSITE: asset.website,
        CorrectedField.CLOSED: "It goes on.",
        CorrectedField.OTHER: "See its page.",
    }
    return said[field] or "Not stated"

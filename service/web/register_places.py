"""Places to measure from that an address may name: none of them is anybody's home."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from geo.errors import BadCoordinate, DomainError
from geo.gazetteer import Gazetteer
from geo.point import GridPoint
from service.insights.queries import PracticeView
from service.people.places import district_of, home_of
from service.register.asset_page import point_of
from service.register.errors import BadFilter


@dataclass(frozen=True, slots=True)
class Around:
    """A place to measure from.

    `said` names it after "near"; `kind` is what the map calls it; `caution` says what its
    distances are worth, where that is not plain.
    """

    point: GridPoint
    said: str
    kind: str
    caution: str = ""
    district: str | None = None


_SQUARE = (
    "You gave a postcode. It is not kept: distances are from the middle of the square kilometre "
    "around it, so each can be up to 700 metres out."
)


def around(
    near: str, session: Session, gazetteer: Gazetteer, practices: Sequence[PracticeView]
) -> Around | None:
    """The place that an address names; None for none, and for one that is nowhere.

    One statement for a group; none for the others.
    """
    kind, _, key = near.partition("-")
    if kind == "practice":
        return _practice(key, practices)
    if kind == "square":
        return _square(key)
    if kind == "group":
        return _group(int(key), session)
    return _district(near, gazetteer) if near else None


def typed(text: str, gazetteer: Gazetteer) -> tuple[GridPoint, str | None]:
    """Where a postcode, or the first part of one, lies; and the district, if only that was given.

    Raises
    ------
    BadPostcode, BadPlace
        If it cannot be read, or does not exist.
    BadFilter
        If it exists and nobody knows where it is.
    """
    home = home_of(text, gazetteer)
    if home.point is None:
        raise BadFilter(home.sentence, field="postcode")
    outward = district_of(text)
    together = "".join(text.split()).upper()
    return home.point, outward if together == outward else None


def _practice(code: str, practices: Sequence[PracticeView]) -> Around | None:
    for each in practices:
        if each.ods_code == code and each.point is not None:
            return Around(each.point, each.name, "Practice")
    return None


def _square(key: str) -> Around | None:
    east, _, north = key.partition("-")
    try:
        point = GridPoint(int(east) * 1_000.0 + 500, int(north) * 1_000.0 + 500)
    except (BadCoordinate, ValueError):
        return None
    return Around(point, "the place you gave", "Middle of the square kilometre", _SQUARE)


def _group(asset_id: int, session: Session) -> Around | None:
    found = point_of(session, asset_id)
    return None if found is None else Around(found[1], found[0], "Place")


def _district(text: str, gazetteer: Gazetteer) -> Around | None:
    try:
        point, district = typed(text, gazetteer)
    except DomainError:
        return None
    caution = f"Distances are from the middle of {district}."
    return Around(point, str(district), f"Middle of {district}", caution, district)

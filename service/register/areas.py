"""Whether an asset takes people from where somebody is: the one rule, for a match and for a list.

None is "nobody can tell": the asset has not said, or not enough is known of where somebody is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from geo.distance import straight_line_m
from geo.errors import BadPostcode
from geo.gazetteer import Located, Quality
from geo.point import GridPoint
from geo.postcode import PartialPostcode, Postcode
from service.register.snapshot import Area, AssetSnapshot, Place
from service.register.vocabulary import AreaKind

_NOWHERE = (Quality.UNKNOWN, Quality.NOT_IN_GREAT_BRITAIN)


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What is known of where somebody is.

    Attributes
    ----------
    district, authority : str | None
        Postcode district (WA8) and ONS code of the local authority (E06000006).
    blur_m : float
        How far off the point may be.
    """

    district: str | None = None
    authority: str | None = None
    point: GridPoint | None = None
    blur_m: float = 0.0

    @classmethod
    def of(cls, located: Located | None) -> Whereabouts:
        """Where a postcode is; every part is None when it is not known.

        Only a part postcode blurs: the centre of a whole postcode is as near as anybody knows.
        A postcode that does not exist says nothing, not even its district.
        """
        if located is None or located.quality in _NOWHERE:
            return cls()
        partial = located.quality in (Quality.SECTOR, Quality.OUTWARD)
        blur_m = (located.accuracy_m or 0.0) if partial else 0.0
        return cls(_district(located.asked), located.lad, located.point, blur_m)


def takes_from(asset: AssetSnapshot, where: Whereabouts) -> bool | None:
    """Whether any one of its areas holds the place (Kleene's OR). No area stated is not known."""
    held = [holds(area, where, asset.places) for area in asset.areas]
    if True in held:
        return True
    return None if None in held or not held else False


def holds(area: Area, where: Whereabouts, places: Sequence[Place]) -> bool | None:
    """Whether one area holds a place.

    A radius is a straight line from the nearest of `places`, where the asset meets, the edge
    included.
    """
    if area.kind is AreaKind.EVERYWHERE:
        return True
    if area.kind is AreaKind.RADIUS_M:
        return _within(area.value, where, places)
    mine = where.district if area.kind is AreaKind.POSTCODE_DISTRICT else where.authority
    theirs = area.value.strip().upper()
    if mine is None or not theirs:
        return None
    return mine.strip().upper() == theirs


def metres(value: str) -> float | None:
    """The radius that an area states; None when it is no number."""
    try:
        return float(value)
    except ValueError:
        return None


def _within(value: str, where: Whereabouts, places: Sequence[Place]) -> bool | None:
    radius_m = metres(value)
    if radius_m is None or where.point is None or not places:
        return None
    held: bool | None = False
    for place in places:
        if place.point is None:
            held = None
            continue
        straight_m = straight_line_m(where.point, place.point)
        if straight_m + where.blur_m <= radius_m:
            return True
        if straight_m - where.blur_m <= radius_m:
            held = None
    return held


def _district(asked: str) -> str | None:
    for parse in (Postcode.parse, PartialPostcode.parse):
        try:
            return str(parse(asked).outward)
        except BadPostcode:
            continue
    return None

"""Whether a group takes people from where the person lives."""

from __future__ import annotations

from dataclasses import dataclass

from geo.distance import straight_line_m
from geo.errors import BadPostcode
from geo.gazetteer import Located, Quality
from geo.point import GridPoint
from geo.postcode import PartialPostcode, Postcode
from service.matching.rule import CHECK, Rule, Said, group_has_not_said, person_has_not_said
from service.matching.verdict import RuleId, Side, Verdict, any_of
from service.matching.wording import either, length
from service.people.facts import PersonFacts
from service.register.snapshot import Area, AssetSnapshot
from service.register.vocabulary import AreaKind

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS


_NOWHERE = (Quality.UNKNOWN, Quality.NOT_IN_GREAT_BRITAIN)


@dataclass(frozen=True, slots=True)
class Home:
    """What is known of where a person lives. `blur_m` is how far off the point may be."""

    district: str | None
    authority: str | None
    point: GridPoint | None
    blur_m: float

    @classmethod
    def of(cls, located: Located | None) -> Home:
        """The home of a person; every part is None when it is not known.

        Only a part postcode blurs: the centre of a whole postcode is as near as anybody knows.
        A postcode that does not exist says nothing, not even its district.
        """
        if located is None or located.quality in _NOWHERE:
            return cls(None, None, None, 0.0)
        partial = located.quality in (Quality.SECTOR, Quality.OUTWARD)
        blur_m = (located.accuracy_m or 0.0) if partial else 0.0
        return cls(_district(located.asked), located.lad, located.point, blur_m)


def area_rule(person: PersonFacts) -> Rule:
    """Any one of the stated areas is enough (Kleene OR). No area stated is unknown.

    A radius is a straight line from the nearest place where the group meets, the edge included.
    """
    home = Home.of(person.home)

    def judge(asset: AssetSnapshot) -> Verdict:
        areas = asset.areas
        if not areas:
            return UNKNOWN
        if len(areas) == 1:
            return covers(areas[0], home, asset)
        return any_of(covers(area, home, asset) for area in areas)

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if not asset.areas:
            return group_has_not_said("which area it takes people from")
        rule = f"It takes people from {either(_phrase(area) for area in asset.areas)}."
        if verdict is PASS:
            return f"{rule} That covers where you live.", None
        if verdict is FAIL:
            return f"{rule} You live outside that area.", None
        if home.point is None and home.district is None:
            return person_has_not_said(rule, "where you live")
        return f"{rule} We do not know if that covers where you live. {CHECK}", Side.GROUP

    return Rule(RuleId.AREA_SERVED, judge, say)


def covers(area: Area, home: Home, asset: AssetSnapshot) -> Verdict:
    """Whether one area covers a home. Unknown when either side is not known well enough."""
    if area.kind is AreaKind.EVERYWHERE:
        return PASS
    if area.kind is AreaKind.RADIUS_M:
        return _within(area.value, home, asset)
    mine = home.district if area.kind is AreaKind.POSTCODE_DISTRICT else home.authority
    theirs = area.value.strip().upper()
    if mine is None or not theirs:
        return UNKNOWN
    return PASS if mine == theirs else FAIL


def _within(value: str, home: Home, asset: AssetSnapshot) -> Verdict:
    radius_m = _metres(value)
    if radius_m is None or home.point is None or not asset.places:
        return UNKNOWN
    verdict = FAIL
    for place in asset.places:
        if place.point is None:
            verdict = max(verdict, UNKNOWN)
            continue
        straight_m = straight_line_m(home.point, place.point)
        if straight_m + home.blur_m <= radius_m:
            return PASS
        if straight_m - home.blur_m <= radius_m:
            verdict = UNKNOWN
    return verdict


def _metres(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def _district(asked: str) -> str | None:
    for parse in (Postcode.parse, PartialPostcode.parse):
        try:
            return str(parse(asked).outward)
        except BadPostcode:
            continue
    return None


def _phrase(area: Area) -> str:
    if area.kind is AreaKind.EVERYWHERE:
        return "everywhere"
    if area.kind is AreaKind.POSTCODE_DISTRICT:
        return area.value.strip().upper() or "an area it has not named"
    if area.kind is AreaKind.LOCAL_AUTHORITY:
        return "its own council area"
    metres = _metres(area.value)
    return "nearby" if metres is None else f"{length(metres)} around"

"""Whether a group takes people from where the person lives."""

from __future__ import annotations

from service.matching.rule import CHECK, Rule, Said, group_has_not_said, person_has_not_said
from service.matching.verdict import RuleId, Side, Verdict
from service.matching.wording import either, length
from service.people.facts import PersonFacts, SetsOut
from service.register.areas import metres, takes_from
from service.register.snapshot import Area, AssetSnapshot
from service.register.vocabulary import AreaKind

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS


_VERDICTS = {True: PASS, None: UNKNOWN, False: FAIL}


def area_rule(person: PersonFacts) -> Rule:
    """Any one of the stated areas is enough (Kleene OR). No area stated is unknown.

    A radius is a straight line from the nearest place where the group meets, the edge included.
    Without a home that may be measured from, the practice's area stands for the person's.
    """
    home = person.whereabouts
    at_home = person.sets_out is SetsOut.HOME
    there = "where you live" if at_home else "your practice"

    def judge(asset: AssetSnapshot) -> Verdict:
        return _VERDICTS[takes_from(asset, home)]

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if not asset.areas:
            return group_has_not_said("which area it takes people from")
        rule = f"It takes people from {either(_phrase(area) for area in asset.areas)}."
        if verdict is PASS:
            return f"{rule} That covers {there}.", None
        if verdict is FAIL:
            you = "You live" if at_home else "Your practice is"
            return f"{rule} {you} outside that area.", None
        if home.point is None and home.district is None:
            return person_has_not_said(rule, "where you live")
        return f"{rule} We do not know if that covers {there}. {CHECK}", Side.GROUP

    return Rule(RuleId.AREA_SERVED, judge, say)


def _phrase(area: Area) -> str:
    if area.kind is AreaKind.EVERYWHERE:
        return "everywhere"
    if area.kind is AreaKind.POSTCODE_DISTRICT:
        return area.value.strip().upper() or "an area it has not named"
    if area.kind is AreaKind.LOCAL_AUTHORITY:
        return "its own council area"
    far_m = metres(area.value)
    return "nearby" if far_m is None else f"{length(far_m)} around"

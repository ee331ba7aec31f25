"""Whether one way of taking part is open to a person: delivery, reach, access, time."""

from __future__ import annotations

from typing import Final

from geo.travel import Mode
from service.matching.bus_words import no_bus
from service.matching.rule import CHECK, Said, group_has_not_said, person_has_not_said
from service.matching.time_rule import time_rule
from service.matching.verdict import RuleId, Side, Verdict
from service.matching.way import Way, WayRule
from service.matching.wording import BY_MODE, FEATURE
from service.people.facts import PersonFacts, SetsOut
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import AccessFeature, Delivery

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS

ACCESS_RULE: Final = {feature: RuleId(f"access_{feature}") for feature in AccessFeature}


def way_rules(person: PersonFacts) -> tuple[WayRule, ...]:
    """The rules for one person about each way of taking part, in a fixed order."""
    times = time_rule(person)
    return (
        delivery_rule(person),
        reach_rule(person),
        *(access_rule(feature) for feature in sorted(access_needed(person))),
        *((times,) if times else ()),
    )


def access_needed(person: PersonFacts) -> frozenset[AccessFeature]:
    """What a place must have for this person. A wheelchair needs a way in without steps."""
    if person.wheelchair:
        return person.access_needed | {AccessFeature.STEP_FREE}
    return person.access_needed


def delivery_rule(person: PersonFacts) -> WayRule:
    """Whether the person can take part in this way at all.

    A housebound person cannot go anywhere; being online and having a phone must be known. A group
    that has not said how people take part is unknown. Whose address is protected is offered only
    what is known to come to them.
    """
    hidden = person.sets_out is SetsOut.NOT_MEASURED
    has = {True: PASS, False: FAIL, None: UNKNOWN}
    verdicts: dict[Delivery | None, Verdict] = {
        None: FAIL if hidden else UNKNOWN,
        Delivery.IN_PERSON: FAIL if person.only_remote else PASS,
        # Who gave no address may stay somewhere that can be visited, or nowhere.
        Delivery.HOME_VISIT: UNKNOWN if person.sets_out is SetsOut.PRACTICE else PASS,
        Delivery.PHONE: has[_stated(person, person.has_phone, Mode.PHONE)],
        Delivery.ONLINE: has[_stated(person, person.online, Mode.ONLINE)],
    }

    def judge(asset: AssetSnapshot, way: Way) -> Verdict:
        return verdicts[way.delivery]

    def say(asset: AssetSnapshot, way: Way, verdict: Verdict) -> Said:
        if hidden and verdict is FAIL and way.delivery in (None, Delivery.IN_PERSON):
            return _PROTECTED, None
        if way.delivery is None:
            return group_has_not_said("if you go there, or if it comes to you")
        if way.delivery is Delivery.IN_PERSON:
            return _IN_PERSON[verdict], None
        if way.delivery is Delivery.HOME_VISIT:
            rule = "Somebody comes to your home."
            unsure = verdict is UNKNOWN
            return person_has_not_said(rule, "where you live") if unsure else (rule, None)
        rule, unknown, cannot = _REMOTE[way.delivery]
        if verdict is UNKNOWN:
            return person_has_not_said(rule, unknown)
        return (rule if verdict is PASS else f"{rule} {cannot}"), None

    return WayRule(RuleId.DELIVERY, judge, say)


def _stated(person: PersonFacts, fact: bool | None, mode: Mode) -> bool | None:
    """The fact, or yes when the person named that way of taking part as open to them."""
    return True if fact is None and mode in person.modes else fact


_IN_PERSON = {
    PASS: "You go there.",
    FAIL: "You would have to go there, and you cannot leave home.",
}
_PROTECTED = "Your address is protected, so only groups that come to you are looked for."
_REMOTE = {
    Delivery.PHONE: ("You take part by phone.", "if you have a phone", "You do not have a phone."),
    Delivery.ONLINE: ("You take part online.", "if you can get online", "You are not online."),
}


def reach_rule(person: PersonFacts) -> WayRule:
    """Whether the person can get there. Unknown minutes are unknown; no open way fails."""

    def judge(asset: AssetSnapshot, way: Way) -> Verdict:
        return way.reach

    def say(asset: AssetSnapshot, way: Way, verdict: Verdict) -> Said:
        return reach_said(way, person)

    return WayRule(RuleId.REACH, judge, say)


def reach_said(way: Way, person: PersonFacts) -> Said:
    """Whether the person can get there, in words, without minutes or metres."""
    if way.is_remote:
        return "You do not need to go anywhere.", None
    if way.reach is PASS:
        return f"You can get there {BY_MODE[way.journey.mode]}.", None
    if way.reach is FAIL:
        return _no_way_there(way, person), None
    if way.place is None or way.place.point is None:
        return group_has_not_said("where it meets")
    if person.sets_out is SetsOut.NOT_MEASURED:
        return "Your address is protected, so we do not say how far it is.", Side.PERSON
    if person.home is None or person.home.point is None:
        return "We do not know where you live, so we cannot say how far it is.", Side.PERSON
    if way.journey.mode is Mode.BUS:
        return no_bus(way.journey, person)
    return f"We do not know how long it takes {BY_MODE[way.journey.mode]}. {CHECK}", Side.GROUP


def _no_way_there(way: Way, person: PersonFacts) -> str:
    if way.journey.bus is not None:
        return no_bus(way.journey, person)[0]
    if way.journey.mode.is_remote:
        return "You have told us of no way that you can travel."
    return f"There is no way there for you {BY_MODE[way.journey.mode]}."


def access_rule(feature: AccessFeature) -> WayRule:
    """Whether the place has what the person needs.

    At home nothing of the place is needed, except that somebody who needs sign language needs it
    on a screen too, and no group's record says whether it is offered there.
    """
    at_home = UNKNOWN if feature is AccessFeature.SIGN_LANGUAGE else PASS
    known = {True: PASS, False: FAIL, None: UNKNOWN}
    words = FEATURE[feature]

    def judge(asset: AssetSnapshot, way: Way) -> Verdict:
        if way.is_remote:
            return at_home
        return UNKNOWN if way.place is None else known[way.place.access.get(feature)]

    def say(asset: AssetSnapshot, way: Way, verdict: Verdict) -> Said:
        if verdict is UNKNOWN:
            if feature is AccessFeature.STEP_FREE:
                return (
                    "The group has not said whether there are steps. Check before you go.",
                    Side.GROUP,
                )
            return f"The group has not said whether there is {words}. {CHECK}", Side.GROUP
        if way.is_remote:
            return "You stay at home, so the building does not matter.", None
        return f"The place has {words if verdict is PASS else _without(words)}.", None

    return WayRule(ACCESS_RULE[feature], judge, say)


def _without(words: str) -> str:
    return "no " + words.removeprefix("a ").removeprefix("an ")

"""What a group asks of whoever comes: age, gender, condition, route, language, room, dates, papers.

Each function makes one rule for one person. A rule that a group may have but has not stated is
unknown, not passed. The area served has a module of its own.
"""

from __future__ import annotations

from collections.abc import Iterable

from service.matching.parameters import MatchParameters
from service.matching.rule import CHECK, Rule, Said, group_has_not_said, person_has_not_said
from service.matching.verdict import RuleId, Side, Verdict
from service.matching.wording import ages, conditions, day, either, languages
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import Capacity, Delivery, Gender, OpenTo, ReferralRoute

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS
OLDEST = 130


def age_rule(person: PersonFacts) -> Rule:
    """Ages are whole years with both ends in. One end stated leaves the other open.

    Neither end stated is unknown. A group for every age passes even when the age is not known.
    """
    age = person.age

    def judge(asset: AssetSnapshot) -> Verdict:
        low, high = asset.min_age, asset.max_age
        if low is None and high is None:
            return UNKNOWN
        if age is None:
            any_age = (low or 0) == 0 and (high is None or high >= OLDEST)
            return PASS if any_age else UNKNOWN
        return FAIL if (low or 0) > age or (high is not None and high < age) else PASS

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if asset.min_age is None and asset.max_age is None:
            return group_has_not_said("what ages it is for")
        rule = f"For people {ages(asset.min_age, asset.max_age)}"
        if verdict is UNKNOWN:
            return person_has_not_said(rule + ".", "your age")
        return (f"{rule}." if age is None else f"{rule}, and you are {age}."), None

    return Rule(RuleId.AGE, judge, say)


_ALLOWED = {Gender.FEMALE: OpenTo.WOMEN, Gender.MALE: OpenTo.MEN}
_SESSION = {OpenTo.EVERYONE: "everyone", OpenTo.WOMEN: "women only", OpenTo.MEN: "men only"}


def gender_rule(person: PersonFacts) -> Rule:
    """Whether the person may come to a session for women or for men.

    For a non-binary person a single-sex session is unknown: only the group can say.
    """
    allowed = _ALLOWED.get(person.gender) if person.gender else None

    def judge(asset: AssetSnapshot) -> Verdict:
        open_to = asset.open_to
        if open_to is OpenTo.EVERYONE:
            return PASS
        if open_to is None or allowed is None:
            return UNKNOWN
        return PASS if open_to is allowed else FAIL

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if asset.open_to is None:
            return group_has_not_said("if it is for women, men or everyone")
        rule = f"For {_SESSION[asset.open_to]}."
        if verdict is UNKNOWN and person.gender is not None:
            return group_has_not_said(
                f"if you can come: it is for {_SESSION[asset.open_to]} and you are non-binary"
            )
        return person_has_not_said(rule, "your gender") if verdict is UNKNOWN else (rule, None)

    return Rule(RuleId.GENDER, judge, say)


def condition_rule(person: PersonFacts) -> Rule:
    """A group with conditions is only for people with one of them; none recorded is no limit.

    That none recorded means "not limited" is the register's own rule for the column. A person
    whose conditions are not stated at all is unknown; one who stated others fails.
    """
    mine = person.conditions | {"housebound"} if person.housebound else person.conditions

    def judge(asset: AssetSnapshot) -> Verdict:
        wanted = asset.conditions
        if not wanted or not mine.isdisjoint(wanted):
            return PASS
        return FAIL if person.conditions else UNKNOWN

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if not asset.conditions:
            return "You do not need to have any condition to come.", None
        rule = f"Only for people who {conditions(asset.conditions)}."
        if verdict is UNKNOWN:
            return person_has_not_said(rule, "if that is true of you")
        return (rule if verdict is PASS else f"{rule} You have not told us that you do."), None

    return Rule(RuleId.CONDITION, judge, say)


_SENDER = {
    ReferralRoute.SELF: "people who ask for themselves",
    ReferralRoute.LINK_WORKER: "people sent by a link worker",
    ReferralRoute.GP: "people sent by a GP practice",
}


def route_rule(person: PersonFacts) -> Rule:
    """Who may send a person. A group that people may ask themselves is open by every route."""

    def judge(asset: AssetSnapshot) -> Verdict:
        routes = asset.routes
        if not routes:
            return UNKNOWN
        if ReferralRoute.SELF in routes or person.route in routes:
            return PASS
        return UNKNOWN if person.route is None else FAIL

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if not asset.routes:
            return group_has_not_said("who may send people to it")
        if ReferralRoute.SELF in asset.routes:
            return "You can ask to join by yourself.", None
        rule = f"It takes {either(_SENDER[each] for each in sorted(asset.routes))}."
        return (
            person_has_not_said(rule, "who is sending you")
            if verdict is UNKNOWN
            else (
                rule,
                None,
            )
        )

    return Rule(RuleId.REFERRAL_ROUTE, judge, say)


def language_rule(person: PersonFacts) -> Rule:
    """At least one language in common. Not stated on either side is unknown."""
    mine = person.languages

    def judge(asset: AssetSnapshot) -> Verdict:
        if not asset.languages or not mine:
            return UNKNOWN
        return FAIL if mine.isdisjoint(asset.languages) else PASS

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if not asset.languages:
            return group_has_not_said("what languages people speak there")
        shared = mine & asset.languages
        rule = f"People there speak {languages(shared or asset.languages)}."
        if verdict is UNKNOWN:
            return person_has_not_said(rule, "what languages you speak")
        return (rule if verdict is PASS else f"{rule} You speak {languages(mine)}."), None

    return Rule(RuleId.LANGUAGE, judge, say)


def capacity_rule() -> Rule:
    """A full group fails. A waiting list passes here and counts against reliability."""
    verdicts = {
        Capacity.OPEN: PASS,
        Capacity.WAITING_LIST: PASS,
        Capacity.FULL: FAIL,
        Capacity.UNKNOWN: UNKNOWN,
    }
    sentences = {
        Capacity.OPEN: "It has room.",
        Capacity.WAITING_LIST: "It has a waiting list.",
        Capacity.FULL: "It is full just now.",
    }

    def judge(asset: AssetSnapshot) -> Verdict:
        return verdicts[asset.capacity]

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if verdict is UNKNOWN:
            return group_has_not_said("if it has room")
        return sentences[asset.capacity], None

    return Rule(RuleId.CAPACITY, judge, say)


def open_rule(person: PersonFacts) -> Rule:
    """Running on the day: from the first to the last day it takes people, both included.

    Without dates, a check by anybody is evidence that it runs (how old a check may be is a matter
    of reliability); with neither it is unknown.
    """
    today = person.today

    def judge(asset: AssetSnapshot) -> Verdict:
        opens, closes = asset.opens_on, asset.closes_on
        if opens is None and closes is None:
            return UNKNOWN if asset.assured_on is None else PASS
        not_yet = opens is not None and today < opens
        return FAIL if not_yet or (closes is not None and closes < today) else PASS

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if verdict is UNKNOWN:
            return group_has_not_said("if it is still running")
        if asset.opens_on is not None and today < asset.opens_on:
            return f"It does not start until {day(asset.opens_on)}.", None
        if asset.closes_on is None:
            return "It is running now.", None
        when = day(asset.closes_on)
        return (f"It stopped on {when}." if verdict is FAIL else f"It runs until {when}."), None

    return Rule(RuleId.OPEN, judge, say)


def checked_rule() -> Rule:
    """Whether anybody ever checked these facts with the group."""

    def judge(asset: AssetSnapshot) -> Verdict:
        return UNKNOWN if asset.assured_on is None else PASS

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if asset.assured_on is None:
            return f"Nobody has checked these facts yet. {CHECK}", Side.GROUP
        return f"These facts were checked on {day(asset.assured_on)}.", None

    return Rule(RuleId.CHECKED, judge, say)


def papers_rule(person: PersonFacts, needs: Iterable[str], parameters: MatchParameters) -> Rule:
    """Safeguarding papers in date on the day; the last valid day is still in date.

    Expired papers fail always. Papers that are not recorded are unknown where they are required:
    for the needs in `papers_needs`, for anybody under `papers_under_age`, and for a group that
    visits people at home. Elsewhere nothing asks for them, and their absence breaks no rule.
    """
    young = person.age is not None and person.age < parameters.papers_under_age
    required = young or not parameters.papers_needs.isdisjoint(needs)
    today = person.today

    def judge(asset: AssetSnapshot) -> Verdict:
        until = asset.checks_valid_until
        if until is None:
            visits = Delivery.HOME_VISIT in asset.deliveries
            return UNKNOWN if required or visits else PASS
        return FAIL if until < today else PASS

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if verdict is UNKNOWN:
            return group_has_not_said("if its safeguarding papers are in date")
        if verdict is FAIL:
            return "Its safeguarding papers are out of date.", None
        if asset.checks_valid_until is None:
            return "It does not need safeguarding papers for this.", None
        return "Its safeguarding papers are in date.", None

    return Rule(RuleId.PAPERS, judge, say)

"""Each eligibility rule: what passes, what fails, what is unknown, and how it is said."""

from __future__ import annotations

import random
from datetime import date, time
from typing import Any

import pytest
from matching_world import (
    SOUTH_M,
    TODAY,
    WEST_M,
    asset,
    home_at,
    meeting,
    person,
    place_at,
    random_asset,
    random_person,
)

from geo.gazetteer import Located, Quality
from geo.travel import DetourTravel, Mode
from service.matching.match import match
from service.matching.parameters import MatchParameters
from service.matching.verdict import Finding, RuleId, Side, Verdict
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts
from service.register.snapshot import Area, AssetSnapshot, Needed
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    Capacity,
    Delivery,
    Gender,
    OpenTo,
    ReferralRoute,
    Weekday,
)

PASS, FAIL, UNKNOWN = Verdict.PASS, Verdict.FAIL, Verdict.UNKNOWN


def find(rule_id: RuleId, who: PersonFacts, what: AssetSnapshot) -> Finding:
    """What one rule says, through the whole of matching."""
    needs = [WantedNeed(each.need, 1.0) for each in what.needs]
    result = match(needs, who, [what], DetourTravel(), MatchParameters(), limit=1)
    findings = [
        *(each for found in result.matches for each in found.findings),
        *(each for found in result.near_misses for each in found.failures),
    ]
    return next(each for each in findings if each.rule_id is rule_id)


AGE = [
    (42, 50, None, FAIL, "For people aged 50 and over, and you are 42."),
    (50, 50, None, PASS, "For people aged 50 and over, and you are 50."),
    (17, None, 17, PASS, "For people aged 17 and under, and you are 17."),
    (18, None, 17, FAIL, "For people aged 17 and under, and you are 18."),
    (9, 11, 16, FAIL, "For people aged 11 to 16, and you are 9."),
    (None, 50, None, UNKNOWN, "For people aged 50 and over. We do not know your age."),
    (None, 0, None, PASS, "For people of any age."),
    (42, None, None, UNKNOWN, "The group has not said what ages it is for. Check with the group."),
]


@pytest.mark.parametrize(("age", "low", "high", "verdict", "sentence"), AGE)
def test_age(age: int | None, low: int | None, high: int | None, verdict: Verdict, sentence: str):
    found = find(RuleId.AGE, person(age=age), asset(min_age=low, max_age=high))
    assert (found.verdict, found.sentence) == (verdict, sentence)


GENDER = [
    (Gender.MALE, OpenTo.WOMEN, FAIL, "For women only."),
    (Gender.FEMALE, OpenTo.WOMEN, PASS, "For women only."),
    (None, OpenTo.EVERYONE, PASS, "For everyone."),
    (None, OpenTo.MEN, UNKNOWN, "For men only. We do not know your gender."),
    (
        Gender.NON_BINARY,
        OpenTo.WOMEN,
        UNKNOWN,
        "The group has not said if you can come: it is for women only and you are non-binary. "
        "Check with the group.",
    ),
    (
        Gender.FEMALE,
        None,
        UNKNOWN,
        "The group has not said if it is for women, men or everyone. Check with the group.",
    ),
]


@pytest.mark.parametrize(("gender", "open_to", "verdict", "sentence"), GENDER)
def test_gender(gender: Gender | None, open_to: OpenTo | None, verdict: Verdict, sentence: str):
    found = find(RuleId.GENDER, person(gender=gender), asset(open_to=open_to))
    assert (found.verdict, found.sentence) == (verdict, sentence)


def test_women_only_is_a_rule_when_asked_for():
    who = person(women_only=True)
    mixed = find(RuleId.WOMEN_ONLY, who, asset(open_to=OpenTo.EVERYONE))
    assert (mixed.verdict, mixed.sentence) == (FAIL, "You asked for women only, and this is not.")
    assert find(RuleId.WOMEN_ONLY, who, asset(open_to=OpenTo.WOMEN)).verdict is PASS
    unsaid = find(RuleId.WOMEN_ONLY, who, asset(open_to=None))
    assert (unsaid.verdict, unsaid.missing) == (UNKNOWN, Side.GROUP)


def area(kind: AreaKind, value: str = "") -> tuple[Area, ...]:
    return (Area(kind, value),)


WA8 = area(AreaKind.POSTCODE_DISTRICT, "WA8")
AREAS: list[tuple[Located | None, tuple[Area, ...], Verdict, str]] = [
    (home_at(), WA8, PASS, "It takes people from WA8. That covers where you live."),
    (
        home_at(asked="WA7 4QX"),
        WA8,
        FAIL,
        "It takes people from WA8. You live outside that area.",
    ),
    (None, WA8, UNKNOWN, "It takes people from WA8. We do not know where you live."),
    (
        home_at(),
        (),
        UNKNOWN,
        "The group has not said which area it takes people from. Check with the group.",
    ),
    (
        home_at(lad=None),
        area(AreaKind.LOCAL_AUTHORITY, "E06000006"),
        UNKNOWN,
        "It takes people from its own council area. We do not know if that covers where you "
        "live. Check with the group.",
    ),
    (
        None,
        area(AreaKind.EVERYWHERE),
        PASS,
        "It takes people from everywhere. That covers where you live.",
    ),
]


@pytest.mark.parametrize(("home", "areas", "verdict", "sentence"), AREAS)
def test_area_served(
    home: Located | None, areas: tuple[Area, ...], verdict: Verdict, sentence: str
):
    found = find(RuleId.AREA_SERVED, person(home=home), asset(areas=areas))
    assert (found.verdict, found.sentence) == (verdict, sentence)


@pytest.mark.parametrize(
    ("radius", "quality", "verdict"),
    [
        ("1000", Quality.LIVE, PASS),
        ("999", Quality.LIVE, FAIL),
        ("1000", Quality.SECTOR, UNKNOWN),
        ("1500", Quality.SECTOR, PASS),
        ("499", Quality.SECTOR, FAIL),
        ("nearby", Quality.LIVE, UNKNOWN),
    ],
)
def test_a_radius_includes_its_edge_and_knows_how_sure_the_home_is(
    radius: str, quality: Quality, verdict: Verdict
):
    asked = "WA8 6" if quality is Quality.SECTOR else "WA8 6TR"
    home = home_at(WEST_M, SOUTH_M, asked=asked, quality=quality, accuracy_m=500.0)
    what = asset(places=(place_at(WEST_M + 1_000, SOUTH_M),), areas=area(AreaKind.RADIUS_M, radius))
    assert find(RuleId.AREA_SERVED, person(home=home), what).verdict is verdict


def test_any_one_area_is_enough():
    what = asset(areas=(*area(AreaKind.POSTCODE_DISTRICT, "WA7"), *WA8))
    found = find(RuleId.AREA_SERVED, person(), what)
    assert found.sentence == "It takes people from WA7 or WA8. That covers where you live."


def test_a_postcode_that_does_not_exist_is_nowhere():
    home = home_at(asked="WA8 9ZZ", quality=Quality.UNKNOWN, located=False)
    assert find(RuleId.AREA_SERVED, person(home=home), asset(areas=WA8)).verdict is UNKNOWN


RULES: list[tuple[RuleId, dict[str, Any], dict[str, Any], Verdict, str]] = [
    (
        RuleId.CONDITION,
        {"conditions": frozenset({"diabetes"})},
        {"conditions": frozenset({"dementia", "stroke"})},
        FAIL,
        "Only for people who live with dementia or have had a stroke. You have not told us that "
        "you do.",
    ),
    (
        RuleId.CONDITION,
        {},
        {"conditions": frozenset({"carer"})},
        UNKNOWN,
        "Only for people who care for somebody. We do not know if that is true of you.",
    ),
    (
        RuleId.CONDITION,
        {},
        {"conditions": frozenset()},
        PASS,
        "You do not need to have any condition to come.",
    ),
    (
        RuleId.REFERRAL_ROUTE,
        {"route": ReferralRoute.LINK_WORKER},
        {"routes": frozenset({ReferralRoute.GP})},
        FAIL,
        "It takes people sent by a GP practice.",
    ),
    (
        RuleId.REFERRAL_ROUTE,
        {"route": ReferralRoute.GP},
        {"routes": frozenset({ReferralRoute.SELF})},
        PASS,
        "You can ask to join by yourself.",
    ),
    (
        RuleId.REFERRAL_ROUTE,
        {"route": None},
        {"routes": frozenset({ReferralRoute.GP, ReferralRoute.LINK_WORKER})},
        UNKNOWN,
        "It takes people sent by a GP practice or people sent by a link worker. We do not know "
        "who is sending you.",
    ),
    (
        RuleId.LANGUAGE,
        {"languages": frozenset({"pl"})},
        {"languages": frozenset({"en", "cy"})},
        FAIL,
        "People there speak English or Welsh. You speak Polish.",
    ),
    (
        RuleId.LANGUAGE,
        {"languages": frozenset({"pl"})},
        {"languages": frozenset()},
        UNKNOWN,
        "The group has not said what languages people speak there. Check with the group.",
    ),
    (RuleId.CAPACITY, {}, {"capacity": Capacity.FULL}, FAIL, "It is full just now."),
    (
        RuleId.CAPACITY,
        {},
        {"capacity": Capacity.UNKNOWN},
        UNKNOWN,
        "The group has not said if it has room. Check with the group.",
    ),
    (
        RuleId.OPEN,
        {},
        {"closes_on": date(2026, 3, 4)},
        FAIL,
        "It stopped on 4 March 2026.",
    ),
    (RuleId.OPEN, {}, {"closes_on": TODAY}, PASS, "It runs until 5 March 2026."),
    (
        RuleId.OPEN,
        {},
        {"opens_on": date(2026, 3, 6)},
        FAIL,
        "It does not start until 6 March 2026.",
    ),
    (RuleId.OPEN, {}, {"opens_on": TODAY}, PASS, "It is running now."),
    (
        RuleId.OPEN,
        {},
        {"assured_on": None},
        UNKNOWN,
        "The group has not said if it is still running. Check with the group.",
    ),
    (
        RuleId.CHECKED,
        {},
        {"assured_on": None},
        UNKNOWN,
        "Nobody has checked these facts yet. Check with the group.",
    ),
    (
        RuleId.PAPERS,
        {},
        {"checks_valid_until": date(2026, 3, 4)},
        FAIL,
        "Its safeguarding papers are out of date.",
    ),
    (
        RuleId.PAPERS,
        {},
        {"checks_valid_until": TODAY},
        PASS,
        "Its safeguarding papers are in date.",
    ),
    (
        RuleId.PAPERS,
        {},
        {"checks_valid_until": None},
        PASS,
        "It does not need safeguarding papers for this.",
    ),
    (
        RuleId.PAPERS,
        {"age": 12},
        {"checks_valid_until": None},
        UNKNOWN,
        "The group has not said if its safeguarding papers are in date. Check with the group.",
    ),
    (
        RuleId.COST,
        {"max_cost_pence": 200},
        {"cost_pence": 250},
        FAIL,
        "It costs £2.50 a time, and you can pay up to £2.",
    ),
    (
        RuleId.COST,
        {"max_cost_pence": 250},
        {"cost_pence": 250},
        PASS,
        "It costs £2.50 a time, which you can pay.",
    ),
    (
        RuleId.COST,
        {"max_cost_pence": 0},
        {"cost_pence": None},
        UNKNOWN,
        "The group has not said what it costs. Check with the group.",
    ),
]


@pytest.mark.parametrize(("rule_id", "who", "what", "verdict", "sentence"), RULES)
def test_a_rule(
    rule_id: RuleId, who: dict[str, Any], what: dict[str, Any], verdict: Verdict, sentence: str
):
    found = find(rule_id, person(**who), asset(**what))
    assert (found.verdict, found.sentence) == (verdict, sentence)


@pytest.mark.parametrize("need", ["young_person", "memory_dementia", "homebound_companionship"])
def test_work_that_needs_papers_is_unknown_without_them(need: str):
    what = asset(needs=(Needed(need, 1.0),), checks_valid_until=None)
    assert find(RuleId.PAPERS, person(), what).verdict is UNKNOWN


def test_a_visit_at_home_needs_papers_whatever_the_need():
    what = asset(deliveries=frozenset({Delivery.HOME_VISIT}), checks_valid_until=None)
    assert find(RuleId.PAPERS, person(), what).verdict is UNKNOWN


STEPS = {AccessFeature.STEP_FREE: False}
LEVEL = {AccessFeature.STEP_FREE: True}


@pytest.mark.parametrize(
    ("access", "verdict", "sentence"),
    [
        (LEVEL, PASS, "The place has a way in without steps."),
        (STEPS, FAIL, "The place has no way in without steps."),
        ({}, UNKNOWN, "The group has not said whether there are steps. Check before you go."),
    ],
)
def test_a_wheelchair_needs_a_way_in_without_steps(
    access: dict[AccessFeature, bool], verdict: Verdict, sentence: str
):
    found = find(
        RuleId.ACCESS_STEP_FREE, person(wheelchair=True), asset(places=(place_at(access=access),))
    )
    assert (found.verdict, found.sentence) == (verdict, sentence)


def test_each_feature_needed_is_a_rule_of_its_own():
    who = person(access_needed=frozenset({AccessFeature.HEARING_LOOP, AccessFeature.SEATING}))
    what = asset(places=(place_at(access={AccessFeature.SEATING: True}),))
    assert find(RuleId.ACCESS_SEATING, who, what).verdict is PASS
    loop = find(RuleId.ACCESS_HEARING_LOOP, who, what)
    assert loop.sentence == (
        "The group has not said whether there is a hearing loop. Check with the group."
    )


def test_the_building_does_not_matter_on_a_screen_but_sign_language_does():
    who = person(
        online=True,
        access_needed=frozenset({AccessFeature.STEP_FREE, AccessFeature.SIGN_LANGUAGE}),
    )
    what = asset(deliveries=frozenset({Delivery.ONLINE}))
    assert find(RuleId.ACCESS_STEP_FREE, who, what).verdict is PASS
    assert find(RuleId.ACCESS_SIGN_LANGUAGE, who, what).verdict is UNKNOWN


@pytest.mark.parametrize(
    ("delivery", "facts", "verdict"),
    [
        (Delivery.IN_PERSON, {}, FAIL),
        (Delivery.HOME_VISIT, {}, PASS),
        (Delivery.PHONE, {}, UNKNOWN),
        (Delivery.PHONE, {"has_phone": True}, PASS),
        (Delivery.PHONE, {"has_phone": False}, FAIL),
        (Delivery.ONLINE, {"online": True}, PASS),
        (Delivery.ONLINE, {"online": False}, FAIL),
        (Delivery.ONLINE, {"modes": frozenset({Mode.ONLINE})}, PASS),
        (None, {}, UNKNOWN),
    ],
)
def test_a_housebound_person_is_only_visited_called_or_seen_on_a_screen(
    delivery: Delivery | None, facts: dict[str, Any], verdict: Verdict
):
    what = asset(deliveries=frozenset({delivery} if delivery else ()))
    assert find(RuleId.DELIVERY, person(housebound=True, **facts), what).verdict is verdict


MINUTES = 20.0
"""What 1,140 straight metres take at 1.33 m/s with the usual detours: 1,596 m."""
TWENTY_MINUTES_AWAY = (place_at(WEST_M + 1_140, SOUTH_M),)


@pytest.mark.parametrize(
    ("meets", "facts", "verdict"),
    [
        (("TU", time(10), time(12)), {"free_days": frozenset({Weekday.TUESDAY})}, PASS),
        (("TU", time(10), time(12)), {"free_days": frozenset({Weekday.FRIDAY})}, FAIL),
        (("", time(10), time(12)), {"free_days": frozenset({Weekday.FRIDAY})}, UNKNOWN),
        (("TU", time(10), time(12)), {"not_before": time(10)}, PASS),
        (("TU", time(10), time(12)), {"not_before": time(10, 1)}, FAIL),
        (("TU", None, time(12)), {"not_before": time(10)}, UNKNOWN),
        (("TU", None, time(12)), {"not_before": time(12)}, FAIL),
        (("TU", time(13), time(14, 40)), {"home_by": time(15)}, PASS),
        (("TU", time(13), time(14, 41)), {"home_by": time(15)}, FAIL),
        (("TU", time(13), None), {"home_by": time(15)}, UNKNOWN),
        (("TU", time(15), None), {"home_by": time(15)}, FAIL),
        (("TU", time(22), time(1)), {"home_by": time(23)}, FAIL),
    ],
)
def test_days_and_hours_with_the_way_home(
    meets: tuple[str, time | None, time | None], facts: dict[str, Any], verdict: Verdict
):
    what = asset(places=TWENTY_MINUTES_AWAY, meetings=(meeting(*meets),))
    assert find(RuleId.TIME, person(**facts), what).verdict is verdict


def test_the_way_home_is_named_when_it_is_what_makes_it_too_late():
    what = asset(places=TWENTY_MINUTES_AWAY, meetings=(meeting("TU", time(13), time(14, 50)),))
    found = find(RuleId.TIME, person(home_by=time(15)), what)
    assert found.sentence.endswith(
        "The way home takes about 20 minutes, and you need to be home by 3pm."
    )


def test_one_meeting_that_fits_is_enough():
    meets = (meeting("MO", time(9), time(10)), meeting("TU", time(10), time(12)))
    who = person(free_days=frozenset({Weekday.TUESDAY}))
    assert find(RuleId.TIME, who, asset(meetings=meets)).verdict is PASS


def test_times_that_are_not_stated_are_unknown():
    who = person(free_days=frozenset({Weekday.TUESDAY}))
    found = find(RuleId.TIME, who, asset(meetings=()))
    assert found.sentence == "The group has not said when it meets. Check with the group."


def test_who_states_no_hours_no_cost_and_no_access_makes_no_such_rules():
    result = match(
        [WantedNeed("loneliness_isolation", 1.0)],
        person(),
        [asset()],
        DetourTravel(),
        MatchParameters(),
        limit=1,
    )
    rules = {each.rule_id for each in result.matches[0].findings}
    assert rules.isdisjoint({RuleId.TIME, RuleId.COST, RuleId.WOMEN_ONLY})
    assert not any(rule.startswith("access_") for rule in rules)


def test_no_sentence_is_broken():
    """Every sentence of a large random world ends, begins and is spaced like a sentence."""
    rng = random.Random(5)
    needs = [WantedNeed("loneliness_isolation", 1.0), WantedNeed("young_person", 0.5)]
    said: set[str] = set()
    for _ in range(60):
        assets = [
            random_asset(rng, number, ("loneliness_isolation", "young_person"))
            for number in range(20)
        ]
        who = random_person(rng)
        result = match(needs, who, assets, DetourTravel(), MatchParameters(), limit=20)
        for found in result.matches:
            said |= {each.sentence for each in (*found.findings, *found.reasons)}
        for miss in result.near_misses:
            said |= {each.sentence for each in miss.failures}
    assert len(said) > 300
    for sentence in said:
        assert sentence[0].isupper(), sentence
        assert sentence[-1] == ".", sentence
        assert "  " not in sentence, sentence
        assert ".." not in sentence, sentence
        assert not any(word in sentence for word in ("None", "_", "{", "Verdict")), sentence

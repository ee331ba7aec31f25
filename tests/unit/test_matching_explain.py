"""What a match and an exclusion say, in data and in words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from matching_world import (
    SOUTH_M,
    TODAY,
    WEST_M,
    asset,
    home_at,
    person,
    place_at,
    river_town,
)

from geo.gazetteer import Quality
from geo.travel import DetourTravel, Mode, NullTravel, TravelModel
from seed_data import needs
from seed_data.errors import UnknownNeed
from service.matching.errors import BadLimit
from service.matching.explain import Basis
from service.matching.match import MatchResult, match
from service.matching.parameters import MatchParameters
from service.matching.verdict import RuleId, Side, Verdict
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts, Preference
from service.register.snapshot import Area, AssetSnapshot, Needed
from service.register.vocabulary import AreaKind, Capacity, Delivery

LONELY = WantedNeed("loneliness_isolation", 0.9, "sees nobody from one week to the next")


def asked(
    who: PersonFacts,
    *assets: AssetSnapshot,
    travel: TravelModel | None = None,
    limit: int = 5,
    wanted: tuple[WantedNeed, ...] = (LONELY,),
) -> MatchResult:
    return match(wanted, who, assets, travel or DetourTravel(), MatchParameters(), limit=limit)


def said(result: MatchResult) -> dict[str, str]:
    return {each.code: each.sentence for each in result.matches[0].reasons}


def test_a_match_carries_the_needs_with_the_words_that_led_to_them():
    serves = asset(needs=(Needed("loneliness_isolation", 0.75), Needed("digital", 1.0)))
    (served,) = asked(person(), serves).matches[0].needs
    assert (served.need, served.confidence, served.directness) == (
        "loneliness_isolation",
        0.9,
        0.75,
    )
    assert served.words == "sees nobody from one week to the next"
    assert served.label == needs.load().need("loneliness_isolation").label


def test_versions_and_the_day_are_kept_and_what_was_not_used_is_said():
    result = asked(person(), asset())
    assert result.parameters_version == MatchParameters().version
    assert result.taxonomy_version == needs.load().version
    assert result.judged_on == TODAY
    assert "your ethnic group" in result.not_used


def test_a_walk_is_given_in_minutes_and_metres_of_the_walk_and_called_a_guess():
    walk = said(asked(person(), asset(places=(place_at(WEST_M + 1_000, SOUTH_M),))))["journey"]
    assert walk == ("About 18 minutes on foot (1.4 km), our best guess without a street map.")


def test_a_crossing_is_named():
    over = asset(places=(place_at(WEST_M, SOUTH_M + 2_000),))
    journey = said(asked(person(), over, travel=river_town()))["journey"]
    assert "by way of Old Bridge, our best guess" in journey


def test_somebody_who_tires_is_told_of_a_long_way():
    far = asset(places=(place_at(WEST_M + 400, SOUTH_M),))
    assert "without a rest" in said(asked(person(mobility_difficulty=True), far))["journey"]
    assert "without a rest" not in said(asked(person(), far))["journey"]


def test_part_of_a_postcode_makes_a_distance_uncertain_and_says_so():
    who = person(home=home_at(asked="WA8 6", quality=Quality.SECTOR, accuracy_m=900.0))
    assert "only part of your postcode" in said(asked(who, asset()))["journey"]


@pytest.mark.parametrize(
    ("who", "what", "travel", "sentence"),
    [
        (
            person(home=None),
            asset(),
            DetourTravel(),
            "We do not know where you live, so we cannot say how far it is.",
        ),
        (
            person(),
            asset(places=()),
            DetourTravel(),
            "The group has not said where it meets. Check with the group.",
        ),
        (
            person(modes=frozenset({Mode.BUS})),
            asset(),
            DetourTravel(),
            "We do not know how long it takes by bus: we have no timetable for it. "
            "Check with the group.",
        ),
        (
            person(online=True),
            asset(deliveries=frozenset({Delivery.ONLINE})),
            DetourTravel(),
            "You take part online, so there is no journey.",
        ),
    ],
)
def test_what_is_not_known_of_a_journey_is_said(
    who: PersonFacts, what: AssetSnapshot, travel: TravelModel, sentence: str
):
    assert said(asked(who, what, travel=travel))["journey"] == sentence


WA8 = (Area(AreaKind.POSTCODE_DISTRICT, "WA8"),)


def test_a_match_by_area_is_labelled_and_not_passed_off_as_near():
    visits = asset(areas=WA8, places=())
    result = asked(person(), visits)
    assert result.matches[0].basis is Basis.AREA_SERVED
    assert said(result)["covers_your_area"].endswith("That covers where you live.")
    assert result.matches[0].journey.distance_m is None


@pytest.mark.parametrize(
    ("what", "travel", "basis"),
    [
        (asset(areas=WA8), DetourTravel(), Basis.JOURNEY),
        (asset(areas=WA8), NullTravel(), Basis.AREA_SERVED),
        (asset(areas=()), NullTravel(), Basis.UNKNOWN),
        (asset(areas=WA8, deliveries=frozenset({Delivery.HOME_VISIT})), None, Basis.AT_HOME),
    ],
)
def test_on_what_grounds_a_group_is_within_reach(
    what: AssetSnapshot, travel: TravelModel | None, basis: Basis
):
    assert asked(person(), what, travel=travel).matches[0].basis is basis


def test_a_group_for_everywhere_is_not_labelled_as_covering_the_area():
    assert "covers_your_area" not in said(asked(person(), asset()))


def test_preferences_say_whether_they_are_met():
    who = person(
        interests=frozenset({"chess"}),
        preferences=frozenset({Preference.SMALL_GROUP, Preference.LOW_COST}),
    )
    reasons = said(asked(who, asset()))
    assert reasons["wish:interest:not_met"] == "It is not one of the things you like: chess."
    assert reasons["wish:low_cost:met"] == "It costs £3 or less."
    assert reasons["wish:small_group:unknown"] == (
        "The group has not said how many people come. You asked about this."
    )


@pytest.mark.parametrize(
    ("facts", "code", "sentence"),
    [
        ({}, "freshness", "These facts were checked today, on 5 March 2026."),
        (
            {"assured_on": TODAY - timedelta(days=40)},
            "freshness",
            "These facts were checked 40 days ago, on 24 January 2026.",
        ),
        ({"assured_on": None}, "freshness", "Nobody has checked these facts yet."),
        ({}, "acceptance", "We have not asked this group before."),
        (
            {"times_asked": 3, "times_accepted": 1},
            "acceptance",
            "We have asked this group 3 times. It has said yes once.",
        ),
        (
            {"times_asked": 1},
            "acceptance",
            "We have asked this group once. It has not yet said yes.",
        ),
        (
            {"capacity": Capacity.WAITING_LIST},
            "waiting_list",
            "It has a waiting list, so it comes lower down.",
        ),
    ],
)
def test_how_far_a_group_can_be_relied_on(facts: dict[str, object], code: str, sentence: str):
    assert said(asked(person(), asset(**facts)))[code] == sentence


def test_unknowns_are_listed_with_who_can_settle_them():
    (found,) = asked(person(age=None), asset(min_age=50, open_to=None)).matches
    assert {each.rule_id: each.missing for each in found.unknowns} == {
        RuleId.AGE: Side.PERSON,
        RuleId.GENDER: Side.GROUP,
    }
    assert found.verdict is Verdict.UNKNOWN
    assert asked(person(), asset()).matches[0].verdict is Verdict.PASS


def test_an_excluded_asset_says_every_rule_that_failed_and_the_first_by_name():
    (miss,) = asked(person(age=42), asset(min_age=50, capacity=Capacity.FULL)).near_misses
    assert miss.rule_id is RuleId.AGE
    assert miss.sentence == "For people aged 50 and over, and you are 42."
    assert [each.rule_id for each in miss.failures] == [RuleId.AGE, RuleId.CAPACITY]


def test_no_score_brings_a_failed_asset_back():
    perfect = asset(asset_id=1, min_age=50)
    poor = asset(asset_id=2, needs=(Needed("loneliness_isolation", 0.1),), open_to=None)
    result = asked(person(age=42), perfect, poor)
    assert [each.asset.asset_id for each in result.matches] == [2]


def test_near_misses_are_those_most_wanted_and_nearest():
    def excluded(asset_id: int, east_m: int, directness: float = 1.0) -> AssetSnapshot:
        return asset(
            asset_id=asset_id,
            min_age=90,
            needs=(Needed("loneliness_isolation", directness),),
            places=(place_at(WEST_M + east_m, SOUTH_M),),
        )

    assets = [excluded(1, 2_000), excluded(2, 100), excluded(3, 50, 0.2), excluded(4, 400)]
    misses = asked(person(), *assets).near_misses
    assert [each.asset.asset_id for each in misses] == [2, 4, 3, 1]


def test_nothing_fits_names_the_nearest_excluded_group_and_why():
    near = asset(asset_id=1, name="Elders", min_age=65, places=(place_at(WEST_M + 665, SOUTH_M),))
    far = asset(asset_id=2, name="Full House", capacity=Capacity.FULL, places=(place_at(350_000),))
    result = asked(person(), far, near)
    assert result.matches == ()
    assert result.nothing_fits is not None
    assert result.nothing_fits.code == "none_fits"
    assert result.nothing_fits.sentence == (
        "No suitable group is within reach. The nearest is Elders, about 12 minutes away. "
        "For people aged 65 and over, and you are 42."
    )


def test_no_need_and_no_group_are_told_apart():
    nothing_named = asked(person(), asset(), wanted=()).nothing_fits
    nothing_known = asked(person(), asset(needs=(Needed("digital", 1.0),))).nothing_fits
    assert nothing_named is not None
    assert nothing_known is not None
    assert (nothing_named.code, nothing_known.code) == ("no_needs", "none_known")


def test_a_list_has_its_length_and_ranks_from_one():
    assets = [asset(asset_id=number) for number in (3, 1, 2)]
    result = asked(person(), *assets, limit=2)
    assert [(each.rank, each.asset.asset_id) for each in result.matches] == [(1, 1), (2, 2)]
    assert (result.considered, result.eligible) == (3, 3)
    empty = asked(person(), *assets, limit=0)
    assert (empty.matches, empty.nothing_fits) == ((), None)


def test_a_negative_length_and_an_unknown_need_are_refused():
    with pytest.raises(BadLimit):
        asked(person(), asset(), limit=-1)
    with pytest.raises(UnknownNeed):
        asked(person(), asset(), wanted=(WantedNeed("happiness", 1.0),))


def test_a_place_that_no_way_leads_to_is_excluded_and_says_so():
    over = asset(places=(place_at(WEST_M, SOUTH_M + 2_000),))
    (miss,) = asked(person(wheelchair=True), over, travel=river_town()).near_misses
    assert (miss.rule_id, miss.sentence) == (
        RuleId.REACH,
        "There is no way there for you by wheelchair.",
    )


def test_who_named_only_the_phone_cannot_travel():
    (miss,) = asked(person(modes=frozenset({Mode.PHONE})), asset()).near_misses
    assert miss.sentence == "You have told us of no way that you can travel."

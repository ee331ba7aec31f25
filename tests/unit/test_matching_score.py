"""The five factors, each against figures worked by hand."""

from __future__ import annotations

from datetime import timedelta
from math import isclose

import pytest
from matching_world import SOUTH_M, TODAY, WEST_M, asset, home_at, person, place_at

from geo.travel import DetourTravel, Journey, Method, Mode, NullTravel, TravelParameters
from service.matching.errors import BadWantedNeed
from service.matching.match import match
from service.matching.parameters import MatchParameters
from service.matching.reach import access_ratio, traveller_of, travelling_modes
from service.matching.score import need_factor, reliability, unknown_factor
from service.matching.wanted import WantedNeed, strongest
from service.people.facts import PersonFacts, Preference
from service.register.snapshot import AssetSnapshot, Needed
from service.register.vocabulary import AccessFeature, Capacity, Delivery

PARAMETERS = MatchParameters()
QUIET_PLACE = (place_at(access={AccessFeature.QUIET_SPACE: True}),)
LONELY = WantedNeed("loneliness_isolation", 1.0)


def only(who: PersonFacts, *assets: AssetSnapshot, travel: DetourTravel | NullTravel | None = None):
    return match([LONELY], who, assets, travel or DetourTravel(), PARAMETERS, limit=9).matches


def test_two_needs_served_in_part():
    wanted = strongest([WantedNeed("confidence", 0.9), WantedNeed("digital", 0.6)])
    serves = asset(needs=(Needed("confidence", 1.0), Needed("digital", 0.5)))
    assert need_factor(serves, wanted) == pytest.approx(0.93)
    assert need_factor(asset(needs=()), wanted) == 0.0


def test_two_moderate_needs_can_beat_one_served_well():
    wanted = strongest([WantedNeed("confidence", 1.0), WantedNeed("digital", 1.0)])
    both = asset(needs=(Needed("confidence", 0.75), Needed("digital", 0.75)))
    one = asset(needs=(Needed("confidence", 0.9),))
    assert need_factor(both, wanted) > need_factor(one, wanted)


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_a_confidence_is_from_0_to_1(confidence: float):
    with pytest.raises(BadWantedNeed) as refused:
        WantedNeed("confidence", confidence, words="secret words of the note")
    assert "secret" not in refused.value.message


def test_a_need_named_twice_counts_once_at_its_surer_confidence():
    kept = strongest(
        [WantedNeed("digital", 0.2), WantedNeed("digital", 0.7), WantedNeed("esol", 0)]
    )
    assert {need: want.confidence for need, want in kept.items()} == {"digital": 0.7}


@pytest.mark.parametrize(
    ("mode", "minutes", "expected"),
    [
        (Mode.WALK, 10, 0.5),
        (Mode.WHEEL, 20, 0.25),
        (Mode.BUS, 20, 0.5),
        (Mode.LIFT, 40, 0.25),
        (Mode.CAR, 0, 1.0),
        (Mode.ONLINE, 0, 1.0),
    ],
)
def test_access_halves_with_each_half_time(mode: Mode, minutes: float, expected: float):
    journey = Journey(mode, minutes, None, None, Method.DETOUR)
    assert access_ratio(journey, PARAMETERS) == expected


def test_half_times_are_those_the_travel_model_chooses_by():
    theirs = TravelParameters().half_minutes
    assert all(PARAMETERS.half_minutes(mode) == minutes for mode, minutes in theirs.items())


def test_an_unknown_journey_is_worth_little_and_less_the_farther_and_a_shut_one_nothing():
    def worth(straight_m: float | None, method: Method = Method.UNKNOWN) -> float:
        return access_ratio(Journey(Mode.BUS, None, None, straight_m, method), PARAMETERS)

    assert worth(0.0) == 0.25
    assert worth(5_000.0) == worth(None) == 0.125
    assert worth(0.0, Method.UNAVAILABLE) == 0.0


def test_freshness_halves_in_180_days_and_a_new_group_starts_at_four_fifths():
    trust = reliability(asset(assured_on=TODAY - timedelta(days=180)), TODAY, PARAMETERS)
    assert (trust.freshness, trust.acceptance, trust.room) == (0.5, 0.8, 1.0)


def test_a_check_in_the_future_counts_as_today_and_none_as_a_year_old():
    ahead = reliability(asset(assured_on=TODAY + timedelta(days=9)), TODAY, PARAMETERS)
    never = reliability(asset(assured_on=None), TODAY, PARAMETERS)
    assert ahead.freshness == 1.0
    assert never.freshness == pytest.approx(0.5 ** (365 / 180))


@pytest.mark.parametrize(
    ("asked", "accepted", "expected"), [(10, 10, 14 / 15), (10, 0, 4 / 15), (0, 5, 1.0)]
)
def test_acceptance_never_exceeds_one(asked: int, accepted: int, expected: float):
    what = asset(times_asked=asked, times_accepted=accepted)
    assert reliability(what, TODAY, PARAMETERS).acceptance == expected


@pytest.mark.parametrize(
    ("capacity", "room"),
    [
        (Capacity.OPEN, 1.0),
        (Capacity.WAITING_LIST, 0.5),
        (Capacity.UNKNOWN, 1.0),
        (Capacity.FULL, 0.0),
    ],
)
def test_room(capacity: Capacity, room: float):
    assert reliability(asset(capacity=capacity), TODAY, PARAMETERS).room == room


def test_each_unknown_rule_takes_a_tenth():
    assert unknown_factor(0, PARAMETERS) == 1.0
    assert unknown_factor(3, PARAMETERS) == pytest.approx(0.729)
    unsure = asset(min_age=None, open_to=None)
    (found,) = only(person(), unsure)
    assert found.factors.unknowns == pytest.approx(0.81)
    assert len(found.unknowns) == 2


@pytest.mark.parametrize(
    ("wishes", "facts", "fit"),
    [
        ({Preference.SMALL_GROUP}, {"group_size": 12}, 1.0),
        ({Preference.SMALL_GROUP}, {"group_size": 13}, 0.7),
        ({Preference.SMALL_GROUP}, {}, 0.9),
        ({Preference.LOW_COST}, {"cost_pence": 300}, 1.0),
        ({Preference.LOW_COST}, {"cost_pence": 301}, 0.7),
        ({Preference.COMPANY_FIRST_VISIT}, {"welcomes_newcomers": True}, 1.0),
        ({Preference.COMPANY_FIRST_VISIT}, {"welcomes_newcomers": False}, 0.7),
        ({Preference.MORNING}, {}, 1.0),
        ({Preference.AFTERNOON}, {}, 0.7),
        ({Preference.MORNING, Preference.AFTERNOON}, {}, 1.0),
        ({Preference.EVENING}, {"meetings": ()}, 0.9),
        ({Preference.QUIET}, {}, 0.9),
        (
            {Preference.QUIET},
            {"places": (place_at(access={AccessFeature.QUIET_SPACE: True}),)},
            1.0,
        ),
        ({Preference.SMALL_GROUP, Preference.LOW_COST}, {"group_size": 40}, 0.7),
        (set(), {}, 1.0),
    ],
)
def test_preferences_lower_and_never_exclude(
    wishes: set[Preference], facts: dict[str, object], fit: float
):
    (found,) = only(person(preferences=frozenset(wishes)), asset(**facts))
    assert found.factors.fit == pytest.approx(fit)


@pytest.mark.parametrize(
    ("interest", "facts", "fit"),
    [
        ("gardening", {"summary": "Help in the garden."}, 1.0),
        ("gardening", {"summary": "Tea for keen gardeners"}, 1.0),
        ("singing", {"summary": "For single people."}, 0.7),
        ("art", {"summary": "A party."}, 0.7),
        ("choir_singing", {"group_kind": "choir_singing", "summary": ""}, 1.0),
        ("singing", {"group_kind": "choir_singing"}, 1.0),
        ("Walking", {"name": "The Walkers"}, 1.0),
        ("dancing", {"summary": "Dance all day"}, 1.0),
        ("fishing", {"group_kind": "", "summary": ""}, 0.9),
    ],
)
def test_an_interest_is_found_in_other_forms_of_the_word_and_only_in_whole_words(
    interest: str, facts: dict[str, object], fit: float
):
    (found,) = only(person(interests=frozenset({interest})), asset(**facts))
    assert found.factors.fit == pytest.approx(fit)


def test_one_of_several_interests_is_enough():
    likes = person(interests=frozenset({"chess", "tea", "football"}))
    (found,) = only(likes, asset(summary="Tea and talk."))
    assert found.factors.fit == 1.0


def test_the_door_next_to_a_weak_match_does_not_beat_a_good_one_near_by():
    weak_next_door = asset(asset_id=1, needs=(Needed("loneliness_isolation", 0.3),))
    good_near_by = asset(asset_id=2, places=(place_at(WEST_M + 500, SOUTH_M),))
    assert [each.asset.asset_id for each in only(person(), weak_next_door, good_near_by)] == [2, 1]


def test_a_distant_asset_is_never_cut_off():
    (found,) = only(person(), asset(places=(place_at(WEST_M + 30_000, SOUTH_M),)))
    assert 0.0 < found.score < 1e-6


def test_a_mode_is_chosen_by_access_and_not_by_minutes():
    """1,500 m: 26.3 minutes on foot (0.16), 9.3 minutes with a lift (0.73)."""
    far = asset(places=(place_at(WEST_M + 1_500, SOUTH_M),))
    (walked,) = only(person(), far)
    (driven,) = only(person(modes=frozenset({Mode.WALK, Mode.LIFT, Mode.BUS})), far)
    assert walked.journey.mode is Mode.WALK
    assert driven.journey.mode is Mode.LIFT
    near = asset(places=(place_at(WEST_M + 150, SOUTH_M),))
    (strolled,) = only(person(modes=frozenset({Mode.WALK, Mode.LIFT})), near)
    assert strolled.journey.mode is Mode.WALK


@pytest.mark.parametrize(
    ("facts", "speed", "rest_m"),
    [
        ({}, 1.33, None),
        ({"age": 70}, 0.85, None),
        ({"age": 70, "mobility_difficulty": True}, 0.80, 100.0),
        ({"age": 80, "mobility_difficulty": True}, 0.75, 100.0),
        ({"age": 90, "mobility_difficulty": True}, 0.71, 100.0),
        ({"wheelchair": True}, 0.79, 150.0),
    ],
)
def test_pace_and_rest_are_the_persons_own(
    facts: dict[str, object], speed: float, rest_m: float | None
):
    who = person(**facts)
    traveller = traveller_of(who, travelling_modes(who)[0])
    assert (traveller.speed_m_per_s, traveller.rest_limit_m) == (speed, rest_m)


@pytest.mark.parametrize(
    ("facts", "modes"),
    [
        ({}, (Mode.WALK,)),
        ({"wheelchair": True}, (Mode.WHEEL,)),
        ({"wheelchair": True, "modes": frozenset({Mode.WALK, Mode.CAR})}, (Mode.WHEEL, Mode.CAR)),
        ({"modes": frozenset({Mode.BUS, Mode.PHONE})}, (Mode.BUS,)),
        ({"modes": frozenset({Mode.PHONE})}, ()),
        ({"housebound": True, "modes": frozenset({Mode.CAR})}, ()),
    ],
)
def test_the_modes_open_to_a_person(facts: dict[str, object], modes: tuple[Mode, ...]):
    assert travelling_modes(person(**facts)) == modes


def test_an_asset_at_several_places_offers_the_nearest():
    near, far = place_at(WEST_M + 200, SOUTH_M, venue_id=2), place_at(WEST_M + 900, SOUTH_M)
    (found,) = only(person(), asset(places=(far, near)))
    assert found.place == near


def test_a_place_known_to_suit_comes_before_a_nearer_one_that_may_not():
    suits = place_at(WEST_M + 900, SOUTH_M, venue_id=2, access={AccessFeature.STEP_FREE: True})
    unsure = place_at(WEST_M + 200, SOUTH_M, venue_id=3)
    steps = place_at(venue_id=4, access={AccessFeature.STEP_FREE: False})
    (found,) = only(person(wheelchair=True), asset(places=(steps, unsure, suits)))
    assert found.place == suits
    (found,) = only(person(wheelchair=True), asset(places=(steps, unsure)))
    assert found.place == unsure


def test_online_is_near_only_for_whoever_is_online():
    both = asset(
        deliveries=frozenset({Delivery.IN_PERSON, Delivery.ONLINE}),
        places=(place_at(WEST_M + 900, SOUTH_M),),
    )
    (found,) = only(person(online=True), both)
    assert (found.journey.mode, found.factors.access, found.place) == (Mode.ONLINE, 1.0, None)
    for online in (None, False):
        (found,) = only(person(online=online), both)
        assert found.journey.mode is Mode.WALK


def test_without_a_home_the_order_is_by_need_and_no_minutes_are_given():
    better = asset(asset_id=2)
    worse = asset(asset_id=1, needs=(Needed("loneliness_isolation", 0.5),))
    for who, travel in ((person(home=None), DetourTravel()), (person(), NullTravel())):
        found = only(who, worse, better, travel=travel)
        assert [each.asset.asset_id for each in found] == [2, 1]
        assert all(each.journey.minutes is None for each in found)


def test_longitude_zero_is_a_home_like_any_other():
    greenwich = home_at(538_880, 177_320)
    there = asset(places=(place_at(538_880, 177_320),))
    (found,) = only(person(home=greenwich), there)
    assert isclose(found.factors.access, 1.0)

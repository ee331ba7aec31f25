"""Every counterfactual against a whole new match with that one thing changed."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from matching_world import (
    SOUTH_M,
    WEST_M,
    asset,
    person,
    place_at,
    random_asset,
    random_person,
    river_town,
)

from geo.travel import DetourTravel, Mode
from service.matching.counterfactuals import Change, Counterfactual, counterfactuals
from service.matching.match import match
from service.matching.parameters import MatchParameters
from service.matching.pool import Pool
from service.matching.reach import travelling_modes
from service.matching.verdict import PROTECTED_RULES, RuleId
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts, Preference
from service.register.snapshot import Area, AssetSnapshot, Needed
from service.register.vocabulary import AreaKind, Capacity, ReferralRoute

LIMIT = 5
NEED = "loneliness_isolation"
WANTED = [WantedNeed(NEED, 0.9)]


def ranks(
    who: PersonFacts, assets: Sequence[AssetSnapshot], parameters: MatchParameters
) -> dict[int, int]:
    limit = LIMIT if parameters.diversify else 10_000
    result = match(WANTED, who, assets, river_town(), parameters, limit=limit)
    return {each.asset.asset_id: each.rank for each in result.matches}


def changed(who: PersonFacts, change: Change) -> PersonFacts:
    if change is Change.LIFT:
        return replace(who, modes=who.modes | set(travelling_modes(who)) | {Mode.LIFT})
    if change is Change.OTHER_TIME:
        return replace(who, free_days=frozenset(), not_before=None, home_by=None)
    if change is Change.COST_COVERED:
        kept = who.preferences - {Preference.LOW_COST}
        return replace(who, max_cost_pence=None, preferences=kept)
    if change is Change.COMPANY:
        return replace(who, preferences=who.preferences - {Preference.COMPANY_FIRST_VISIT})
    assert change is Change.ONLINE
    return replace(who, online=True)


ANSWERS: dict[RuleId, dict[str, object]] = {
    RuleId.AREA_SERVED: {"areas": (Area(AreaKind.EVERYWHERE),)},
    RuleId.CAPACITY: {"capacity": Capacity.OPEN},
    RuleId.PAPERS: {"checks_valid_until": date(2099, 1, 1)},
    RuleId.REFERRAL_ROUTE: {"routes": frozenset({ReferralRoute.SELF})},
}


@pytest.mark.parametrize("diversify", [False, True])
def test_the_rank_given_is_the_rank_obtained(diversify: bool):
    parameters = MatchParameters(diversify=diversify)
    seen: dict[Change, int] = dict.fromkeys(Change, 0)
    for seed in range(60):
        rng = random.Random(seed)
        who = random_person(rng)
        assets = [random_asset(rng, number, (NEED,)) for number in range(80)]
        now = ranks(who, assets, parameters)
        pool = Pool(WANTED, assets, river_town())
        found = counterfactuals(pool, who, parameters, limit=LIMIT, triage_open=False)
        for each in found:
            seen[each.change] += 1
            if not diversify or (each.rank_now or LIMIT + 1) <= LIMIT:
                assert each.rank_now == now.get(each.asset_id)
            assert each.rank_then <= LIMIT
            assert (
                each.rank_now is None
                or each.rank_now - each.rank_then >= 2
                or (each.rank_now > LIMIT)
            )
            then = rerun(each, who, assets, parameters)
            if then is not None:
                assert then[each.asset_id] == each.rank_then, each
        if not diversify:
            assert_none_missing(found, who, assets, now)
    if not diversify:
        assert all(seen.values()), seen


def rerun(
    each: Counterfactual,
    who: PersonFacts,
    assets: Sequence[AssetSnapshot],
    parameters: MatchParameters,
) -> dict[int, int] | None:
    """Ranks from the beginning, with the one change made to the person or to the asset itself."""
    if each.change is not Change.ANSWER:
        return ranks(changed(who, each.change), assets, parameters)
    if each.rule_id not in ANSWERS:
        return None
    answered = [
        replace(one, **ANSWERS[each.rule_id]) if one.asset_id == each.asset_id else one
        for one in assets
    ]
    return ranks(who, answered, parameters)


def assert_none_missing(
    found: Sequence[Counterfactual],
    who: PersonFacts,
    assets: Sequence[AssetSnapshot],
    now: dict[int, int],
) -> None:
    """Whatever a lift, or being online, would lift far enough is in the list."""
    for change in (Change.LIFT, Change.ONLINE):
        if not any(each.change is change for each in found):
            continue
        then = ranks(changed(who, change), assets, MatchParameters())
        expected = {
            asset_id
            for asset_id, rank in then.items()
            if rank <= LIMIT and (now.get(asset_id, LIMIT + 1) > LIMIT or now[asset_id] - rank >= 2)
        }
        assert {each.asset_id for each in found if each.change is change} == expected


def test_none_turns_on_who_a_person_is():
    for seed in range(20):
        rng = random.Random(seed)
        assets = [random_asset(rng, number, (NEED,)) for number in range(60)]
        found = counterfactuals(
            Pool(WANTED, assets, DetourTravel()),
            random_person(rng),
            MatchParameters(),
            limit=LIMIT,
            triage_open=False,
        )
        assert PROTECTED_RULES.isdisjoint(each.rule_id for each in found if each.rule_id)


FAR = asset(asset_id=7, places=(place_at(WEST_M + 3_000, SOUTH_M),))
NEARER = [
    asset(
        asset_id=number,
        places=(place_at(WEST_M + 900 + 10 * number, SOUTH_M),),
        needs=(Needed(NEED, 0.6),),
    )
    for number in range(3)
]


def test_a_lift_is_said_in_a_sentence():
    pool = Pool(WANTED, [FAR, *NEARER], DetourTravel())
    found = counterfactuals(pool, person(), MatchParameters(), limit=4, triage_open=False)
    lifted = [each for each in found if each.change is Change.LIFT]
    assert [(each.asset_id, each.rank_now, each.rank_then) for each in lifted] == [(7, 4, 1)]
    assert lifted[0].sentence == "Would be 1st if you could get a lift."


def test_there_are_none_while_triage_is_open_and_none_without_a_list():
    pool = Pool(WANTED, [FAR, *NEARER], DetourTravel())
    for limit, triage_open in ((4, True), (0, False)):
        assert not counterfactuals(
            pool, person(), MatchParameters(), limit=limit, triage_open=triage_open
        )


def test_a_person_who_has_a_lift_is_not_offered_one():
    pool = Pool(WANTED, [FAR, *NEARER], DetourTravel())
    who = person(modes=frozenset({Mode.WALK, Mode.LIFT}), online=True)
    assert not counterfactuals(pool, who, MatchParameters(), limit=4, triage_open=False)

"""What would change a list, beside whole new searches with that one thing changed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from api_client import Town
from sqlalchemy import text

from seed_data import needs
from service.matching.counterfactuals import Asked, Change, answers, changes
from service.matching.pool import Pool
from service.matching.verdict import PROTECTED_RULES
from service.matching.wanted import WantedNeed
from service.referrals.finding import find
from service.referrals.queries import Matched, Seeking, matches_for
from service.referrals.what_if import WouldChange, what_if
from service.register.snapshots import snapshots
from service.register.vocabulary import ReferralRoute

pytest_plugins = ("api_fixtures",)

PEOPLE = [
    ({"age": 74, "access_needed": ["step_free"]}, ["loneliness_isolation"]),
    ({"age": 30, "max_cost_pence": 0, "free_days": ["MO"]}, ["physical_activity", "debt_money"]),
    ({"age": 52, "home_by": "15:00", "preferences": ["company_first_visit"]}, ["bereavement"]),
    ({"age": 67, "online": False, "modes": ["walk"]}, ["arts_creativity", "low_mood_anxiety"]),
    ({"housebound": True}, ["homebound_companionship"]),
]
WITH_QUESTIONS = [
    ({"age": 68, "access_needed": [feature]}, [need])
    for feature in ("accessible_toilet", "seating", "quiet_space")
    for need in needs.load().needs
]
"""Each asks for what some groups do not say that they have."""


def asked(
    town: Town, one: tuple[dict, list[str]], limit: int, **parameters: object
) -> tuple[Seeking, Matched, tuple[WouldChange, ...]]:
    facts, wanted = one
    seeking = town.kith.seeking(limit)
    if parameters:
        seeking = replace(seeking, parameters=replace(seeking.parameters, **parameters))
    with town.store.read() as session:
        found = matches_for(
            session,
            seeking,
            needs=[WantedNeed(each, 0.9) for each in wanted],
            postcode="WA8 7NU",
            facts=facts,
            route=ReferralRoute.LINK_WORKER,
        )
        return seeking, found, what_if(session, seeking, found)


@pytest.mark.parametrize("which", range(len(PEOPLE)))
@pytest.mark.parametrize("limit", [1, 5])
def test_each_rank_is_the_one_a_new_search_gives(town: Town, which: int, limit: int) -> None:
    seeking, found, would = asked(town, PEOPLE[which], limit)
    assert found.result is not None
    assert found.person is not None
    now = {each.asset.asset_id: each.rank for each in found.result.matches}
    then = {}
    with town.store.read() as session:
        for change, person in changes(found.person):
            result = find(
                session,
                needs=found.needs,
                person=person,
                travel=seeking.travel,
                parameters=seeking.parameters,
                limit=limit,
            )
            then[change] = {each.asset.asset_id: each.rank for each in result.matches}
    for each in would:
        one = each.counterfactual
        assert one.asset_id == each.asset.asset_id
        assert one.rank_then <= limit
        assert one.rank_now is None or one.rank_now - one.rank_then >= 2 or one.rank_now > limit
        assert one.rule_id not in PROTECTED_RULES
        if one.change is not Change.ANSWER:
            assert one.rank_then == then[one.change][one.asset_id]
            assert one.rank_now == now.get(one.asset_id)
    # And nothing that a change would bring in, or lift by two, is missing.
    expected = {
        (change, asset_id)
        for change, ranks in then.items()
        for asset_id, rank in ranks.items()
        if asset_id not in now or now[asset_id] - rank >= 2
    }
    told = {
        (each.counterfactual.change, each.asset.asset_id)
        for each in would
        if each.counterfactual.change is not Change.ANSWER
    }
    assert told == expected


def test_some_of_each_sort_are_found(quick_town: Town) -> None:
    found = [each.counterfactual.change for one in PEOPLE for each in asked(quick_town, one, 5)[2]]
    assert {Change.LIFT, Change.OTHER_TIME} <= set(found)


@pytest.mark.parametrize("diversify", [False, True])
def test_an_answer_lifts_as_far_as_among_the_whole_register(
    quick_town: Town, diversify: bool
) -> None:
    """The rank of an answered unknown is that among all groups, not among a few."""
    # Unknowns that weigh more than usual, so that an answer lifts far.
    changed = {"rotate": False, "diversify": diversify, "unknown_ratio": 0.4}
    with quick_town.store.read() as session:
        ids = list(session.scalars(text("SELECT asset_id FROM asset WHERE NOT is_retired")))
        everything = snapshots(session, ids)
    lifted = 0
    for one in (*PEOPLE, *WITH_QUESTIONS):
        seeking, found, would = asked(quick_town, one, 5, **changed)
        assert found.person is not None
        pool = Pool(found.needs, everything.values(), seeking.travel)
        whole = answers(pool, found.person, Asked(5, {}, seeking.parameters))
        told = {
            (each.asset.asset_id, each.counterfactual.rank_then)
            for each in would
            if each.counterfactual.change is Change.ANSWER
        }
        assert told == {(each.asset_id, each.rank_then) for each in whole}
        lifted += len(told)
    assert lifted


def test_while_a_danger_sign_is_open_and_without_a_need_there_is_none(quick_town: Town) -> None:
    seeking = quick_town.kith.seeking(5)
    with quick_town.store.read() as session:
        assert what_if(session, seeking, Matched(None, None)) == ()
    facts = PEOPLE[0][0]
    with quick_town.store.read() as session:
        found = matches_for(session, seeking, needs=(), postcode=None, facts=facts, route=None)
        assert what_if(session, seeking, found) == ()

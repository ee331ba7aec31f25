"""Matching against its slow twin: the same verdicts, the same scores, the same order."""

from __future__ import annotations

import random

import pytest
from matching_world import NEEDS, random_asset, random_person, river_town
from oracle import matching_twin as twin

from service.matching.match import match
from service.matching.parameters import MatchParameters
from service.matching.pool import Pool
from service.matching.wanted import WantedNeed

PARAMETERS = MatchParameters()
SOME_NEEDS = (*NEEDS[:4], "young_person")


def random_needs(rng: random.Random) -> list[WantedNeed]:
    chosen = rng.sample(SOME_NEEDS, rng.randint(1, 3))
    return [WantedNeed(need, rng.choice((0.3, 0.6, 0.9, 1.0))) for need in chosen]


def test_no_eligibility_violation_in_100_000_pairs():
    rng = random.Random(20260305)
    travel = river_town()
    pairs = passed = 0
    for _ in range(250):
        person = random_person(rng)
        assets = [random_asset(rng, asset_id, SOME_NEEDS) for asset_id in range(400)]
        pool = Pool([WantedNeed(need, 1.0) for need in SOME_NEEDS], assets, travel)
        judged = {each.asset_id: each for each in pool.judge(person, PARAMETERS)}
        places = [place for asset in assets for place in asset.places]
        journeys = iter(twin.journeys_to(places, person, travel))
        for asset in assets:
            here = [next(journeys) for _ in asset.places]
            expected = twin.judged(person, SOME_NEEDS, asset, here)
            found = judged[asset.asset_id]
            pairs += 1
            passed += found.failed is None
            assert (found.failed is not None) == bool(expected.failed), (person, asset)
            if expected.failed:
                assert found.failed in expected.failed, (person, asset)
            else:
                assert found.unknown_rules == expected.unknown, (person, asset)
    assert pairs == 100_000
    assert passed > 2_000


@pytest.mark.parametrize("seed", range(40))
def test_the_same_order_and_scores(seed: int):
    rng = random.Random(seed)
    travel = river_town()
    person, wanted = random_person(rng), random_needs(rng)
    assets = [random_asset(rng, asset_id, SOME_NEEDS) for asset_id in range(150)]
    expected = twin.matched(person, {want.need: want.confidence for want in wanted}, assets, travel)
    rng.shuffle(assets)

    result = match(wanted, person, assets, travel, PARAMETERS, limit=1_000)

    assert result.eligible == len(expected)
    found = [(each.asset.asset_id, each.score) for each in result.matches]
    scores = dict(expected)
    for asset_id, score in found:
        assert score == pytest.approx(scores[asset_id], rel=1e-12)
    assert [each for each, _ in found] == [each for each, _ in expected]


def test_the_random_world_reaches_every_verdict():
    """A twin proves nothing about what never happens."""
    rng = random.Random(7)
    travel = river_town()
    seen: set[tuple[str, str]] = set()
    for _ in range(60):
        person = random_person(rng)
        assets = [random_asset(rng, asset_id, SOME_NEEDS) for asset_id in range(40)]
        for asset in assets:
            seen |= set(twin.about_asset(person, SOME_NEEDS[:3], asset).items())
            ways = twin.ways_into(asset, person, twin.journeys_to(asset.places, person, travel))
            for way in ways:
                seen |= set(twin.about_way(person, asset, way).items())
    rules = {rule for rule, _ in seen}
    one_sided = {"checked": {"yes", "maybe"}}
    for rule in rules:
        expected = one_sided.get(rule, {"yes", "maybe", "no"})
        assert {verdict for name, verdict in seen if name == rule} == expected, rule

"""Laws of matching that hold for every person and every register."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_world import NEEDS, random_asset, random_person

from geo.travel import DetourTravel
from service.matching.match import MatchResult, match
from service.matching.parameters import MatchParameters
from service.matching.rank import (
    Exposure,
    diversified,
    in_order,
    order_key,
    rotated,
    similarity,
)
from service.matching.verdict import RuleId, Verdict, all_of, any_of
from service.matching.wanted import WantedNeed
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import Capacity

PARAMETERS = MatchParameters()
FEW_NEEDS = NEEDS[:3]
WANTED = [WantedNeed(need, 0.8) for need in FEW_NEEDS]
seeds = st.integers(0, 10**9)
verdicts = st.lists(st.sampled_from(Verdict), max_size=5)
bounded = settings(max_examples=80, deadline=None)


def world(seed: int, count: int = 30) -> tuple[random.Random, list[AssetSnapshot]]:
    rng = random.Random(seed)
    return rng, [random_asset(rng, asset_id, FEW_NEEDS) for asset_id in range(count)]


def asked(rng: random.Random, assets: list[AssetSnapshot], limit: int = 50) -> MatchResult:
    return match(WANTED, random_person(rng), assets, DetourTravel(), PARAMETERS, limit=limit)


@bounded
@given(verdicts, verdicts)
def test_kleene_logic(some: list[Verdict], others: list[Verdict]):
    opposite = {
        Verdict.PASS: Verdict.FAIL,
        Verdict.FAIL: Verdict.PASS,
        Verdict.UNKNOWN: Verdict.UNKNOWN,
    }
    assert all_of(some + others) is min(all_of(some), all_of(others))
    assert any_of(opposite[each] for each in some) is opposite[all_of(some)]
    if Verdict.FAIL in some:
        assert all_of(some) is Verdict.FAIL
    if Verdict.PASS in some:
        assert any_of(some) is Verdict.PASS


def test_kleene_tables():
    fail, unknown, passed = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS
    pairs = list(product((fail, unknown, passed), repeat=2))
    both = [fail, fail, fail, fail, unknown, unknown, fail, unknown, passed]
    either = [fail, unknown, passed, unknown, unknown, passed, passed, passed, passed]
    assert [all_of(pair) for pair in pairs] == both
    assert [any_of(pair) for pair in pairs] == either


@bounded
@given(seeds)
def test_the_factors_shown_multiply_to_the_score_shown(seed: int):
    for each in asked(*world(seed)).matches:
        f = each.factors
        assert each.score == f.need * f.access * f.fit * f.reliability * f.unknowns
        parts = each.reliability
        assert f.reliability == parts.freshness * parts.acceptance * parts.room
        assert f.unknowns == pytest.approx(0.9 ** len(each.unknowns))
        assert all(0.0 <= part <= 1.0 for part in (f.need, f.access, f.fit, f.reliability))


@bounded
@given(seeds)
def test_nothing_shown_fails_and_everything_excluded_says_why(seed: int):
    result = asked(*world(seed))
    for each in result.matches:
        assert all(finding.verdict is not Verdict.FAIL for finding in each.findings)
        assert each.asset.capacity is not Capacity.FULL
        assert all(finding.missing is not None for finding in each.unknowns)
    for miss in result.near_misses:
        assert miss.failures[0].rule_id is miss.rule_id
        assert miss.sentence.endswith(".")
    assert len(result.near_misses) == min(result.considered - result.eligible, 10)
    assert (result.nothing_fits is None) == (result.eligible > 0)


@bounded
@given(seeds)
def test_the_order_of_the_register_does_not_matter(seed: int):
    _, assets = world(seed)
    person = random_person(random.Random(seed))
    one = match(WANTED, person, assets, DetourTravel(), PARAMETERS, limit=50)
    other = match(WANTED, person, assets[::-1], DetourTravel(), PARAMETERS, limit=50)
    assert one == other


@bounded
@given(seeds)
def test_forgetting_a_fact_of_a_group_is_never_a_pass(seed: int):
    """A fact taken out of the register can turn yes or no into unknown, never unknown into yes."""
    rng, assets = world(seed, 8)
    person = random_person(rng)
    forgotten = {
        RuleId.AGE: {"min_age": None, "max_age": None},
        RuleId.GENDER: {"open_to": None},
        RuleId.AREA_SERVED: {"areas": ()},
        RuleId.LANGUAGE: {"languages": frozenset()},
        RuleId.REFERRAL_ROUTE: {"routes": frozenset()},
        RuleId.CAPACITY: {"capacity": Capacity.UNKNOWN},
        RuleId.CHECKED: {"assured_on": None},
        RuleId.COST: {"cost_pence": None},
        RuleId.TIME: {"meetings": ()},
    }
    for rule_id, less in forgotten.items():
        poorer = [replace(asset, **less) for asset in assets]
        result = match(WANTED, person, poorer, DetourTravel(), PARAMETERS, limit=50)
        for each in result.matches:
            found = {finding.rule_id: finding.verdict for finding in each.findings}
            if rule_id in found:
                assert found[rule_id] is Verdict.UNKNOWN


@bounded
@given(seeds)
def test_repeated_assets_and_needs_count_once(seed: int):
    _, assets = world(seed, 10)
    person = random_person(random.Random(seed))
    once = match(WANTED, person, assets, DetourTravel(), PARAMETERS, limit=50)
    twice = match(WANTED * 2, person, assets * 2, DetourTravel(), PARAMETERS, limit=50)
    assert once == twice


@dataclass(frozen=True)
class Item:
    """The least that can be ranked."""

    asset_id: int
    score: float
    minutes: float | None
    group_kind: str
    organisation: str


items = st.lists(
    st.tuples(
        st.sampled_from((0.0, 0.5, 0.51, 0.53, 0.9)),
        st.sampled_from((None, 5.0, 10.0)),
        st.sampled_from(("", "choir", "walk")),
        st.sampled_from(("", "North", "South")),
    ),
    max_size=12,
).map(lambda rows: [Item(number, *row) for number, row in enumerate(rows)])


@bounded
@given(items)
def test_the_order_is_total(listed: list[Item]):
    order = in_order(listed)
    keys = [order_key(item) for item in order]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert in_order(listed[::-1]) == order


@bounded
@given(items, st.integers(0, 12))
def test_variety_agrees_with_the_formula_taken_literally(listed: list[Item], count: int):
    order = in_order(listed)
    left, taken = list(order), []
    top = max((item.score for item in order), default=0.0) or 1.0
    while left and len(taken) < count:
        worth = [
            0.7 * item.score / top
            - 0.3 * max((similarity(item, each, PARAMETERS) for each in taken), default=0.0)
            for item in left
        ]
        taken.append(left.pop(max(range(len(left)), key=lambda at: (worth[at], -at))))
    found = diversified(order, count, PARAMETERS)
    assert [item.asset_id for item in found] == [item.asset_id for item in taken + left]


@bounded
@given(items, st.dictionaries(st.integers(0, 11), st.floats(0, 5)))
def test_turns_are_taken_among_near_ties_only(listed: list[Item], seen: dict[int, float]):
    order = in_order(listed)
    exposures = {asset_id: Exposure(exposure, 1.0) for asset_id, exposure in seen.items()}
    turned = rotated(order, exposures, PARAMETERS)
    assert sorted(item.asset_id for item in turned) == sorted(item.asset_id for item in order)
    for place, (before, after) in enumerate(zip(order, turned, strict=True)):
        assert abs(before.score - after.score) <= PARAMETERS.near_tie, place
    assert turned == rotated(order, exposures, PARAMETERS)

"""What narrowing may leave out: never an asset that could have been shown."""

from __future__ import annotations

import random

from hypothesis import given, settings
from hypothesis import strategies as st
from matching_world import NEEDS, random_asset, random_person, river_town

from geo.distance import straight_line_m
from geo.travel import DetourTravel, NullTravel
from service.matching.hard_filter import HardRow, hard_filter
from service.matching.match import match
from service.matching.narrowing_bound import best_possible_score
from service.matching.parameters import MatchParameters
from service.matching.pool import Pool
from service.matching.wanted import WantedNeed
from service.register.vocabulary import Delivery

PARAMETERS = MatchParameters()
FEW_NEEDS = NEEDS[:3]
EVERY_NEED = [WantedNeed(need, 1.0) for need in FEW_NEEDS]
seeds = st.integers(0, 10**9)
bounded = settings(max_examples=100, deadline=None)


def some_needs(rng: random.Random) -> list[WantedNeed]:
    return [WantedNeed(need, rng.random()) for need in rng.sample(FEW_NEEDS, rng.randint(1, 3))]


@bounded
@given(seeds)
def test_no_farther_asset_scores_above_the_bound(seed: int):
    rng = random.Random(seed)
    person, needs = random_person(rng), some_needs(rng)
    travel = rng.choice((DetourTravel(), river_town(), NullTravel()))
    assets = [random_asset(rng, asset_id, FEW_NEEDS) for asset_id in range(30)]
    home = person.home.point if person.home else None
    for each in match(needs, person, assets, travel, PARAMETERS, limit=30).matches:
        points = [place.point for place in each.asset.places]
        if each.asset.deliveries != {Delivery.IN_PERSON} or not points or None in points:
            continue
        nearest_m = min(straight_line_m(home, point) for point in points) if home else 0.0
        for straight_m in (nearest_m, nearest_m * 0.5, 0.0):
            bound = best_possible_score(straight_m, needs, person, travel, PARAMETERS)
            assert each.score <= bound


@bounded
@given(seeds, st.floats(0, 60_000), st.floats(0, 60_000))
def test_the_bound_never_rises_with_distance(seed: int, one_m: float, other_m: float):
    rng = random.Random(seed)
    person, needs = random_person(rng), some_needs(rng)
    near_m, far_m = sorted((one_m, other_m))
    near, far = (
        best_possible_score(metres, needs, person, DetourTravel(), PARAMETERS)
        for metres in (near_m, far_m)
    )
    assert 0.0 <= far <= near <= 1.0


def test_the_bound_lets_a_search_stop():
    """A bound that stayed at 1 would be true and useless."""
    rng = random.Random(3)
    person = random_person(rng)
    while not person.home or not person.home.point or person.housebound or person.modes:
        person = random_person(rng)
    assert best_possible_score(10_000, EVERY_NEED, person, DetourTravel(), PARAMETERS) < 0.1


@bounded
@given(seeds)
def test_what_the_hard_filter_drops_would_fail(seed: int):
    rng = random.Random(seed)
    person = random_person(rng)
    assets = [random_asset(rng, asset_id, FEW_NEEDS) for asset_id in range(40)]
    narrow = hard_filter(person)
    for judged in Pool(EVERY_NEED, assets, DetourTravel()).judge(person, PARAMETERS):
        if narrow.drops(HardRow.of(judged.asset)):
            assert judged.failed is not None, (person, judged.asset)


def test_the_hard_filter_drops_for_each_of_its_reasons():
    rng = random.Random(11)
    reasons = {"full", "open_to", "closed", "age", "housebound", "steps"}
    seen: set[str] = set()
    for asset_id in range(6_000):
        person = random_person(rng)
        row, narrow = HardRow.of(random_asset(rng, asset_id)), hard_filter(person)
        if not narrow.drops(row):
            continue
        young = person.age is not None and row.min_age is not None and row.min_age > person.age
        seen |= {
            name
            for name, holds in {
                "full": row.full,
                "open_to": row.open_to in narrow.excluded_open_to,
                "closed": row.closes_on is not None and row.closes_on < person.today,
                "age": young,
                "housebound": not row.remote and narrow.remote_only,
                "steps": not row.remote and narrow.step_free_required and row.step_free is False,
            }.items()
            if holds
        }
    assert seen == reasons

"""What is derived from an asset says it whole, and promises at least what judging gives."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from matching_world import NEEDS, random_asset, random_person

from geo.distance import straight_line_m
from geo.travel import DetourTravel
from service.matching.narrowing_bound import best_possible_score
from service.matching.parameters import MatchParameters
from service.matching.pool import Pool
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts
from service.referrals.promise import Promise
from service.register.candidates import CandidateRows
from service.register.derived_rows import candidate_rows_of
from service.register.documents import document_of, snapshot_of
from service.register.narrowing import ANY_NEED
from service.register.packing import Facts, unpacked
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import AssetRecord
from service.store.base import utc_now

PARAMETERS = MatchParameters()
FEW_NEEDS = NEEDS[:3]
seeds = st.integers(0, 10**9)
bounded = settings(max_examples=100, deadline=None)


def rows_of(asset: AssetSnapshot) -> CandidateRows:
    """One row for each place of the asset, under any need."""
    record = AssetRecord("code", asset, (), "", False, utc_now())
    packed = [row.facts for row in candidate_rows_of(record) if row.need == ANY_NEED]
    return CandidateRows(**unpacked(b"".join(packed)))


@bounded
@given(seeds)
def test_a_document_says_the_whole_asset(seed: int) -> None:
    asset = random_asset(random.Random(seed), 7, FEW_NEEDS)
    assert snapshot_of(document_of(asset)) == asset
    assert document_of(snapshot_of(document_of(asset))) == document_of(asset)


def test_facts_come_back_as_they_were_written() -> None:
    fractions = {"directness", "easting_m", "northing_m", "acceptance"}
    facts = Facts(
        **{name: at + (0.1 if name in fractions else -1) for at, name in enumerate(Facts._fields)}
    )
    back = unpacked(facts.packed() * 3)
    assert {name: array.tolist() for name, array in back.items()} == {
        name: [value] * 3 for name, value in facts._asdict().items()
    }
    assert len(unpacked(b"")["asset_id"]) == 0


def nearest_m(asset: AssetSnapshot, rows: CandidateRows, person: PersonFacts) -> float:
    home = person.home.point if person.home is not None else None
    points = [place.point for place in asset.places if place.point is not None]
    if not home or not points or not (rows.venue_id > 0).any():
        return float("nan")
    return min(straight_line_m(home, point) for point in points)


@bounded
@given(seeds)
def test_no_asset_scores_more_than_its_rows_promise(seed: int) -> None:
    rng = random.Random(seed)
    person, travel = random_person(rng), DetourTravel()
    wanted = [WantedNeed(need, 1.0) for need in FEW_NEEDS]
    promise = Promise.to(person, list(FEW_NEEDS), PARAMETERS)
    assets = [random_asset(rng, asset_id, FEW_NEEDS) for asset_id in range(40)]

    def beyond(straight_m: np.ndarray) -> np.ndarray:
        return np.array(
            [
                best_possible_score(each, wanted, person, travel, PARAMETERS)
                for each in straight_m.tolist()
            ]
        )

    for judged in Pool(wanted, assets, travel).judge(person, PARAMETERS):
        rows = rows_of(judged.asset)
        straight_m = np.full(len(rows), nearest_m(judged.asset, rows, person))
        if promise.surely_fails(rows, straight_m).any():
            assert judged.failed is not None, (person, judged.asset)
        bound = (
            judged.need
            * promise.access(rows, straight_m, beyond)
            * promise.reliability(rows)
            * promise.unknowns(rows)
            * (1 + 1e-9)
        )
        assert (judged.score <= bound).all(), (person, judged.asset, judged.score, bound)

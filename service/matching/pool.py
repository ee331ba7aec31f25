"""Many assets judged for one person: the part of matching that must be fast.

Whatever is the same for every asset is made once. Sentences are made later, for the few assets
that are shown.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from math import inf

from geo.travel import TravelModel
from service.matching.eligibility import Eligibility
from service.matching.fit import wishes_of
from service.matching.parameters import MatchParameters
from service.matching.reach import Journeys, PlaceToGo, places_to_go, ways_into
from service.matching.score import (
    Factors,
    fit_ratio,
    need_factor,
    reliability_factor,
    unknown_factor,
)
from service.matching.verdict import RuleId, Side, Verdict
from service.matching.wanted import WantedNeed, strongest
from service.matching.way import Way
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS


Outcome = tuple[Way, RuleId | None, int]
"""A way of taking part, the first of its rules that failed, and how many were unknown."""


@dataclass(slots=True)
class Judged:
    """One asset with its verdict, its score and the way of taking part that was chosen.

    `failed` is the first rule that failed, None for an asset that may be shown. One that failed
    has a score of 0 and its other factors are not worked out: no score can bring it back.
    `position` is the asset's place in its pool.
    """

    asset: AssetSnapshot
    position: int
    way: Way
    need: float
    failed: RuleId | None
    fit: float = 0.0
    reliability: float = 0.0
    unknown_rules: int = 0
    unknowns: float = 0.0
    score: float = 0.0

    @property
    def factors(self) -> Factors:
        """The five factors, whose product is exactly `score`."""
        return Factors(
            need=self.need,
            access=self.way.access_ratio,
            fit=self.fit,
            reliability=self.reliability,
            unknowns=self.unknowns,
        )

    @property
    def asset_id(self) -> int:
        """The asset's id."""
        return self.asset.asset_id

    @property
    def minutes(self) -> float | None:
        """Minutes from door to door by the chosen way; None when unknown."""
        return self.way.minutes

    @property
    def group_kind(self) -> str:
        """What sort of group it is."""
        return self.asset.group_kind

    @property
    def organisation(self) -> str:
        """Who runs it."""
        return self.asset.organisation


class Pool:
    """The assets that serve at least one wanted need, ready to be judged for a person.

    An asset that serves none is left out, and so is a second asset with the same id. Judging the
    same pool again for a person who differs in one thing asks the travel model nothing it has
    already answered.
    """

    def __init__(
        self,
        needs: Iterable[WantedNeed],
        assets: Iterable[AssetSnapshot],
        travel: TravelModel,
    ) -> None:
        self.wanted = strongest(needs)
        self.assets: list[AssetSnapshot] = []
        self.need_factors: list[float] = []
        seen: set[int] = set()
        places: list[PlaceToGo] = []
        self.ways_of: list[slice] = []
        for asset in assets:
            need = need_factor(asset, self.wanted)
            if need <= 0.0 or asset.asset_id in seen:
                continue
            seen.add(asset.asset_id)
            self.assets.append(asset)
            self.need_factors.append(need)
            begin = len(places)
            places += places_to_go(asset)
            self.ways_of.append(slice(begin, len(places)))
        self.journeys = Journeys(places, travel)

    def judge(self, person: PersonFacts, parameters: MatchParameters) -> list[Judged]:
        """Every asset of the pool judged for one person, in the order of the pool."""
        return self.bench(person, parameters).judge_all()

    def bench(self, person: PersonFacts, parameters: MatchParameters) -> Bench:
        """Everything about one person that judging needs, made once."""
        return Bench(self, person, parameters)


class Bench:
    """One person before the assets of a pool."""

    def __init__(self, pool: Pool, person: PersonFacts, parameters: MatchParameters) -> None:
        self.eligibility = Eligibility.of(person, pool.wanted, parameters)
        self.wishes = wishes_of(person, parameters)
        self._pool = pool
        self._person = person
        self._parameters = parameters
        self._ways = pool.journeys.ways(person, parameters)
        self._about_asset = [(rule.rule_id, rule.judge) for rule in self.eligibility.about_asset]

    def judge_all(self) -> list[Judged]:
        """Every asset of the pool, in the order of the pool."""
        return [self.judge(at) for at in range(len(self._pool.assets))]

    def first_unknown(self, judged: Judged, among: Container[RuleId]) -> RuleId | None:
        """The first of some rules that is unknown because the group has not said."""
        asset, way = judged.asset, judged.way
        findings = [
            *(rule.find(asset) for rule in self.eligibility.about_asset if rule.rule_id in among),
            *(
                rule.find(asset, way)
                for rule in self.eligibility.about_way
                if rule.rule_id in among
            ),
        ]
        return next((each.rule_id for each in findings if each.missing is Side.GROUP), None)

    def judge(self, at: int, answered: frozenset[RuleId] = frozenset()) -> Judged:
        """The asset at one position of the pool.

        `answered` names unknown rules to be taken as passed: "what if the group says yes".
        """
        asset = self._pool.assets[at]
        failed, unknown = None, 0
        for rule_id, judge in self._about_asset:
            verdict = judge(asset)
            if verdict is FAIL:
                failed = rule_id
                break
            if verdict is UNKNOWN and rule_id not in answered:
                unknown += 1
        ways = ways_into(asset, self._ways[self._pool.ways_of[at]])
        way, way_failed, way_unknown = best_way(asset, ways, self.eligibility, answered)
        need = self._pool.need_factors[at]
        failed = failed or way_failed
        if failed is not None:
            return Judged(asset, at, way, need, failed)
        fit = 1.0
        for wish in self.wishes:
            fit *= fit_ratio(wish.judge(asset, way), self._parameters)
        trust = reliability_factor(asset, self._person.today, self._parameters)
        unknown += way_unknown
        unknowns = unknown_factor(unknown, self._parameters)
        score = need * way.access_ratio * fit * trust * unknowns
        return Judged(asset, at, way, need, None, fit, trust, unknown, unknowns, score)


def best_way(
    asset: AssetSnapshot,
    ways: Sequence[Way],
    eligibility: Eligibility,
    answered: frozenset[RuleId] = frozenset(),
) -> Outcome:
    """The way of taking part to offer, the first of its rules that failed, and its unknowns.

    Passed before unknown before failed; then the highest access; then the fewest minutes; then
    the first listed. So a place that is known to suit comes before a nearer one that may not.
    """
    if len(ways) == 1:
        return _outcome(asset, ways[0], eligibility, answered)
    outcomes = [_outcome(asset, way, eligibility, answered) for way in ways]
    return max(outcomes, key=_preference)


def _outcome(
    asset: AssetSnapshot, way: Way, eligibility: Eligibility, answered: frozenset[RuleId]
) -> Outcome:
    unknown = 0
    for rule in eligibility.about_way:
        verdict = rule.judge(asset, way)
        if verdict is FAIL:
            return way, rule.rule_id, unknown
        if verdict is UNKNOWN and rule.rule_id not in answered:
            unknown += 1
    return way, None, unknown


def _preference(outcome: Outcome) -> tuple[Verdict, float, float]:
    way, failed, unknown = outcome
    verdict = FAIL if failed else (UNKNOWN if unknown else PASS)
    return verdict, way.access_ratio, -inf if way.minutes is None else -way.minutes

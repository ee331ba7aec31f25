"""The question that matching answers: which groups, for this person, in what order, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from heapq import nsmallest
from math import inf

from geo.travel import TravelModel
from seed_data import needs as need_list
from seed_data.needs import Taxonomy
from service.matching.errors import BadLimit
from service.matching.explain import NOT_USED, Explainer, Match, NearMiss, Reason
from service.matching.parameters import MatchParameters
from service.matching.pool import Judged, Pool
from service.matching.rank import Exposure, arranged, in_order, pool_size
from service.matching.verdict import Finding, RuleId, Side
from service.matching.wanted import WantedNeed
from service.matching.wording import about
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot


@dataclass(frozen=True, slots=True)
class MatchResult:
    """The answer to one match.

    Attributes
    ----------
    matches : tuple of Match
        In order, at most as many as were asked for.
    near_misses : tuple of NearMiss
        Excluded assets with the rule that failed: those most wanted and nearest first.
    considered, eligible : int
        How many assets serve a wanted need, and of how many of those no rule failed.
    parameters_version, taxonomy_version : str
        What the match was made with, so that it can still be explained later.
    judged_on : date
        The day the match is for.
    nothing_fits : Reason | None
        Why there is nothing to suggest: `no_needs`, `none_known` or `none_fits`; None when there
        is something. It says which excluded group is nearest, and why.
    floor : float
        The score above which an asset that was not judged could still have changed the answer;
        below every score while any asset could.
    not_used : str
        What played no part.
    """

    matches: tuple[Match, ...]
    near_misses: tuple[NearMiss, ...]
    considered: int
    eligible: int
    parameters_version: str
    taxonomy_version: str
    judged_on: date
    nothing_fits: Reason | None
    floor: float = -1.0
    not_used: str = NOT_USED

    @property
    def ask_person(self) -> tuple[Finding, ...]:
        """What only the person can settle, each rule once, in the order first met.

        The same gap in what is known of a person lowers every group alike; said beside each of
        them it would hide what differs.
        """
        asked: dict[RuleId, Finding] = {}
        for match in self.matches:
            for each in match.unknowns:
                if each.missing is Side.PERSON:
                    asked.setdefault(each.rule_id, each)
        return tuple(asked.values())


def match(
    needs: Sequence[WantedNeed],
    person: PersonFacts,
    assets: Iterable[AssetSnapshot],
    travel: TravelModel,
    parameters: MatchParameters,
    *,
    limit: int,
    taxonomy: Taxonomy | None = None,
    exposures: Mapping[int, Exposure] | None = None,
) -> MatchResult:
    """The best groups for one person, each with why, and the excluded ones with why not.

    Safety comes before this: the caller has settled any red flag. The same question has the same
    answer: there is no clock and no chance in it.

    Parameters
    ----------
    needs : sequence of WantedNeed
        A need given twice counts once, at its higher confidence. None at all gives an empty
        result that says so.
    assets : iterable of AssetSnapshot
        The candidates, in any order, which does not matter. A repeated asset id is judged once,
        as first met.
    limit : int
        How many matches to return, 0 or more.
    taxonomy : Taxonomy | None
        Kith's own when not given.
    exposures : mapping of asset id to Exposure
        What each asset has been shown so far; read only when `parameters.rotate` is on.

    Raises
    ------
    BadLimit
        If `limit` is negative.
    UnknownNeed
        If a need is not in the taxonomy.
    """
    return match_pool(
        Pool(needs, assets, travel),
        person,
        parameters,
        limit=limit,
        taxonomy=taxonomy,
        exposures=exposures,
    )


def match_pool(
    pool: Pool,
    person: PersonFacts,
    parameters: MatchParameters,
    *,
    limit: int,
    taxonomy: Taxonomy | None = None,
    exposures: Mapping[int, Exposure] | None = None,
) -> MatchResult:
    """As `match`, for a pool made before: to go on to `counterfactuals` without new journeys."""
    if limit < 0:
        raise BadLimit(f"A list cannot have {limit} groups. Ask for none or more.", limit=limit)
    taxonomy = taxonomy or need_list.load()
    for need in pool.wanted:
        taxonomy.need(need)
    bench = pool.bench(person, parameters)
    judged = bench.judge_all()
    eligible = [each for each in judged if each.failed is None]
    excluded = [each for each in judged if each.failed is not None]
    explainer = Explainer(
        person=person,
        wanted=pool.wanted,
        eligibility=bench.eligibility,
        wishes=bench.wishes,
        parameters=parameters,
        taxonomy=taxonomy,
    )
    order = in_order(eligible)
    pool_count = pool_size(limit, parameters)
    shown = arranged(order, limit, exposures or {}, parameters)[:limit]
    missed = nsmallest(parameters.near_misses, excluded, key=_most_wanted)
    return MatchResult(
        matches=tuple(explainer.match(each, rank) for rank, each in enumerate(shown, start=1)),
        near_misses=tuple(explainer.near_miss(each) for each in missed),
        considered=len(judged),
        eligible=len(eligible),
        parameters_version=parameters.version,
        taxonomy_version=taxonomy.version,
        judged_on=person.today,
        nothing_fits=None if eligible else _nothing_fits(pool, excluded, explainer),
        floor=order[pool_count - 1].score if 0 < pool_count <= len(order) else -1.0,
    )


def _most_wanted(judged: Judged) -> tuple[float, float, int]:
    """Near misses: those that would help most and are nearest first, as if nothing had failed."""
    minutes = judged.minutes
    worth = judged.need * judged.way.access_ratio
    return -worth, inf if minutes is None else minutes, judged.asset_id


def _nearest(judged: Judged) -> tuple[float, int]:
    return inf if judged.minutes is None else judged.minutes, judged.asset_id


def _nothing_fits(pool: Pool, excluded: Sequence[Judged], explainer: Explainer) -> Reason:
    if not pool.wanted:
        return Reason("no_needs", "No need was named. Say what would help, and look again.")
    if not excluded:
        return Reason("none_known", "We know of no group that helps with this.")
    nearest = min(excluded, key=_nearest)
    miss = explainer.near_miss(nearest)
    far = "" if not nearest.minutes else f", {about(nearest.minutes)} away"
    return Reason(
        "none_fits",
        f"No suitable group is within reach. The nearest is {nearest.asset.name}{far}. "
        f"{miss.sentence}",
    )

"""Finding the best groups for somebody without reading the whole register.

SQL narrows, geo measures, matching ranks. The search grows outwards from the person's home; of
what it finds, assets are read and judged in the order of the best score each could possibly have,
until nothing unread and nothing farther away could still be among the best. The answer is the one
that judging every asset would give.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from math import inf
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from geo.distance import straight_lines_m
from geo.point import GridPoint
from geo.travel import TravelModel
from service.matching.match import MatchResult, match
from service.matching.narrowing_bound import best_possible_score
from service.matching.parameters import MatchParameters
from service.matching.pool import Pool
from service.matching.rank import Exposure, pool_size
from service.matching.score import room_ratio
from service.matching.wanted import WantedNeed, strongest
from service.people.facts import PersonFacts
from service.referrals.promise import ROUNDING, Promise
from service.referrals.shown import exposures
from service.register.candidates import (
    GROWTH_M,
    MAX_M,
    CandidateRows,
    candidates,
    joined,
    remote_candidates,
)
from service.register.documents import judged_assets
from service.register.narrowing import PLACE_KNOWN
from service.register.remote_rows import version_of
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import Capacity

SPARE: Final = 6
"""Assets read at a time beyond those still missing from the best: some of them will not suit.
Measured on 300,000 synthetic assets, where the best score an asset could have is mostly the score
it has."""

_STEPS: Final = 12
"""Distances are bounded in steps, each a twelfth longer than the last: one taken at the near end
of a step is never low."""

_NEAR_M: Final = 50.0
"""How far the steps of the first few are counted from nothing."""

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Found: TypeAlias = tuple[WantedNeed, CandidateRows]


@dataclass(slots=True)
class _Search:
    """What one search knows so far.

    `waiting` are the assets not read yet, the most promising first, and `bound` what each could
    score at most; `excluded` are those that surely fail, with the metres to them.
    """

    session: Session
    needs: Sequence[WantedNeed]
    person: PersonFacts
    travel: TravelModel
    parameters: MatchParameters
    limit: int
    home: GridPoint | None
    promise: Promise
    seen: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    waiting: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    bound: Floats = field(default_factory=lambda: np.zeros(0))
    excluded: list[tuple[float, int]] = field(default_factory=list)
    read: dict[int, AssetSnapshot] = field(default_factory=dict)
    failed: list[int] = field(default_factory=list)
    eligible: list[tuple[float, int]] = field(default_factory=list)

    def add(self, found: Sequence[Found], complete_m: float) -> None:
        """Take in rows: each asset once, with the best it could score.

        Every place within `complete_m` is now among the rows; another may lie just beyond.
        """
        wanted = [(want, rows) for want, rows in found if len(rows)]
        if not wanted:
            return
        rows = joined([rows for _, rows in wanted])
        assets, first, of = np.unique(rows.asset_id, return_index=True, return_inverse=True)
        new = ~np.isin(assets, self.seen) if len(self.seen) else np.ones(len(assets), np.bool_)
        facts = rows.where(first)
        straight_m = self._nearest(rows, facts, of, complete_m)
        bound = (
            _need_bound(wanted, rows, of, len(assets))
            * self.promise.access(facts, straight_m, self._best_access)
            * self.promise.reliability(facts)
            * self.promise.unknowns(facts)
            * (1.0 + ROUNDING)
        )
        dropped = self.promise.surely_fails(facts, straight_m)
        out, kept = new & dropped, new & ~dropped & (bound > 0.0)
        self._leave_out(np.nan_to_num(straight_m[out]), assets[out])
        self.seen = np.concatenate([self.seen, assets[new]])
        self.waiting = np.concatenate([self.waiting, assets[kept]])
        self.bound = np.concatenate([self.bound, bound[kept]])
        order = np.argsort(-self.bound, kind="stable")
        self.waiting, self.bound = self.waiting[order], self.bound[order]

    def _leave_out(self, straight_m: Floats, assets: Ints) -> None:
        """Remember the nearest of those that surely fail: they are read to be explained."""
        nearest = np.lexsort((assets, straight_m))[: self.parameters.near_misses]
        found = zip(straight_m[nearest].tolist(), assets[nearest].tolist(), strict=True)
        self.excluded = sorted([*self.excluded, *found])[: self.parameters.near_misses]

    def settle(self) -> float:
        """Judge the most promising assets until no unread one could be among the best.

        Returns the score that anything farther away must reach to be among them.
        """
        unread = [asset for _, asset in self.excluded if asset not in self.read]
        while True:
            worst = self._worst_kept()
            beaten = self._is_beaten(worst)
            if beaten and not unread:
                return -1.0 if worst == inf else worst
            count = 0 if beaten else self._missing() + SPARE
            batch, self.waiting = self.waiting[:count], self.waiting[count:]
            self.bound = self.bound[count:]
            self._judge([*unread, *batch.tolist()])
            unread = []

    def _is_beaten(self, score: float) -> bool:
        """Whether no unread asset could reach this score."""
        return not len(self.bound) or score > self.bound[0]

    def _missing(self) -> int:
        """How many more variety and turns may choose from."""
        return max(pool_size(self.limit, self.parameters) - len(self.eligible), 0)

    def _worst_kept(self) -> float:
        """The last score that variety and turns may choose from; below all while there is room."""
        count = pool_size(self.limit, self.parameters)
        if count < 1:
            return inf
        return -1.0 if len(self.eligible) < count else -self.eligible[count - 1][0]

    def _judge(self, assets: list[int]) -> None:
        if not assets:
            return
        read = judged_assets(self.session, assets)
        self.read.update(read)
        pool = Pool(self.needs, read.values(), self.travel)
        for each in pool.judge(self.person, self.parameters):
            if each.failed is None:
                insort(self.eligible, (-each.score, each.asset_id))
            else:
                self.failed.append(each.asset_id)

    def result(self) -> MatchResult:
        """The answer from all that was read."""
        # Only the best, and ties with the last of them, decide: others need no second judging.
        worst = self._worst_kept()
        shown = [asset for score, asset in self.eligible if -score >= worst]
        result = match(
            self.needs,
            self.person,
            [self.read[asset] for asset in (*shown, *self.failed)],
            self.travel,
            self.parameters,
            limit=self.limit,
            exposures=self._exposures(shown),
        )
        judged = len(self.eligible) + len(self.failed)
        return replace(result, considered=judged, eligible=len(self.eligible))

    def _exposures(self, shown: Sequence[int]) -> dict[int, Exposure]:
        """What these have been shown before today: for taking turns."""
        if not self.parameters.rotate:
            return {}
        return exposures(self.session, shown, before=self.person.today)

    def _nearest(
        self,
        rows: CandidateRows,
        facts: CandidateRows,
        of: npt.NDArray[np.intp],
        complete_m: float,
    ) -> Floats:
        """Metres below which no place of each asset is; NaN where it has no place to go to."""
        nearest = np.full(len(facts), np.nan)
        if self.home is None:
            return nearest
        metres = straight_lines_m(self.home, rows.easting_m, rows.northing_m)
        np.fmin.at(nearest, of, metres)
        # What has a row without a place may have a place beyond what was looked through.
        elsewhere = (facts.said & PLACE_KNOWN) > 0
        nearest[elsewhere & np.isnan(nearest)] = complete_m
        return np.asarray(np.minimum(nearest, complete_m))

    def _best_access(self, straight_m: Floats) -> Floats:
        """The best access of anything at least so many metres away."""
        steps = np.log1p(straight_m / _NEAR_M) * _STEPS
        levels, of = np.unique(steps.astype(np.int64), return_inverse=True)
        nearest_m = np.expm1(levels / _STEPS) * _NEAR_M * (1.0 - ROUNDING)
        best = np.array([self._best_beyond(each) for each in nearest_m.tolist()])
        return np.asarray(best[of]) if len(best) else np.zeros(0)

    def _best_beyond(self, straight_m: float) -> float:
        """The best access alone: sure of every need, and the best room taken out again."""
        sure = [WantedNeed(want.need, 1.0) for want in self.needs]
        best = best_possible_score(straight_m, sure, self.person, self.travel, self.parameters)
        room = max(room_ratio(each, self.parameters) for each in Capacity)
        return best / room if room > 0 else best

    def best_farther(self, straight_m: float) -> float:
        """The best score of anything beyond `straight_m`."""
        return best_possible_score(
            straight_m, self.needs, self.person, self.travel, self.parameters
        )


def find(
    session: Session,
    *,
    needs: Sequence[WantedNeed],
    person: PersonFacts,
    travel: TravelModel,
    parameters: MatchParameters,
    limit: int,
) -> MatchResult:
    """The best `limit` assets for a person, as if every asset of the register had been judged.

    Parameters
    ----------
    session : Session
        Reads the register.
    needs : sequence of WantedNeed
        What to serve.
    person : PersonFacts
        For whom. Without a home only what comes to the person, and what has no known place, is
        found: nothing can be near to nowhere.
    limit : int
        How many matches at most.

    Returns
    -------
    MatchResult
        Matches in order, and the nearest assets that were excluded, each with the rule.
    """
    wanted = list(strongest(needs).values())
    home = None if person.home is None else person.home.point
    promise = Promise.to(person, [want.need for want in wanted], parameters)
    search = _Search(session, wanted, person, travel, parameters, limit, home, promise)
    at = person.whereabouts
    version = version_of(session)
    found = [
        (want, remote_candidates(session, need=want.need, at=at, version=version))
        for want in wanted
    ]
    if home is None:
        search.add(found, 0.0)
        search.settle()
        return search.result()
    inner_m = 0.0
    for outer_m in (*GROWTH_M, MAX_M):
        found += [(want, _ring(session, want, home, outer_m, inner_m)) for want in wanted]
        search.add(found, outer_m)
        if search.settle() > search.best_farther(outer_m):
            break
        inner_m, found = outer_m, []
    return search.result()


def _ring(
    session: Session, want: WantedNeed, home: GridPoint, outer_m: float, inner_m: float
) -> CandidateRows:
    return candidates(session, need=want.need, centre=home, outer_m=outer_m, inner_m=inner_m)


def _need_bound(
    wanted: Sequence[Found], rows: CandidateRows, of: npt.NDArray[np.intp], count: int
) -> Floats:
    """1 - the product of (1 - confidence x directness), each need of an asset counted once."""
    confidence = {want.need: want.confidence for want, _ in wanted}
    sources = np.concatenate([np.full(len(each), at) for at, (_, each) in enumerate(wanted)])
    missed = np.ones(count)
    for need, sure in confidence.items():
        these = [at for at, (want, _) in enumerate(wanted) if want.need == need]
        rows_of_need = np.flatnonzero(np.isin(sources, these))
        assets, first = np.unique(of[rows_of_need], return_index=True)
        missed[assets] *= 1.0 - sure * rows.directness[rows_of_need[first]]
    return 1.0 - missed

"""Assets that may be among the best and were not judged yet, the most promising first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from geo.distance import straight_lines_m
from geo.point import GridPoint
from geo.travel import TravelModel
from service.matching.narrowing_bound import best_possible_score
from service.matching.parameters import MatchParameters
from service.matching.score import room_ratio
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts
from service.referrals.promise import ROUNDING, Promise
from service.register.candidates import CandidateRows, joined
from service.register.narrowing import PLACE_KNOWN
from service.register.vocabulary import Capacity

_STEPS: Final = 12
"""Distances are bounded in steps, each a twelfth longer than the last: one taken at the near end
of a step is never low."""

_NEAR_M: Final = 50.0
"""How far the steps of the first few are counted from nothing."""

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
_Found: TypeAlias = tuple[WantedNeed, CandidateRows]


@dataclass(frozen=True, slots=True)
class Question:
    """For whom to look, by which parameters, and how many are wanted at most."""

    person: PersonFacts
    parameters: MatchParameters
    limit: int


@dataclass(slots=True)
class Waiting:
    """What one search has found and not judged.

    Attributes
    ----------
    needs : sequence of WantedNeed
        Each once, in the order of the rows.
    home : GridPoint or None
        From where distances are.
    assets, bound : ndarray
        The most promising first, and what each could score at most.
    excluded : list of (float, int)
        The nearest of those that surely fail, with the metres to them.
    """

    needs: Sequence[WantedNeed]
    question: Question
    travel: TravelModel
    home: GridPoint | None
    promise: Promise = field(init=False)
    seen: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    assets: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    bound: Floats = field(default_factory=lambda: np.zeros(0))
    excluded: list[tuple[float, int]] = field(default_factory=list)

    def __post_init__(self) -> None:
        codes = [want.need for want in self.needs]
        self.promise = Promise.to(self.question.person, codes, self.question.parameters)

    def add(self, found: Sequence[CandidateRows], complete_m: float) -> None:
        """Take in rows of each need in turn: each asset once, with the best it could score.

        Every place within `complete_m` is now among the rows; another may lie just beyond.
        """
        wanted = [(want, rows) for want, rows in zip(self.needs, found, strict=True) if len(rows)]
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
        self.assets = np.concatenate([self.assets, assets[kept]])
        self.bound = np.concatenate([self.bound, bound[kept]])
        order = np.argsort(-self.bound, kind="stable")
        self.assets, self.bound = self.assets[order], self.bound[order]

    def _leave_out(self, straight_m: Floats, assets: Ints) -> None:
        """Remember the nearest of those that surely fail: they are read to be explained."""
        nearest = np.lexsort((assets, straight_m))[: self.question.parameters.near_misses]
        found = zip(straight_m[nearest].tolist(), assets[nearest].tolist(), strict=True)
        self.excluded = sorted([*self.excluded, *found])[: self.question.parameters.near_misses]

    def take(self, count: int) -> dict[int, float]:
        """Let the first so many go, to be judged; each with its bound."""
        taken = dict(zip(self.assets[:count].tolist(), self.bound[:count].tolist(), strict=True))
        self.assets, self.bound = self.assets[count:], self.bound[count:]
        return taken

    def best_farther(self, straight_m: float) -> float:
        """The best score of anything beyond `straight_m`."""
        return best_possible_score(
            straight_m, self.needs, self.question.person, self.travel, self.question.parameters
        )

    def _nearest(
        self,
        rows: CandidateRows,
        facts: CandidateRows,
        of: npt.NDArray[np.intp],
        complete_m: float,
    ) -> Floats:
        """Metres below which no place of each asset is; NaN where it has no place to go to."""
        nearest = np.full(len(facts), np.nan)
        home = self.home
        if home is None:
            return nearest
        metres = straight_lines_m(home, rows.easting_m, rows.northing_m)
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
        best = best_possible_score(
            straight_m, sure, self.question.person, self.travel, self.question.parameters
        )
        room = max(room_ratio(each, self.question.parameters) for each in Capacity)
        return best / room if room > 0 else best


def _need_bound(
    wanted: Sequence[_Found], rows: CandidateRows, of: npt.NDArray[np.intp], count: int
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

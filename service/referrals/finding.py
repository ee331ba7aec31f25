"""Finding the best groups for somebody without reading the whole register.

SQL narrows, geo measures, matching ranks. The search grows outwards from the person's home; of
what it finds, assets are read and judged in the order of the best score each could possibly have,
until nothing unread and nothing farther away could still be among the best. The answer is the one
that judging every asset would give.

A search says what it wants read and is told when it has been: searches that differ in one thing
read together (`find_each`), and none looks farther, or reads, before what it knows cannot do.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import inf, sqrt
from typing import Final

import numpy as np
from sqlalchemy.orm import Session

from geo.travel import TravelModel
from service.matching.match import MatchResult, match
from service.matching.parameters import MatchParameters
from service.matching.pool import Pool
from service.matching.rank import pool_size
from service.matching.wanted import WantedNeed, strongest
from service.people.facts import PersonFacts
from service.referrals.gathered import Gathered
from service.referrals.waiting import Question, Waiting
from service.register.candidates import MAX_M
from service.register.snapshot import AssetSnapshot

SPARE: Final = 6
"""Assets read at a time beyond those still missing from the best: some of them will not suit.
Measured on 300,000 synthetic assets, where the best score an asset could have is mostly the score
it has."""

MOST: Final = 6
"""How many times as many as may be chosen from are read at once, however many could be needed."""

_MORE_OF: Final = 6
"""Of many missing, a sixth more are read at a time, in place of `SPARE`."""

_RINGS: Final = 2
"""Rings that are chosen to be enough; the one after them is everything within reach."""

_AMPLE: Final = 2.0
"""How many times as many as are missing a ring should hold, were there as many everywhere."""

_STEP_OUT: Final = 1.5
"""How much farther a ring reaches at the least."""


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a search cannot go on without: to know all within so many metres, or some assets."""

    outer_m: float = 0.0
    assets: tuple[int, ...] = ()


@dataclass(slots=True)
class _Search:
    """What one search knows so far.

    `batch` is to be judged when it has been read. `promised` is the bound of each asset that was,
    and `kept` how much of it those that suit turned out to score.
    """

    gathered: Gathered
    needs: Sequence[WantedNeed]
    question: Question
    travel: TravelModel
    waiting: Waiting
    taken: int = 0
    batch: list[int] = field(default_factory=list)
    promised: dict[int, float] = field(default_factory=dict)
    kept: list[float] = field(default_factory=list)
    judged: set[int] = field(default_factory=set)
    failed: list[int] = field(default_factory=list)
    eligible: list[tuple[float, int]] = field(default_factory=list)

    @property
    def person(self) -> PersonFacts:
        """For whom it looks."""
        return self.question.person

    @property
    def parameters(self) -> MatchParameters:
        """The parameters it looks by."""
        return self.question.parameters

    @property
    def count(self) -> int:
        """How many of the best variety and turns may choose from."""
        return pool_size(self.question.limit, self.parameters)

    def wish(self) -> _Wish | None:
        """Go on with what is there; what must be read to go farther, None when all is settled."""
        gathered = self.gathered
        self._judge()
        while True:
            self._take_in()
            if not gathered.is_whole and (outer_m := self._must_reach()):
                return _Wish(outer_m=outer_m)
            self.batch = self._next()
            if not self.batch:
                return None
            if any(each not in gathered.assets for each in self.batch):
                return _Wish(assets=tuple(self.batch))
            self._judge()

    def _take_in(self) -> None:
        """Take in the rings that were read since."""
        for ring in self.gathered.rings[self.taken :]:
            self.waiting.add(ring.rows, ring.complete_m)
        self.taken = len(self.gathered.rings)

    def _must_reach(self) -> float:
        """How far to look before it is worth reading any asset; 0 when there is no need.

        No score is above its bound. While something farther away could still beat the last of the
        best bounds, no judging could say that it does not.
        """
        count, here_m = self.count, self.gathered.complete_m
        if not self._missing():
            # What is judged is enough to choose from: far enough for it is far enough for good.
            worst = self._worst_kept()
            return 0.0 if worst > self.waiting.best_farther(here_m) else self._reach(worst)
        known = np.concatenate([self.waiting.bound, [-score for score, _ in self.eligible]])
        best = np.sort(known)[::-1]
        if len(best) >= count and best[count - 1] > self.waiting.best_farther(here_m):
            return 0.0
        if len(self.gathered.rings) >= _RINGS or not len(best):
            return MAX_M
        if len(best) < count:
            return here_m * max(_STEP_OUT, sqrt(_AMPLE * count / len(best)))
        return self._reach(float(best[min(count + SPARE, len(best)) - 1]))

    def _reach(self, score: float) -> float:
        """A distance from which nothing has this score, half as far again as known at the least."""
        outer_m = self.gathered.complete_m * _STEP_OUT
        while outer_m < MAX_M and self.waiting.best_farther(outer_m) >= score:
            outer_m *= _STEP_OUT
        # A last ring much thinner than the one before is not worth a statement of its own.
        return MAX_M if outer_m * _STEP_OUT > MAX_M else outer_m

    def _next(self) -> list[int]:
        """The assets to judge next: none when no unjudged one could be among the best."""
        near_misses = [asset for _, asset in self.waiting.excluded if asset not in self.judged]
        worst, missing = self._worst_kept(), self._missing()
        if self._is_beaten(worst):
            return near_misses
        taken = self.waiting.take(self._enough(missing) if missing else self._promising(worst))
        self.promised |= taken
        return [*near_misses, *taken]

    def _enough(self, missing: int) -> int:
        """How many to read for so many that suit, when no more suit than of those judged so far."""
        suit = len(self.eligible) / len(self.promised) if self.eligible else 1.0
        count = missing + max(SPARE, missing // _MORE_OF)
        return min(int(count / suit), MOST * self.count)

    def _promising(self, worst: float) -> int:
        """How many of those waiting are likely to be needed: `SPARE` and more that could be kept.

        Each is expected to score as much of its bound as those that were judged did. Then nothing
        whose bound is below the score expected of the last of the best need be read.
        """
        bound = self.waiting.bound
        scores = [-score for score, _ in self.eligible]
        expected = np.sort(np.concatenate([scores, bound * np.median(self.kept)]))[::-1]
        needed = int((bound >= max(worst, expected[self.count - 1])).sum())
        return min(max(needed, self.count // _MORE_OF, SPARE), MOST * self.count)

    def _is_beaten(self, score: float) -> bool:
        """Whether no unread asset could reach this score."""
        bound = self.waiting.bound
        return not len(bound) or score > bound[0]

    def _missing(self) -> int:
        """How many more variety and turns may choose from."""
        return max(self.count - len(self.eligible), 0)

    def _worst_kept(self) -> float:
        """The last score that variety and turns may choose from; below all while there is room."""
        if self.count < 1:
            return inf
        return -1.0 if len(self.eligible) < self.count else -self.eligible[self.count - 1][0]

    def _judge(self) -> None:
        """Judge the batch, which has been read."""
        if not self.batch:
            return
        self.judged.update(self.batch)
        pool = Pool(self.needs, self._assets(self.batch), self.travel)
        self.batch = []
        for each in pool.judge(self.person, self.parameters):
            if each.failed is None:
                insort(self.eligible, (-each.score, each.asset_id))
                self.kept.append(each.score / self.promised.get(each.asset_id, 1.0))
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
            self._assets([*shown, *self.failed]),
            self.travel,
            self.parameters,
            limit=self.question.limit,
            exposures=self.gathered.exposures if self.parameters.rotate else {},
        )
        judged = len(self.eligible) + len(self.failed)
        return replace(result, considered=judged, eligible=len(self.eligible))

    def _assets(self, asset_ids: Iterable[int]) -> list[AssetSnapshot]:
        """Those that are still there."""
        read = (self.gathered.assets[each] for each in asset_ids)
        return [each for each in read if each is not None]


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
    question = Question(person, parameters, limit)
    return find_each(session, needs=needs, questions=[question], travel=travel)[0][0]


def find_each(
    session: Session,
    *,
    needs: Sequence[WantedNeed],
    questions: Sequence[Question],
    travel: TravelModel,
    gathered: Gathered | None = None,
) -> tuple[list[MatchResult], Gathered]:
    """As `find` for each of several questions, which read together whatever any of them needs.

    Parameters
    ----------
    questions : sequence of Question
        At least one, each about the same person: what differs is no part of where they live.
    gathered : Gathered, optional
        What has been read already in this transaction for the same needs and the same home.

    Returns
    -------
    list of MatchResult
        In the order of the questions.
    Gathered
        All that was read for them.

    Notes
    -----
    Two statements when the first ring settles it: its rows, and the assets read from them. Each
    ring more is one more, and so is each further batch of assets.
    """
    wanted = list(strongest(needs).values())
    codes = [want.need for want in wanted]
    if gathered is None:
        enough = max(pool_size(each.limit, each.parameters) for each in questions)
        gathered = Gathered.near(session, codes, questions[0].person, enough=enough)
    searches = [
        _Search(gathered, wanted, each, travel, Waiting(wanted, each, travel, gathered.home))
        for each in questions
    ]
    while wishes := [wish for each in searches if (wish := each.wish()) is not None]:
        gathered.grow(session, max(each.outer_m for each in wishes))
        gathered.read(session, [asset for each in wishes for asset in each.assets])
    return [each.result() for each in searches], gathered

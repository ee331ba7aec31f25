"""Finding the best groups for somebody without reading the whole register.

SQL narrows, geo measures, matching ranks. The search grows outwards from the person's home; of
what it finds, assets are read and judged in the order of the best score each could possibly have,
until nothing unread and nothing farther away could still be among the best. The answer is the one
that judging every asset would give.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt
from sqlalchemy.orm import Session

from geo.distance import straight_lines_m
from geo.point import GridPoint
from geo.travel import TravelModel
from service.matching.hard_filter import HardFilter, hard_filter
from service.matching.match import MatchResult, match
from service.matching.narrowing_bound import best_possible_score
from service.matching.parameters import MatchParameters
from service.matching.score import room_ratio
from service.matching.wanted import WantedNeed, strongest
from service.people.facts import PersonFacts
from service.register.candidates import (
    GROWTH_M,
    MAX_M,
    CandidateRows,
    candidates,
    joined,
    remote_candidates,
)
from service.register.narrowing import CAPACITY_CODES, DELIVERY_BITS, OPEN_TO_CODES, UNKNOWN
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import snapshots
from service.register.vocabulary import Capacity, Delivery

BATCH = 60
"""Assets read and judged at a time: few enough to stop early, many enough that two batches are
rare. Measured on 300,000 synthetic assets."""

_STEP_M = 100.0
"""Distances are bounded in steps of this; a bound taken at the near end of a step is never low."""

_EPOCH: Final = date(1970, 1, 1)

Floats: TypeAlias = npt.NDArray[np.float64]


@dataclass(slots=True)
class _Search:
    """What one search knows so far. `bound` and `straight_m` are by asset, aligned with `ids`."""

    session: Session
    needs: Sequence[WantedNeed]
    person: PersonFacts
    travel: TravelModel
    parameters: MatchParameters
    limit: int
    home: GridPoint | None
    seen: set[int] = field(default_factory=set)
    waiting: list[tuple[float, int]] = field(default_factory=list)
    excluded: list[tuple[float, int]] = field(default_factory=list)
    read: dict[int, AssetSnapshot] = field(default_factory=dict)

    def add(self, rings: list[tuple[WantedNeed, CandidateRows]]) -> None:
        """Take in the rows of a ring: each asset once, with the best it could reach."""
        wanted = [(want, rows) for want, rows in rings if len(rows)]
        if not wanted:
            return
        rows = joined([rows for _, rows in wanted])
        confidence = np.concatenate([np.full(len(rows), want.confidence) for want, rows in wanted])
        number = np.concatenate([np.full(len(rows), at) for at, (_, rows) in enumerate(wanted)])
        assets, first, of = np.unique(rows.asset_id, return_index=True, return_inverse=True)
        straight_m = self._nearest(rows, of, len(assets))
        bound = (
            _need_bound(rows, confidence, number, of, len(assets))
            * np.where(_may_be_remote(rows)[first], 1.0, self._access_bound(straight_m))
            * self._reliability(rows)[first]
        )
        dropped = _surely_fails(rows, hard_filter(self.person))[first]
        for place, asset in enumerate(assets.tolist()):
            if asset in self.seen:
                continue
            self.seen.add(asset)
            if dropped[place]:
                self.excluded.append((float(straight_m[place]), asset))
            else:
                self.waiting.append((-float(bound[place]), asset))
        self.waiting.sort()
        self.excluded.sort()

    def settle(self) -> MatchResult:
        """Judge the most promising assets until no unread one could be among the best."""
        nearest = [asset for _, asset in self.excluded[: self.parameters.near_misses]]
        self._read([asset for asset in nearest if asset not in self.read])
        while True:
            batch, self.waiting = self.waiting[:BATCH], self.waiting[BATCH:]
            self._read([asset for _, asset in batch])
            result = match(
                self.needs,
                self.person,
                list(self.read.values()),
                self.travel,
                self.parameters,
                limit=self.limit,
            )
            if not self.waiting or worst_shown(result, self.limit) > -self.waiting[0][0]:
                return result

    def _read(self, assets: list[int]) -> None:
        if assets:
            self.read.update(snapshots(self.session, assets))

    def _nearest(self, rows: CandidateRows, of: npt.NDArray[np.intp], count: int) -> Floats:
        """Metres to the nearest place of each asset; 0 where there is none to go to."""
        nearest = np.full(count, np.inf)
        if self.home is not None:
            metres = straight_lines_m(self.home, rows.easting_m, rows.northing_m)
            np.minimum.at(nearest, of, np.where(np.isnan(metres), 0.0, metres))
        return np.where(np.isinf(nearest), 0.0, nearest)

    def _access_bound(self, straight_m: Floats) -> Floats:
        """The best access anything at that distance can have, relative to the best need."""
        if self.home is None or not len(straight_m):
            return np.ones(len(straight_m))
        steps = (straight_m // _STEP_M).astype(int)
        distances, of = np.unique(steps, return_inverse=True)
        best = np.array([self._best_beyond(step * _STEP_M) for step in distances.tolist()])
        return best[of]

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

    def _reliability(self, rows: CandidateRows) -> Floats:
        """Freshness x acceptance x room, as `score.reliability` gives them, for every row."""
        parameters = self.parameters
        today = (self.person.today - _EPOCH).days
        age = np.where(
            rows.assured_day == UNKNOWN,
            parameters.never_checked_days,
            np.maximum(today - rows.assured_day, 0),
        )
        room = {code: room_ratio(capacity, parameters) for capacity, code in CAPACITY_CODES.items()}
        rooms = np.array([room[code] for code in rows.capacity.tolist()])
        # A hair above, for rounding: the bound must not be below the score it bounds.
        return np.asarray(
            0.5 ** (age / parameters.fresh_half_life_days)
            * np.minimum(rows.acceptance, 1.0)
            * rooms
            * (1 + 1e-9)
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
    search = _Search(session, wanted, person, travel, parameters, limit, home)
    search.add([(want, remote_candidates(session, need=want.need)) for want in wanted])
    if home is None:
        return search.settle()
    inner_m = 0.0
    result = None
    for outer_m in (*GROWTH_M, MAX_M):
        search.add(
            [
                (
                    want,
                    candidates(
                        session, need=want.need, centre=home, outer_m=outer_m, inner_m=inner_m
                    ),
                )
                for want in wanted
            ]
        )
        result = search.settle()
        if worst_shown(result, limit) > search.best_farther(outer_m):
            break
        inner_m = outer_m
    return result if result is not None else search.settle()


def worst_shown(result: MatchResult, limit: int) -> float:
    """The score that another asset would have to beat; below every score while there is room."""
    if len(result.matches) < limit:
        return -1.0
    return min(each.score for each in result.matches)


def _need_bound(
    rows: CandidateRows,
    confidence: Floats,
    number: npt.NDArray[np.int_],
    of: npt.NDArray[np.intp],
    count: int,
) -> Floats:
    """1 - the product of (1 - confidence x directness), each need of an asset counted once."""
    missed = np.ones(count)
    for need in np.unique(number):
        rows_of_need = np.flatnonzero(number == need)
        assets, first = np.unique(of[rows_of_need], return_index=True)
        kept = rows_of_need[first]
        missed[assets] *= 1.0 - confidence[kept] * rows.directness[kept]
    return 1.0 - missed


def _surely_fails(rows: CandidateRows, hard: HardFilter) -> npt.NDArray[np.bool_]:
    """Rows that the hard filter drops, of the rules whose columns are the asset's own.

    Steps are left to judging: they belong to a place, and a ring may not hold all of them.
    """
    closed = (rows.closes_day != UNKNOWN) & (rows.closes_day < (hard.today - _EPOCH).days)
    full = rows.capacity == CAPACITY_CODES[Capacity.FULL]
    fails = closed | full
    if hard.excluded_open_to:
        codes = [OPEN_TO_CODES[each] for each in hard.excluded_open_to]
        fails = fails | np.isin(rows.open_to, codes)
    if hard.age is not None:
        too_young = (rows.min_age != UNKNOWN) & (rows.min_age > hard.age)
        too_old = (rows.max_age != UNKNOWN) & (rows.max_age < hard.age)
        fails = fails | too_young | too_old
    if hard.remote_only:
        fails = fails | ~_may_be_remote(rows)
    return np.asarray(fails)


def _may_be_remote(rows: CandidateRows) -> npt.NDArray[np.bool_]:
    """Whether somebody might take part without going there, or nobody has said how."""
    return np.asarray(rows.deliveries != DELIVERY_BITS[Delivery.IN_PERSON])

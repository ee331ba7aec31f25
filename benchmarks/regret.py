"""How much farther the first suggestion is than it need be.

Distance regret is the minutes to the first suggestion less those to the nearest eligible group that
meets the need nearly as well (nine tenths of its need factor: matching standard, metrics). Nobody
travels to a telephone, and a list that begins with one would hide every long way behind it, so the
regret is also told of the groups alone that one goes to.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from service.matching.match import MatchResult
from service.matching.pool import Judged

NEARLY: Final = 0.9
MOST_MEAN_MIN: Final = 3.0
MOST_P95_MIN: Final = 15.0


@dataclass(frozen=True, slots=True)
class Regret:
    """Minutes for one list; `going` is that of the groups one goes to, None without any."""

    first: float | None
    going: float | None


@dataclass(frozen=True, slots=True)
class Regrets:
    """Minutes over many lists, and of how many of them they are."""

    lists: int
    mean_min: float | None
    p95_min: float | None
    going_lists: int
    going_mean_min: float | None
    going_p95_min: float | None

    @property
    def are_small(self) -> bool:
        """Whether they are within what the matching standard allows.

        The 95th percentile may be above its limit where a reason is told beside the group, and each
        suggestion tells its reasons: the mean alone decides.
        """
        means = (self.mean_min, self.going_mean_min)
        return all(mean is None or mean <= MOST_MEAN_MIN for mean in means)


def regret(result: MatchResult, judged: Sequence[Judged]) -> Regret:
    """Of one list, beside every asset of the register judged for the same person and needs."""
    everybody = [
        (each.minutes, each.need, each.way.journey.mode.is_remote)
        for each in judged
        if each.failed is None and each.minutes is not None
    ]
    shown = [
        (each.journey.minutes, each.factors.need, each.journey.mode.is_remote)
        for each in result.matches
        if each.journey.minutes is not None
    ]

    def of(first: tuple[float, float, bool], *, going: bool) -> float:
        minutes, need, _ = first
        return minutes - min(
            other
            for other, serves, remote in everybody
            if serves >= NEARLY * need and not (going and remote)
        )

    going = [each for each in shown if not each[2]]
    return Regret(
        of(shown[0], going=False) if shown else None,
        of(going[0], going=True) if going else None,
    )


def together(each: Sequence[Regret]) -> Regrets:
    """Many lists in one."""
    first = [one.first for one in each if one.first is not None]
    going = [one.going for one in each if one.going is not None]
    return Regrets(len(first), *_figures(first), len(going), *_figures(going))


def _figures(minutes: Sequence[float]) -> tuple[float | None, float | None]:
    if not minutes:
        return None, None
    return round(float(np.mean(minutes)), 2), round(float(np.percentile(minutes, 95)), 2)

"""What may be said of groups near somebody without naming one: how many, of which kinds, how far.

Rules on plain data.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from service.matching.explain import Basis, Match

STEPS_M: Final = (2_000, 5_000, 10_000)
"""How far is near: the first of these with a group in it. Our own choice: half an hour on foot, a
short ride, a town."""

ROUND_M: Final = 100
"""Distances are rounded up to this, so that none points to a building."""


@dataclass(frozen=True, slots=True)
class Nearby:
    """Groups that fit, counted.

    Attributes
    ----------
    count : int
        How many.
    within_m : int or None
        None when they come to the person or meet without a place to go to.
    kinds : tuple of (str, int)
        Kinds of group with their numbers, the commonest first, then by name.
    names : tuple of str
        For whoever may be told them: consent decides, not this.
    has_invented : bool
        Whether any is an example that does not exist.
    """

    count: int
    within_m: int | None
    kinds: tuple[tuple[str, int], ...]
    names: tuple[str, ...]
    has_invented: bool


def nearby(matches: Sequence[Match]) -> Nearby | None:
    """The nearest circle with groups in it; those without a way when there is none; else None.

    The way's length decides, not the straight line. A group whose way is not known is in no circle.
    """
    placed = [
        (each.journey.distance_m, each)
        for each in matches
        if each.basis is Basis.JOURNEY and each.journey.distance_m is not None and each.place
    ]
    for step_m in STEPS_M:
        inside = [(metres, each) for metres, each in placed if metres <= step_m]
        if inside:
            farthest_m = max(metres for metres, _ in inside)
            within_m = max(ROUND_M, math.ceil(farthest_m / ROUND_M) * ROUND_M)
            return _counted([each for _, each in inside], within_m)
    coming = [each for each in matches if each.basis in {Basis.AT_HOME, Basis.AREA_SERVED}]
    return _counted(coming, None) if coming else None


def _counted(found: Sequence[Match], within_m: int | None) -> Nearby:
    kinds = Counter(each.asset.group_kind for each in found)
    return Nearby(
        count=len(found),
        within_m=within_m,
        kinds=tuple(sorted(kinds.items(), key=lambda pair: (-pair[1], pair[0]))),
        names=tuple(each.asset.name for each in found),
        has_invented=any(each.asset.invented for each in found),
    )

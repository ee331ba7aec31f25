"""In what order suggestions are shown: by score, then varied, then turn and turn about.

Every function takes its whole state as arguments and gives the same answer each time.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from service.matching.parameters import MatchParameters


class Rankable(Protocol):
    """What ranking needs to know of an asset."""

    @property
    def asset_id(self) -> int:
        """The last tie-break."""

    @property
    def score(self) -> float:
        """From 0 to 1."""

    @property
    def minutes(self) -> float | None:
        """Door to door; None when unknown, which is last among equal scores."""

    @property
    def group_kind(self) -> str:
        """The kind of group; empty when not stated, which is like nothing else."""

    @property
    def organisation(self) -> str:
        """Who runs it; empty when not stated, which is like nobody else."""


R = TypeVar("R", bound=Rankable)


@dataclass(frozen=True, slots=True)
class Exposure:
    """What an asset has had so far: the sum of its positions' worth, and of its scores."""

    exposure: float = 0.0
    merit: float = 0.0

    @property
    def per_merit(self) -> float:
        """Exposure for each unit of merit; 0 for an asset that has never been shown."""
        return self.exposure / self.merit if self.merit > 0.0 else 0.0


def order_key(item: Rankable) -> tuple[float, float, int]:
    """The total order of suggestions: (-score, minutes, asset id), unknown minutes last."""
    minutes = item.minutes
    return -item.score, math.inf if minutes is None else minutes, item.asset_id


def ranked(
    items: Sequence[R],
    count: int,
    exposures: Mapping[int, Exposure],
    parameters: MatchParameters,
) -> list[R]:
    """The order in which to show items: by `order_key`, then varied and rotated where switched on.

    `count` is how many are shown; variety beyond that is nobody's concern.
    """
    return arranged(in_order(items), count, exposures, parameters)


def arranged(
    order: list[R],
    count: int,
    exposures: Mapping[int, Exposure],
    parameters: MatchParameters,
) -> list[R]:
    """Step 4 alone: items already in order, then varied and rotated where switched on.

    Only the best `pool_size` take part, so that what is shown does not depend on how many worse
    ones were judged as well; those follow as they came.
    """
    size = pool_size(count, parameters)
    best, rest = order[:size], order[size:]
    if parameters.diversify:
        best = diversified(best, count, parameters)
    return (rotated(best, exposures, parameters) if parameters.rotate else best) + rest


def pool_size(count: int, parameters: MatchParameters) -> int:
    """How many of the best can be among `count` shown: more than `count` once they are arranged."""
    arranging = parameters.diversify or parameters.rotate
    return count * parameters.variety_pool if arranging else count


def in_order(items: Sequence[R]) -> list[R]:
    """Items by `order_key`: best score first, then the nearer, then the lower asset id."""
    return sorted(items, key=order_key)


def diversified(items: Sequence[R], count: int, parameters: MatchParameters) -> list[R]:
    """The first `count` of `items` by maximal marginal relevance, then the rest as they came.

    Repeatedly takes the item with the highest
    lambda x score / best score - (1 - lambda) x its greatest likeness to one already taken.
    Likeness is 0.5 for the same kind plus 0.5 for the same organisation by default. Of equals the
    one that comes first is taken. The result has the same members as `items`.

    Parameters
    ----------
    items : sequence
        By falling score, as from `in_order`.
    """
    best_score = (items[0].score if items else 0.0) or 1.0
    weight = parameters.variety_lambda
    left = list(items)
    taken: list[R] = []
    seen = _Seen(parameters)
    while left and len(taken) < count:
        best_at, best_worth = 0, -math.inf
        for at, item in enumerate(left):
            most = weight * item.score / best_score
            if most <= best_worth:
                break  # scores only fall from here, and likeness never adds
            worth = most - (1.0 - weight) * seen.likeness(item)
            if worth > best_worth:
                best_at, best_worth = at, worth
        taken.append(left.pop(best_at))
        seen.add(taken[-1])
    return taken + left


class _Seen:
    """What was taken, so that the greatest likeness to any of it is known without asking each."""

    def __init__(self, parameters: MatchParameters) -> None:
        self.kind_ratio = parameters.same_kind_ratio
        self.organisation_ratio = parameters.same_organisation_ratio
        self.kinds: set[str] = set()
        self.organisations: set[str] = set()
        self.both: set[tuple[str, str]] = set()

    def add(self, item: Rankable) -> None:
        """Take one more. Not stated is not alike."""
        if item.group_kind:
            self.kinds.add(item.group_kind)
        if item.organisation:
            self.organisations.add(item.organisation)
        if item.group_kind and item.organisation:
            self.both.add((item.group_kind, item.organisation))

    def likeness(self, item: Rankable) -> float:
        """The greatest `similarity` to anything taken; 0 while nothing is."""
        if (item.group_kind, item.organisation) in self.both:
            return self.kind_ratio + self.organisation_ratio
        kind = self.kind_ratio if item.group_kind in self.kinds else 0.0
        organisation = self.organisation_ratio if item.organisation in self.organisations else 0.0
        return max(kind, organisation)


def similarity(one: Rankable, other: Rankable, parameters: MatchParameters) -> float:
    """How alike two assets are, 0 to 1: same kind, same organisation. Not stated is not alike."""
    kind = bool(one.group_kind) and one.group_kind == other.group_kind
    organisation = bool(one.organisation) and one.organisation == other.organisation
    return parameters.same_kind_ratio * kind + parameters.same_organisation_ratio * organisation


def rotated(
    items: Sequence[R], exposures: Mapping[int, Exposure], parameters: MatchParameters
) -> list[R]:
    """Near-ties in turn: the asset with the least exposure for its merit goes first.

    A run of neighbours whose scores all lie within `near_tie` of each other is put in order of
    exposure per merit; an asset without stored exposure has had none, and those with equal exposure
    stay in the order of their scores, so that nothing is turned for its own sake. Runs are taken
    greedily from the top, so nothing moves past a score that is clearly better. Given the same
    stored exposure the result is the same.
    """
    turned: list[R] = []
    run: list[R] = []
    least = most = 0.0
    for item in items:
        least, most = (min(least, item.score), max(most, item.score)) if run else (item.score,) * 2
        if most - least > parameters.near_tie:
            turned += _by_exposure(run, exposures)
            run, least, most = [], item.score, item.score
        run.append(item)
    return turned + _by_exposure(run, exposures)


def _by_exposure(run: Sequence[R], exposures: Mapping[int, Exposure]) -> list[R]:
    none = Exposure()
    return sorted(run, key=lambda item: exposures.get(item.asset_id, none).per_merit)


def exposure_at(position: int) -> float:
    """What a position is worth, 1 for the first: 1 / log2(position + 1) (Singh & Joachims 2018)."""
    return 1.0 / math.log2(position + 1)


def exposed(shown: Sequence[Rankable], exposures: Mapping[int, Exposure]) -> dict[int, Exposure]:
    """Stored exposure after `shown` was shown in this order; `exposures` itself is not changed."""
    after = dict(exposures)
    for position, item in enumerate(shown, start=1):
        had = after.get(item.asset_id, Exposure())
        after[item.asset_id] = Exposure(
            had.exposure + exposure_at(position), had.merit + item.score
        )
    return after


def exposure_ratio(small: Sequence[Exposure], large: Sequence[Exposure]) -> float | None:
    """Exposure per merit of small groups over that of large ones: 1 is even, under 1 unfair.

    None when either side has no merit, or the large ones no exposure, for then there is no ratio.
    """
    small_merit, large_merit = (sum(each.merit for each in side) for side in (small, large))
    small_seen, large_seen = (sum(each.exposure for each in side) for side in (small, large))
    if small_merit <= 0.0 or large_merit <= 0.0 or large_seen <= 0.0:
        return None
    return (small_seen / small_merit) / (large_seen / large_merit)

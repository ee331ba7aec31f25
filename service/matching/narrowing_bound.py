"""How good an asset can still be that is farther away: when a growing search may stop."""

from __future__ import annotations

from collections.abc import Iterable
from math import prod

from geo.travel import TravelModel
from service.matching.parameters import MatchParameters
from service.matching.reach import traveller_of, travelling_modes, unknown_access_ratio
from service.matching.score import room_ratio
from service.matching.wanted import WantedNeed, strongest
from service.people.facts import PersonFacts
from service.register.vocabulary import Capacity

ROUNDING = 1e-9
"""The factors are multiplied here in another order than in a score: far above what that can do."""


def best_possible_score(
    straight_m: float,
    needs: Iterable[WantedNeed],
    person: PersonFacts,
    travel: TravelModel,
    parameters: MatchParameters,
) -> float:
    """A score that no asset reaches whose every place is at least that far away.

    A search that grows outwards may stop once its k-th best score is above this for the distance
    already searched. It never rises with the distance.

    Parameters
    ----------
    straight_m : float
        Straight-line metres from the person's home, 0 or more.
    needs : iterable of WantedNeed
        The needs that will be matched.

    Returns
    -------
    float
        From 0 to 1.

    Notes
    -----
    Need is at most 1 - the product of (1 - confidence); access at most what the fastest mode could
    give, or what a journey of unknown length is given; room at most its best; fit, freshness,
    acceptance and unknowns at most 1. A hair is added for rounding.

    It bounds only assets that one must go to and whose places are all known. Those that come to
    the person (`HardRow.remote`), and those of unknown position, are near at any distance: the
    caller fetches them separately, whatever the radius. A person whose home is unknown has no
    distances, so nothing may be left out by distance.
    """
    wanted = strongest(needs).values()
    need = 1.0 - prod(1.0 - want.confidence for want in wanted)
    room = max(room_ratio(each, parameters) for each in Capacity)
    access = _best_access(straight_m, person, travel, parameters)
    return min(need * access * room * (1.0 + ROUNDING), 1.0)


def _best_access(
    straight_m: float, person: PersonFacts, travel: TravelModel, parameters: MatchParameters
) -> float:
    if person.home is None or person.home.point is None:
        return 1.0
    modes = travelling_modes(person)
    if not modes:
        return 0.0
    known = max(
        0.5
        ** (
            travel.fastest_minutes(straight_m, traveller_of(person, mode))
            / parameters.half_minutes(mode)
        )
        for mode in modes
    )
    return max(float(known), unknown_access_ratio(straight_m, parameters))

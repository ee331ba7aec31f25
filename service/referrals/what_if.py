"""What would bring a group into a list, or lift it there, one thing changed."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from service.matching.counterfactuals import Asked, Counterfactual, answers, changes, in_place
from service.matching.pool import Pool
from service.referrals.finding import find_each
from service.referrals.queries import Matched, Seeking
from service.referrals.waiting import Question
from service.register.snapshot import AssetSnapshot


@dataclass(frozen=True, slots=True)
class WouldChange:
    """A change, and the group that it would bring in or lift."""

    counterfactual: Counterfactual
    asset: AssetSnapshot


def what_if(session: Session, seeking: Seeking, found: Matched) -> tuple[WouldChange, ...]:
    """What would change the list that was found: by the rank obtained, best first.

    Each rank is the one that a new search gives with that one thing changed: of the person, or, for
    an unknown that is answered, of the group. None while a danger sign is open.

    Parameters
    ----------
    found : Matched
        What `queries.matches` or `queries.matches_of_note` found with the same `seeking`.

    Notes
    -----
    At most six searches: one for each change that would be one, and one for the groups whose
    unknowns could be answered, which are looked for among the best groups alone. They read
    together, and nothing that was read for `found`: a few statements, however many they are.
    """
    result, person = found.result, found.person
    if result is None or person is None or not found.needs or seeking.limit < 1:
        return ()
    now = {each.asset.asset_id: each.rank for each in result.matches}
    parameters, limit = seeking.parameters, seeking.limit
    # By score alone: variety and turns choose from these afterwards. As many when the list is not
    # varied: an answer lifts from below what is visible.
    best = Question(
        person,
        replace(parameters, diversify=False, rotate=False),
        limit * parameters.variety_pool,
    )
    others = changes(person)
    results, gathered = find_each(
        session,
        needs=found.needs,
        questions=[best, *(Question(other, parameters, limit) for _, other in others)],
        travel=seeking.travel,
        gathered=found.gathered,
    )
    changed: list[Counterfactual] = []
    for (change, _), then in zip(others, results[1:], strict=True):
        ranks = {each.asset.asset_id: each.rank for each in then.matches}
        changed += Asked(limit, {}, parameters).rises(now, ranks, change)
    pool = Pool(found.needs, [each.asset for each in results[0].matches], seeking.travel)
    seen = gathered.exposures if parameters.rotate else {}
    changed += answers(pool, person, Asked(limit, seen, parameters))
    assets = {each.asset.asset_id: each.asset for then in results for each in then.matches}
    return tuple(WouldChange(each, assets[each.asset_id]) for each in in_place(changed))

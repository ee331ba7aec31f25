"""What would change a suggestion: 'would be 2nd if you could get a lift'.

Each is found by judging and ranking again with exactly one thing changed, never by estimate. Who a
person is never changes: no counterfactual turns on age, gender, a condition or a language.
"""

from __future__ import annotations

from bisect import insort
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from geo.travel import Mode
from service.matching.parameters import MatchParameters
from service.matching.place_rules import ACCESS_RULE
from service.matching.pool import Judged, Pool
from service.matching.rank import Exposure, arranged, in_order, order_key
from service.matching.reach import travelling_modes
from service.matching.verdict import RuleId
from service.matching.wording import FEATURE, ordinal
from service.people.facts import PersonFacts, Preference


class Change(StrEnum):
    """The one thing that is changed."""

    LIFT = "lift"
    OTHER_TIME = "other_time"
    COST_COVERED = "cost_covered"
    COMPANY = "company"
    ONLINE = "online"
    ANSWER = "answer"


_IF: Final = {
    Change.LIFT: "if you could get a lift",
    Change.OTHER_TIME: "if you could come on another day or at another time",
    Change.COST_COVERED: "if somebody paid the cost",
    Change.COMPANY: "if somebody went with you the first time",
    Change.ONLINE: "if you could get online",
}

_IF_ANSWERED: Final = {
    RuleId.AREA_SERVED: "if it takes people from where you live",
    RuleId.CAPACITY: "if it has room",
    RuleId.OPEN: "if it is still running",
    RuleId.PAPERS: "if its safeguarding papers are in date",
    RuleId.REFERRAL_ROUTE: "if you can be sent to it",
    RuleId.COST: "if you can pay what it costs",
    RuleId.TIME: "if it meets when you can come",
    **{ACCESS_RULE[feature]: f"if there is {words}" for feature, words in FEATURE.items()},
}
"""The unknowns that a group can answer with yes. Rules about who a person is are not among them,
nor those whose answer would bring numbers of its own, such as where it meets."""


@dataclass(frozen=True, slots=True)
class Counterfactual:
    """Where one asset would stand if one thing were different.

    `rank_now` is None for an asset that is excluded now. `rule_id` is the unknown rule that would
    be answered, None for other changes.
    """

    asset_id: int
    change: Change
    rule_id: RuleId | None
    rank_now: int | None
    rank_then: int
    sentence: str


def counterfactuals(
    pool: Pool,
    person: PersonFacts,
    parameters: MatchParameters,
    *,
    limit: int,
    triage_open: bool,
    exposures: Mapping[int, Exposure] | None = None,
) -> list[Counterfactual]:
    """Which assets would enter the visible list, or rise in it by two places, and by what.

    Parameters
    ----------
    pool : Pool
        The same pool that the match was made from, so that its journeys are not asked for again.
    limit : int
        How many assets are visible.
    triage_open : bool
        While a red flag waits for a clinician there are no counterfactuals at all.

    Returns
    -------
    list of Counterfactual
        Ordered by the rank obtained, then the change, then the asset id. An asset that stays out
        of the visible list is left out.
    """
    if triage_open or limit < 1:
        return []
    asked = Asked(limit, exposures or {}, parameters)
    now = asked.ranks(_shown(pool, person, parameters))
    found = []
    for change, changed in changes(person):
        found += asked.rises(now, asked.ranks(_shown(pool, changed, parameters)), change)
    return in_place([*found, *answers(pool, person, asked)])


def in_place(found: Sequence[Counterfactual]) -> list[Counterfactual]:
    """By the rank obtained, then the change, then the asset id."""
    return sorted(
        found, key=lambda each: (each.rank_then, list(Change).index(each.change), each.asset_id)
    )


def _shown(pool: Pool, person: PersonFacts, parameters: MatchParameters) -> list[Judged]:
    return in_order([each for each in pool.judge(person, parameters) if each.failed is None])


@dataclass(frozen=True, slots=True)
class Asked:
    """What was asked for: how long a list, by which turns and parameters."""

    limit: int
    exposures: Mapping[int, Exposure]
    parameters: MatchParameters

    def ranks(self, order: list[Judged]) -> dict[int, int]:
        """Rank by asset id of assets that may be shown and are in order."""
        shown = arranged(order, self.limit, self.exposures, self.parameters)
        return {each.asset_id: rank for rank, each in enumerate(shown, start=1)}

    def rises(
        self, now: Mapping[int, int], then: Mapping[int, int], change: Change
    ) -> list[Counterfactual]:
        """The assets visible after a change that it lifted far enough to be worth saying."""
        return [
            Counterfactual(
                asset_id=asset_id,
                change=change,
                rule_id=None,
                rank_now=now.get(asset_id),
                rank_then=rank,
                sentence=f"Would be {ordinal(rank)} {_IF[change]}.",
            )
            for asset_id, rank in then.items()
            if self.worth_saying(now.get(asset_id), rank)
        ]

    def worth_saying(self, now: int | None, then: int) -> bool:
        """Whether a rise enters the visible list, or is of enough places within it."""
        if then > self.limit:
            return False
        if now is None or now > self.limit:
            return True
        return now - then >= self.parameters.counterfactual_places


def changes(person: PersonFacts) -> list[tuple[Change, PersonFacts]]:
    """The person with one thing different, for each change that would be one; five at most."""
    found = []
    modes = frozenset(travelling_modes(person))
    if not person.housebound and modes.isdisjoint({Mode.LIFT, Mode.CAR}):
        found.append((Change.LIFT, replace(person, modes=person.modes | modes | {Mode.LIFT})))
    if person.free_days or person.not_before is not None or person.home_by is not None:
        free = replace(person, free_days=frozenset(), not_before=None, home_by=None)
        found.append((Change.OTHER_TIME, free))
    if person.max_cost_pence is not None or Preference.LOW_COST in person.preferences:
        paid = replace(
            person,
            max_cost_pence=None,
            preferences=person.preferences - {Preference.LOW_COST},
        )
        found.append((Change.COST_COVERED, paid))
    if Preference.COMPANY_FIRST_VISIT in person.preferences:
        met = replace(person, preferences=person.preferences - {Preference.COMPANY_FIRST_VISIT})
        found.append((Change.COMPANY, met))
    if not person.online and Mode.ONLINE not in person.modes:
        found.append((Change.ONLINE, replace(person, online=True)))
    return found


def answers(pool: Pool, person: PersonFacts, asked: Asked) -> list[Counterfactual]:
    """One unknown of one group answered with yes; the first that can be, since all weigh alike.

    Only the answer's own asset changes, so the others keep their order. A score that would still
    be below every visible one is not tried. In a pool of the best of all assets, at least
    `rank.pool_size` of them, the ranks are those among all.
    """
    bench = pool.bench(person, asked.parameters)
    now = in_order([each for each in bench.judge_all() if each.failed is None])
    ranks_now = asked.ranks(now)
    least = min(
        (each.score for each in now if ranks_now[each.asset_id] <= asked.limit), default=0.0
    )
    found = []
    for at, judged in enumerate(now):
        if judged.unknown_rules == 0:
            continue
        rule_id = bench.first_unknown(judged, _IF_ANSWERED)
        if rule_id is None:
            continue
        answered = bench.judge(judged.position, frozenset({rule_id}))
        if answered.score < least:
            continue
        then = now[:at] + now[at + 1 :]
        insort(then, answered, key=order_key)
        rank = asked.ranks(then)[judged.asset_id]
        if asked.worth_saying(ranks_now[judged.asset_id], rank):
            found.append(
                Counterfactual(
                    asset_id=judged.asset_id,
                    change=Change.ANSWER,
                    rule_id=rule_id,
                    rank_now=ranks_now[judged.asset_id],
                    rank_then=rank,
                    sentence=f"Would be {ordinal(rank)} {_IF_ANSWERED[rule_id]}.",
                )
            )
    return found

"""Pass, fail or unknown, and how several of them make one (Kleene's three-valued logic)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Verdict(IntEnum):
    """What one rule says. The order is Kleene's: AND is the least of several, OR the greatest."""

    FAIL = 0
    UNKNOWN = 1
    PASS = 2


def all_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene AND: the worst verdict in the order fail, unknown, pass. PASS when there are none."""
    return min(verdicts, default=Verdict.PASS)


def any_of(verdicts: Iterable[Verdict]) -> Verdict:
    """Kleene OR: the best verdict in the order fail, unknown, pass. FAIL when there are none."""
    return max(verdicts, default=Verdict.FAIL)


class RuleId(StrEnum):
    """The stable name of every rule. Doors, records and tests refer to rules by these alone."""

    AGE = "age"
    GENDER = "gender"
    WOMEN_ONLY = "women_only"
    MEN_ONLY = "men_only"
    AREA_SERVED = "area_served"
    CONDITION = "condition"
    REFERRAL_ROUTE = "referral_route"
    LANGUAGE = "language"
    CAPACITY = "capacity"
    OPEN = "open"
    CHECKED = "checked"
    PAPERS = "papers"
    COST = "cost"
    DELIVERY = "delivery"
    REACH = "reach"
    TIME = "time"
    ACCESS_STEP_FREE = "access_step_free"
    ACCESS_ACCESSIBLE_TOILET = "access_accessible_toilet"
    ACCESS_HEARING_LOOP = "access_hearing_loop"
    ACCESS_SIGN_LANGUAGE = "access_sign_language"
    ACCESS_QUIET_SPACE = "access_quiet_space"
    ACCESS_BLUE_BADGE_PARKING = "access_blue_badge_parking"
    ACCESS_DEMENTIA_FRIENDLY = "access_dementia_friendly"
    ACCESS_SEATING = "access_seating"


PROTECTED_RULES = frozenset({RuleId.AGE, RuleId.GENDER, RuleId.CONDITION, RuleId.LANGUAGE})
"""Rules about who a person is. No counterfactual may ever turn on one of them."""


class Side(StrEnum):
    """Who could settle an unknown."""

    GROUP = "group"
    PERSON = "person"


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule, what it said of one asset, and why, in a sentence for the person.

    `missing` names who has not said: the group, the person, or nobody when the verdict is not
    UNKNOWN.
    """

    rule_id: RuleId
    verdict: Verdict
    sentence: str
    missing: Side | None = None

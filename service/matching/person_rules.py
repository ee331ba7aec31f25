"""What the person asks of a group wherever it is joined: women only, men only, the cost.

A rule of the person exists only when the person has stated it.
"""

from __future__ import annotations

from service.matching.rule import Rule, Said, group_has_not_said
from service.matching.verdict import RuleId, Verdict
from service.matching.wording import pounds
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import OpenTo

FAIL, UNKNOWN, PASS = Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS


def person_rules(person: PersonFacts) -> tuple[Rule, ...]:
    """The rules this person has made, in a fixed order; none for a person who made none."""
    rules = []
    if person.women_only:
        rules.append(_single_sex_rule(RuleId.WOMEN_ONLY, OpenTo.WOMEN, "women"))
    if person.men_only:
        rules.append(_single_sex_rule(RuleId.MEN_ONLY, OpenTo.MEN, "men"))
    if person.max_cost_pence is not None:
        rules.append(_cost_rule(person.max_cost_pence))
    return tuple(rules)


def _single_sex_rule(rule_id: RuleId, wanted: OpenTo, who: str) -> Rule:
    def judge(asset: AssetSnapshot) -> Verdict:
        if asset.open_to is None:
            return UNKNOWN
        return PASS if asset.open_to is wanted else FAIL

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if verdict is UNKNOWN:
            return group_has_not_said(f"if its sessions are for {who} only, as you asked")
        if verdict is PASS:
            return f"It is for {who} only, as you asked.", None
        return f"You asked for {who} only, and this is not.", None

    return Rule(rule_id, judge, say)


def _cost_rule(most_pence: int) -> Rule:
    def judge(asset: AssetSnapshot) -> Verdict:
        if asset.cost_pence is None:
            return UNKNOWN
        return PASS if asset.cost_pence <= most_pence else FAIL

    def say(asset: AssetSnapshot, verdict: Verdict) -> Said:
        if asset.cost_pence is None:
            return group_has_not_said("what it costs")
        if asset.cost_pence == 0:
            return "It is free.", None
        costs = f"It costs {pounds(asset.cost_pence)} a time"
        if verdict is PASS:
            return f"{costs}, which you can pay.", None
        most = "nothing" if most_pence == 0 else f"up to {pounds(most_pence)}"
        return f"{costs}, and you can pay {most}.", None

    return Rule(RuleId.COST, judge, say)

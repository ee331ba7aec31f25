"""What a rule is: a name, a judgement, and the sentence that goes with it.

Judging and saying are apart because thousands of assets are judged and a few are shown.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from service.matching.verdict import Finding, RuleId, Side, Verdict
from service.register.snapshot import AssetSnapshot

CHECK = "Check with the group."

Judge = Callable[[AssetSnapshot], Verdict]
Said = tuple[str, Side | None]
Say = Callable[[AssetSnapshot, Verdict], Said]


@dataclass(frozen=True, slots=True)
class Rule:
    """One eligibility rule, made for one person, about an asset wherever it is joined."""

    rule_id: RuleId
    judge: Judge
    say: Say

    def find(self, asset: AssetSnapshot) -> Finding:
        """The verdict on one asset, with its sentence."""
        verdict = self.judge(asset)
        sentence, missing = self.say(asset, verdict)
        return Finding(self.rule_id, verdict, sentence, missing)


def group_has_not_said(what: str) -> Said:
    """'The group has not said <what>. Check with the group.'"""
    return f"The group has not said {what}. {CHECK}", Side.GROUP


def person_has_not_said(rule: str, what: str) -> Said:
    """'<rule> We do not know <what>.'"""
    return f"{rule} We do not know {what}.", Side.PERSON

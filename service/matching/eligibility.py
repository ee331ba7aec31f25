"""Who may come: every rule for one person, applied to one asset, in three values.

An asset is judged by rules about itself and, for each way of taking part in it, by rules about
that way. The best way decides; all rules together are combined by Kleene's AND.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.matching.area_rule import area_rule
from service.matching.group_rules import (
    age_rule,
    capacity_rule,
    checked_rule,
    condition_rule,
    gender_rule,
    language_rule,
    open_rule,
    papers_rule,
    route_rule,
)
from service.matching.parameters import MatchParameters
from service.matching.person_rules import person_rules
from service.matching.place_rules import way_rules
from service.matching.rule import Rule
from service.matching.verdict import Finding, Verdict, all_of
from service.matching.way import Way, WayRule
from service.people.facts import PersonFacts
from service.register.snapshot import AssetSnapshot


@dataclass(frozen=True, slots=True)
class Eligibility:
    """Every rule for one person. Make one with `Eligibility.of` and judge many assets with it.

    The order of the rules is fixed: it decides which of several failures is named first.
    """

    about_asset: tuple[Rule, ...]
    about_way: tuple[WayRule, ...]

    @classmethod
    def of(
        cls, person: PersonFacts, needs: Iterable[str], parameters: MatchParameters
    ) -> Eligibility:
        """The rules for one person who has these needs (ids of the taxonomy).

        Rules of groups are always there. Rules of the person (women only, men only, cost, time,
        each access feature) are there only when the person has stated them.
        """
        return cls(
            about_asset=(
                age_rule(person),
                gender_rule(person),
                *person_rules(person),
                condition_rule(person),
                area_rule(person),
                capacity_rule(),
                open_rule(person),
                papers_rule(person, needs, parameters),
                route_rule(person),
                language_rule(person),
                checked_rule(),
            ),
            about_way=way_rules(person),
        )

    def find(self, asset: AssetSnapshot, way: Way) -> tuple[Finding, ...]:
        """Each rule with its verdict and sentence, for one asset joined in one way."""
        return (
            *(rule.find(asset) for rule in self.about_asset),
            *(rule.find(asset, way) for rule in self.about_way),
        )


def combined(findings: Iterable[Finding]) -> Verdict:
    """All rules as one verdict (Kleene AND): FAIL outweighs UNKNOWN, which outweighs PASS."""
    return all_of(finding.verdict for finding in findings)

"""Why a group is suggested, why another is not, in data and in plain words.

The factors are the calculation itself: they multiply to the score shown. Sentences are made only
for what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from geo.travel import Journey
from seed_data.needs import Taxonomy
from service.matching.bus_words import bus_sentences
from service.matching.eligibility import Eligibility, combined
from service.matching.fit import Wish
from service.matching.journey_words import journey_sentence
from service.matching.parameters import MatchParameters
from service.matching.pool import Judged
from service.matching.score import Factors, Reliability, reliability
from service.matching.verdict import Finding, RuleId, Side, Verdict
from service.matching.wanted import WantedNeed
from service.matching.wording import day
from service.people.facts import PersonFacts, SetsOut
from service.register.snapshot import AssetSnapshot, Place
from service.register.vocabulary import AreaKind, Capacity

NOT_USED = (
    "This list did not use your name, your religion, your ethnic group, or whether any group "
    "has paid."
)


_FROM_PRACTICE = "That is measured from the practice, because no home address is known."


class Basis(StrEnum):
    """On what grounds a group counts as within reach."""

    JOURNEY = "journey"
    AREA_SERVED = "area_served"
    AT_HOME = "at_home"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Reason:
    """One thing worth saying: a stable code for programs and a sentence for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class NeedServed:
    """A wanted need that the asset serves, with the words of the note that led to it."""

    need: str
    label: str
    confidence: float
    directness: float
    words: str


@dataclass(frozen=True, slots=True)
class Match:
    """One suggested asset with everything that led to it. A person decides.

    Attributes
    ----------
    rank : int
        From 1.
    place : Place | None
        Where one would go; None when nobody travels or no place is known.
    journey : Journey
        How, how long, how far, and how that was found.
    basis : Basis
        JOURNEY when minutes are known. A group that is here because it covers the area, and not
        because it is known to be near, says so: AREA_SERVED.
    score : float
        Exactly `factors.product`.
    verdict : Verdict
        PASS, or UNKNOWN when anything is left to ask.
    findings : tuple of Finding
        Each eligibility rule with its verdict.
    reasons : tuple of Reason
        In the order to show them: needs, journey, buses there and home, area, preferences,
        freshness, acceptance, room.
    unknowns : tuple of Finding
        Those findings that are unknown: "check with the group", or ask the person.
    """

    rank: int
    asset: AssetSnapshot
    place: Place | None
    journey: Journey
    basis: Basis
    needs: tuple[NeedServed, ...]
    factors: Factors
    reliability: Reliability
    score: float
    verdict: Verdict
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    unknowns: tuple[Finding, ...]

    @property
    def ask_group(self) -> tuple[Finding, ...]:
        """The unknowns that only the group can settle."""
        return tuple(each for each in self.unknowns if each.missing is not Side.PERSON)


@dataclass(frozen=True, slots=True)
class NearMiss:
    """An asset that serves a need and may not be shown, with the rule that failed.

    `failures` are all rules that failed; `rule_id` and `sentence` are the first of them.
    """

    asset: AssetSnapshot
    rule_id: RuleId
    sentence: str
    place: Place | None
    journey: Journey
    failures: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class Explainer:
    """Makes matches and near misses for one person out of judged assets."""

    person: PersonFacts
    wanted: Mapping[str, WantedNeed]
    eligibility: Eligibility
    wishes: tuple[Wish, ...]
    parameters: MatchParameters
    taxonomy: Taxonomy

    def match(self, judged: Judged, rank: int) -> Match:
        """The suggestion at one rank. Only for an asset of which no rule failed."""
        asset, way = judged.asset, judged.way
        findings = self.eligibility.find(asset, way)
        needs = self._needs(asset)
        trust = reliability(asset, self.person.today, self.parameters)
        return Match(
            rank=rank,
            asset=asset,
            place=way.place,
            journey=way.journey,
            basis=basis_of(judged, findings),
            needs=needs,
            factors=judged.factors,
            reliability=trust,
            score=judged.score,
            verdict=combined(findings),
            findings=findings,
            reasons=tuple(self._reasons(judged, needs, findings)),
            unknowns=tuple(each for each in findings if each.verdict is Verdict.UNKNOWN),
        )

    def near_miss(self, judged: Judged) -> NearMiss:
        """Why an asset may not be shown. Only for an asset of which a rule failed."""
        findings = self.eligibility.find(judged.asset, judged.way)
        failures = tuple(each for each in findings if each.verdict is Verdict.FAIL)
        return NearMiss(
            asset=judged.asset,
            rule_id=failures[0].rule_id,
            sentence=failures[0].sentence,
            place=judged.way.place,
            journey=judged.way.journey,
            failures=failures,
        )

    def _needs(self, asset: AssetSnapshot) -> tuple[NeedServed, ...]:
        directness = {served.need: served.directness for served in reversed(asset.needs)}
        return tuple(
            NeedServed(
                need=want.need,
                label=self.taxonomy.need(want.need).label,
                confidence=want.confidence,
                directness=directness[want.need],
                words=want.words,
            )
            for want in self.wanted.values()
            if directness.get(want.need, 0.0) > 0.0
        )

    def _reasons(
        self, judged: Judged, needs: tuple[NeedServed, ...], findings: tuple[Finding, ...]
    ) -> list[Reason]:
        asset, way = judged.asset, judged.way
        reasons = [
            Reason(f"need:{each.need}", f"It can help with: {each.label}.") for each in needs
        ]
        reasons.append(Reason("journey", journey_sentence(way, self.person)))
        reasons += [Reason(code, sentence) for code, sentence in bus_sentences(way.journey)]
        if self.person.sets_out is SetsOut.PRACTICE and judged.minutes and not way.is_remote:
            reasons.append(Reason("measured_from_practice", _FROM_PRACTICE))
        reasons += _area_reasons(asset, findings)
        for wish in self.wishes:
            verdict = wish.judge(asset, way)
            met = {Verdict.PASS: "met", Verdict.FAIL: "not_met", Verdict.UNKNOWN: "unknown"}
            reasons.append(Reason(f"wish:{wish.code}:{met[verdict]}", wish.sentences[verdict]))
        reasons.append(Reason("freshness", _freshness(asset.assured_on, self.person.today)))
        reasons.append(Reason("acceptance", _acceptance(asset)))
        if asset.capacity is Capacity.WAITING_LIST:
            reasons.append(Reason("waiting_list", "It has a waiting list, so it comes lower down."))
        return reasons


def basis_of(judged: Judged, findings: tuple[Finding, ...]) -> Basis:
    """On what grounds the asset is within reach; see `Match.basis`."""
    if judged.way.is_remote:
        return Basis.AT_HOME
    if judged.minutes is not None:
        return Basis.JOURNEY
    covers = any(
        each.rule_id is RuleId.AREA_SERVED and each.verdict is Verdict.PASS for each in findings
    )
    return Basis.AREA_SERVED if covers else Basis.UNKNOWN


def _area_reasons(asset: AssetSnapshot, findings: tuple[Finding, ...]) -> list[Reason]:
    """That the group covers where the person lives, when it said so of an area."""
    if all(area.kind is AreaKind.EVERYWHERE for area in asset.areas):
        return []
    return [
        Reason("covers_your_area", each.sentence)
        for each in findings
        if each.rule_id is RuleId.AREA_SERVED and each.verdict is Verdict.PASS
    ]


def _freshness(assured_on: date | None, today: date) -> str:
    if assured_on is None:
        return "Nobody has checked these facts yet."
    days = max((today - assured_on).days, 0)
    ago = "today" if days == 0 else ("yesterday" if days == 1 else f"{days} days ago")
    return f"These facts were checked {ago}, on {day(assured_on)}."


def _acceptance(asset: AssetSnapshot) -> str:
    if asset.times_asked == 0:
        return "We have not asked this group before."
    times = "once" if asset.times_asked == 1 else f"{asset.times_asked} times"
    said = "once" if asset.times_accepted == 1 else f"{asset.times_accepted} times"
    yes = "not yet said yes" if asset.times_accepted == 0 else f"said yes {said}"
    return f"We have asked this group {times}. It has {yes}."

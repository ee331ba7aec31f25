"""What version 1 says of referrals and matches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from pydantic import Field, JsonValue

from geo.gazetteer import Quality
from service.api.v1.crisis_told import CrisisRouteTold, routes_told
from service.api.v1.fields import Told
from service.api.v1.getting_there import JourneyTold, journey_told
from service.api.v1.group_told import AssetTold, PlaceTold, asset_told, place_told
from service.api.v1.would_change import (
    ChangesTold,
    WouldChangeTold,
    WouldEnterTold,
    changes_told,
    would_enter_told,
)
from service.matching.explain import Match, NearMiss
from service.matching.verdict import Finding, Verdict
from service.matching.wanted import WantedNeed
from service.referrals.queries import Matched, ReferralView
from service.referrals.safety import Flag
from service.referrals.what_if import WouldChange

_WOULD: Any = Field([], description="What would lift it; empty unless `what_if` was asked.")


class PersonTold(Told):
    """The person, to the practice that referred them."""

    nhs_number: str | None
    given_name: str
    family_name: str
    birth_date: date | None


class ConsentTold(Told):
    """What the person agreed to."""

    given: bool
    on: date


class FlagTold(Told):
    """A danger sign: the words that led to it, what to do now, and who must be told."""

    flag: str
    label: str
    status: str
    words: str
    what_to_do: str
    tell: str
    raised_at: datetime | None
    closed_at: datetime | None
    closed_by: str
    outcome: str
    open: bool = Field(description="A clinician must still act. History is context, never open.")


class TriageTold(Told):
    """What must happen before any group is suggested."""

    action: str = Field(description="triage_first, ask_for_more or out_of_scope.")
    sentence: str
    routes: list[CrisisRouteTold] = Field(
        description="Where help is now, for the danger signs that are open; empty without one."
    )


class NeedTold(Told):
    """A need, how sure it is, and the words that led to it."""

    need: str
    confidence: float
    words: str


class ReferralTold(Told):
    """A referral as its own practice sees it."""

    id: str
    practice: str
    state: str
    received_at: datetime
    person: PersonTold
    postcode: str | None
    needs: list[str]
    needs_found: list[NeedTold]
    facts: dict[str, JsonValue]
    consent: ConsentTold
    reason: str
    state_reason: str
    flags: list[FlagTold]
    routes: list[CrisisRouteTold] = Field(
        description="Where help is now, while a danger sign is open; else empty."
    )
    safe_contact: str = Field(description="What must not be sent to the person; empty if nothing.")
    reading: dict[str, JsonValue] | None = Field(description="How the note was read.")
    matches: str = Field(description="Where its matches are.")


class HomeTold(Told):
    """Where distances were measured from, and how good that is."""

    measured_from: str = Field(
        description="home; practice when no home is known; not_measured for a protected address."
    )
    quality: str
    accuracy_m: float | None
    sentence: str


class ReasonTold(Told):
    """One reason: a code for programs, a sentence for people."""

    code: str
    sentence: str


class FindingTold(Told):
    """One rule of eligibility and what it said."""

    rule: str
    verdict: str
    sentence: str


class FactorsTold(Told):
    """The five factors; their product is the score."""

    need: float
    access: float
    fit: float
    reliability: float
    unknowns: float


class MatchTold(Told):
    """A suggestion. A person decides."""

    rank: int
    score: float
    factors: FactorsTold
    asset: AssetTold
    place: PlaceTold | None
    journey: JourneyTold
    basis: str = Field(description="On what grounds it counts as within reach.")
    verdict: str
    needs: list[str]
    served: list[NeedTold] = Field(description="The same needs, with the words that led to each.")
    reasons: list[ReasonTold]
    check_first: list[FindingTold] = Field(
        description="What the group has not said: ask before going."
    )
    rules: list[FindingTold]
    would_change: list[WouldChangeTold] = _WOULD


class NearMissTold(Told):
    """A group that serves the need and was left out, with the rule that did it."""

    asset: AssetTold
    rule: str
    sentence: str
    minutes: float | None
    rules: list[FindingTold]
    would_change: list[WouldChangeTold] = _WOULD


class MatchesTold(Told):
    """Suggestions in order, and what was left out; or what must happen first."""

    triage: TriageTold | None = Field(
        description="When this is given no group was looked for: do what it says first."
    )
    flags: list[FlagTold]
    home: HomeTold | None
    matches: list[MatchTold]
    near_misses: list[NearMissTold]
    would_enter: list[WouldEnterTold] = Field(
        [], description="Groups in neither list that one change would bring in."
    )
    ask_person: list[FindingTold] = Field(
        description="What only the person can say, and would settle something for these groups."
    )
    nothing_fits: ReasonTold | None
    judged_on: date | None
    parameters_version: str
    taxonomy_version: str
    not_used: str


def referral_told(view: ReferralView) -> ReferralTold:
    """A referral in the API's words."""
    return ReferralTold(
        id=view.referral_id,
        practice=view.practice,
        state=view.state.value,
        received_at=view.received_at,
        person=PersonTold(
            nhs_number=view.nhs_number,
            given_name=view.given_name,
            family_name=view.family_name,
            birth_date=view.birth_date,
        ),
        postcode=view.postcode,
        needs=[each.need for each in view.needs],
        facts=view.facts,
        consent=ConsentTold(given=view.consent_given, on=view.consent_on),
        reason=view.reason,
        state_reason=view.state_reason,
        flags=[flag_told(each) for each in view.flags],
        routes=routes_told(view.triage.routes if view.triage else ()),
        safe_contact=view.safe_contact,
        reading=view.reading,
        needs_found=[_need(each) for each in view.needs],
        matches=f"/v1/referrals/{view.referral_id}/matches",
    )


def matches_told(found: Matched, would: Sequence[WouldChange] = ()) -> MatchesTold:
    """A match result in the API's words, with what would change it where that was asked."""
    by_asset = changes_told(would)
    result, triage = found.result, found.triage
    nothing = result.nothing_fits if result else None
    return MatchesTold(
        triage=triage
        and TriageTold(
            action=triage.action.value,
            sentence=triage.sentence,
            routes=routes_told(triage.routes),
        ),
        flags=[flag_told(each) for each in found.flags],
        home=_home(found),
        matches=[_match(each, by_asset) for each in result.matches] if result else [],
        near_misses=[_near_miss(each, by_asset) for each in result.near_misses] if result else [],
        would_enter=would_enter_told(found, would, by_asset),
        ask_person=[_finding(each) for each in result.ask_person] if result else [],
        nothing_fits=nothing and ReasonTold(code=nothing.code, sentence=nothing.sentence),
        judged_on=result.judged_on if result else None,
        parameters_version=result.parameters_version if result else "",
        taxonomy_version=result.taxonomy_version if result else "",
        not_used=result.not_used if result else "",
    )


def flag_told(flag: Flag) -> FlagTold:
    """A danger sign in the API's words."""
    return FlagTold(
        flag=flag.flag,
        label=flag.label,
        status=flag.status.value,
        words=flag.words,
        what_to_do=flag.what_to_do,
        tell=flag.tell,
        raised_at=flag.raised_at,
        closed_at=flag.closed_at,
        closed_by=flag.closed_by,
        outcome=flag.outcome,
        open=flag.is_open,
    )


def _need(need: WantedNeed) -> NeedTold:
    return NeedTold(need=need.need, confidence=need.confidence, words=need.words)


def _home(found: Matched) -> HomeTold | None:
    home = found.home
    if home is None or found.measured:
        if not found.measured:
            return None
        known = home is not None and home.point is not None
        return HomeTold(
            measured_from=found.sets_out.value,
            quality=(Quality.LIVE if known else Quality.UNKNOWN).value,
            accuracy_m=None,
            sentence=found.measured,
        )
    return HomeTold(
        measured_from=found.sets_out.value,
        quality=home.quality.value,
        accuracy_m=home.accuracy_m,
        sentence=home.sentence,
    )


def _match(match: Match, by_asset: ChangesTold) -> MatchTold:
    factors = match.factors
    return MatchTold(
        rank=match.rank,
        score=match.score,
        factors=FactorsTold(
            need=factors.need,
            access=factors.access,
            fit=factors.fit,
            reliability=factors.reliability,
            unknowns=factors.unknowns,
        ),
        asset=asset_told(match.asset),
        place=place_told(match.place),
        journey=journey_told(match.journey),
        basis=match.basis.value,
        verdict=_word(match.verdict),
        needs=[each.need for each in match.needs],
        served=[
            NeedTold(need=each.need, confidence=each.confidence, words=each.words)
            for each in match.needs
        ],
        reasons=[ReasonTold(code=each.code, sentence=each.sentence) for each in match.reasons],
        check_first=[_finding(each) for each in match.ask_group],
        rules=[_finding(each) for each in match.findings],
        would_change=by_asset.get(match.asset.asset_id, []),
    )


def _near_miss(miss: NearMiss, by_asset: ChangesTold) -> NearMissTold:
    return NearMissTold(
        asset=asset_told(miss.asset),
        rule=miss.rule_id.value,
        sentence=miss.sentence,
        minutes=miss.journey.minutes,
        rules=[_finding(each) for each in miss.failures],
        would_change=by_asset.get(miss.asset.asset_id, []),
    )


def _finding(finding: Finding) -> FindingTold:
    return FindingTold(
        rule=finding.rule_id.value,
        verdict=_word(finding.verdict),
        sentence=finding.sentence,
    )


def _word(verdict: Verdict) -> str:
    return verdict.name.lower()

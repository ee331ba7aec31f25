"""How good a suggestion is: need x access x fit x reliability x unknowns, each from 0 to 1."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from service.matching.parameters import MatchParameters
from service.matching.verdict import Verdict
from service.matching.wanted import WantedNeed
from service.register.snapshot import AssetSnapshot
from service.register.vocabulary import Capacity


@dataclass(frozen=True, slots=True)
class Reliability:
    """The three parts of reliability, each from 0 to 1."""

    freshness: float
    acceptance: float
    room: float

    @property
    def ratio(self) -> float:
        """Their product."""
        return self.freshness * self.acceptance * self.room


@dataclass(frozen=True, slots=True)
class Factors:
    """The five factors of a score. The score shown is their product, in this order, exactly."""

    need: float
    access: float
    fit: float
    reliability: float
    unknowns: float

    @property
    def product(self) -> float:
        """The score."""
        return self.need * self.access * self.fit * self.reliability * self.unknowns


def need_factor(asset: AssetSnapshot, wanted: Mapping[str, WantedNeed]) -> float:
    """N = 1 - the product over wanted needs of (1 - confidence x directness).

    0 for an asset that serves none of them. `wanted` holds each need once (see
    `wanted.strongest`). A need the asset lists twice counts by its first entry.

    Examples
    --------
    Confidence 0.9 and 0.6 with directness 1 and 0.5 gives 1 - 0.1 x 0.7 = 0.93.
    """
    missed = 1.0
    counted: list[str] = []
    for served in asset.needs:
        need = served.need
        want = wanted.get(need)
        if want is not None and need not in counted:
            counted.append(need)
            missed *= 1.0 - want.confidence * served.directness
    return 1.0 - missed


def reliability(asset: AssetSnapshot, today: date, parameters: MatchParameters) -> Reliability:
    """The three parts of Q for one asset on one day."""
    return Reliability(
        freshness=freshness(asset, today, parameters),
        acceptance=acceptance(asset, parameters),
        room=room_ratio(asset.capacity, parameters),
    )


def reliability_factor(asset: AssetSnapshot, today: date, parameters: MatchParameters) -> float:
    """Q = freshness x acceptance x room: exactly the product of `reliability`."""
    return (
        freshness(asset, today, parameters)
        * acceptance(asset, parameters)
        * room_ratio(asset.capacity, parameters)
    )


def freshness(asset: AssetSnapshot, today: date, parameters: MatchParameters) -> float:
    """Trust in the facts, which halves with each half-life since they were checked.

    Facts never checked count as `never_checked_days` old, and a check dated after `today` as made
    today.
    """
    checked = asset.assured_on
    days = parameters.never_checked_days if checked is None else max((today - checked).days, 0)
    return float(0.5 ** (days / parameters.fresh_half_life_days))


def acceptance(asset: AssetSnapshot, parameters: MatchParameters) -> float:
    """(accepted + 4) / (asked + 5) by default, so a new group starts at 0.8. Never above 1."""
    accepted = asset.times_accepted + parameters.prior_accepted
    return min(accepted / (asset.times_asked + parameters.prior_asked), 1.0)


def room_ratio(capacity: Capacity, parameters: MatchParameters) -> float:
    """What capacity multiplies reliability by. 0 when full: no score brings a full group back."""
    if capacity is Capacity.OPEN:
        return parameters.open_room_ratio
    if capacity is Capacity.WAITING_LIST:
        return parameters.waiting_room_ratio
    return 0.0 if capacity is Capacity.FULL else parameters.unknown_room_ratio


def fit_ratio(verdict: Verdict, parameters: MatchParameters) -> float:
    """What one stated preference multiplies the score by: met, unknown or not met."""
    if verdict is Verdict.PASS:
        return parameters.fit_met_ratio
    return (
        parameters.fit_unknown_ratio if verdict is Verdict.UNKNOWN else parameters.fit_unmet_ratio
    )


def unknown_factor(unknown_rules: int, parameters: MatchParameters) -> float:
    """U = unknown_ratio to the power of the number of unknown rules; 1 when there are none."""
    return float(parameters.unknown_ratio**unknown_rules)

"""A way of taking part in an asset: going to one of its places, a visit, the phone, a screen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from geo.travel import Journey
from service.matching.rule import Said
from service.matching.verdict import Finding, RuleId, Verdict
from service.register.snapshot import AssetSnapshot, Place
from service.register.vocabulary import Delivery


@dataclass(slots=True)
class Way:
    """One way for one person to take part in one asset.

    Attributes
    ----------
    delivery : Delivery | None
        None when the group has not said how people take part; it is then treated as a place to
        go to.
    place : Place | None
        Where one would go. None for the phone, a screen and a visit, and when no place is known.
    journey : Journey
        How the person would get there; `minutes` is 0 when nobody travels, None when unknown.
    access_ratio : float
        The factor G of this way, from 0 to 1.
    reach : Verdict
        PASS with known minutes, UNKNOWN without, FAIL when every way of travel is shut.
    """

    delivery: Delivery | None
    place: Place | None
    journey: Journey
    access_ratio: float
    reach: Verdict

    @property
    def minutes(self) -> float | None:
        """Minutes from door to door, one way."""
        return self.journey.minutes

    @property
    def is_remote(self) -> bool:
        """Whether the person stays at home."""
        return self.delivery is not None and self.delivery.is_remote


@dataclass(frozen=True, slots=True)
class WayRule:
    """One eligibility rule, made for one person, about an asset joined in one way."""

    rule_id: RuleId
    judge: Callable[[AssetSnapshot, Way], Verdict]
    say: Callable[[AssetSnapshot, Way, Verdict], Said]

    def find(self, asset: AssetSnapshot, way: Way) -> Finding:
        """The verdict on one way of joining one asset, with its sentence."""
        verdict = self.judge(asset, way)
        sentence, missing = self.say(asset, way, verdict)
        return Finding(self.rule_id, verdict, sentence, missing)

"""Some groups judged for one person: for comparing, for printing, and for what would change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy.orm import Session

from geo.travel import Journey
from service.matching.counterfactuals import Counterfactual
from service.matching.explain import Match, NearMiss
from service.matching.match import match
from service.referrals.groups import BEST, FIRST
from service.referrals.queries import ReferralView, Seeking, matches, person_of
from service.referrals.what_if import what_if
from service.register.documents import judged_assets
from service.register.snapshot import AssetSnapshot, Place


@dataclass(frozen=True, slots=True)
class Chosen:
    """One group judged for one person: a match, or excluded with the rule that failed."""

    asset: AssetSnapshot
    match: Match | None
    miss: NearMiss | None

    @property
    def journey(self) -> Journey:
        """How the person would get there."""
        judged = self.match or self.miss
        assert judged is not None  # noqa: S101 - each is one of the two
        return judged.journey

    @property
    def place(self) -> Place | None:
        """Where the person would go."""
        judged = self.match or self.miss
        return None if judged is None else judged.place


def chosen(
    session: Session, view: ReferralView, seeking: Seeking, asset_ids: Collection[int]
) -> tuple[Chosen, ...]:
    """These groups judged for this person, the best first, excluded ones last. One statement.

    Groups that are no longer in the register are left out. None while a danger sign is open.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
    """
    if view.triage is not None or not asset_ids:
        return ()
    read = judged_assets(session, asset_ids)
    result = match(
        view.needs,
        person_of(view, seeking),
        read.values(),
        seeking.travel,
        # Each of them is shown, whatever they have in common: nothing is left out for variety.
        replace(seeking.parameters, diversify=False, rotate=False, near_misses=len(read)),
        limit=len(read),
    )
    return (
        *(Chosen(each.asset, each, None) for each in result.matches),
        *(Chosen(each.asset, None, each) for each in result.near_misses),
    )


def what_would_change(
    session: Session, view: ReferralView, seeking: Seeking
) -> tuple[tuple[Counterfactual, AssetSnapshot], ...]:
    """What would bring a group into the first `FIRST`, or lift it in them, one thing changed.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
    """
    if view.triage is not None or not view.needs:
        return ()
    whole = replace(seeking, limit=BEST)
    found = what_if(session, whole, matches(session, view, whole))
    return tuple(
        (each.counterfactual, each.asset)
        for each in found
        if each.counterfactual.rank_then <= FIRST
    )

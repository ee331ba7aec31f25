"""Some groups judged for one person: for comparing, for printing, and for what would change."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy.orm import Session

from geo.travel import Journey
from service.matching.counterfactuals import Counterfactual, counterfactuals
from service.matching.explain import Match, NearMiss
from service.matching.match import match
from service.matching.pool import Pool
from service.people.circumstances import person_facts
from service.people.facts import PersonFacts
from service.people.places import home_of
from service.referrals.groups import BEST, FIRST
from service.referrals.queries import ReferralView, Seeking
from service.referrals.shown import exposures
from service.register.candidates import candidates, remote_candidates
from service.register.snapshot import AssetSnapshot, Place
from service.register.snapshots import snapshots


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
    """These groups judged for this person, the best first, excluded ones last. Four statements.

    Groups that are no longer in the register are left out. None while a danger sign is open.

    Raises
    ------
    BadPostcode, BadPlace, BadFacts
    """
    if view.triage is not None or not asset_ids:
        return ()
    read = snapshots(session, asset_ids)
    result = match(
        view.needs,
        _person(view, seeking),
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


WITHIN_M = 13_500.0
"""How far "what would change" looks: the third ring of the search. Beyond it a change of one thing
would have to outweigh hours on foot."""


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
    person = _person(view, seeking)
    rows = [remote_candidates(session, need=each.need) for each in view.needs]
    home = None if person.home is None else person.home.point
    if home is not None:
        rows += [
            candidates(session, need=each.need, centre=home, outer_m=WITHIN_M)
            for each in view.needs
        ]
    ids: list[int] = np.unique(np.concatenate([each.asset_id for each in rows])).tolist()
    read = snapshots(session, ids)
    seen = exposures(session, ids, before=seeking.today) if seeking.parameters.rotate else {}
    found = counterfactuals(
        Pool(view.needs, read.values(), seeking.travel),
        person,
        seeking.parameters,
        limit=BEST,
        triage_open=False,
        exposures=seen,
    )
    return tuple((each, read[each.asset_id]) for each in found if each.rank_then <= FIRST)


def _person(view: ReferralView, seeking: Seeking) -> PersonFacts:
    home = None if view.postcode is None else home_of(view.postcode, seeking.gazetteer)
    return person_facts(
        view.facts,
        today=seeking.today,
        home=home,
        birth_date=view.birth_date,
        route=view.route,
    )

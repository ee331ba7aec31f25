"""What the page for asking groups shows: each group, and exactly what it would be told."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy.orm import Session

from geo.errors import Json
from service.people.levels import DisclosureLevel
from service.referrals.actions.offers import person_shared, shared_with
from service.referrals.desk import Desk
from service.referrals.disclosure import disclosed
from service.referrals.lifecycle import OfferState


@dataclass(frozen=True, slots=True)
class ToAsk:
    """One group, and what it would be told at each level; nothing for a signpost."""

    asset_id: int
    name: str
    introduction: dict[str, Json]
    full: dict[str, Json]


def to_ask(session: Session, desk: Desk, only: Collection[int]) -> tuple[ToAsk, ...]:
    """The groups that can be asked, by name, each with what it would be told. Two statements.

    They are those on the shortlist, and those whose offer waits to be sent; none that is asked
    already.

    Parameters
    ----------
    only : collection of int
        Of these, the asset ids that are wanted; all of them when it is empty.
    """
    waiting = {
        each.asset_id: each.group for each in desk.offers if each.state is OfferState.OFFERED
    }
    free = {each.asset_id: each.name for each in desk.shortlist if each.asset_id not in desk.asked}
    names = {key: name for key, name in {**free, **waiting}.items() if not only or key in only}
    if not names:
        return ()
    person = person_shared(desk.person)
    shared = shared_with(session, desk.referral, sorted(names))
    return tuple(
        ToAsk(
            key,
            names[key],
            disclosed(DisclosureLevel.INTRODUCTION, person, shared[key]),
            disclosed(DisclosureLevel.FULL, person, shared[key]),
        )
        for key in sorted(names, key=lambda each: (names[each], each))
    )

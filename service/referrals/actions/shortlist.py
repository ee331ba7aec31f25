"""The shortlist: groups kept in view with a referral, to be compared, printed and asked."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sqlalchemy import select

from geo.errors import Json
from service.identity.actors import Actor
from service.referrals.errors import BadEntry
from service.referrals.opening import in_hand, written
from service.referrals.shortlist_model import Shortlisted
from service.register.errors import UnknownAsset
from service.register.model import Asset
from service.store.work import UnitOfWork

MOST_LISTED: Final = 10
"""Groups on a shortlist: as many as may be asked at once."""


def set_shortlist(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    ticked: Collection[int],
    shown: Collection[int],
) -> bool:
    """Put the ticked groups on the shortlist, and take off those shown without a tick.

    What was not shown stays as it is, so that a filtered list never loses a group. Nothing of the
    person is told to anybody.

    Parameters
    ----------
    ticked, shown : collection of int
        Asset ids. A tick counts as shown.

    Returns
    -------
    bool
        Whether anything changed; when nothing did, nothing is written.

    Raises
    ------
    NotAllowed, NotFound, UnknownAsset
    BadEntry
        If the list would have more than `MOST_LISTED` groups.
    BadMove
        If the referral has ended.
    """
    referral = in_hand(work, by, referral_id)
    session = work.session
    rows = {
        each.asset_id: each
        for each in session.scalars(
            select(Shortlisted).where(Shortlisted.referral_id == referral_id)
        )
    }
    wanted = set(ticked)
    added = sorted(wanted - rows.keys())
    removed = sorted(rows.keys() & (set(shown) - wanted))
    if not added and not removed:
        return False
    if len(rows) + len(added) - len(removed) > MOST_LISTED:
        raise BadEntry(
            f"A shortlist has {MOST_LISTED} groups at most. Take one off first.", field="asset"
        )
    _require_listed(work, added)
    for each in removed:
        session.delete(rows[each])
    session.add_all(
        Shortlisted(referral_id=referral_id, asset_id=each, listed_by=by.actor_id) for each in added
    )
    session.flush()
    written(
        work,
        referral,
        by=by,
        what="shortlist_changed",
        details={"added": list[Json](added), "removed": list[Json](removed)},
    )
    return True


def _require_listed(work: UnitOfWork, asset_ids: list[int]) -> None:
    known = set(
        work.session.scalars(
            select(Asset.asset_id).where(Asset.asset_id.in_(asset_ids), Asset.is_retired.is_(False))
        )
    )
    for each in asset_ids:
        if each not in known:
            raise UnknownAsset("This group is no longer in the register.", asset=each)

"""How much is going on with one group: a number, and nothing of anybody."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.referrals.lifecycle import OfferState
from service.referrals.offer_model import Offer

OPEN = (
    OfferState.OFFERED,
    OfferState.SENT,
    OfferState.ACCEPTED,
    OfferState.WAITLISTED,
    OfferState.FIRST_ATTENDED,
    OfferState.ATTENDING,
)


def open_offers(session: Session, *, by: Actor, asset_id: int) -> int:
    """How many offers to a group have not come to an end, of all practices. One statement.

    For whoever is about to take it out of the register: they must know that somebody is waiting,
    and need not know who.

    Raises
    ------
    NotAllowed
        Without `Permission.EDIT_REGISTER`.
    """
    return open_offers_of(session, by=by, asset_ids=(asset_id,)).get(asset_id, 0)


def open_offers_of(session: Session, *, by: Actor, asset_ids: Collection[int]) -> dict[int, int]:
    """The same for many groups; one without an open offer is left out. One statement.

    Raises
    ------
    NotAllowed
        Without `Permission.EDIT_REGISTER`.
    """
    by.require(Permission.EDIT_REGISTER)
    rows = session.execute(
        select(Offer.asset_id, func.count())
        .where(Offer.asset_id.in_(sorted(asset_ids)), Offer.state.in_(OPEN))
        .group_by(Offer.asset_id)
    )
    return {row[0]: row[1] for row in rows}

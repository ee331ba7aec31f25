"""Risks, and worries for somebody's safety: what must be asked, and what must be passed on."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.referrals.errors import BadEntry, SafeguardingOpen
from service.referrals.lifecycle import HOLDS, OfferState, ReferralState
from service.referrals.model import Referral
from service.referrals.opening import (
    flag_is_open,
    in_hand,
    keep_offer_event,
    open_offers,
    require_escalated,
    words,
    written,
)
from service.referrals.work_model import Risk, SafeguardingConcern
from service.store.base import utc_now
from service.store.work import UnitOfWork


def record_risk(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    risk: str = "",
    none_known: bool = False,
    today: date,
) -> int:
    """Keep a risk, or that the question was asked and none is known. Returns the entry's id.

    Never asking leaves no entry: that is something else than asking and hearing of none. The same
    answer twice on a day is one entry.

    Raises
    ------
    BadEntry
        If both or neither are said, or none is said to be known while one stands in the record.
    NotAllowed, NotFound, BadMove
    """
    referral = in_hand(work, by, referral_id)
    text = words(risk, field="risk", longest=500, least=0)
    if bool(text) is none_known:
        raise BadEntry("Describe the risk, or say that none is known.", field="risk")
    standing = select(Risk).where(
        Risk.referral_id == referral_id, Risk.ended_on.is_(None), Risk.none_known.is_(False)
    )
    if none_known and work.session.scalars(standing).first() is not None:
        raise BadEntry("A risk stands in the record. End it first.", field="none_known")
    same = select(Risk).where(
        Risk.referral_id == referral_id,
        Risk.none_known == none_known,
        Risk.risk == text,
        Risk.asked_on == today,
        Risk.ended_on.is_(None),
    )
    again = work.session.scalars(same).first()
    if again is not None:
        return again.risk_id
    row = Risk(
        referral_id=referral_id,
        none_known=none_known,
        risk=text,
        asked_on=today,
        recorded_by=by.actor_id,
    )
    work.session.add(row)
    written(work, referral, by=by, what="risk_recorded")
    return row.risk_id


def end_risk(work: UnitOfWork, *, by: Actor, referral_id: str, risk_id: int, today: date) -> None:
    """A risk no longer stands; it stays in the record with its end. Ending twice is once."""
    referral = in_hand(work, by, referral_id)
    row = work.session.get(Risk, risk_id)
    if row is None or row.referral_id != referral_id:
        raise NotFound("There is no such risk in this referral.")
    if row.ended_on is None:
        row.ended_on = today
        written(work, referral, by=by, what="risk_ended")


def raise_concern(work: UnitOfWork, *, by: Actor, referral_id: str, concern: str) -> int:
    """Write down a safeguarding concern: the referral and its offers are on hold from now.

    Consent is not asked for: its lack never stands in the way. Outside only "on hold" is told.
    The same concern in the same words, while it is live, is one. Returns the concern's id.

    Raises
    ------
    NotAllowed, NotFound, BadMove, BadEntry
    """
    referral = in_hand(work, by, referral_id)
    text = words(concern, field="concern", longest=5_000)
    same = select(SafeguardingConcern).where(
        SafeguardingConcern.referral_id == referral_id,
        SafeguardingConcern.concern == text,
        SafeguardingConcern.settled_at.is_(None),
    )
    again = work.session.scalars(same).first()
    if again is not None:
        return again.concern_id
    row = SafeguardingConcern(referral_id=referral_id, concern=text, raised_by=by.actor_id)
    work.session.add(row)
    if referral.state not in HOLDS:
        referral.held_from = referral.state
    written(work, referral, by=by, what="on_hold", to=ReferralState.SAFEGUARDING_HOLD)
    for offer in open_offers(work.session, referral_id):
        if not offer.is_held:
            offer.is_held = True
            offer.version += 1
            keep_offer_event(work, offer, by=by, at=offer.state)
    work.announce(
        "safeguarding.raised",
        key=f"safeguarding.raised:{row.concern_id}",
        body={"referral": referral_id, "concern": row.concern_id},
    )
    return row.concern_id


def escalate_concern(
    work: UnitOfWork, *, by: Actor, referral_id: str, concern_id: int, told: str
) -> None:
    """Write down who was told of a concern. It is still live, and no longer blocks.

    Raises
    ------
    NotAllowed, NotFound
    BadEntry
        If nobody is named.
    """
    referral, row = _concern(work, by, referral_id, concern_id)
    if row.escalated_at is not None:
        return
    row.escalated_to = words(told, field="told", longest=200)
    row.escalated_at, row.escalated_by = utc_now(), by.actor_id
    written(work, referral, by=by, what="concern_escalated")


def settle_concern(
    work: UnitOfWork, *, by: Actor, referral_id: str, concern_id: int, how: str
) -> None:
    """Write down how a concern came to an end.

    Raises
    ------
    NotAllowed, NotFound, BadEntry
    SafeguardingOpen
        If it was passed on to nobody: a concern is not settled by whoever had it.
    """
    referral, row = _concern(work, by, referral_id, concern_id)
    if row.escalated_at is None:
        raise SafeguardingOpen("Record whom you told before you say how it was settled.")
    if row.settled_at is not None:
        return
    row.settled_how = words(how, field="how", longest=5_000)
    row.settled_at, row.settled_by = utc_now(), by.actor_id
    written(work, referral, by=by, what="concern_settled")


def end_hold(work: UnitOfWork, *, by: Actor, referral_id: str, seen_version: int) -> int:
    """Go on where the hold interrupted, once every live concern has been passed on.

    Returns the new version.

    Raises
    ------
    SafeguardingOpen, BadMove, NotAllowed, NotFound, EditConflict
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    require_escalated(work.session, referral_id)
    if referral.state is not ReferralState.SAFEGUARDING_HOLD:
        return referral.version
    back, referral.held_from = referral.held_from or ReferralState.RECEIVED, None
    if back is ReferralState.TRIAGE_FIRST and not flag_is_open(work.session, referral_id):
        # The danger sign was closed while the referral was on hold.
        back = ReferralState.RECEIVED
    for offer in open_offers(work.session, referral_id):
        if offer.is_held:
            offer.is_held = False
            offer.is_resumed = offer.is_resumed or offer.state is OfferState.ACCEPTED
            offer.version += 1
            keep_offer_event(work, offer, by=by, at=offer.state)
    return written(work, referral, by=by, what="hold_ended", to=back)


def _concern(
    work: UnitOfWork, by: Actor, referral_id: str, concern_id: int
) -> tuple[Referral, SafeguardingConcern]:
    referral = in_hand(work, by, referral_id, ended_too=True)
    row = work.session.get(SafeguardingConcern, concern_id)
    if row is None or row.referral_id != referral_id:
        raise NotFound("There is no such concern in this referral.")
    return referral, row

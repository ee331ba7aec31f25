"""The groups that stand beside one referral: shortlisted, told about, and asked; one statement."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import (
    Date,
    String,
    Subquery,
    and_,
    cast,
    literal,
    null,
    or_,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from service.people.levels import DisclosureLevel
from service.referrals.lifecycle import OFFER_MOVES, STOPS, OfferState
from service.referrals.offer_model import Offer, Recall, Signpost
from service.referrals.shortlist_model import Shortlisted
from service.register.model import Asset

_LISTED, _TOLD, _ASKED = "listed", "told", "asked"


@dataclass(frozen=True, slots=True)
class Listed:
    """A group on the shortlist."""

    asset_id: int
    name: str


@dataclass(frozen=True, slots=True)
class OfferShown:
    """One offer at a glance. `next` is where it may go from here."""

    offer_id: str
    asset_id: int
    asset_code: str
    group: str
    level: DisclosureLevel
    state: OfferState
    held: bool
    sent_at: datetime | None
    answer_by: date | None
    overdue: bool
    first_attended_on: date | None
    sessions: int | None
    place_in_list: int | None
    place_expected_on: date | None
    reason: str
    text: str
    recall_open: bool
    next: tuple[OfferState, ...]


@dataclass(frozen=True, slots=True)
class GroupsBeside:
    """What has to do with groups in one referral.

    Attributes
    ----------
    shortlist : tuple of Listed
        By name; groups that are no longer in the register are left out.
    signposted : tuple of (date, str)
        Groups the person was told about, with the day, the first told first.
    offers : tuple of OfferShown
        The oldest first.
    """

    shortlist: tuple[Listed, ...]
    signposted: tuple[tuple[date, str], ...]
    offers: tuple[OfferShown, ...]


def groups_beside(session: Session, referral_id: str, today: date) -> GroupsBeside:
    """The groups beside a referral that the caller may read. One statement."""
    key = _keys(referral_id)
    to_recall = and_(Recall.recall_id.is_not(None), Recall.done_at.is_(None))
    rows = session.execute(
        select(key.c.kind, key.c.told_on, Asset.asset_id, Asset.code, Asset.name, Offer, to_recall)
        .join(Asset, Asset.asset_id == key.c.asset_id)
        .outerjoin(Offer, Offer.offer_id == key.c.offer_id)
        .outerjoin(Recall, Recall.offer_id == Offer.offer_id)
        .where(or_(key.c.kind != _LISTED, Asset.is_retired.is_(False)))
        .order_by(Offer.offered_at, Offer.offer_id, key.c.place)
    ).all()
    listed = [Listed(row.asset_id, row.name) for row in rows if row.kind == _LISTED]
    return GroupsBeside(
        # Not by the database: each has an order of its own for names.
        tuple(sorted(listed, key=lambda each: (each.name, each.asset_id))),
        tuple((told_on, name) for kind, told_on, _, _, name, *_ in rows if kind == _TOLD),
        tuple(
            _offer(offer, code, name, today, is_to_recall=is_to_recall)
            for kind, _, _, code, name, offer, is_to_recall in rows
            if kind == _ASKED
        ),
    )


def _keys(referral_id: str) -> Subquery:
    """Which groups, and as what; `place` is the order in which the person was told."""
    nothing = cast(null(), Date)
    return union_all(
        select(
            literal(_LISTED).label("kind"),
            Shortlisted.asset_id.label("asset_id"),
            nothing.label("told_on"),
            cast(null(), String).label("offer_id"),
            literal(0).label("place"),
        ).where(Shortlisted.referral_id == referral_id),
        select(
            literal(_TOLD),
            Signpost.asset_id,
            Signpost.told_on,
            cast(null(), String),
            Signpost.signpost_id,
        ).where(Signpost.referral_id == referral_id),
        select(literal(_ASKED), Offer.asset_id, nothing, Offer.offer_id, literal(0)).where(
            Offer.referral_id == referral_id
        ),
    ).subquery()


def _offer(offer: Offer, code: str, name: str, today: date, *, is_to_recall: bool) -> OfferShown:
    moves = OFFER_MOVES[offer.state]
    return OfferShown(
        offer_id=offer.offer_id,
        asset_id=offer.asset_id,
        asset_code=code,
        group=name,
        level=offer.level,
        state=offer.state,
        held=offer.is_held,
        sent_at=offer.sent_at,
        answer_by=offer.answer_by,
        overdue=offer.state is OfferState.SENT
        and offer.answer_by is not None
        and offer.answer_by < today,
        first_attended_on=offer.first_attended_on,
        sessions=offer.sessions,
        place_in_list=offer.place_in_list,
        place_expected_on=offer.place_expected_on,
        reason=offer.reason,
        text=offer.text,
        recall_open=is_to_recall,
        next=tuple(sorted(moves & STOPS if offer.is_held else moves)),
    )

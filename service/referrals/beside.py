"""What stands beside referrals in other tables, for lists of many: one statement for all of it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, ScalarSelect, Select, String, cast, literal, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.matching.notes.model import FlagStatus
from service.referrals.kinds import LetterState
from service.referrals.lifecycle import OFFER_ENDS, OfferState
from service.referrals.model import RaisedFlag
from service.referrals.offer_model import Offer
from service.referrals.work_model import MessageBack, SafeguardingConcern


@dataclass(slots=True)
class Beside:
    """Of one referral: open offers as first made, and what says whose turn it is.

    `is_blocked` is a concern of which nobody has been told. `letters` counts the messages back, of
    which the last came `last_letter_at`.
    """

    offers: list[OfferState] = field(default_factory=list)
    is_flagged: bool = False
    is_blocked: bool = False
    letters: int = 0
    last_letter_at: datetime | None = None


NOTHING: Final = Beside()
"""For a referral that has nothing beside it. Not to be changed."""


def beside(
    session: Session, referral_ids: Collection[str] | ScalarSelect[str]
) -> dict[str, Beside]:
    """By referral, of those that the caller may read; one with nothing beside it is not in it.

    One statement, and none for no referral.
    """
    if not isinstance(referral_ids, ScalarSelect) and not referral_ids:
        return {}
    concern = SafeguardingConcern
    parts = (
        _rows("offer", Offer.referral_id, Offer.offer_id, Offer.sent_at, Offer.state).where(
            Offer.referral_id.in_(referral_ids), Offer.state.not_in(sorted(OFFER_ENDS))
        ),
        _rows("flag", RaisedFlag.referral_id, RaisedFlag.flag, RaisedFlag.raised_at).where(
            RaisedFlag.referral_id.in_(referral_ids),
            RaisedFlag.closed_at.is_(None),
            RaisedFlag.status.in_([each for each in FlagStatus if each.needs_clinician]),
        ),
        _rows("concern", concern.referral_id, concern.concern_id, concern.raised_at).where(
            concern.referral_id.in_(referral_ids),
            concern.settled_at.is_(None),
            concern.escalated_at.is_(None),
        ),
        _rows("letter", MessageBack.referral_id, MessageBack.message_id, MessageBack.sent_at).where(
            MessageBack.referral_id.in_(referral_ids), MessageBack.state == LetterState.SENT
        ),
    )
    found: dict[str, Beside] = {}
    for kind, referral_id, _, at, state in session.execute(union_all(*parts).order_by("key")):
        one = found.setdefault(referral_id, Beside())
        if kind == "offer":
            one.offers.append(OfferState(state))
        elif kind == "letter":
            one.letters += 1
            one.last_letter_at = max(filter(None, (at, one.last_letter_at)), default=None)
        one.is_flagged |= kind == "flag"
        one.is_blocked |= kind == "concern"
    return found


def _rows(
    kind: str,
    referral_id: InstrumentedAttribute[str],
    key: InstrumentedAttribute[Any],
    at: InstrumentedAttribute[Any],
    state: ColumnElement[Any] | InstrumentedAttribute[Any] | None = None,
) -> Select[Any]:
    """One table's part: what it is, whose, its key as text, when, and a stage."""
    return select(
        literal(kind),
        referral_id,
        cast(key, String).label("key"),
        at,
        literal("") if state is None else cast(state, String),
    )

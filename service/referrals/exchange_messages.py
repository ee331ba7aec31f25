"""Messages back as another system may read them: only those that were sent."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.identity.gate import readable
from service.referrals.exchange import NOT_YOURS
from service.referrals.kinds import LetterState
from service.referrals.model import Referral
from service.referrals.work_model import MessageBack


def message(session: Session, *, by: Actor, message_id: int) -> MessageBack:
    """One message that was sent, if `by` may read its referral. One statement.

    Raises
    ------
    NotFound
        If there is none, it is a draft still, or it is another practice's.
    """
    found = session.scalar(
        select(MessageBack)
        .join(Referral, Referral.referral_id == MessageBack.referral_id)
        .where(
            MessageBack.message_id == message_id,
            MessageBack.state == LetterState.SENT,
            readable(by).rows(Referral.practice_code),
        )
    )
    if found is None:
        raise NotFound(NOT_YOURS)
    return found


def messages_of(
    session: Session, *, by: Actor, referral_ids: Collection[str]
) -> tuple[MessageBack, ...]:
    """The messages sent about these referrals that `by` may read, in the order they were sent."""
    return tuple(
        session.scalars(
            select(MessageBack)
            .join(Referral, Referral.referral_id == MessageBack.referral_id)
            .where(
                MessageBack.referral_id.in_(sorted(referral_ids)),
                MessageBack.state == LetterState.SENT,
                readable(by).rows(Referral.practice_code),
            )
            .order_by(MessageBack.sent_at, MessageBack.message_id)
        )
    )

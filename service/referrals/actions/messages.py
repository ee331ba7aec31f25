"""Messages of other systems: each processed once, however often it is sent."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.referrals.message_model import ReceivedMessage
from service.store.work import UnitOfWork


@dataclass(frozen=True, slots=True)
class MessageHeads:
    """What a message is known by.

    Attributes
    ----------
    request_id, correlation_id : str
        UUIDs of this message, and of all that are about one referral.
    message_id : str
        The sender's id of its Bundle.
    digest : str
        SHA-256 of what it says.
    reason : str
        new, update, delete or response.
    """

    request_id: str
    correlation_id: str
    message_id: str
    digest: str
    reason: str


@dataclass(frozen=True, slots=True)
class Claimed:
    """What became of the claim to be the first of its id.

    Attributes
    ----------
    row : ReceivedMessage or None
        The row to be filled in by whoever processes it; None when it came before.
    is_same : bool
        It came before, word for word under the same two ids.
    referral_id : str or None
        What was made of it then.
    """

    row: ReceivedMessage | None
    is_same: bool = False
    referral_id: str | None = None


def claim(work: UnitOfWork, *, by: Actor, practice: OdsCode, heads: MessageHeads) -> Claimed:
    """Be the first to process a message under its id, or learn what was made of it before.

    The claim is kept with what is made of the message, in one transaction: what fails may be sent
    again under the same id. Of two at once the database lets one through; the other waits for it.

    Raises
    ------
    NotAllowed
    """
    by.require(Permission.REFER, at=practice)
    earlier = _earlier(work.session, practice, heads.request_id)
    if earlier is None:
        row = ReceivedMessage(
            client=str(practice),
            request_id=heads.request_id,
            correlation_id=heads.correlation_id,
            digest=heads.digest,
            message_id=heads.message_id,
            reason=heads.reason,
        )
        try:
            with work.session.begin_nested():
                work.session.add(row)
                work.session.flush()
            return Claimed(row)
        except IntegrityError:
            earlier = _earlier(work.session, practice, heads.request_id)
            if earlier is None:
                raise
    is_same = earlier.digest == heads.digest and earlier.correlation_id == heads.correlation_id
    return Claimed(None, is_same, earlier.referral_id)


def correlated(session: Session, practice: OdsCode, correlation_id: str) -> str | None:
    """The newest referral that messages of this correlation made; None when there is none."""
    return session.scalar(
        select(ReceivedMessage.referral_id)
        .where(
            ReceivedMessage.client == str(practice),
            ReceivedMessage.correlation_id == correlation_id,
            ReceivedMessage.referral_id.is_not(None),
        )
        .order_by(ReceivedMessage.received_id.desc())
        .limit(1)
    )


def of_message(session: Session, practice: OdsCode, message_id: str) -> str | None:
    """The referral that the message with this Bundle id was about; None when it is not known."""
    return session.scalar(
        select(ReceivedMessage.referral_id)
        .where(
            ReceivedMessage.client == str(practice),
            ReceivedMessage.message_id == message_id,
            ReceivedMessage.referral_id.is_not(None),
        )
        .order_by(ReceivedMessage.received_id.desc())
        .limit(1)
    )


def _earlier(session: Session, practice: OdsCode, request_id: str) -> ReceivedMessage | None:
    return session.scalar(
        select(ReceivedMessage).where(
            ReceivedMessage.client == str(practice), ReceivedMessage.request_id == request_id
        )
    )

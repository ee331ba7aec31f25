"""Messages of other systems that were processed: what makes a repeat recognisable."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from service.store.base import ORGANISATIONAL, PERSONAL, Base, UtcDateTime, column, utc_now


class ReceivedMessage(Base):
    """One message, under the id that its sender gave it. What it said is not kept here."""

    __tablename__ = "received_message"
    __table_args__ = (
        # Two at once with one id cannot both be processed.
        UniqueConstraint("client", "request_id"),
        Index("ix_received_message_correlation", "client", "correlation_id"),
        Index("ix_received_message_referral_id", "referral_id"),
    )

    received_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    # Whose ids these are: the practice that the message was sent for.
    client: Mapped[str] = column(ORGANISATIONAL, String(80))
    request_id: Mapped[str] = column(ORGANISATIONAL, String(36))
    correlation_id: Mapped[str] = column(ORGANISATIONAL, String(36))
    digest: Mapped[str] = column(ORGANISATIONAL, String(64))
    # The sender's id of the message itself, which an answer names.
    message_id: Mapped[str] = column(ORGANISATIONAL, String(64))
    # "new", "update" or "delete", and "response" for what answers one of ours.
    reason: Mapped[str] = column(ORGANISATIONAL, String(20))
    referral_id: Mapped[str | None] = column(PERSONAL, ForeignKey("referral.referral_id"))
    # The referral whose messages had the same correlation before: this one goes on from it.
    follows: Mapped[str | None] = column(PERSONAL, ForeignKey("referral.referral_id"))
    received_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)

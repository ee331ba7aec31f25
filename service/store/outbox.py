"""Messages that leave Kith, written in the transaction of the change they tell of."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped

from geo.errors import Json
from service.store.base import (
    ORGANISATIONAL,
    PUBLIC,
    Base,
    JsonDocument,
    UtcDateTime,
    column,
    utc_now,
)


class OutboxMessage(Base):
    """One message to be sent at least once; receivers know repeats by its key."""

    __tablename__ = "outbox_message"
    __table_args__ = (Index("ix_outbox_message_waiting", "sent_at", "message_id"),)

    message_id: Mapped[int] = column(PUBLIC, primary_key=True)
    topic: Mapped[str] = column(PUBLIC, String(80))
    key: Mapped[str] = column(ORGANISATIONAL, String(120), unique=True)
    body: Mapped[dict[str, Json]] = column(ORGANISATIONAL, JsonDocument())
    written_at: Mapped[datetime] = column(PUBLIC, UtcDateTime(), default=utc_now)
    sent_at: Mapped[datetime | None] = column(PUBLIC, UtcDateTime())
    attempts: Mapped[int] = column(PUBLIC, default=0)

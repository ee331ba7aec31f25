"""Where a practice's systems want to be told of changes, and what they were told when."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped

from service.store.base import ORGANISATIONAL, PERSONAL, Base, UtcDateTime, column, utc_now


class Webhook(Base):
    """An address of a practice's system to which changes of its own referrals are told.

    The secret signs what is sent, so it has to be kept as it is; it opens nothing in Kith.
    """

    __tablename__ = "webhook"
    __table_args__ = (Index("ix_webhook_practice_code", "practice_code"),)

    hook_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    practice_code: Mapped[str] = column(ORGANISATIONAL, ForeignKey("nhs_org.ods_code"))
    url: Mapped[str] = column(ORGANISATIONAL, String(500))
    secret: Mapped[str] = column(ORGANISATIONAL, String(80))
    note: Mapped[str] = column(ORGANISATIONAL, String(120), default="")
    created_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    withdrawn_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())


class Notice(Base):
    """One change to be told at one address: which resource, which version, and how it went.

    Nothing about a person goes with it. Whoever is told asks for the resource with its own token.
    """

    __tablename__ = "notice"
    __table_args__ = (
        UniqueConstraint("hook_id", "kind", "resource_id", "version"),
        Index("ix_notice_due", "sent_at", "given_up_at", "due_at"),
    )

    notice_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    hook_id: Mapped[int] = column(ORGANISATIONAL, ForeignKey("webhook.hook_id"))
    # A FHIR resource type: "Task" or "DocumentReference".
    kind: Mapped[str] = column(ORGANISATIONAL, String(40))
    resource_id: Mapped[str] = column(PERSONAL, String(64))
    version: Mapped[int] = column(ORGANISATIONAL)
    written_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    # When it may be tried next; moved on before each try, so that two workers do not both send it.
    due_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())
    attempts: Mapped[int] = column(ORGANISATIONAL, default=0)
    # HTTP status of the last try; 0 when nobody answered.
    last_status: Mapped[int | None] = column(ORGANISATIONAL)
    sent_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    given_up_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())

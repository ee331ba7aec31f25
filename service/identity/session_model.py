"""What signing in leaves behind: attempts, sessions, forms kept for later, and counted requests."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Float, ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped

from geo.errors import Json
from service.store.base import (
    ORGANISATIONAL,
    PERSONAL,
    Base,
    JsonDocument,
    UtcDateTime,
    column,
    utc_now,
)


class StaffSession(Base):
    """Somebody signed in, in one browser. Only a digest of what the browser holds is kept.

    A session that has ended by time stays for a day, so that a form sent after that can be kept
    for the right person.
    """

    __tablename__ = "staff_session"
    __table_args__ = (Index("ix_staff_session_expires_at", "expires_at"),)

    digest: Mapped[str] = column(ORGANISATIONAL, String(64), primary_key=True)
    staff_id: Mapped[int] = column(ORGANISATIONAL, ForeignKey("staff_member.staff_id"), index=True)
    created_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    seen_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    expires_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())
    ended_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    # What is to be said on the next page; it may name a person.
    said: Mapped[list[Json]] = column(PERSONAL, JsonDocument(), default=list)


class SignInAttempt(Base):
    """Somebody on their way to the identity provider and back."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_started_at", "started_at"),)

    state_digest: Mapped[str] = column(ORGANISATIONAL, String(64), primary_key=True)
    browser_digest: Mapped[str] = column(ORGANISATIONAL, String(64))
    nonce: Mapped[str] = column(ORGANISATIONAL, String(64))
    verifier: Mapped[str] = column(ORGANISATIONAL, String(128))
    next_path: Mapped[str] = column(PERSONAL, String(500))
    started_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)


class KeptForm(Base):
    """A form that was sent after the session had ended: what was typed, for an hour.

    Encrypted with a key that only the browser holds, and given back only to the same person.
    """

    __tablename__ = "kept_form"
    __table_args__ = (Index("ix_kept_form_kept_at", "kept_at"),)

    kept_id: Mapped[str] = column(ORGANISATIONAL, String(43), primary_key=True)
    staff_id: Mapped[int] = column(ORGANISATIONAL, ForeignKey("staff_member.staff_id"))
    typed: Mapped[bytes] = column(PERSONAL, LargeBinary)
    kept_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)


class RateBucket(Base):
    """How often something may still be asked; the key is a digest of what is counted and whose."""

    __tablename__ = "rate_bucket"
    __table_args__ = (Index("ix_rate_bucket_counted_at", "counted_at"),)

    bucket: Mapped[str] = column(PERSONAL, String(64), primary_key=True)
    tokens: Mapped[float] = column(ORGANISATIONAL, Float)
    counted_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())

"""Who works with Kith, as what, where; and records they opened outside their places."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped

from service.store.base import (
    ORGANISATIONAL,
    PERSONAL,
    Base,
    UtcDateTime,
    column,
    utc_now,
)


class StaffMember(Base):
    """Somebody who may sign in. Who they are is the identity provider's word; no password here."""

    __tablename__ = "staff_member"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    staff_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    # A subject means something only together with the provider that gave it.
    issuer: Mapped[str] = column(ORGANISATIONAL, String(255))
    subject: Mapped[str] = column(PERSONAL, String(255))
    display_name: Mapped[str] = column(PERSONAL, String(120))
    email: Mapped[str] = column(PERSONAL, String(254), default="")
    added_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    ended_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())


class StaffRole(Base):
    """A role that somebody has for a place: a practice, PCN or ICB; '' where no place is meant."""

    __tablename__ = "staff_role"

    staff_id: Mapped[int] = column(
        ORGANISATIONAL, ForeignKey("staff_member.staff_id"), primary_key=True
    )
    role: Mapped[str] = column(ORGANISATIONAL, String(40), primary_key=True)
    place_code: Mapped[str] = column(ORGANISATIONAL, String(10), primary_key=True, default="")
    granted_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)


class BreakGlass(Base):
    """One record opened outside somebody's places: for a reason, for an hour, seen by the lead."""

    __tablename__ = "break_glass"
    __table_args__ = (
        Index("ix_break_glass_staff_id_ends_at", "staff_id", "ends_at"),
        Index("ix_break_glass_practice_code", "practice_code", "opened_at"),
    )

    glass_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    staff_id: Mapped[int] = column(ORGANISATIONAL, ForeignKey("staff_member.staff_id"))
    referral_key: Mapped[str] = column(PERSONAL, String(36))
    person_key: Mapped[str] = column(PERSONAL, String(36))
    practice_code: Mapped[str] = column(ORGANISATIONAL, String(10))
    reason: Mapped[str] = column(PERSONAL, Text)
    opened_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    ends_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())
    reviewed_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    reviewed_by: Mapped[int | None] = column(ORGANISATIONAL, ForeignKey("staff_member.staff_id"))

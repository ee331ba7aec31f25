"""Referrals as they are kept."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from geo.errors import Json
from service.store.base import (
    ORGANISATIONAL,
    PERSONAL,
    Base,
    EnumText,
    JsonDocument,
    UtcDateTime,
    column,
    utc_now,
)


class ReferralState(StrEnum):
    """Where a referral stands. Further stages come with the link worker's part."""

    RECEIVED = "received"


class Referral(Base):
    """A practice's request that somebody be connected to their community."""

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("practice_code", "request_key"),
        Index("ix_referral_practice_code_received_at", "practice_code", "received_at"),
        Index("ix_referral_request_digest", "practice_code", "request_digest", "received_at"),
    )

    referral_id: Mapped[str] = column(PERSONAL, String(36), primary_key=True)
    practice_code: Mapped[str] = column(ORGANISATIONAL, ForeignKey("nhs_org.ods_code"))
    person_id: Mapped[str] = column(PERSONAL, ForeignKey("person.person_id"))
    state: Mapped[ReferralState] = column(
        PERSONAL, EnumText(ReferralState), default=ReferralState.RECEIVED
    )
    # The sender's key, or one made of the request itself: what makes twice the same once.
    request_key: Mapped[str] = column(ORGANISATIONAL, String(160))
    request_digest: Mapped[str] = column(ORGANISATIONAL, String(64))
    postcode: Mapped[str | None] = column(PERSONAL, String(8))
    facts: Mapped[dict[str, Json]] = column(PERSONAL, JsonDocument(), default=dict)
    reason: Mapped[str] = column(PERSONAL, Text, default="")
    received_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    received_from: Mapped[str] = column(ORGANISATIONAL, String(80))

    needs: Mapped[list[ReferralNeed]] = relationship(
        lazy="raise", order_by="ReferralNeed.position", cascade="all, delete-orphan"
    )


class ReferralNeed(Base):
    """One need of a referral, in the order the referrer gave, surest first."""

    __tablename__ = "referral_need"

    referral_id: Mapped[str] = column(
        PERSONAL, ForeignKey("referral.referral_id"), primary_key=True
    )
    need: Mapped[str] = column(PERSONAL, String(60), primary_key=True)
    position: Mapped[int] = column(PERSONAL)
    confidence: Mapped[float] = column(PERSONAL, default=1.0)

"""Referrals as they are kept."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from geo.errors import Json
from service.matching.notes.model import FlagStatus
from service.store.base import (
    ORGANISATIONAL,
    PERSONAL,
    PUBLIC,
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
    TRIAGE_FIRST = "triage_first"
    NEEDS_MORE = "needs_more"
    OUT_OF_SCOPE = "out_of_scope"


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
    # Why it stands there, and what to do, in the words of the reading.
    state_reason: Mapped[str] = column(PERSONAL, Text, default="", server_default="")
    referrer_name: Mapped[str] = column(PERSONAL, String(120), default="", server_default="")
    referrer_role: Mapped[str] = column(PERSONAL, String(120), default="", server_default="")
    # How the note was read, so that it can still be explained later; null when there was none.
    reading: Mapped[dict[str, Json] | None] = column(PERSONAL, JsonDocument())
    # What must not be sent to the person's home, in words; empty when nothing is known.
    safe_contact: Mapped[str] = column(PERSONAL, String(200), default="", server_default="")

    needs: Mapped[list[ReferralNeed]] = relationship(
        lazy="raise", order_by="ReferralNeed.position", cascade="all, delete-orphan"
    )
    flags: Mapped[list[RaisedFlag]] = relationship(lazy="raise", order_by="RaisedFlag.flag")


class ReferralNeed(Base):
    """One need of a referral, in the order the referrer gave, surest first."""

    __tablename__ = "referral_need"

    referral_id: Mapped[str] = column(
        PERSONAL, ForeignKey("referral.referral_id"), primary_key=True
    )
    need: Mapped[str] = column(PERSONAL, String(60), primary_key=True)
    position: Mapped[int] = column(PERSONAL)
    confidence: Mapped[float] = column(PERSONAL, default=1.0)
    # The words of the note that led to it; empty when somebody stated the need.
    words: Mapped[str] = column(PERSONAL, Text, default="", server_default="")


class RaisedFlag(Base):
    """A danger sign in a referral's note. The software raises it; only a person closes it."""

    __tablename__ = "raised_flag"
    __table_args__ = (Index("ix_raised_flag_open", "closed_at", "raised_at"),)

    referral_id: Mapped[str] = column(
        PERSONAL, ForeignKey("referral.referral_id"), primary_key=True
    )
    flag: Mapped[str] = column(PERSONAL, String(60), primary_key=True)
    status: Mapped[FlagStatus] = column(PERSONAL, EnumText(FlagStatus))
    words: Mapped[str] = column(PERSONAL, Text)
    what_to_do: Mapped[str] = column(PERSONAL, Text)
    # The clinician who must see it, by name when the referral names one.
    tell: Mapped[str] = column(PERSONAL, String(200))
    raised_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    closed_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    closed_by: Mapped[str] = column(PERSONAL, String(120), default="")
    closed_role: Mapped[str] = column(PERSONAL, String(120), default="")
    outcome: Mapped[str] = column(PERSONAL, Text, default="")

    @property
    def is_open(self) -> bool:
        """Whether it still stands between the person and any group. History never does."""
        return self.closed_at is None and self.status.needs_clinician


class UnmetNeed(Base):
    """A need for which nothing fitted: what, roughly where, and what stood in the way.

    The place is a postcode district, never the person's own postcode. One row for a referral and a
    need, however often matches are asked for.
    """

    __tablename__ = "unmet_need"
    __table_args__ = (
        UniqueConstraint("referral_id", "need"),
        Index("ix_unmet_need_place", "need", "district"),
    )

    unmet_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    need: Mapped[str] = column(ORGANISATIONAL, String(60))
    district: Mapped[str] = column(ORGANISATIONAL, String(4), default="")
    # The rule that excluded the nearest group, empty when no group serves the need at all.
    barrier: Mapped[str] = column(ORGANISATIONAL, String(60), default="")
    nearest_asset_id: Mapped[int | None] = column(PUBLIC)
    nearest_min: Mapped[float | None] = column(ORGANISATIONAL)
    noted_on: Mapped[date] = column(ORGANISATIONAL)


class AssetShown(Base):
    """How much an asset was shown on one day: the sum of its positions' worth and of its scores.

    Kept by day so that a day's lists do not change each other: turns are taken by what was shown
    up to yesterday, and the same question has the same answer all day.
    """

    __tablename__ = "asset_shown"

    asset_id: Mapped[int] = column(
        ORGANISATIONAL, ForeignKey("asset.asset_id"), primary_key=True, autoincrement=False
    )
    shown_on: Mapped[date] = column(ORGANISATIONAL, primary_key=True)
    exposure: Mapped[float] = column(ORGANISATIONAL)
    merit: Mapped[float] = column(ORGANISATIONAL)

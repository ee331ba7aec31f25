"""Referrals as they are kept."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, relationship

from geo.errors import Json
from service.matching.notes.model import FlagStatus
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import ReferralState
from service.register.vocabulary import ReferralRoute
from service.store.base import (
    LONG_AGO,
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


class Referral(Base):
    """A practice's request that somebody be connected to their community."""

    __tablename__ = "referral"
    __table_args__ = (
        UniqueConstraint("practice_code", "request_key"),
        Index("ix_referral_practice_code_received_at", "practice_code", "received_at"),
        Index("ix_referral_request_digest", "practice_code", "request_digest", "received_at"),
        Index("ix_referral_practice_code_state", "practice_code", "state", "received_at"),
        Index("ix_referral_assigned_to_state", "assigned_to", "state"),
        Index("ix_referral_person_id", "person_id"),
        Index("ix_referral_practice_code_changed_at", "practice_code", "changed_at", "referral_id"),
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
    urgency: Mapped[Urgency] = column(
        PERSONAL, EnumText(Urgency), default=Urgency.ROUTINE, server_default="routine"
    )
    # The link worker's identifier among staff; null while nobody has it.
    assigned_to: Mapped[str | None] = column(ORGANISATIONAL, String(80))
    next_action: Mapped[str] = column(PERSONAL, String(300), default="", server_default="")
    next_action_on: Mapped[date | None] = column(ORGANISATIONAL)
    # Counted up by every change, so that a second writer is told what the first one did.
    version: Mapped[int] = column(ORGANISATIONAL, default=1, server_default="1")
    # The stage that a safeguarding hold interrupted.
    held_from: Mapped[ReferralState | None] = column(PERSONAL, EnumText(ReferralState))
    first_contact_on: Mapped[date | None] = column(ORGANISATIONAL)
    touched_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    ended_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    # Why it was returned, withdrawn or closed: a code of its list, and words.
    end_reason: Mapped[str] = column(PERSONAL, String(40), default="", server_default="")
    end_text: Mapped[str] = column(PERSONAL, Text, default="", server_default="")
    # When it was changed last, in order of commit (see `service.identity.audit.turn`): what another
    # system polls by.
    changed_at: Mapped[datetime] = column(
        ORGANISATIONAL, UtcDateTime(), default=utc_now, server_default=LONG_AGO
    )
    # Who sent the person: some groups take people by one route only.
    route: Mapped[ReferralRoute] = column(
        PERSONAL, EnumText(ReferralRoute), default=ReferralRoute.GP, server_default="gp"
    )

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
    # Who said that a need which was read is right; null while nobody has.
    confirmed_by: Mapped[str | None] = column(ORGANISATIONAL, String(80))


class ReferralEvent(Base):
    """One change of a referral: who did what when, and from which stage to which.

    `what` is a word of Kith's own, so that it can be told to anybody who may see the referral.
    """

    __tablename__ = "referral_event"
    __table_args__ = (Index("ix_referral_event_referral_id", "referral_id", "version"),)

    event_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    version: Mapped[int] = column(ORGANISATIONAL)
    at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    actor: Mapped[str] = column(ORGANISATIONAL, String(80))
    what: Mapped[str] = column(PERSONAL, String(60))
    # Null for the first: there is no stage before it was received.
    at_state: Mapped[ReferralState | None] = column(PERSONAL, EnumText(ReferralState))
    to_state: Mapped[ReferralState] = column(PERSONAL, EnumText(ReferralState))
    reason: Mapped[str] = column(PERSONAL, String(40), default="")
    text: Mapped[str] = column(PERSONAL, Text, default="")


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

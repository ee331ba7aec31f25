"""Offers to groups as they are kept, and all that was ever told to them."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, String, Text
from sqlalchemy.orm import Mapped

from geo.errors import Json
from service.people.levels import DisclosureLevel
from service.referrals.lifecycle import OfferState
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


class Offer(Base):
    """The approach to one group for one referral."""

    __tablename__ = "offer"
    __table_args__ = (
        Index("ix_offer_referral_id", "referral_id"),
        Index("ix_offer_state_answer_by", "state", "answer_by"),
        Index("ix_offer_asset_id", "asset_id"),
        Index("ix_offer_changed_at", "changed_at", "offer_id"),
    )

    offer_id: Mapped[str] = column(PERSONAL, String(36), primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    asset_id: Mapped[int] = column(PUBLIC, ForeignKey("asset.asset_id"))
    level: Mapped[DisclosureLevel] = column(PERSONAL, EnumText(DisclosureLevel))
    state: Mapped[OfferState] = column(PERSONAL, EnumText(OfferState), default=OfferState.OFFERED)
    offered_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    offered_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    sent_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    # The last day for an answer; unanswered the day after, the offer has expired.
    answer_by: Mapped[date | None] = column(ORGANISATIONAL)
    answered_on: Mapped[date | None] = column(ORGANISATIONAL)
    first_attended_on: Mapped[date | None] = column(PERSONAL)
    ended_on: Mapped[date | None] = column(PERSONAL)
    sessions: Mapped[int | None] = column(PERSONAL)
    place_in_list: Mapped[int | None] = column(PERSONAL)
    place_expected_on: Mapped[date | None] = column(PERSONAL)
    reason: Mapped[str] = column(PERSONAL, String(40), default="")
    text: Mapped[str] = column(PERSONAL, Text, default="")
    is_held: Mapped[bool] = column(PERSONAL, default=False)
    # It was accepted, held and let go again: FHIR then calls it in progress.
    is_resumed: Mapped[bool] = column(PERSONAL, default=False)
    version: Mapped[int] = column(ORGANISATIONAL, default=1)
    # When it was changed last, in order of commit.
    changed_at: Mapped[datetime] = column(
        ORGANISATIONAL, UtcDateTime(), default=utc_now, server_default=LONG_AGO
    )


class OfferEvent(Base):
    """One move of an offer: who recorded it, when, and how it was heard."""

    __tablename__ = "offer_event"
    __table_args__ = (Index("ix_offer_event_offer_id", "offer_id"),)

    event_id: Mapped[int] = column(PERSONAL, primary_key=True)
    offer_id: Mapped[str] = column(PERSONAL, ForeignKey("offer.offer_id"))
    at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    actor: Mapped[str] = column(ORGANISATIONAL, String(80))
    at_state: Mapped[OfferState | None] = column(PERSONAL, EnumText(OfferState))
    to_state: Mapped[OfferState] = column(PERSONAL, EnumText(OfferState))
    is_held: Mapped[bool] = column(PERSONAL, default=False)
    is_resumed: Mapped[bool] = column(PERSONAL, default=False)
    reason: Mapped[str] = column(PERSONAL, String(40), default="")
    text: Mapped[str] = column(PERSONAL, Text, default="")
    heard: Mapped[str] = column(PERSONAL, String(40), default="")


class Signpost(Base):
    """A group that a person was told about: nothing of the person went to it."""

    __tablename__ = "signpost"
    __table_args__ = (Index("ix_signpost_referral_id", "referral_id"),)

    signpost_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    asset_id: Mapped[int] = column(PUBLIC, ForeignKey("asset.asset_id"))
    told_on: Mapped[date] = column(PERSONAL)
    told_by: Mapped[str] = column(ORGANISATIONAL, String(80))


class Disclosure(Base):
    """What a recipient was told of a person, field by field. Never changed, never deleted.

    It refers to its consent as a whole (referral, recipient, level, given), and the database checks
    that this consent was given and covers the level: no row can exist without it.
    """

    __tablename__ = "disclosure"
    __table_args__ = (
        ForeignKeyConstraint(
            ["consent_id", "referral_id", "recipient", "consent_level", "consent_given"],
            [
                "consent.consent_id",
                "consent.referral_id",
                "consent.recipient",
                "consent.level",
                "consent.given",
            ],
            name="fk_disclosure_consent_scope",
        ),
        CheckConstraint("consent_given", "consent_given"),
        CheckConstraint(
            "(level = 'introduction' and consent_level in ('introduction', 'full'))"
            " or (level = 'full' and consent_level = 'full')",
            "level",
        ),
        Index("ix_disclosure_referral_id", "referral_id"),
        Index("ix_disclosure_offer_id", "offer_id"),
    )

    disclosure_id: Mapped[int] = column(PERSONAL, primary_key=True)
    offer_id: Mapped[str] = column(PERSONAL, ForeignKey("offer.offer_id"))
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    recipient: Mapped[str] = column(PERSONAL, String(120))
    level: Mapped[DisclosureLevel] = column(PERSONAL, EnumText(DisclosureLevel))
    consent_id: Mapped[int] = column(PERSONAL)
    consent_level: Mapped[DisclosureLevel] = column(PERSONAL, EnumText(DisclosureLevel))
    consent_given: Mapped[bool] = column(PERSONAL)
    # Exactly what went: each field with its value.
    content: Mapped[dict[str, Json]] = column(PERSONAL, JsonDocument())
    disclosed_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    disclosed_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())


class Recall(Base):
    """A recipient who was told something and must now be asked to forget it."""

    __tablename__ = "recall"
    __table_args__ = (Index("ix_recall_waiting", "done_at", "asked_at"),)

    recall_id: Mapped[int] = column(PERSONAL, primary_key=True)
    offer_id: Mapped[str] = column(PERSONAL, ForeignKey("offer.offer_id"), unique=True)
    recipient: Mapped[str] = column(PERSONAL, String(120))
    reason: Mapped[str] = column(PERSONAL, String(40))
    asked_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    done_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    done_by: Mapped[str] = column(ORGANISATIONAL, String(80), default="")

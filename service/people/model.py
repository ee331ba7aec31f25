"""The person, and what they agreed to."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, false
from sqlalchemy.orm import Mapped

from service.people.levels import DisclosureLevel
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

__all__ = ["Consent", "DisclosureLevel", "Person", "PersonJoin"]


class Person(Base):
    """Somebody who was referred. Only what is needed to reach them and to know them again."""

    __tablename__ = "person"
    __table_args__ = (
        Index("ix_person_practice_code_nhs_number", "practice_code", "nhs_number"),
        Index("ix_person_practice_code_birth_date", "practice_code", "birth_date"),
        Index("ix_person_joined_to", "joined_to"),
    )

    person_id: Mapped[str] = column(PERSONAL, String(36), primary_key=True)
    practice_code: Mapped[str] = column(PERSONAL, ForeignKey("nhs_org.ods_code"))
    nhs_number: Mapped[str | None] = column(PERSONAL, String(10))
    given_name: Mapped[str] = column(PERSONAL, String(120), default="")
    family_name: Mapped[str] = column(PERSONAL, String(120), default="")
    birth_date: Mapped[date | None] = column(PERSONAL)
    postcode: Mapped[str | None] = column(PERSONAL, String(8))
    created_at: Mapped[datetime] = column(PERSONAL, UtcDateTime(), default=utc_now)
    telephone: Mapped[str] = column(PERSONAL, String(40), default="", server_default="")
    email: Mapped[str] = column(PERSONAL, String(200), default="", server_default="")
    # How the person wants to be reached: "telephone", "text", "email", "letter", or not said.
    reach_by: Mapped[str] = column(PERSONAL, String(20), default="", server_default="")
    # The person's word against any sharing: it stands above every consent.
    objected_at: Mapped[datetime | None] = column(PERSONAL, UtcDateTime())
    objection: Mapped[str] = column(PERSONAL, Text, default="", server_default="")
    # Marked as sensitive at the source or by safeguarding: no contact or place goes to anybody.
    address_protected: Mapped[bool] = column(PERSONAL, default=False, server_default=false())
    # The record that this one was found to be a second of; it stays, so that a join can be undone.
    # No foreign key: SQLite could only add one by making the whole table anew under its children.
    joined_to: Mapped[str | None] = column(PERSONAL, String(36))
    # What the person likes to be called, where a sender said so.
    preferred_name: Mapped[str] = column(PERSONAL, String(120), default="", server_default="")


class Consent(Base):
    """What the person agreed to, for one recipient; one row each time they were asked.

    The recipient of a referral's own consent is the link worker of the practice; offers to groups
    bring their own.
    """

    __tablename__ = "consent"
    __table_args__ = (
        Index("ix_consent_person_id", "person_id"),
        Index("ix_consent_referral_id_recipient", "referral_id", "recipient"),
        # What a disclosure refers to as a whole: none can exist beside the consent it claims.
        Index(
            "uq_consent_scope",
            "consent_id",
            "referral_id",
            "recipient",
            "level",
            "given",
            unique=True,
        ),
    )

    consent_id: Mapped[int] = column(PERSONAL, primary_key=True)
    person_id: Mapped[str] = column(PERSONAL, ForeignKey("person.person_id"))
    referral_id: Mapped[str] = column(PERSONAL, String(36))
    recipient: Mapped[str] = column(PERSONAL, String(120))
    level: Mapped[DisclosureLevel] = column(PERSONAL, EnumText(DisclosureLevel))
    given: Mapped[bool] = column(PERSONAL)
    asked_on: Mapped[date] = column(PERSONAL)
    taken_by: Mapped[str] = column(PERSONAL, String(120), default="")
    how: Mapped[str] = column(PERSONAL, String(120), default="")
    reason_not_given: Mapped[str] = column(PERSONAL, Text, default="")
    withdrawn_at: Mapped[datetime | None] = column(PERSONAL, UtcDateTime())
    recorded_at: Mapped[datetime] = column(PUBLIC, UtcDateTime(), default=utc_now)
    expires_on: Mapped[date | None] = column(PERSONAL)


class PersonJoin(Base):
    """Two records found to be one person, by whom and why, with all that undoing it needs."""

    __tablename__ = "person_join"
    __table_args__ = (Index("ix_person_join_kept_id", "kept_id"),)

    join_id: Mapped[int] = column(PERSONAL, primary_key=True)
    kept_id: Mapped[str] = column(PERSONAL, ForeignKey("person.person_id"))
    dropped_id: Mapped[str] = column(PERSONAL, ForeignKey("person.person_id"))
    reason: Mapped[str] = column(PERSONAL, Text)
    # Records joined to the dropped one before, and the kept one's facts that came from it.
    carried: Mapped[list[str]] = column(PERSONAL, JsonDocument(), default=list)
    filled: Mapped[list[str]] = column(PERSONAL, JsonDocument(), default=list)
    joined_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    joined_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    undone_by: Mapped[str] = column(ORGANISATIONAL, String(80), default="")
    undone_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())

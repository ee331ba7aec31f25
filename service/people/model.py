"""The person, and what they agreed to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped

from service.store.base import PERSONAL, PUBLIC, Base, EnumText, UtcDateTime, column, utc_now


class DisclosureLevel(StrEnum):
    """How much a recipient is told."""

    SIGNPOST = "signpost"
    INTRODUCTION = "introduction"
    FULL = "full"


class Person(Base):
    """Somebody who was referred. Only what is needed to reach them and to know them again."""

    __tablename__ = "person"
    __table_args__ = (Index("ix_person_practice_code_nhs_number", "practice_code", "nhs_number"),)

    person_id: Mapped[str] = column(PERSONAL, String(36), primary_key=True)
    practice_code: Mapped[str] = column(PERSONAL, ForeignKey("nhs_org.ods_code"))
    nhs_number: Mapped[str | None] = column(PERSONAL, String(10))
    given_name: Mapped[str] = column(PERSONAL, String(120), default="")
    family_name: Mapped[str] = column(PERSONAL, String(120), default="")
    birth_date: Mapped[date | None] = column(PERSONAL)
    postcode: Mapped[str | None] = column(PERSONAL, String(8))
    created_at: Mapped[datetime] = column(PERSONAL, UtcDateTime(), default=utc_now)


class Consent(Base):
    """What the person agreed to, for one recipient; one row each time they were asked.

    The recipient of a referral's own consent is the link worker of the practice; offers to groups
    bring their own.
    """

    __tablename__ = "consent"
    __table_args__ = (Index("ix_consent_person_id", "person_id"),)

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

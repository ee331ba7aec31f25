"""Parts of a referral that another system sends one by one, before the referral itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
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


class ReferralPart(Base):
    """One part, such as a Patient, kept for a day until a referral names it. It is not a record."""

    __tablename__ = "referral_part"
    __table_args__ = (Index("ix_referral_part_expires_at", "expires_at"),)

    part_id: Mapped[str] = column(PERSONAL, String(36), primary_key=True)
    # Only the system that sent it can name it, and only for the same practice.
    client: Mapped[str] = column(ORGANISATIONAL, String(80))
    practice_code: Mapped[str] = column(ORGANISATIONAL, ForeignKey("nhs_org.ods_code"))
    kind: Mapped[str] = column(ORGANISATIONAL, String(40))
    document: Mapped[dict[str, Json]] = column(PERSONAL, JsonDocument())
    # The person that a Patient turned out to be; empty until a referral named it.
    became: Mapped[str] = column(PERSONAL, String(36), default="", server_default="")
    received_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    expires_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())


class ReferralPartNumber(Base):
    """A number that a part bears: the same one sent again while it is kept is the same part."""

    __tablename__ = "referral_part_number"
    __table_args__ = (UniqueConstraint("client", "practice_code", "kind", "system", "value"),)

    number_id: Mapped[int] = column(PERSONAL, primary_key=True)
    part_id: Mapped[str] = column(PERSONAL, ForeignKey("referral_part.part_id"))
    client: Mapped[str] = column(ORGANISATIONAL, String(80))
    practice_code: Mapped[str] = column(ORGANISATIONAL, ForeignKey("nhs_org.ods_code"))
    kind: Mapped[str] = column(ORGANISATIONAL, String(40))
    system: Mapped[str] = column(ORGANISATIONAL, String(255))
    value: Mapped[str] = column(PERSONAL, String(255))

"""What another system sent with a referral beyond what Kith itself needs, and its own numbers."""

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


class ReferralSource(Base):
    """The elements that came with a referral and that Kith keeps for whoever sent them.

    Where Kith knows better (state, needs, name, place), its own record stands, and this is not
    asked: a person's address or a clinician's number is given back as it came, and nothing is
    decided by it.
    """

    __tablename__ = "referral_source"

    referral_id: Mapped[str] = column(
        PERSONAL, ForeignKey("referral.referral_id"), primary_key=True
    )
    # "fhir" or "bars".
    channel: Mapped[str] = column(ORGANISATIONAL, String(20))
    client: Mapped[str] = column(ORGANISATIONAL, String(80))
    # By resource type, each a list of resources as they came, without ids and references.
    sent: Mapped[dict[str, Json]] = column(PERSONAL, JsonDocument())
    received_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)


class ReferralIdentifier(Base):
    """A number that the sender gave to a referral or to its task: it can be found again by it."""

    __tablename__ = "referral_identifier"
    __table_args__ = (
        # One practice's number stands for one referral: two at once cannot both be kept.
        UniqueConstraint("practice_code", "kind", "system", "value"),
        Index("ix_referral_identifier_referral_id", "referral_id"),
    )

    identifier_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    practice_code: Mapped[str] = column(ORGANISATIONAL, ForeignKey("nhs_org.ods_code"))
    # "ServiceRequest" or "Task".
    kind: Mapped[str] = column(ORGANISATIONAL, String(40))
    system: Mapped[str] = column(ORGANISATIONAL, String(255))
    value: Mapped[str] = column(PERSONAL, String(255))

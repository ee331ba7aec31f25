"""NHS organisations, machine tokens, and the record of what was done."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from geo.errors import Json
from service.store.base import (
    ORGANISATIONAL,
    PUBLIC,
    Base,
    EnumText,
    JsonDocument,
    UtcDateTime,
    column,
    utc_now,
)


class NhsOrgKind(StrEnum):
    """What an NHS organisation is, from the nation down to the practice."""

    NATION = "nation"
    REGION = "region"
    ICB = "icb"
    PCN = "pcn"
    PRACTICE = "practice"


class NhsOrg(Base):
    """An organisation of the NHS, as the Organisation Data Service publishes it."""

    __tablename__ = "nhs_org"
    __table_args__ = (Index("ix_nhs_org_parent_code", "parent_code"),)

    ods_code: Mapped[str] = column(PUBLIC, String(10), primary_key=True)
    kind: Mapped[NhsOrgKind] = column(PUBLIC, EnumText(NhsOrgKind))
    name: Mapped[str] = column(PUBLIC, String(200))
    parent_code: Mapped[str | None] = column(PUBLIC, String(10))
    address: Mapped[str] = column(PUBLIC, String(400), default="")
    postcode: Mapped[str | None] = column(PUBLIC, String(8))
    easting_m: Mapped[float | None] = column(PUBLIC)
    northing_m: Mapped[float | None] = column(PUBLIC)
    is_active: Mapped[bool] = column(PUBLIC, default=True)
    opened_on: Mapped[date | None] = column(PUBLIC)
    closed_on: Mapped[date | None] = column(PUBLIC)
    list_size: Mapped[int | None] = column(PUBLIC)
    source: Mapped[str] = column(PUBLIC, String(200), default="")
    source_on: Mapped[date | None] = column(PUBLIC)


class MachineToken(Base):
    """A credential of a practice's computer system. Only a digest of it is kept."""

    __tablename__ = "machine_token"

    token_id: Mapped[int] = column(PUBLIC, primary_key=True)
    digest: Mapped[str] = column(ORGANISATIONAL, String(64), unique=True)
    practice_code: Mapped[str] = column(PUBLIC, ForeignKey("nhs_org.ods_code"))
    note: Mapped[str] = column(ORGANISATIONAL, String(120), default="")
    created_at: Mapped[datetime] = column(PUBLIC, UtcDateTime(), default=utc_now)
    expires_at: Mapped[datetime] = column(PUBLIC, UtcDateTime())
    withdrawn_at: Mapped[datetime | None] = column(PUBLIC, UtcDateTime())


class AuditEvent(Base):
    """One thing that was done or seen. Never changed, never deleted, no foreign keys.

    Each row carries a digest of itself and of the row before it, so that a change made behind
    Kith's back shows.
    """

    __tablename__ = "audit_event"
    __table_args__ = (Index("ix_audit_event_subject", "subject"),)

    event_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True, autoincrement=False)
    at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime())
    actor: Mapped[str] = column(ORGANISATIONAL, String(80))
    role: Mapped[str] = column(ORGANISATIONAL, String(40))
    action: Mapped[str] = column(ORGANISATIONAL, String(80))
    subject: Mapped[str] = column(ORGANISATIONAL, String(120))
    details: Mapped[dict[str, Json]] = column(ORGANISATIONAL, JsonDocument())
    previous: Mapped[str] = column(ORGANISATIONAL, String(64))
    digest: Mapped[str] = column(ORGANISATIONAL, String(64))


class AuditHead(Base):
    """The one row that names the end of the chain; writers take it in turn."""

    __tablename__ = "audit_head"

    head_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True, autoincrement=False)
    event_id: Mapped[int] = column(ORGANISATIONAL)
    digest: Mapped[str] = column(ORGANISATIONAL, String(64))
    # Of the latest event; null until the first one after this column came.
    at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())

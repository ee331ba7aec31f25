"""The register's tables, in the field's words.

An asset is what a person can join (Open Referral's service at a location), run by an organisation,
meeting at venues by schedules. The derived tables that searches read are in `narrowing.py`.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, relationship

from service.register.vocabulary import (
    AreaKind,
    AssetKind,
    Capacity,
    OpenTo,
)
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


class Organisation(Base):
    """Who runs assets."""

    __tablename__ = "organisation"

    organisation_id: Mapped[int] = column(PUBLIC, primary_key=True)
    name: Mapped[str] = column(PUBLIC, String(200), unique=True)
    website: Mapped[str] = column(PUBLIC, String(300), default="")
    is_small: Mapped[bool] = column(PUBLIC, default=False)
    invented: Mapped[bool] = column(PUBLIC, default=False)


class Venue(Base):
    """Where assets happen: a place one can go to, never a head office."""

    __tablename__ = "venue"
    __table_args__ = (Index("uq_venue_key", "key", unique=True),)

    venue_id: Mapped[int] = column(PUBLIC, primary_key=True)
    key: Mapped[str] = column(PUBLIC, String(300))
    name: Mapped[str] = column(PUBLIC, String(200))
    address: Mapped[str] = column(PUBLIC, String(400), default="")
    postcode: Mapped[str | None] = column(PUBLIC, String(8))
    easting_m: Mapped[float | None] = column(PUBLIC)
    northing_m: Mapped[float | None] = column(PUBLIC)
    accuracy_m: Mapped[float | None] = column(PUBLIC)
    access: Mapped[dict[str, bool]] = column(PUBLIC, JsonDocument(), default=dict)


class Asset(Base):
    """One thing a person can join, use or be given: of the six kinds."""

    __tablename__ = "asset"
    __table_args__ = (
        CheckConstraint("min_age is null or min_age between 0 and 130", "min_age"),
        CheckConstraint("max_age is null or max_age between 0 and 130", "max_age"),
        CheckConstraint("min_age is null or max_age is null or min_age <= max_age", "ages"),
        CheckConstraint("cost_pence is null or cost_pence >= 0", "cost"),
        CheckConstraint("group_size is null or group_size > 0", "group_size"),
    )

    asset_id: Mapped[int] = column(PUBLIC, primary_key=True)
    code: Mapped[str] = column(PUBLIC, String(80), unique=True)
    organisation_id: Mapped[int] = column(PUBLIC, ForeignKey("organisation.organisation_id"))
    name: Mapped[str] = column(PUBLIC, String(200))
    kind: Mapped[AssetKind] = column(PUBLIC, EnumText(AssetKind))
    group_kind: Mapped[str] = column(PUBLIC, String(60), default="")
    summary: Mapped[str] = column(PUBLIC, Text, default="")
    deliveries: Mapped[list[str]] = column(PUBLIC, JsonDocument(), default=list)
    # Eligibility: absent is not stated, and not stated is unknown.
    min_age: Mapped[int | None] = column(PUBLIC)
    max_age: Mapped[int | None] = column(PUBLIC)
    open_to: Mapped[OpenTo | None] = column(PUBLIC, EnumText(OpenTo))
    conditions: Mapped[list[str]] = column(PUBLIC, JsonDocument(), default=list)
    languages: Mapped[list[str]] = column(PUBLIC, JsonDocument(), default=list)
    routes: Mapped[list[str]] = column(PUBLIC, JsonDocument(), default=list)
    cost_pence: Mapped[int | None] = column(PUBLIC)
    cost_note: Mapped[str] = column(PUBLIC, String(200), default="")
    capacity: Mapped[Capacity] = column(PUBLIC, EnumText(Capacity), default=Capacity.UNKNOWN)
    places_per_week: Mapped[int | None] = column(PUBLIC)
    # How many people usually come, and whether somebody meets a newcomer at the first visit.
    group_size: Mapped[int | None] = column(PUBLIC)
    welcomes_newcomers: Mapped[bool | None] = column(PUBLIC)
    opens_on: Mapped[date | None] = column(PUBLIC)
    closes_on: Mapped[date | None] = column(PUBLIC)
    checks_valid_until: Mapped[date | None] = column(PUBLIC)
    times_asked: Mapped[int] = column(PUBLIC, default=0)
    times_accepted: Mapped[int] = column(PUBLIC, default=0)
    # How a person gets in touch: a role and an address of the group, not of a private person.
    contact: Mapped[str] = column(PUBLIC, String(300), default="")
    website: Mapped[str] = column(PUBLIC, String(300), default="")
    # Where the facts come from and when they were last checked.
    source: Mapped[str] = column(PUBLIC, String(200))
    licence: Mapped[str] = column(PUBLIC, String(120), default="")
    assured_on: Mapped[date | None] = column(PUBLIC)
    invented: Mapped[bool] = column(PUBLIC, default=False)
    is_retired: Mapped[bool] = column(PUBLIC, default=False)
    updated_at: Mapped[datetime] = column(PUBLIC, UtcDateTime(), default=utc_now, onupdate=utc_now)

    organisation: Mapped[Organisation] = relationship(lazy="raise")
    needs: Mapped[list[AssetNeed]] = relationship(lazy="raise", cascade="all, delete-orphan")
    schedules: Mapped[list[Schedule]] = relationship(lazy="raise", cascade="all, delete-orphan")
    areas: Mapped[list[AreaServed]] = relationship(lazy="raise", cascade="all, delete-orphan")
    assurances: Mapped[list[Assurance]] = relationship(lazy="raise", cascade="all, delete-orphan")


class AssetNeed(Base):
    """A need an asset serves, and how directly (0 exclusive to 1 inclusive)."""

    __tablename__ = "asset_need"
    __table_args__ = (CheckConstraint("directness > 0 and directness <= 1", "directness"),)

    asset_id: Mapped[int] = column(PUBLIC, ForeignKey("asset.asset_id"), primary_key=True)
    need: Mapped[str] = column(PUBLIC, String(60), primary_key=True)
    directness: Mapped[float] = column(PUBLIC)


class Schedule(Base):
    """When and where an asset meets.

    `rule` is an RFC 5545 recurrence rule, empty when the times are not stated. `starts_at` and
    `ends_at` are British clock time. `venue_id` is None for what happens online or by phone.
    """

    __tablename__ = "schedule"
    __table_args__ = (
        Index("ix_schedule_asset_id", "asset_id"),
        Index("ix_schedule_venue_id", "venue_id"),
    )

    schedule_id: Mapped[int] = column(PUBLIC, primary_key=True)
    asset_id: Mapped[int] = column(PUBLIC, ForeignKey("asset.asset_id"))
    venue_id: Mapped[int | None] = column(PUBLIC, ForeignKey("venue.venue_id"))
    rule: Mapped[str] = column(PUBLIC, String(240), default="")
    starts_at: Mapped[time | None] = column(PUBLIC)
    ends_at: Mapped[time | None] = column(PUBLIC)

    venue: Mapped[Venue | None] = relationship(lazy="raise")


class AreaServed(Base):
    """Where an asset takes people from. No row at all means not stated."""

    __tablename__ = "area_served"
    __table_args__ = (Index("ix_area_served_place", "kind", "value", "asset_id"),)

    asset_id: Mapped[int] = column(PUBLIC, ForeignKey("asset.asset_id"), primary_key=True)
    kind: Mapped[AreaKind] = column(PUBLIC, EnumText(AreaKind), primary_key=True)
    value: Mapped[str] = column(PUBLIC, String(40), primary_key=True, default="")


class Assurance(Base):
    """Somebody checked the facts of an asset on a day."""

    __tablename__ = "assurance"
    __table_args__ = (Index("ix_assurance_asset_id", "asset_id"),)

    assurance_id: Mapped[int] = column(PUBLIC, primary_key=True)
    asset_id: Mapped[int] = column(PUBLIC, ForeignKey("asset.asset_id"))
    assured_on: Mapped[date] = column(PUBLIC)
    # A role or a system ("register steward", "council feed"), not a named person.
    assured_by: Mapped[str] = column(ORGANISATIONAL, String(120), default="")


class RegisterVersion(Base):
    """One row, counted up by every change of the register: what maps and lists are cached by."""

    __tablename__ = "register_version"

    version_id: Mapped[int] = column(PUBLIC, primary_key=True, autoincrement=False)
    version: Mapped[int] = column(PUBLIC, default=0)
    changed_at: Mapped[datetime] = column(PUBLIC, UtcDateTime(), default=utc_now)

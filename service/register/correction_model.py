"""What others say of the register, and what a steward made of it."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped

from service.store.base import (
    ORGANISATIONAL,
    PERSONAL,
    Base,
    EnumText,
    UtcDateTime,
    column,
    utc_now,
)

LONGEST_PROPOSED = 1_000
LONGEST_KNOWN = 300


class CorrectedField(StrEnum):
    """What of an asset is said to be wrong."""

    NAME = "name"
    SUMMARY = "summary"
    WHEN = "when"
    WHERE = "where"
    WHO = "who"
    COST = "cost"
    ACCESS = "access"
    LANGUAGES = "languages"
    CONTACT = "contact"
    WEBSITE = "website"
    CLOSED = "closed"
    OTHER = "other"


class CorrectionState(StrEnum):
    """Where a correction stands."""

    PROPOSED = "proposed"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class PairDecision(StrEnum):
    """What a steward said of two assets that look alike."""

    SAME = "same"
    NOT_SAME = "not_same"


class Correction(Base):
    """Somebody says that one thing about an asset is otherwise, and how they know."""

    __tablename__ = "correction"
    __table_args__ = (
        Index("ix_correction_queue", "state", "proposed_at"),
        Index("ix_correction_asset_id", "asset_id"),
    )

    correction_id: Mapped[int] = column(ORGANISATIONAL, primary_key=True)
    asset_id: Mapped[int] = column(ORGANISATIONAL, ForeignKey("asset.asset_id"))
    field: Mapped[CorrectedField] = column(ORGANISATIONAL, EnumText(CorrectedField))
    # Written freely, by anybody: it may say something of a person whatever the form asks for.
    proposed: Mapped[str] = column(PERSONAL, String(LONGEST_PROPOSED), default="")
    how_known: Mapped[str] = column(PERSONAL, String(LONGEST_KNOWN))
    proposed_by: Mapped[str] = column(ORGANISATIONAL, String(40))
    proposed_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    state: Mapped[CorrectionState] = column(
        ORGANISATIONAL, EnumText(CorrectionState), default=CorrectionState.PROPOSED
    )
    version: Mapped[int] = column(ORGANISATIONAL, default=1)
    decided_by: Mapped[str] = column(ORGANISATIONAL, String(40), default="")
    decided_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    # Why it was refused; empty for the others.
    reason: Mapped[str] = column(ORGANISATIONAL, String(LONGEST_KNOWN), default="")


class AssetPair(Base):
    """Two assets that look alike, and what a steward decided: asked once and remembered."""

    __tablename__ = "asset_pair"
    __table_args__ = (CheckConstraint("first_id < second_id", "order"),)

    first_id: Mapped[int] = column(
        ORGANISATIONAL, ForeignKey("asset.asset_id"), primary_key=True, autoincrement=False
    )
    second_id: Mapped[int] = column(
        ORGANISATIONAL, ForeignKey("asset.asset_id"), primary_key=True, autoincrement=False
    )
    decision: Mapped[PairDecision] = column(ORGANISATIONAL, EnumText(PairDecision))
    # The one that went on, where they were the same.
    kept_id: Mapped[int | None] = column(ORGANISATIONAL)
    decided_by: Mapped[str] = column(ORGANISATIONAL, String(40))
    decided_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)

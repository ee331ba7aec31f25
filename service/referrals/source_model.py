"""What another system sent with a referral beyond what Kith itself needs, and its own numbers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.engine.default import DefaultExecutionContext
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


def _sent(context: DefaultExecutionContext, kind: str, name: str) -> Json:
    parameters: Callable[[], dict[str, Json]] = context.get_current_parameters
    sent = parameters()["sent"]
    came = sent.get(kind) if isinstance(sent, dict) else None
    found = came.get(name) if isinstance(came, dict) else None
    return found if isinstance(found, str) else None


def _authored_at(kind: str) -> Callable[[DefaultExecutionContext], datetime | None]:
    def found(context: DefaultExecutionContext) -> datetime | None:
        text = _sent(context, kind, "authoredOn")
        return None if text is None else read_instant(str(text))

    return found


def _priority(context: DefaultExecutionContext) -> str:
    return str(_sent(context, "ServiceRequest", "priority") or "")[:20]


def read_instant(text: str) -> datetime | None:
    """An instant or a day as FHIR writes it; None when it cannot be read.

    A day, or an instant without a zone, is one in Britain; a month or a year is its first day.
    """
    padded = {4: f"{text}-01-01", 7: f"{text}-01"}.get(len(text), text)
    try:
        found = datetime.fromisoformat(padded)
    except ValueError:
        return None
    try:
        aware = found if found.tzinfo is not None else found.replace(tzinfo=_BRITAIN)
        return aware.astimezone(UTC)
    except OverflowError:
        return None


_BRITAIN: Final = ZoneInfo("Europe/London")


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
    # What of it is searched for, taken out of `sent` as it is kept.
    authored_at: Mapped[datetime | None] = column(
        ORGANISATIONAL, UtcDateTime(), default=_authored_at("ServiceRequest")
    )
    task_authored_at: Mapped[datetime | None] = column(
        ORGANISATIONAL, UtcDateTime(), default=_authored_at("Task")
    )
    priority: Mapped[str] = column(PERSONAL, String(20), default=_priority, server_default="")


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

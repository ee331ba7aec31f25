"""What the link worker writes: contacts, the plan, measures, risks, and letters back."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped

from geo.errors import Json
from service.referrals.kinds import (
    ContactMode,
    ContactOutcome,
    GoalStatus,
    LetterKind,
    LetterState,
)
from service.store.base import (
    ORGANISATIONAL,
    PERSONAL,
    Base,
    EnumText,
    JsonDocument,
    UtcDateTime,
    column,
    utc_now,
)


class Contact(Base):
    """One time the link worker was in touch with the person, or tried."""

    __tablename__ = "contact"
    __table_args__ = (Index("ix_contact_referral_id", "referral_id", "happened_at"),)

    contact_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    happened_at: Mapped[datetime] = column(PERSONAL, UtcDateTime())
    mode: Mapped[ContactMode] = column(PERSONAL, EnumText(ContactMode))
    outcome: Mapped[ContactOutcome] = column(PERSONAL, EnumText(ContactOutcome))
    note: Mapped[str] = column(PERSONAL, Text, default="")
    next_action: Mapped[str] = column(PERSONAL, String(300), default="")
    recorded_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    recorded_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)


class Plan(Base):
    """What matters to the person and what they bring, and the plan agreed with them."""

    __tablename__ = "plan"

    referral_id: Mapped[str] = column(
        PERSONAL, ForeignKey("referral.referral_id"), primary_key=True
    )
    what_matters: Mapped[str] = column(PERSONAL, Text, default="")
    strengths: Mapped[list[str]] = column(PERSONAL, JsonDocument(), default=list)
    agreed_on: Mapped[date | None] = column(PERSONAL)
    agreed_with: Mapped[str] = column(PERSONAL, String(200), default="")
    review_on: Mapped[date | None] = column(PERSONAL)


class Goal(Base):
    """Something the person hopes for, how much it matters and how sure they are of reaching it."""

    __tablename__ = "goal"
    __table_args__ = (
        CheckConstraint("importance is null or importance between 1 and 10", "importance"),
        CheckConstraint("confidence is null or confidence between 1 and 10", "confidence"),
        Index("ix_goal_referral_id", "referral_id"),
    )

    goal_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    # The need it belongs to: a group that serves the need may be told the goal.
    need: Mapped[str] = column(PERSONAL, String(60), default="")
    hope: Mapped[str] = column(PERSONAL, String(500))
    importance: Mapped[int | None] = column(PERSONAL)
    confidence: Mapped[int | None] = column(PERSONAL)
    status: Mapped[GoalStatus] = column(PERSONAL, EnumText(GoalStatus), default=GoalStatus.OPEN)
    set_on: Mapped[date] = column(PERSONAL)


class GoalAction(Base):
    """Who will do what by when, towards a goal."""

    __tablename__ = "goal_action"
    __table_args__ = (
        CheckConstraint("confidence is null or confidence between 1 and 10", "confidence"),
        Index("ix_goal_action_goal_id", "goal_id"),
    )

    action_id: Mapped[int] = column(PERSONAL, primary_key=True)
    goal_id: Mapped[int] = column(PERSONAL, ForeignKey("goal.goal_id"))
    what: Mapped[str] = column(PERSONAL, String(500))
    who: Mapped[str] = column(PERSONAL, String(120), default="")
    by_on: Mapped[date | None] = column(PERSONAL)
    confidence: Mapped[int | None] = column(PERSONAL)
    done_on: Mapped[date | None] = column(PERSONAL)


class Measurement(Base):
    """One filled-in outcome measure: the answers, the version of the instrument, the scores."""

    __tablename__ = "measurement"
    __table_args__ = (Index("ix_measurement_referral_id", "referral_id", "instrument", "taken_on"),)

    measurement_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    instrument: Mapped[str] = column(PERSONAL, String(20))
    instrument_version: Mapped[str] = column(PERSONAL, String(40))
    answers: Mapped[dict[str, Json]] = column(PERSONAL, JsonDocument())
    scores: Mapped[dict[str, Json]] = column(PERSONAL, JsonDocument())
    taken_on: Mapped[date] = column(PERSONAL)
    entered_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    entered_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)


class Risk(Base):
    """One answer to the question about risks: a risk, or that none is known.

    No row at all means that nobody has asked.
    """

    __tablename__ = "risk"
    __table_args__ = (
        CheckConstraint("(none_known and risk = '') or (not none_known and risk <> '')", "answer"),
        Index("ix_risk_referral_id", "referral_id"),
    )

    risk_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    none_known: Mapped[bool] = column(PERSONAL)
    risk: Mapped[str] = column(PERSONAL, String(500), default="")
    asked_on: Mapped[date] = column(PERSONAL)
    ended_on: Mapped[date | None] = column(PERSONAL)
    recorded_by: Mapped[str] = column(ORGANISATIONAL, String(80))


class SafeguardingConcern(Base):
    """A worry for somebody's safety, whom it was passed on to, and how it was settled."""

    __tablename__ = "safeguarding_concern"
    __table_args__ = (Index("ix_safeguarding_concern_referral_id", "referral_id"),)

    concern_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    concern: Mapped[str] = column(PERSONAL, Text)
    raised_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    raised_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    escalated_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    escalated_to: Mapped[str] = column(PERSONAL, String(200), default="")
    escalated_by: Mapped[str] = column(ORGANISATIONAL, String(80), default="")
    settled_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    settled_by: Mapped[str] = column(ORGANISATIONAL, String(80), default="")
    settled_how: Mapped[str] = column(PERSONAL, Text, default="")

    @property
    def blocks(self) -> bool:
        """Whether it is live and nobody has been told."""
        return self.settled_at is None and self.escalated_at is None


class MessageBack(Base):
    """A letter to the practice, as a draft and as it went."""

    __tablename__ = "message_back"
    __table_args__ = (Index("ix_message_back_referral_id", "referral_id"),)

    message_id: Mapped[int] = column(PERSONAL, primary_key=True)
    referral_id: Mapped[str] = column(PERSONAL, ForeignKey("referral.referral_id"))
    kind: Mapped[LetterKind] = column(PERSONAL, EnumText(LetterKind))
    body: Mapped[str] = column(PERSONAL, Text)
    state: Mapped[LetterState] = column(PERSONAL, EnumText(LetterState), default=LetterState.DRAFT)
    version: Mapped[int] = column(ORGANISATIONAL, default=1)
    written_by: Mapped[str] = column(ORGANISATIONAL, String(80))
    written_at: Mapped[datetime] = column(ORGANISATIONAL, UtcDateTime(), default=utc_now)
    sent_by: Mapped[str] = column(ORGANISATIONAL, String(80), default="")
    sent_at: Mapped[datetime | None] = column(ORGANISATIONAL, UtcDateTime())
    # Codes for the person's record at the practice that went with it: system, code, display, day.
    codes: Mapped[list[dict[str, Json]]] = column(
        PERSONAL, JsonDocument(), default=list, server_default="[]"
    )

"""Closed lists of the link worker's work, as plain words."""

from __future__ import annotations

from enum import StrEnum


class Urgency(StrEnum):
    """How soon a link worker should act, as triage judged; declared most urgent first."""

    URGENT = "urgent"
    SOON = "soon"
    ROUTINE = "routine"


class ContactMode(StrEnum):
    """How the link worker was in touch, or tried to be."""

    TELEPHONE = "telephone"
    IN_PERSON = "in_person"
    HOME_VISIT = "home_visit"
    VIDEO = "video"
    TEXT = "text"
    EMAIL = "email"
    LETTER = "letter"


class ContactOutcome(StrEnum):
    """What came of it."""

    SPOKE = "spoke"
    LEFT_MESSAGE = "left_message"
    NO_ANSWER = "no_answer"
    DID_NOT_ATTEND = "did_not_attend"
    WRONG_NUMBER = "wrong_number"

    @property
    def reached(self) -> bool:
        """Whether the two spoke: only then has contact begun."""
        return self is ContactOutcome.SPOKE


class GoalStatus(StrEnum):
    """How a goal stands."""

    OPEN = "open"
    MET = "met"
    PARTLY_MET = "partly_met"
    DROPPED = "dropped"


class LetterKind(StrEnum):
    """Why a message goes back to the practice."""

    RETURNED = "returned"
    QUESTION = "question"
    PROGRESS = "progress"
    CLOSED = "closed"


class LetterState(StrEnum):
    """Whether a message back has gone."""

    DRAFT = "draft"
    SENT = "sent"

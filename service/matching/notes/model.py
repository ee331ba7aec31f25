"""What reading one note yields: plain, frozen data with the words that led to each finding."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from geo.errors import Json

Span = tuple[int, int]


class Action(StrEnum):
    """What must happen next with a note, decided before any group is looked for."""

    MATCH = "match"
    TRIAGE_FIRST = "triage_first"
    ASK_FOR_MORE = "ask_for_more"
    OUT_OF_SCOPE = "out_of_scope"


class FlagStatus(StrEnum):
    """How near a risk is. Declared in order of seriousness, most serious first."""

    CURRENT = "current"
    RECENT = "recent"
    PASSIVE = "passive"
    HISTORY = "history"

    @property
    def needs_clinician(self) -> bool:
        """Whether a clinician must see it before anything is suggested."""
        return self is not FlagStatus.HISTORY

    @property
    def rank(self) -> int:
        """0 for the most serious; the smaller of two wins when a note is ambiguous."""
        return list(FlagStatus).index(self)


class Subject(StrEnum):
    """Whose experience a finding is."""

    PATIENT = "patient"
    OTHER = "other"


class When(StrEnum):
    """When a finding holds, as far as the note says."""

    NOW = "now"
    RECENT = "recent"
    PAST = "past"


@dataclass(frozen=True, slots=True)
class Evidence:
    """The words of the note behind a finding.

    `span` is a pair of character offsets into the note exactly as given, end exclusive;
    `sentence` the place of its sentence in the order in which the note was read. `heard` words met
    no phrase of the rules: the network listened to them.
    """

    words: str
    span: Span
    strength: float = 1.0
    subject: Subject = Subject.PATIENT
    when: When = When.NOW
    negated: bool = False
    uncertain: bool = False
    requested: bool = False
    against: bool = False
    heard: bool = False
    sentence: int = -1


@dataclass(frozen=True, slots=True)
class FoundNeed:
    """One need with its calibrated confidence.

    `words` and `span` are the strongest evidence; both are empty when the need is only inferred
    from other needs or from meaning, in which case `inferred` says so. `main` is the chance that
    it is one of the main needs, which a second reader would not leave out.
    """

    need: str
    confidence: float
    words: str
    span: Span
    evidence: tuple[Evidence, ...] = ()
    inferred: bool = False
    main: float = 0.0


@dataclass(frozen=True, slots=True)
class FoundFlag:
    """One red flag with its status and what has to be done about it."""

    flag: str
    status: FlagStatus
    words: str
    span: Span
    what_to_do: str


@dataclass(frozen=True, slots=True)
class FoundInterest:
    """Something the person enjoys, enjoyed, or asks for."""

    interest: str
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class Fact:
    """One circumstance: `value` is JSON-ready, `words` and `span` say where it was read."""

    key: str
    value: Json
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class Facts:
    """The circumstances read from one note. A key that is absent was not stated."""

    found: tuple[Fact, ...] = ()

    def get(self, key: str) -> Json:
        """The value read for `key`, or None when the note does not say."""
        return next((fact.value for fact in self.found if fact.key == key), None)

    def to_dict(self) -> dict[str, Json]:
        """Every fact by key, in reading order."""
        return {fact.key: fact.value for fact in self.found}


@dataclass(frozen=True, slots=True)
class NoteReading:
    """Everything one note says, ready to be confirmed by a person.

    `needs` is ranked over the whole taxonomy down to a small confidence; `shown` holds the ids
    confident enough to display. `kinds` ranks kinds of group from needs, interests and
    circumstances. `model` names the embedding model used, or says that none was.
    """

    action: Action
    action_reason: str
    needs: tuple[FoundNeed, ...] = ()
    shown: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    interests: tuple[FoundInterest, ...] = ()
    facts: Facts = field(default_factory=Facts)
    flags: tuple[FoundFlag, ...] = ()
    languages: tuple[str, ...] = ("en",)
    unread_languages: tuple[str, ...] = ()
    model: str = "none"
    version: str = ""

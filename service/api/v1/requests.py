"""What may be sent to version 1."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from geo.errors import Json
from service.api.v1.fields import (
    Access,
    Clock,
    Day,
    DayOfWeek,
    GenderText,
    Language,
    Name,
    NeedCodes,
    NhsNo,
    Ods,
    PostcodeText,
    PreferenceText,
    Sent,
    Text,
    TravelMode,
)
from service.referrals.actions.answering import LONGEST_ANSWER

NoteText = Annotated[
    Text,
    Field(
        max_length=20_000,
        description=(
            "What the referrer wrote. Needs, circumstances and danger signs are read from it; "
            "stated needs may be left out when it is given."
        ),
    ),
]
_Word = Annotated[Text, Field(min_length=1, max_length=60)]


class Facts(Sent):
    """Circumstances that decide what a person can join and reach. All may be left out: what is
    not said is treated as unknown, never as no."""

    age: Annotated[int, Field(ge=0, le=130)] | None = None
    gender: GenderText | None = None
    languages: Annotated[list[Language], Field(max_length=10)] = []
    conditions: Annotated[list[_Word], Field(max_length=20)] = []
    access_needed: Annotated[list[Access], Field(max_length=8)] = []
    free_days: Annotated[list[DayOfWeek], Field(max_length=7)] = []
    not_before: Clock | None = None
    home_by: Clock | None = None
    max_cost_pence: Annotated[int, Field(ge=0, le=1_000_000)] | None = None
    online: bool | None = None
    has_phone: bool | None = None
    housebound: bool = False
    women_only: bool = False
    men_only: bool = False
    mobility_difficulty: bool = False
    wheelchair: bool = False
    modes: Annotated[
        list[TravelMode],
        Field(max_length=8, description="Ways of travel open to this person; empty means on foot."),
    ] = []
    interests: Annotated[list[_Word], Field(max_length=20)] = []
    preferences: Annotated[
        list[PreferenceText],
        Field(max_length=8, description="What the person would like but can do without."),
    ] = []

    def document(self) -> dict[str, Json]:
        """What was said, as JSON, without what was left out."""
        said: dict[str, Json] = self.model_dump(mode="json", exclude_defaults=True)
        return said


class PersonSent(Sent):
    """Who is referred. A person without an NHS number, or who will not give a name, is welcome."""

    nhs_number: NhsNo | None = None
    given_name: Name = ""
    family_name: Name = ""
    birth_date: Day | None = None


class ReferrerSent(Sent):
    """Who refers: the clinician who is told if the note has a danger sign."""

    name: Name = ""
    role: Name = ""


class ConsentSent(Sent):
    """Whether the person agreed to be referred to a link worker."""

    given: bool
    on: Day
    taken_by: Name = ""
    how: Name = ""
    reason_not_given: Annotated[Text, Field(max_length=1_000)] = ""


class ClosingSent(Sent):
    """That a clinician has seen a danger sign, and what they did."""

    model_config = {
        "json_schema_extra": {
            "examples": [
                {
                    "name": "Dr A Example",
                    "role": "duty GP",
                    "outcome": "Seen today; safety plan made; fit to go on with the referral.",
                }
            ]
        }
    }

    name: Annotated[Text, Field(max_length=120, description="Who: a person, not a system.")]
    role: Name
    outcome: Annotated[Text, Field(max_length=2_000, description="What was done, and why go on.")]


class AnswerSent(Sent):
    """What the practice answers to a question, or adds to a note that said too little."""

    model_config = {"json_schema_extra": {"examples": [{"text": "Polish. Her son can interpret."}]}}

    text: Annotated[
        Text,
        Field(max_length=LONGEST_ANSWER, description="In words, as the link worker reads them."),
    ]


REFERRAL_EXAMPLE: dict[str, Any] = {
    "practice": "N81011",
    "person": {
        "nhs_number": "9990000018",
        "given_name": "Example",
        "family_name": "Person",
        "birth_date": "1951-03-09",
    },
    "postcode": "WA8 6TR",
    "needs": ["loneliness_isolation", "bereavement"],
    "facts": {"gender": "female", "access_needed": ["step_free"], "home_by": "16:00"},
    "consent": {"given": True, "on": "2026-11-20", "taken_by": "GP", "how": "in person"},
    "reason": "On her own since her husband died. Would like company.",
}


class ReferralSent(Sent):
    """A referral from a practice."""

    model_config = {"json_schema_extra": {"examples": [REFERRAL_EXAMPLE]}}

    practice: Ods
    person: PersonSent = PersonSent()
    postcode: PostcodeText | None = None
    needs: NeedCodes = []
    facts: Facts = Facts()
    consent: ConsentSent
    referrer: ReferrerSent = ReferrerSent()
    reason: NoteText = ""


MATCH_EXAMPLE: dict[str, Any] = {
    "needs": ["loneliness_isolation"],
    "postcode": "WA8 6TR",
    "facts": {"age": 74, "access_needed": ["step_free"]},
    "limit": 5,
    "what_if": True,
}


WHAT_IF: Any = Field(
    False,
    description=(
        "Say as well what would bring a group into the list, or lift it there by two places or "
        "more. Each is a search of its own, so the answer takes some six times as long."
    ),
)


class MatchSent(Sent):
    """A question about nobody in particular: nothing of it is kept."""

    model_config = {"json_schema_extra": {"examples": [MATCH_EXAMPLE]}}

    needs: NeedCodes = []
    note: NoteText = ""
    postcode: PostcodeText | None = None
    facts: Facts = Facts()
    limit: Annotated[int, Field(ge=1, le=50)] | None = None
    what_if: bool = WHAT_IF

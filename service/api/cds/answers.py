"""What is sent and told here, as CDS Hooks 2.0 shapes it. What is empty is left out, never null."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

HookText = Annotated[str, Field(max_length=100)]

CALL_EXAMPLE: dict[str, Any] = {
    "hook": "patient-view",
    "hookInstance": "6f1c2c1e-3d5e-4c0b-9a52-0e5c1f0b7a11",
    "context": {"userId": "Practitioner/r1", "patientId": "p1"},
    "prefetch": {
        "patient": {
            "resourceType": "Patient",
            "id": "p1",
            "birthDate": "1951-03-09",
            "address": [{"use": "home", "postalCode": "WA8 6TR"}],
        },
        "conditions": {
            "resourceType": "Bundle",
            "type": "searchset",
            "entry": [
                {
                    "resource": {
                        "resourceType": "Condition",
                        "subject": {"reference": "Patient/p1"},
                        "code": {
                            "coding": [{"system": "http://snomed.info/sct", "code": "267076002"}]
                        },
                    }
                }
            ],
        },
    },
}
FEEDBACK_EXAMPLE: dict[str, Any] = {
    "feedback": [
        {
            "card": "6f1c2c1e-3d5e-4c0b-9a52-0e5c1f0b7a11",
            "outcome": "overridden",
            "overrideReason": {
                "reason": {
                    "system": "https://kith.example/fhir/CodeSystem/card-override-reason",
                    "code": "declined",
                }
            },
            "outcomeTimestamp": "2026-11-25T09:30:00Z",
        }
    ]
}


class HookCall(BaseModel):
    """A call of a service. A FHIR server that is named is not asked for anything."""

    # Clients may add extensions of their own.
    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [CALL_EXAMPLE]})

    hook: HookText
    hookInstance: UUID  # noqa: N815 - the standard's own name
    context: dict[str, Any]
    prefetch: dict[str, Any] = {}


class OverrideCoding(BaseModel):
    """A reason's code."""

    model_config = ConfigDict(extra="ignore")

    code: Annotated[str, Field(max_length=100)]
    system: Annotated[str, Field(max_length=300)] = ""


class OverrideReason(BaseModel):
    """Why a card was set aside. A comment may come with it, and is not read."""

    model_config = ConfigDict(extra="ignore")

    reason: OverrideCoding | None = None


class OneFeedback(BaseModel):
    """What became of one card."""

    model_config = ConfigDict(extra="ignore")

    card: Annotated[str, Field(max_length=100)]
    outcome: Literal["accepted", "overridden"]
    overrideReason: OverrideReason | None = None  # noqa: N815 - the standard's own name
    outcomeTimestamp: datetime  # noqa: N815 - the standard's own name


class FeedbackSent(BaseModel):
    """What became of some cards."""

    model_config = ConfigDict(extra="ignore", json_schema_extra={"examples": [FEEDBACK_EXAMPLE]})

    feedback: Annotated[list[OneFeedback], Field(min_length=1, max_length=100)]


class Coding(BaseModel):
    """A code with what a person reads."""

    code: str
    system: str
    display: str


class Source(BaseModel):
    """Whom a card is from."""

    label: str
    url: str


class CardAction(BaseModel):
    """One thing that a suggestion does in the caller's own system."""

    type: Literal["create"] = "create"
    description: str
    resource: dict[str, Any]


class Suggestion(BaseModel):
    """Something that can be taken up as a whole."""

    label: str
    uuid: str
    actions: list[CardAction]


class CardLink(BaseModel):
    """Where there is more."""

    label: str
    url: str
    type: Literal["absolute"] = "absolute"


class Card(BaseModel):
    """One card."""

    uuid: str
    summary: Annotated[str, Field(max_length=139)]
    detail: str
    indicator: Literal["info", "warning", "critical"]
    source: Source
    suggestions: list[Suggestion] | None = None
    selectionBehavior: Literal["at-most-one"] | None = None  # noqa: N815 - the standard's own name
    overrideReasons: list[Coding] | None = None  # noqa: N815 - the standard's own name
    links: list[CardLink] | None = None


class Cards(BaseModel):
    """The answer to a call; no card when there is nothing to say."""

    cards: list[Card]


class ServiceTold(BaseModel):
    """One service as discovery tells it."""

    hook: str
    title: str
    description: str
    id: str
    prefetch: dict[str, str]
    usageRequirements: str  # noqa: N815 - the standard's own name


class ServicesTold(BaseModel):
    """The services that there are."""

    services: list[ServiceTold]

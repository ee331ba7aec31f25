"""Types of single fields, shared by the requests of version 1.

Strict: text is text and a number is a number. Dates, times and closed lists arrive as text, since
JSON has nothing else for them, and are checked here rather than guessed at.
"""

from __future__ import annotations

from datetime import date, time
from typing import Annotated

from geo.travel import Mode
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from service.identity.codes import OdsCode
from service.identity.errors import BadOdsCode
from service.people.errors import BadNhsNumber
from service.people.nhs_number import NhsNumber
from service.register.vocabulary import AccessFeature, Gender, Weekday


class Sent(BaseModel):
    """A body that was sent to Kith: an unknown field is an error, not silence."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class Told(BaseModel):
    """A body that Kith answers with."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _text(value: object) -> object:
    if not isinstance(value, str):
        raise ValueError("Give this as text")
    return value


def _ods(value: str) -> str:
    try:
        return OdsCode(value)
    except BadOdsCode as error:
        raise ValueError(error.message) from error


def _nhs_number(value: str) -> str:
    try:
        return NhsNumber(value)
    except BadNhsNumber as error:
        raise ValueError(error.message) from error


def _no_nul(value: str) -> str:
    # PostgreSQL cannot keep a NUL character, and no keyboard makes one.
    if "\x00" in value:
        raise ValueError("Take out the character NUL (code 0); it cannot be kept")
    return value


Text = Annotated[str, AfterValidator(_no_nul)]
Day = Annotated[date, BeforeValidator(_text), Field(strict=False, examples=["2026-11-20"])]
Clock = Annotated[time, BeforeValidator(_text), Field(strict=False, examples=["15:00"])]
Ods = Annotated[str, AfterValidator(_ods), Field(max_length=40, examples=["N81011"])]
NhsNo = Annotated[str, AfterValidator(_nhs_number), Field(max_length=40, examples=["9990000018"])]
Name = Annotated[Text, Field(max_length=120)]
PostcodeText = Annotated[
    Text,
    Field(
        min_length=1,
        max_length=40,
        description="A postcode, or its first part (WA8, WA8 6) when no more is known.",
        examples=["WA8 6TR"],
    ),
]
NeedCodes = Annotated[
    list[Annotated[str, Field(max_length=80)]],
    Field(
        max_length=38,
        description="Codes from the list of needs, the most important first.",
        examples=[["loneliness_isolation", "bereavement"]],
    ),
]
Access = Annotated[AccessFeature, BeforeValidator(_text), Field(strict=False)]
GenderText = Annotated[Gender, BeforeValidator(_text), Field(strict=False)]
DayOfWeek = Annotated[Weekday, BeforeValidator(_text), Field(strict=False)]
TravelMode = Annotated[Mode, BeforeValidator(_text), Field(strict=False)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$", examples=["pl"])]

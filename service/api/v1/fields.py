"""Types of single fields, shared by the requests of version 1.

Strict: text is text and a number is a number. Dates, times and closed lists arrive as text, since
JSON has nothing else for them, and are checked here rather than guessed at.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict, JsonValue

from geo.travel import Mode
from seed_data import needs as need_list
from service.identity.codes import OdsCode
from service.identity.errors import BadOdsCode
from service.people.errors import BadNhsNumber
from service.people.facts import Preference
from service.people.nhs_number import NhsNumber
from service.register.vocabulary import AccessFeature, Gender, Weekday


class Sent(BaseModel):
    """A body that was sent to Kith: an unknown field is an error, not silence."""

    model_config = ConfigDict(extra="forbid", strict=True, str_strip_whitespace=True)


class Told(BaseModel):
    """A body that Kith answers with."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def _member(enum: type[StrEnum]) -> Callable[[object], object]:
    """Text to a member of a closed list, or a sentence that names the list."""

    def read(value: object) -> object:
        if isinstance(value, enum):
            return value
        known = [member.value for member in enum]
        if not isinstance(value, str) or value not in known:
            raise ValueError(f"Use one of: {', '.join(known)}")
        return enum(value)

    return read


def _day(value: object) -> object:
    if isinstance(value, date):
        return value
    try:
        if isinstance(value, str) and len(value) == 10:
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise ValueError("Write the day as 2026-11-20 (year, month, day)")


def _clock(value: object) -> object:
    if isinstance(value, time):
        return value
    try:
        read = time.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        read = None
    if read is None or read.tzinfo is not None:
        raise ValueError("Write the time by the clock on the wall, as 15:00")
    return read


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


# PostgreSQL cannot keep a NUL character, and no keyboard makes one.
_NO_NUL = r"^[^\x00]*$"
_LANGUAGE = r"^[a-z]{2,3}$"
PATTERNS = {
    _NO_NUL: "Take out the character NUL (code 0); it cannot be kept.",
    _LANGUAGE: "Write a language as its code in ISO 639, such as pl.",
}
"""What to do about text that does not fit a pattern: patterns mean nothing to people."""

Text = Annotated[str, Field(pattern=_NO_NUL)]
Day = Annotated[date, BeforeValidator(_day), Field(examples=["2026-11-20"])]
Clock = Annotated[time, BeforeValidator(_clock), Field(examples=["15:00"])]
Ods = Annotated[
    str,
    AfterValidator(_ods),
    Field(
        max_length=40,
        description="A code of the NHS Organisation Data Service.",
        examples=["N81011"],
        json_schema_extra={"pattern": "^[A-Za-z0-9]{3,10}$"},
    ),
]
NhsNo = Annotated[
    str,
    AfterValidator(_nhs_number),
    Field(
        max_length=40,
        description="Ten digits, the last of which checks the others.",
        examples=["9990000018"],
        json_schema_extra={"pattern": "^[0-9]{3}[ -]?[0-9]{3}[ -]?[0-9]{4}$"},
    ),
]
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


def _all_needs(schema: JsonDict) -> None:
    # Read when the document is made, not when this module is imported.
    schema["enum"] = list[JsonValue](need_list.load().needs)


# Described to the last code, and checked elsewhere, where the nearest right code is known.
NeedCode = Annotated[str, Field(max_length=80, json_schema_extra=_all_needs)]
NeedCodes = Annotated[
    list[NeedCode],
    Field(
        max_length=38,
        description="Codes from the list of needs, the most important first.",
        examples=[["loneliness_isolation", "bereavement"]],
        json_schema_extra={"minItems": 1},
    ),
]
Access = Annotated[AccessFeature, BeforeValidator(_member(AccessFeature))]
GenderText = Annotated[Gender, BeforeValidator(_member(Gender))]
PreferenceText = Annotated[Preference, BeforeValidator(_member(Preference))]
DayOfWeek = Annotated[Weekday, BeforeValidator(_member(Weekday))]
TravelMode = Annotated[Mode, BeforeValidator(_member(Mode))]
Language = Annotated[str, Field(pattern=_LANGUAGE, examples=["pl"])]

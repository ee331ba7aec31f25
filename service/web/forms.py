"""Forms: read once, told in sentences, shown again with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import Enum
from types import UnionType
from typing import Any, ClassVar, Generic, TypeVar, Union, get_args, get_origin

from fastapi import Request
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails
from starlette.datastructures import FormData

from geo.errors import DomainError


class FormModel(BaseModel):
    """What a form asks for. A blank answer counts as none.

    `says` holds sentences for what can be wrong: by field, or by `field:kind` with pydantic's name
    of the fault. What is not in it is told with the field's `title`.
    """

    model_config = ConfigDict(frozen=True, extra="ignore", str_strip_whitespace=True)
    says: ClassVar[Mapping[str, str]] = {}


M = TypeVar("M", bound=FormModel)

_SENTENCES = {
    "missing": "Enter {title}.",
    "string_too_long": "{Title} must have {max_length} characters or fewer.",
    "string_too_short": "{Title} must have {min_length} characters or more.",
    "string_pattern_mismatch": "{Title} is not written as it should be.",
    "int_parsing": "{Title} must be a whole number, such as 3.",
    "int_from_float": "{Title} must be a whole number, such as 3.",
    "float_parsing": "{Title} must be a number, such as 2.5.",
    "greater_than_equal": "{Title} must be {ge} or more.",
    "greater_than": "{Title} must be more than {gt}.",
    "less_than_equal": "{Title} must be {le} or less.",
    "less_than": "{Title} must be less than {lt}.",
    "enum": "Choose {title}.",
    "literal_error": "Choose {title}.",
    "too_short": "Choose {title}.",
    "date_from_datetime_parsing": "{Title} must be a real date, such as 27 3 2026.",
    "date_parsing": "{Title} must be a real date, such as 27 3 2026.",
    "bool_parsing": "Choose yes or no for {title}.",
}


@dataclass(frozen=True, slots=True)
class Filled(Generic[M]):
    """A form as it stands: what was typed, what it means, and what is wrong with it.

    Attributes
    ----------
    value : M or None
        What was meant; None while something is wrong.
    answers : mapping
        What was typed, by field, all values of it in order.
    errors : mapping
        A sentence by field; the field '' is the form as a whole.
    """

    value: M | None = None
    answers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def typed(self, name: str) -> str:
        """What stands in a field; empty when nothing does."""
        return next(iter(self.answers.get(name, ())), "")

    def chosen(self, name: str) -> tuple[str, ...]:
        """Every value of a field that takes several."""
        return self.answers.get(name, ())

    def error(self, name: str) -> str:
        """What is wrong with a field; empty when nothing is."""
        return self.errors.get(name, "")

    def wrong(self, name: str, sentence: str) -> Filled[M]:
        """The same with one more fault, which is shown beside the field `name`."""
        return replace(self, value=None, errors={**self.errors, name: sentence})

    def refused(self, error: DomainError) -> Filled[M]:
        """The same with what an action had against it, at the field that the error names."""
        named = str(error.fields.get("field", ""))
        return self.wrong(named if named in self.answers else "", error.message)


def blank(**initial: object) -> Filled[Any]:
    """A form that nobody has filled in; keyword arguments stand in it from the beginning."""
    answers: dict[str, tuple[str, ...]] = {}
    for name, value in initial.items():
        if isinstance(value, date):
            parts = {"day": value.day, "month": value.month, "year": value.year}
            answers |= {f"{name}-{part}": (str(number),) for part, number in parts.items()}
        several = value if isinstance(value, (list, tuple, set, frozenset)) else (value,)
        answers[name] = tuple("" if each is None else str(each) for each in several)
    return Filled(answers=answers)


def read(request: Request, model: type[M]) -> Filled[M]:
    """The form that came with this request, as `model` understands it.

    A date is read from three fields, `name-day`, `name-month` and `name-year`, or from one. A list
    takes every value of its field. What cannot be read is an error by field, never an exception.
    """
    sent: FormData = request.state.form
    answers = {
        name: tuple(value for value in sent.getlist(name) if isinstance(value, str))
        for name in sent
    }
    return understand(answers, model)


def understand(answers: Mapping[str, tuple[str, ...]], model: type[M]) -> Filled[M]:
    """The same for answers that are at hand, as of a query string."""
    answers = {**dict.fromkeys(model.model_fields, ()), **answers}
    given: dict[str, object] = {}
    for name, info in model.model_fields.items():
        value = _value(name, _kind(info), answers)
        if value not in ("", []):
            given[name] = value
    try:
        return Filled(model.model_validate(given), answers)
    except ValidationError as error:
        return Filled(None, answers, _sentences(model, error.errors()))
    except DomainError as error:
        # A validator of the model asked a type of ours, such as Postcode.
        return Filled(None, answers).refused(error)


def _value(name: str, kind: object, answers: Mapping[str, tuple[str, ...]]) -> object:
    if get_origin(kind) in (list, tuple, set, frozenset):
        return [each for each in answers[name] if each.strip()]
    if kind is date and not answers[name]:
        parts = [next(iter(answers.get(f"{name}-{part}", ())), "").strip() for part in _PARTS]
        if not any(parts):
            return ""
        year, month, day = parts
        return f"{year:0>4}-{month:0>2}-{day:0>2}"
    return next(iter(answers[name]), "").strip()


_PARTS = ("year", "month", "day")


def _kind(info: FieldInfo) -> object:
    """The field's type, without the None of an optional one."""
    kind = info.annotation
    if get_origin(kind) in (Union, UnionType):
        return next((each for each in get_args(kind) if each is not type(None)), kind)
    return kind


def _sentences(model: type[FormModel], found: list[ErrorDetails]) -> dict[str, str]:
    told: dict[str, str] = {}
    for each in found:
        name = str(each["loc"][0]) if each["loc"] else ""
        told.setdefault(name, _sentence(model, name, each))
    return told


def _sentence(model: type[FormModel], name: str, error: ErrorDetails) -> str:
    kind = error["type"]
    own = model.says.get(f"{name}:{kind}") or model.says.get(name)
    if own:
        return own
    if kind in {"value_error", "assertion_error"}:
        return str(error.get("ctx", {}).get("error", "")) or "Check this answer."
    info = model.model_fields.get(name)
    title = (info.title if info else None) or name.replace("_", " ")
    if kind == "missing" and info is not None and _is_choice(_kind(info)):
        kind = "enum"
    sentence = _SENTENCES.get(kind, "Check {title}.")
    capital = title[:1].upper() + title[1:]
    return sentence.format(title=title, Title=capital, **error.get("ctx", {}))


def _is_choice(kind: object) -> bool:
    several = get_origin(kind) in (list, tuple, set, frozenset)
    return several or (isinstance(kind, type) and issubclass(kind, Enum))

"""Forms: what was typed is understood or told in a sentence, and never lost."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from enum import StrEnum
from typing import Annotated, ClassVar

import pytest
from pydantic import Field, field_validator

from geo.postcode import Postcode
from service.web.forms import FormModel, blank, understand


class How(StrEnum):
    PHONE = "phone"
    VISIT = "visit"


class Contact(FormModel):
    says: ClassVar[Mapping[str, str]] = {"note": "Write what was said."}
    how: Annotated[How, Field(title="how you met")]
    note: Annotated[str, Field(max_length=20)]
    on: Annotated[date, Field(title="the day")]
    minutes: Annotated[int | None, Field(title="minutes", ge=1, le=600)] = None
    needs: Annotated[tuple[str, ...], Field(title="needs")] = ()
    postcode: str | None = None

    @field_validator("postcode")
    @classmethod
    def as_written(cls, text: str | None) -> str | None:
        return None if text is None else Postcode.parse(text).text


GOOD = {
    "how": ("phone",),
    "note": ("  She is well ",),
    "on-day": ("7",),
    "on-month": ("3",),
    "on-year": ("2026",),
}


def test_a_good_form_is_understood() -> None:
    form = understand({**GOOD, "needs": ("food", "", "debt"), "minutes": ("30",)}, Contact)
    assert form.errors == {}
    assert form.value == Contact(
        how=How.PHONE, note="She is well", on=date(2026, 3, 7), minutes=30, needs=("food", "debt")
    )


@pytest.mark.parametrize(
    ("changed", "field", "sentence"),
    [
        ({"how": ()}, "how", "Choose how you met."),
        ({"how": ("letter",)}, "how", "Choose how you met."),
        ({"note": ("  ",)}, "note", "Write what was said."),
        ({"note": ("x" * 21,)}, "note", "Write what was said."),
        ({"on-day": ("31",), "on-month": ("2",)}, "on", "The day must be a real date"),
        ({"on-day": ("",), "on-month": ("",), "on-year": ("",)}, "on", "Enter the day."),
        ({"on-day": ("",)}, "on", "The day must be a real date"),
        ({"minutes": ("soon",)}, "minutes", "Minutes must be a whole number"),
        ({"minutes": ("0",)}, "minutes", "Minutes must be 1 or more."),
        ({"minutes": ("601",)}, "minutes", "Minutes must be 600 or less."),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_what_was_typed_stays(
    changed, field, sentence
) -> None:
    form = understand({**GOOD, **changed}, Contact)
    assert form.value is None
    assert list(form.errors) == [field]
    assert form.error(field).startswith(sentence)
    for name, values in changed.items():
        assert form.chosen(name) == values


def test_a_type_of_ours_tells_in_its_own_words() -> None:
    form = understand({**GOOD, "postcode": ("WA8",)}, Contact)
    assert form.value is None
    assert "postcode" in " ".join(form.errors.values()).lower()


def test_a_form_can_begin_with_something_in_it() -> None:
    form = blank(on=date(2026, 3, 7), needs=["food", "debt"], note=None, minutes=5)
    assert (form.typed("on-day"), form.typed("on-year")) == ("7", "2026")
    assert form.chosen("needs") == ("food", "debt")
    assert (form.typed("note"), form.typed("minutes"), form.typed("other")) == ("", "5", "")


def test_fields_that_are_not_asked_for_are_passed_over() -> None:
    form = understand({**GOOD, "csrf": ("x",), "is_admin": ("1",)}, Contact)
    assert form.value is not None
    assert not hasattr(form.value, "is_admin")

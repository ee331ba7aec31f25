"""Who somebody is, from one line as a practice types or pastes it."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DomainError
from service.people.errors import BadBirthDate, BadName, BadNhsNumber
from service.people.who import Who, read_who

BORN = date(1952, 4, 17)


@pytest.mark.parametrize(
    "text",
    [
        "Nora Larkrise 17 4 1952", "Nora Larkrise 17/04/1952", "17.4.1952 Nora Larkrise",
        "LARKRISE, Nora (Mrs) DOB 17-Apr-1952", "Mrs Nora Larkrise, born 17th April 1952",
        "nora larkrise 1952-04-17",
    ],
)  # fmt: skip
def test_a_name_and_a_birth_date_in_any_order(text: str):
    found = read_who(text)
    assert (found.given_name.lower(), found.family_name.lower()) == ("nora", "larkrise")
    assert (found.birth_date, found.nhs_number) == (BORN, None)


@pytest.mark.parametrize(
    "text", ["9990000344", "999 000 0344", " 999-000-0344 ", "NHS no: 999 000 0344"]
)
def test_a_number_alone_is_enough(text: str):
    assert read_who(text) == Who("9990000344", "", "", None)


def test_all_of_them_together():
    found = read_who("LARKRISE, Nora Mary  999 000 0344  17/4/1952")
    assert found == Who("9990000344", "Nora Mary", "LARKRISE", BORN)


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("", BadName, "NHS number, or a name"),
        ("17 4 1952", BadName, "NHS number, or a name"),
        ("Nora Larkrise", BadBirthDate, "birth date as well"),
        ("Nora Larkrise 31 2 1952", BadBirthDate, "not a real day"),
        ("Nora Larkrise 17 Smarch 1952", BadBirthDate, "not a real day"),
        ("Nora Larkrise 17 4 52", BadName, "digits"),
        ("999 000 0345", BadNhsNumber, "check digit"),
        ("Nora Larkrise 17 4 1952 07700 900123", BadName, "digits"),
        ("x" * 121 + " 17 4 1952", BadName, "120"),
    ],
)
def test_what_is_not_enough_is_said(text: str, error: type[DomainError], says: str):
    with pytest.raises(error, match=says):
        read_who(text)


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_whatever_is_typed_gives_somebody_or_a_sentence(text: str):
    try:
        found = read_who(text)
    except DomainError as error:
        assert error.message.endswith(".")
    else:
        assert found.nhs_number or (found.family_name and found.birth_date)


@settings(max_examples=100, deadline=None)
@given(st.dates(date(1900, 1, 1), date(2026, 1, 1)))
def test_every_day_is_read_back_with_the_day_before_the_month(day: date):
    for text in (f"Jo Example {day.day} {day.month} {day.year}", f"{day.isoformat()} Jo Example"):
        assert read_who(text).birth_date == day

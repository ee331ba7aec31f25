"""The rules of a Patient, and of any NHS number."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from service.api.fhir.rules.codes import ETHNIC_CATEGORIES, NHS_NUMBER_STATUSES
from service.api.fhir.rules.context import Context
from service.api.fhir.rules.findings import (
    Findings,
    Resource,
    child,
    codings,
    rows,
    text_of,
    texts_of,
)
from service.api.fhir.systems import (
    CONFIDENTIALITY,
    ETHNIC_CATEGORY_EXTENSION,
    NHS_NUMBER,
    NHS_NUMBER_STATUS_EXTENSION,
    ODS_ORGANISATION,
    settled,
)
from service.people.circumstances import OLDEST, age_on
from service.people.errors import BadNhsNumber
from service.people.nhs_number import NhsNumber
from service.people.who import LONGEST_NAME

SYNTHETIC: Final = "999"
"""The first digits of every NHS number that is set aside for tests."""

_SENSITIVE: Final = frozenset({"R", "V", "REDACTED"})
_DAY: Final = re.compile(r"\d{4}-\d{2}-\d{2}")
_ODS: Final = re.compile(r"(?:https?://\S+/)?Organization/([A-Za-z0-9]{3,12})")


def check_patient(patient: Resource, at: str, context: Context, found: Findings) -> None:
    """Note what a Patient lacks for a referral, and what of it cannot be."""
    _names(patient, at, found)
    _birth_date(patient, at, context, found)
    _practice(patient, at, context, found)
    _ethnic_category(patient, at, found)
    slices = [
        place for place, each in rows(patient, "identifier") if each.get("system") == NHS_NUMBER
    ]
    for place in slices[1:]:
        found.add("invariant", f"{at}.identifier[{place}]", "A person has one NHS number.")
    for place, each in rows(patient, "identifier"):
        check_nhs_number(each, f"{at}.identifier[{place}]", context, found)


def check_nhs_number(identifier: Resource, at: str, context: Context, found: Findings) -> None:
    """Note what is wrong with an identifier, if it is an NHS number."""
    system = text_of(identifier, "system")
    if system.lower() != NHS_NUMBER.lower():
        return
    if system != NHS_NUMBER:
        found.add("value", f"{at}.system", f"The system of an NHS number is {NHS_NUMBER}.")
    _number_status(identifier, at, found)
    value = identifier.get("value")
    if not isinstance(value, str) or not value.strip():
        found.add(
            "required",
            f"{at}.value",
            "An NHS number without its value. Give it, or leave the identifier out.",
        )
        return
    try:
        number = NhsNumber(value)
    except BadNhsNumber as error:
        found.add("value", f"{at}.value", error.message)
        return
    if context.synthetic_only and not number.startswith(SYNTHETIC):
        found.add(
            "business-rule",
            f"{at}.value",
            "This is a demonstration: only NHS numbers for tests are taken, which begin with 999.",
        )


def is_sensitive(patient: Resource) -> bool:
    """Whether the record is marked at its source: restricted, very restricted or redacted."""
    marks = rows(child(patient, "meta"), "security")
    return any(
        text_of(each, "system") == CONFIDENTIALITY
        and text_of(each, "code") in {"R", "V", "REDACTED"}
        for _, each in marks
    )


def registered_practice(patient: Resource, ods_codes: dict[str, str]) -> str:
    """The ODS code of where the person is registered; empty when it is not said.

    Parameters
    ----------
    ods_codes : dict
        ODS codes of organisations that came along, by what they are referred to.
    """
    for _, each in rows(patient, "generalPractitioner"):
        reference, identifier = text_of(each, "reference"), child(each, "identifier")
        if reference in ods_codes:
            return ods_codes[reference]
        if settled(text_of(identifier, "system")) == ODS_ORGANISATION:
            return text_of(identifier, "value")
        named = _ODS.fullmatch(reference)
        if named is not None:
            return named[1]
    return ""


def _names(patient: Resource, at: str, found: Findings) -> None:
    names = list(rows(patient, "name"))
    whole = [
        each
        for _, each in names
        if text_of(each, "family").strip() and any(part.strip() for part in texts_of(each, "given"))
    ]
    if not names:
        found.add("required", f"{at}.name", "Give the person's name.")
    elif not whole:
        for part in ("family", "given"):
            if not any(each.get(part) for _, each in names):
                found.add("required", f"{at}.name[0].{part}", f"Give the {part} name.")
        found.add("required", f"{at}.name", "Give one name with both family and given name.")
    for place, each in names:
        given = " ".join(texts_of(each, "given"))
        for part, text in (("family", text_of(each, "family")), ("given", given)):
            if len(text) > LONGEST_NAME:
                where = f"{at}.name[{place}].{part}"
                found.add("too-long", where, f"A name has {LONGEST_NAME} characters at most.")


def _birth_date(patient: Resource, at: str, context: Context, found: Findings) -> None:
    text = text_of(patient, "birthDate")
    where = f"{at}.birthDate"
    if not text:
        found.add("required", where, "Give the date of birth.")
    elif _DAY.fullmatch(text):
        try:
            day = date.fromisoformat(text)
        except ValueError:
            found.add("value", where, "There is no such day.")
            return
        if day > context.today:
            found.add("value", where, "The birth date lies in the future.")
        elif age_on(day, context.today) > OLDEST:
            found.add("value", where, f"The birth date lies over {OLDEST} years ago.")
    elif text[:4].isdigit() and not context.today.year - OLDEST <= int(text[:4]) <= (
        context.today.year
    ):
        found.add("value", where, "Nobody was born then who could be referred.")


def _practice(patient: Resource, at: str, context: Context, found: Findings) -> None:
    if is_sensitive(patient):
        # The national register takes the practice out of these records.
        return
    at = f"{at}.generalPractitioner"
    if not any(True for _ in rows(patient, "generalPractitioner")):
        found.add("required", at, "Name the practice where the person is registered.")
    elif context.in_bundle and not registered_practice(patient, dict(context.ods_codes)):
        found.add(
            "required",
            at,
            "Name the practice by its ODS code: refer to an Organization that has one, or give the "
            "code as the identifier of the reference.",
        )


def _number_status(identifier: Resource, at: str, found: Findings) -> None:
    places = [
        (place, each)
        for place, each in rows(identifier, "extension")
        if each.get("url") == NHS_NUMBER_STATUS_EXTENSION
    ]
    for place, _each in places[1:]:
        found.add("invariant", f"{at}.extension[{place}]", "The status is given once.")
    for place, each in places:
        _listed(each, f"{at}.extension[{place}]", NHS_NUMBER_STATUSES, found)


def _ethnic_category(patient: Resource, at: str, found: Findings) -> None:
    places = [
        (place, each)
        for place, each in rows(patient, "extension")
        if each.get("url") == ETHNIC_CATEGORY_EXTENSION
    ]
    for place, _each in places[1:]:
        found.add("invariant", f"{at}.extension[{place}]", "The category is given once.")
    for place, each in places:
        _listed(each, f"{at}.extension[{place}]", ETHNIC_CATEGORIES, found)


def _listed(
    extension: Resource, at: str, lists: dict[str, frozenset[str]], found: Findings
) -> None:
    concept = extension.get("valueCodeableConcept")
    at = f"{at}.valueCodeableConcept"
    if not isinstance(concept, dict):
        found.add("required", at, "This extension has a coded value.")
        return
    known = list(codings(concept))
    if not known:
        found.add("required", f"{at}.coding", "Give a code of the list.")
    for place, system, code in known:
        where = f"{at}.coding[{place}]"
        if system not in lists:
            found.add("code-invalid", f"{where}.system", "This is not a code system of the list.")
        elif code not in lists[system]:
            found.add("code-invalid", f"{where}.code", "This code is not in its list.")

"""The person of a Patient: who, how they are reached, and what decides where they can go."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from geo.errors import Json
from service.api.fhir.rules.findings import Resource, child, codings, rows, text_of, texts_of
from service.api.fhir.systems import NHS_NUMBER
from service.people.nhs_number import NhsNumber
from service.people.who import LONGEST_NAME
from service.referrals.arrivals import ReachStated
from service.referrals.requests import PersonGiven

_LANGUAGE: Final = re.compile(r"([a-z]{2})(?:-[A-Za-z0-9]{1,8})*")
_LANGUAGE_SYSTEMS: Final = frozenset(
    {"urn:ietf:bcp:47", "https://fhir.hl7.org.uk/CodeSystem/UKCore-HumanLanguage"}
)
_INTERPRETER: Final = frozenset(
    {
        "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-InterpreterRequired",
        "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
    }
)
_GENDERS: Final = frozenset({"female", "male"})
_REAL_NAMES: Final = ("official", "usual", "")
_PREFERRED: Final = ("nickname", "usual")


def person_of(patient: Resource) -> PersonGiven:
    """Who the person is. A birth date of which only the year is known is not taken as a day."""
    name = _name(patient)
    number = next(
        (
            text_of(each, "value")
            for _, each in rows(patient, "identifier")
            if each.get("system") == NHS_NUMBER
        ),
        "",
    )
    born = text_of(patient, "birthDate")
    return PersonGiven(
        nhs_number=NhsNumber(number) if number.strip() else None,
        given_name=given_of(name),
        family_name=text_of(name, "family").strip(),
        birth_date=date.fromisoformat(born) if len(born) == 10 else None,
    )


def reach_of(patient: Resource) -> ReachStated:
    """How the person is reached: the first phone and e-mail by rank that can be one.

    What does not fit is left out here, never refused: it is still in what was sent.
    """
    points = sorted(
        (each for _, each in rows(patient, "telecom") if each.get("use") != "old"), key=_rank
    )
    phones = (
        text_of(each, "value").strip()
        for each in points
        if text_of(each, "system") in {"phone", "sms"}
    )
    emails = (
        text_of(each, "value").strip() for each in points if text_of(each, "system") == "email"
    )
    return ReachStated(
        telephone=next((t for t in phones if len(t) <= 40 and sum(map(str.isdigit, t)) >= 6), ""),
        email=next(
            (e for e in emails if len(e) <= 200 and "@" in e.strip("@") and " " not in e), ""
        ),
        preferred_name=_preferred(patient),
    )


def postcode_of(patient: Resource) -> str:
    """The postcode of the person's home, as it was written; empty when there is none."""
    addresses = [each for _, each in rows(patient, "address") if each.get("use") != "old"]
    at_home = [each for each in addresses if each.get("use") == "home"]
    found = (text_of(each, "postalCode").strip() for each in [*at_home, *addresses])
    return next((text for text in found if text), "")


def facts_of_patient(patient: Resource) -> dict[str, Json]:
    """Circumstances that decide what the person can join, as Kith keeps them."""
    facts: dict[str, Json] = {}
    if text_of(patient, "gender") in _GENDERS:
        facts["gender"] = text_of(patient, "gender")
    needs_interpreter = any(
        each.get("url") in _INTERPRETER and each.get("valueBoolean") is not False
        for _, each in rows(patient, "extension")
    )
    languages = _languages(patient)
    if needs_interpreter:
        facts["interpreter"] = True
        # Whoever needs an interpreter is not at ease in English.
        languages = [each for each in languages if each != "en"]
    if languages:
        facts["languages"] = list[Json](languages)
    return facts


def given_of(name: Resource) -> str:
    """The given names of one name, in one text."""
    return " ".join(part.strip() for part in texts_of(name, "given"))


def _name(patient: Resource) -> Resource:
    names = [each for _, each in rows(patient, "name") if each.get("use") != "old"]
    whole = [each for each in names if text_of(each, "family").strip() and given_of(each)]
    for use in _REAL_NAMES:
        found = next((each for each in whole if text_of(each, "use") == use), None)
        if found is not None:
            return found
    everything = [each for _, each in rows(patient, "name")]
    return next(iter([*whole, *everything]), {})


def _preferred(patient: Resource) -> str:
    own = _name(patient)
    for use in _PREFERRED:
        for _, each in rows(patient, "name"):
            called = given_of(each) or text_of(each, "text").strip()
            if each.get("use") == use and called and called != given_of(own):
                return called[:LONGEST_NAME]
    return ""


def _languages(patient: Resource) -> list[str]:
    found: list[str] = []
    for _, each in sorted(
        rows(patient, "communication"), key=lambda row: row[1].get("preferred") is not True
    ):
        for _, system, code in codings(child(each, "language")):
            match = _LANGUAGE.fullmatch(code)
            if system in _LANGUAGE_SYSTEMS and match and match[1] not in found:
                found.append(match[1])
    return found[:10]


def _rank(point: Resource) -> int:
    rank = point.get("rank")
    return rank if isinstance(rank, int) else 99

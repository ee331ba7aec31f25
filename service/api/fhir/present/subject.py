"""The person, and how other resources refer to them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from service.api.fhir import systems
from service.api.fhir.present.parts import Resource, coding, concept, meta, reference, sent, settled
from service.referrals.exchange import Case

_NOT_TRACED: Final = ("02", "Number present but not traced")
REMOVED: Final = ("identifier", "address", "telecom", "contact", "generalPractitioner")
"""What a restricted person's record never has, as the national record of demographics takes out."""


def patient(case: Case, *, at: datetime) -> Resource:
    """The person of a referral. `at` is when anything that is told of them changed last."""
    person, given = case.person, sent(case, "Patient")
    found: Resource = {
        **given,
        "resourceType": "Patient",
        "id": person.person_id,
        "meta": meta("Patient", at=at, protected=case.is_protected),
    }
    found.pop("managingOrganization", None)
    found.pop("link", None)
    _name(found, case)
    if person.birth_date is not None:
        found["birthDate"] = person.birth_date.isoformat()
    if case.is_protected:
        for name in REMOVED:
            found.pop(name, None)
        return settled(found)  # type: ignore[no-any-return]
    found["identifier"] = _identifiers(case, given)
    found["telecom"] = _telecom(case, given)
    found["address"] = _address(case, given)
    found["generalPractitioner"] = [
        reference("Organization", case.practice.ods_code, case.practice.name)
    ]
    tidy: Resource = settled({name: value for name, value in found.items() if value != []})
    return tidy


def subject(case: Case) -> Resource:
    """The reference to the person, with the NHS number beside it unless they are restricted."""
    found = reference("Patient", case.person.person_id)
    if case.person.nhs_number and not case.is_protected:
        found["identifier"] = {"system": systems.NHS_NUMBER, "value": case.person.nhs_number}
    return found


def _name(found: Resource, case: Case) -> None:
    person = case.person
    if not (person.family_name or person.given_name):
        return
    names = [each for each in found.get("name", []) if isinstance(each, dict)]
    official = next((each for each in names if each.get("use") == "official"), None)
    kept = official or (names[0] if len(names) == 1 else {})
    name: Resource = {**kept, "use": kept.get("use", "official")}
    if person.family_name:
        name["family"] = person.family_name
    if person.given_name:
        given = kept.get("given")
        same = isinstance(given, list) and " ".join(map(str, given)) == person.given_name
        name["given"] = given if same else [person.given_name]
    name.pop("text", None)
    found["name"] = [name, *(each for each in names if each is not kept)]


def _identifiers(case: Case, given: Resource) -> list[Resource]:
    listed = [each for each in given.get("identifier", []) if isinstance(each, dict)]
    others = [each for each in listed if each.get("system") != systems.NHS_NUMBER]
    number = case.person.nhs_number
    theirs = next((each for each in listed if each.get("system") == systems.NHS_NUMBER), None)
    if number is None:
        # One without a value says why there is none; a value that Kith does not hold is not told.
        return [*([theirs] if theirs is not None and "value" not in theirs else []), *others]
    extension = (theirs or {}).get("extension") or [_status(*_NOT_TRACED)]
    return [{"extension": extension, "system": systems.NHS_NUMBER, "value": number}, *others]


def _status(code: str, display: str) -> Resource:
    return {
        "url": systems.NHS_NUMBER_STATUS_EXTENSION,
        "valueCodeableConcept": concept(coding(systems.NHS_NUMBER_STATUS, code, display)),
    }


def _telecom(case: Case, given: Resource) -> list[Resource]:
    person = case.person
    listed = [each for each in given.get("telecom", []) if isinstance(each, dict)]
    known = {each.get("value") for each in listed}
    for system, value in (("phone", person.telephone), ("email", person.email)):
        if value and value not in known:
            listed.append({"system": system, "value": value})
    return listed


def _address(case: Case, given: Resource) -> list[Resource]:
    listed = [each for each in given.get("address", []) if isinstance(each, dict)]
    postcode = case.referral.postcode or case.person.postcode
    if postcode is None:
        return listed
    # Of a postcode that is not known only the beginning can be placed: the whole one stays told.
    if any(str(each.get("postalCode", "")).upper().startswith(postcode) for each in listed):
        return listed
    # The place that Kith works with; an older one that came beside it is no longer the home.
    return [{"use": "home", "postalCode": postcode}, *(_old(each) for each in listed)]


def _old(address: Resource) -> Resource:
    return {**address, "use": "old"} if address.get("use", "home") == "home" else address

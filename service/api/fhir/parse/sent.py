"""What is kept of resources as they came: without ids, references and what is Kith's to say."""

from __future__ import annotations

from typing import Any, Final

from geo.errors import Json
from service.api.fhir.parse.gathered import Gathered
from service.api.fhir.rules.bundle import Entry
from service.api.fhir.rules.findings import Resource

_LEFT_OUT: Final = frozenset({"id", "meta", "contained", "text", "implicitRules", "language"})
_OF_A_PLACE: Final = frozenset({"address", "contact", "generalPractitioner", "photo"})


def sent_of(found: Gathered, *, sensitive: bool) -> dict[str, Json]:
    """By resource type, what came with a referral.

    Of a person whose record is marked nothing is kept that says where they are.
    """
    patient = bare(found.patient.resource)
    if sensitive:
        patient = without_places(patient)
        patient.pop("telecom", None)
    kept: dict[str, Json] = {"ServiceRequest": bare(found.request.resource), "Patient": patient}
    singles: dict[str, Entry | None] = {
        "Task": found.task,
        "Practitioner": found.practitioner,
        "PractitionerRole": found.role,
        "Organization": found.organisation,
        "Consent": found.consents[0] if found.consents else None,
    }
    kept.update({kind: bare(each.resource) for kind, each in singles.items() if each is not None})
    if found.conditions:
        kept["Condition"] = [bare(each.resource) for each in found.conditions]
    if found.flags:
        kept["Flag"] = [bare(each.resource) for each in found.flags]
    return kept


def without_places(patient: Resource) -> dict[str, Json]:
    """A Patient without all that says where they are."""
    return {key: value for key, value in patient.items() if key not in _OF_A_PLACE}


def bare(resource: Resource) -> dict[str, Json]:
    """A resource without what names it or leads elsewhere; what is empty then is left out."""
    return {
        key: value
        for key, value in ((key, _bare(value)) for key, value in resource.items())
        if key not in _LEFT_OUT and value not in ({}, [], None)
    }


def _bare(value: Any) -> Any:  # noqa: ANN401 - any JSON
    if isinstance(value, list):
        return [each for each in map(_bare, value) if each not in ({}, [], None)]
    if isinstance(value, dict):
        return {
            key: kept
            for key, each in value.items()
            if not (key == "reference" and isinstance(each, str))
            and (kept := _bare(each)) not in ({}, [], None)
        }
    return value

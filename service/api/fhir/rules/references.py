"""References: that each leads to something, and to something of the right kind."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from service.api.fhir.rules.bindings import elements
from service.api.fhir.rules.context import Context, Purpose
from service.api.fhir.rules.findings import Findings, Resource, rows, text_of

_LITERAL: Final = re.compile(r"(?:https?://[^\s|]+/)?([A-Z][A-Za-z]{2,40})/([A-Za-z0-9.-]{1,64})")
_REFERRER: Final = frozenset({"Practitioner", "PractitionerRole", "Organization"})
_ACTOR: Final = _REFERRER | {"CareTeam", "HealthcareService", "Patient", "Device", "RelatedPerson"}
_PATIENT: Final = frozenset({"Patient"})
_ORGANISATION: Final = frozenset({"Organization"})

_ALLOWED: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("ServiceRequest", "subject"): _PATIENT,
    ("ServiceRequest", "requester"): _REFERRER,
    ("ServiceRequest", "performer"): _ACTOR,
    ("ServiceRequest", "reasonReference"): frozenset(
        {"Condition", "Observation", "DiagnosticReport", "DocumentReference"}
    ),
    ("Task", "focus"): frozenset({"ServiceRequest"}),
    ("Task", "for"): _PATIENT,
    ("Task", "requester"): _REFERRER,
    ("Task", "owner"): _ACTOR,
    ("Patient", "generalPractitioner"): _REFERRER,
    ("Patient", "managingOrganization"): _ORGANISATION,
    ("PractitionerRole", "practitioner"): frozenset({"Practitioner"}),
    ("PractitionerRole", "organization"): _ORGANISATION,
    ("PractitionerRole", "healthcareService"): frozenset({"HealthcareService"}),
    ("Organization", "partOf"): _ORGANISATION,
    ("HealthcareService", "providedBy"): _ORGANISATION,
    ("Condition", "subject"): _PATIENT,
    ("Consent", "patient"): _PATIENT,
    ("Consent", "organization"): _ORGANISATION,
    ("Consent", "provision.actor.reference"): _ACTOR,
}


def check_references(resource: Resource, at: str, context: Context, found: Findings) -> None:
    """Note each reference that leads nowhere, or to a resource that does not belong there.

    One to a resource of Kith's own is looked up by whoever keeps it, not here.
    """
    kind = str(resource.get("resourceType"))
    contained = {
        text_of(each, "id"): text_of(each, "resourceType")
        for _, each in rows(resource, "contained")
    }
    for value, where, plain in elements(resource, at):
        if not plain.endswith("reference") or not isinstance(value, str):
            continue
        if plain.startswith("contained."):
            continue
        element = plain.removesuffix(".reference")
        target = _target(value, contained, context)
        if target is None:
            _stray(value, where, context, found)
            continue
        allowed = _ALLOWED.get((kind, element))
        if allowed is not None and target not in allowed:
            found.add("value", where, f"This must lead to {' or '.join(sorted(allowed))}.")


def _target(value: str, contained: Mapping[str, str], context: Context) -> str | None:
    """The type of what is referred to; None when that cannot be found."""
    if value in context.targets:
        return context.targets[value]
    if value.startswith("#"):
        return contained.get(value[1:])
    literal = _LITERAL.fullmatch(value)
    return literal[1] if literal else None


def _stray(value: str, where: str, context: Context, found: Findings) -> None:
    if value.startswith("urn:") and not context.in_bundle:
        only_looked_at = context.purpose is Purpose.VALIDATE
        found.add(
            "value",
            where,
            "A urn leads to something in the same Bundle, and this resource came without one.",
            severity="warning" if only_looked_at else "error",
        )
        return
    what = "in this resource" if value.startswith("#") else "in this Bundle"
    found.add("value", where, f"There is nothing {what} that this leads to.")

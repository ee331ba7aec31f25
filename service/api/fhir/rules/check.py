"""All rules on one resource: what `$validate` tells, and what guards every write."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from service.api.fhir.errors import Invalid, Issue
from service.api.fhir.rules.bindings import check_bindings
from service.api.fhir.rules.context import Context
from service.api.fhir.rules.findings import Findings, Resource, rows, text_of
from service.api.fhir.rules.others import (
    check_condition,
    check_consent,
    check_healthcare_service,
    check_identifiers,
    check_organisation,
    check_practitioner,
    check_role,
)
from service.api.fhir.rules.patient import check_nhs_number, check_patient
from service.api.fhir.rules.references import check_references
from service.api.fhir.rules.requests import check_service_request, check_task
from service.api.fhir.rules.shape import TYPES, check_shape

Rule = Callable[[Resource, str, Context, Findings], None]

_RULES: Final[Mapping[str, Rule]] = {
    "ServiceRequest": check_service_request,
    "Task": check_task,
    "Patient": check_patient,
    "Practitioner": check_practitioner,
    "PractitionerRole": check_role,
    "Organization": check_organisation,
    "HealthcareService": check_healthcare_service,
    "Condition": check_condition,
    "Consent": check_consent,
}


def check_resource(resource: Resource, at: str, context: Context, found: Findings) -> None:
    """Note all that is wrong with a resource that stands at `at`.

    Where its shape is wrong its own rules are tried all the same: whoever mends it should hear of
    everything at once. Contained resources are looked at too.
    """
    check_shape(resource, at, found)
    kind = resource.get("resourceType")
    if not isinstance(kind, str) or kind not in _RULES:
        return
    check_bindings(resource, at, found)
    _RULES[kind](resource, at, context, found)
    check_identifiers(resource, at, found)
    check_references(resource, at, context, found)
    if kind == "ServiceRequest":
        subject = resource.get("subject")
        identifier = subject.get("identifier") if isinstance(subject, dict) else None
        if isinstance(identifier, dict):
            check_nhs_number(identifier, f"{at}.subject.identifier", context, found)
    _check_contained(resource, at, context, found)


def _check_contained(resource: Resource, at: str, context: Context, found: Findings) -> None:
    contained = list(rows(resource, "contained"))
    if contained and ".contained[" in at:
        found.add("structure", at, "What is contained has nothing contained of its own.")
        return
    inside = {f"#{each.get('id')}": text_of(each, "resourceType") for _, each in contained}
    below = replace(context, targets={**context.targets, **inside})
    for place, each in contained:
        if text_of(each, "resourceType") not in TYPES:
            # Its shape was looked at with the whole; of such a one nothing is read.
            continue
        check_resource(each, f"{at}.contained[{place}]", below, found)


def checked(resource: Resource, at: str, context: Context) -> tuple[Issue, ...]:
    """All that is wrong with one resource, warnings too; empty when nothing is."""
    found = Findings()
    check_resource(resource, at, context, found)
    return tuple(found.issues)


def require_valid(found: Findings) -> None:
    """Go no further when an error was found.

    Raises
    ------
    Invalid
        With all of them.
    """
    errors = found.errors
    if errors:
        raise Invalid("The resource breaks a rule. Each is listed with its element.", issues=errors)

"""Codes that must be of a list: those of R4's required bindings, and SNOMED's own check digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from seed_data import needs as need_list
from service.api.fhir.rules.codes import GENDERS, PRIORITIES, TASK_STATUSES, is_snomed_id
from service.api.fhir.rules.findings import Findings, Resource, text_of
from service.api.fhir.rules.shape import path
from service.api.fhir.systems import NEED, SNOMED

_IDENTIFIER_USE: Final = frozenset({"usual", "official", "temp", "secondary", "old"})
_NAME_USE: Final = frozenset(
    {"usual", "official", "temp", "nickname", "anonymous", "old", "maiden"}
)
_TELECOM: Final = frozenset({"phone", "fax", "email", "pager", "url", "sms", "other"})
_TELECOM_USE: Final = frozenset({"home", "work", "temp", "old", "mobile"})
_ADDRESS_USE: Final = frozenset({"home", "work", "temp", "old", "billing"})
_INTENTS: Final = frozenset(
    {
        *("proposal", "plan", "directive", "order", "original-order", "reflex-order"),
        *("filler-order", "instance-order", "option", "unknown"),
    }
)
_REQUEST_STATUSES: Final = frozenset(
    {"draft", "active", "on-hold", "revoked", "completed", "entered-in-error", "unknown"}
)
_CONSENT_STATUSES: Final = frozenset(
    {"draft", "proposed", "active", "rejected", "inactive", "entered-in-error"}
)

# By type of resource and element, without the places in lists.
_BOUND: Final[Mapping[tuple[str, str], frozenset[str]]] = {
    ("ServiceRequest", "status"): _REQUEST_STATUSES,
    ("ServiceRequest", "intent"): _INTENTS,
    ("ServiceRequest", "priority"): PRIORITIES,
    ("Task", "status"): TASK_STATUSES,
    ("Task", "intent"): _INTENTS,
    ("Task", "priority"): PRIORITIES,
    ("Patient", "gender"): GENDERS,
    ("Patient", "contact.gender"): GENDERS,
    ("Practitioner", "gender"): GENDERS,
    ("Consent", "status"): _CONSENT_STATUSES,
    ("Consent", "provision.type"): frozenset({"deny", "permit"}),
    ("HealthcareService", "availableTime.daysOfWeek"): frozenset(
        {"mon", "tue", "wed", "thu", "fri", "sat", "sun"}
    ),
}
_BOUND_ANYWHERE: Final[Mapping[str, frozenset[str]]] = {
    "identifier.use": _IDENTIFIER_USE,
    "name.use": _NAME_USE,
    "telecom.system": _TELECOM,
    "telecom.use": _TELECOM_USE,
    "address.use": _ADDRESS_USE,
    "address.type": frozenset({"postal", "physical", "both"}),
}


def check_bindings(resource: Resource, at: str, found: Findings) -> None:
    """Note each code that is not of its list, and each SNOMED id whose check digit is wrong."""
    kind = str(resource.get("resourceType"))
    for value, where, plain in elements(resource, at):
        allowed = _BOUND.get((kind, plain))
        if allowed is None:
            allowed = _BOUND_ANYWHERE.get(".".join(plain.split(".")[-2:]))
        if allowed is not None and isinstance(value, str) and value not in allowed:
            found.add("code-invalid", where, f"Use one of: {', '.join(sorted(allowed))}.")
        if isinstance(value, dict) and value.get("system") == SNOMED:
            code = value.get("code")
            if isinstance(code, str) and not is_snomed_id(code):
                found.add(
                    "code-invalid",
                    f"{where}.code",
                    "This is not a SNOMED CT id: its check digit does not fit.",
                )
        if (
            isinstance(value, dict)
            and value.get("system") == NEED
            and text_of(value, "code") not in need_list.load().needs
        ):
            found.add("code-invalid", f"{where}.code", "This is no need of Kith's list.")


def elements(resource: Resource, at: str) -> Iterator[tuple[Any, str, str]]:
    """Every value below a resource, with its place, and its element without places in lists.

    In the order of the document.
    """
    waiting: list[tuple[Any, str, str]] = [(resource, at, "")]
    while waiting:
        value, where, plain = waiting.pop()
        if plain:
            yield value, where, plain
        if isinstance(value, list):
            waiting += reversed([(each, f"{where}[{n}]", plain) for n, each in enumerate(value)])
        elif isinstance(value, dict):
            below = [
                (each, path(where, (key,)), f"{plain}.{key}" if plain else key)
                for key, each in value.items()
            ]
            waiting += reversed(below)

"""What can be searched for, by type of resource: the CapabilityStatement lists the same."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

_R4: Final = "http://hl7.org/fhir/SearchParameter"


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter.

    Attributes
    ----------
    name : str
        As it is written: `patient`, `patient:identifier`.
    kind : str
        FHIR's word for how its value is read: token, reference, date, string, special.
    definition : str
        The address of its definition, for the published ones.
    means : str
        The name of the condition; its own when empty. `patient:identifier` and
        `patient.identifier` are the same one.
    """

    name: str
    kind: str
    definition: str = ""
    means: str = ""

    @property
    def condition(self) -> str:
        """The name of the condition it asks."""
        return self.means or self.name


@dataclass(frozen=True, slots=True)
class Searchable:
    """What can be asked of one type of resource."""

    parameters: tuple[Parameter, ...]
    includes: tuple[str, ...] = ()
    reverse_includes: tuple[str, ...] = ()
    sorts: bool = False

    def named(self, name: str) -> Parameter | None:
        """The parameter of that name."""
        return next((each for each in self.parameters if each.name == name), None)


def _of(kind: str, name: str, how: str) -> Parameter:
    return Parameter(name, how, f"{_R4}/{kind}-{name}")


_ID: Final = Parameter("_id", "token", f"{_R4}/Resource-id")
_UPDATED: Final = Parameter("_lastUpdated", "date", f"{_R4}/Resource-lastUpdated")
_NUMBERS: Final = (
    Parameter("patient:identifier", "token", means="patient.identifier"),
    Parameter("patient.identifier", "token"),
    Parameter("subject:identifier", "token", means="patient.identifier"),
    Parameter("subject.identifier", "token", means="patient.identifier"),
)

SEARCHES: Final[Mapping[str, Searchable]] = MappingProxyType(
    {
        "ServiceRequest": Searchable(
            (
                _ID,
                _UPDATED,
                _of("ServiceRequest", "identifier", "token"),
                Parameter("patient", "reference", f"{_R4}/clinical-patient"),
                _of("ServiceRequest", "subject", "reference"),
                *_NUMBERS,
                _of("ServiceRequest", "status", "token"),
                _of("ServiceRequest", "authored", "date"),
                _of("ServiceRequest", "requester", "reference"),
                _of("ServiceRequest", "performer", "reference"),
                Parameter("code", "token", f"{_R4}/clinical-code"),
                _of("ServiceRequest", "priority", "token"),
            ),
            includes=(
                "ServiceRequest:patient",
                "ServiceRequest:subject",
                "ServiceRequest:requester",
                "ServiceRequest:performer",
            ),
            reverse_includes=("Task:focus",),
            sorts=True,
        ),
        "Task": Searchable(
            (
                _ID,
                _UPDATED,
                _of("Task", "identifier", "token"),
                _of("Task", "status", "token"),
                _of("Task", "owner", "reference"),
                _of("Task", "requester", "reference"),
                _of("Task", "patient", "reference"),
                _of("Task", "subject", "reference"),
                *_NUMBERS,
                _of("Task", "focus", "reference"),
                _of("Task", "part-of", "reference"),
                _of("Task", "business-status", "token"),
                _of("Task", "code", "token"),
                _of("Task", "authored-on", "date"),
                _of("Task", "modified", "date"),
            ),
            includes=("Task:focus", "Task:patient"),
            sorts=True,
        ),
        "HealthcareService": Searchable(
            (
                _ID,
                _of("HealthcareService", "identifier", "token"),
                _of("HealthcareService", "active", "token"),
                _of("HealthcareService", "name", "string"),
                _of("HealthcareService", "organization", "reference"),
                _of("HealthcareService", "location", "reference"),
                _of("HealthcareService", "service-category", "token"),
                _of("HealthcareService", "service-type", "token"),
                _of("HealthcareService", "characteristic", "token"),
                _of("HealthcareService", "coverage-area", "reference"),
                Parameter("coverage-area:identifier", "token", means="coverage-area"),
            ),
            includes=("HealthcareService:location", "HealthcareService:organization"),
        ),
        "Location": Searchable(
            (
                _ID,
                _of("Location", "identifier", "token"),
                _of("Location", "name", "string"),
                _of("Location", "address-postalcode", "string"),
                _of("Location", "organization", "reference"),
                _of("Location", "status", "token"),
                _of("Location", "near", "special"),
            )
        ),
        "Organization": Searchable(
            (
                _ID,
                _of("Organization", "identifier", "token"),
                _of("Organization", "name", "string"),
                _of("Organization", "type", "token"),
                _of("Organization", "address-postalcode", "string"),
            )
        ),
        "Patient": Searchable((_of("Patient", "identifier", "token"),)),
    }
)
"""By type of resource."""

HIDDEN: Final = frozenset(
    {"patient.identifier", "patient:identifier", "subject.identifier", "subject:identifier"}
    | {"identifier"}
)
"""Parameters that may hold an NHS number: they stand in no link."""

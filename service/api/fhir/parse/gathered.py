"""The resources of one referral, found by following the references of its ServiceRequest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from service.api.fhir.errors import Invalid
from service.api.fhir.rules.bundle import Entry, names_of, ods_of
from service.api.fhir.rules.findings import Findings, Resource, child, rows, text_of


@dataclass(frozen=True, slots=True)
class Gathered:
    """One referral as it was sent.

    Attributes
    ----------
    request, patient : Entry
        The ServiceRequest and the Patient that it is about.
    task : Entry or None
        The Task that came with it.
    practitioner, role, organisation : Entry or None
        Who refers, as what, and for whom.
    conditions, consents : tuple of Entry
        Reasons, the first that the ServiceRequest names first; and what the person agreed to.
    flags : tuple of Entry
        What the sender warns of, and what the person needs of others.
    ods_codes : mapping
        ODS code of an organisation by what it is referred to.
    """

    request: Entry
    patient: Entry
    task: Entry | None = None
    practitioner: Entry | None = None
    role: Entry | None = None
    organisation: Entry | None = None
    conditions: tuple[Entry, ...] = ()
    consents: tuple[Entry, ...] = ()
    flags: tuple[Entry, ...] = ()
    ods_codes: Mapping[str, str] | None = None


def gathered(entries: Sequence[Entry]) -> Gathered:
    """What belongs to the one referral among `entries`.

    Raises
    ------
    Invalid
        If there is not exactly one ServiceRequest, its subject is not among them, or a Task is not
        about it.
    """
    requests = [each for each in entries if each.kind == "ServiceRequest"]
    if len(requests) != 1:
        raise Invalid.at(
            "business-rule",
            "Send one referral at a time: one ServiceRequest with what belongs to it.",
            requests[1].at if requests else "Bundle.entry",
        )
    request = requests[0]
    named = _named(entries, request)
    patient = _led_to(request.resource, "subject", named)
    if patient is None or patient.kind != "Patient":
        raise Invalid.at(
            "value", "Send the Patient that this is about.", f"{request.at}.subject.reference"
        )
    task = _task(entries, request, patient, named)
    role, practitioner, organisation = _referrer(request.resource, named)
    return Gathered(
        request,
        patient,
        task,
        practitioner,
        role,
        organisation,
        conditions=_conditions(entries, request, named),
        consents=tuple(each for each in named.values() if each.kind == "Consent"),
        flags=_once(each for each in named.values() if each.kind == "Flag"),
        ods_codes={
            name: ods_of(each.resource)
            for name, each in named.items()
            if each.kind == "Organization" and ods_of(each.resource)
        },
    )


def _named(entries: Sequence[Entry], request: Entry) -> dict[str, Entry]:
    """Entries by what they are referred to; what the ServiceRequest contains among them."""
    named = {name: each for each in entries for name in names_of(each)}
    # Those that nothing refers to are kept too, under a name that cannot be written.
    known = {each.place for each in named.values()}
    named.update({f" {each.place}": each for each in entries if each.place not in known})
    for place, inside in rows(request.resource, "contained"):
        name = f"#{text_of(inside, 'id')}"
        named[name] = Entry(
            request.place, name, text_of(inside, "resourceType"), inside, inside=place
        )
    return named


def _led_to(resource: Resource, element: str, named: Mapping[str, Entry]) -> Entry | None:
    return named.get(text_of(child(resource, element), "reference"))


def _referrer(
    request: Resource, named: Mapping[str, Entry]
) -> tuple[Entry | None, Entry | None, Entry | None]:
    """Role, practitioner and organisation of whoever refers, as far as they came along."""
    first = _led_to(request, "requester", named)
    if first is None:
        return None, None, None
    if first.kind == "Practitioner":
        return None, first, None
    if first.kind == "Organization":
        return None, None, first
    return (
        first,
        _led_to(first.resource, "practitioner", named),
        _led_to(first.resource, "organization", named),
    )


def _task(
    entries: Sequence[Entry], request: Entry, patient: Entry, named: Mapping[str, Entry]
) -> Entry | None:
    tasks = [each for each in entries if each.kind == "Task"]
    if not tasks:
        return None
    if len(tasks) > 1:
        raise Invalid.at("business-rule", "Send one Task with a referral.", tasks[1].at)
    task, found = tasks[0], Findings()
    if _led_to(task.resource, "focus", named) is not request:
        found.add("invariant", f"{task.at}.focus", "The Task is about the ServiceRequest sent.")
    about = _led_to(task.resource, "for", named)
    if about is None or about.resource is not patient.resource:
        found.add("invariant", f"{task.at}.for", "The Task is for the Patient of the referral.")
    if found.errors:
        raise Invalid("The Task does not belong to the referral.", issues=found.errors)
    return task


def _conditions(
    entries: Sequence[Entry], request: Entry, named: Mapping[str, Entry]
) -> tuple[Entry, ...]:
    first = [
        named[name]
        for _, each in rows(request.resource, "reasonReference")
        if (name := text_of(each, "reference")) in named
    ]
    others = [each for each in named.values() if each.kind == "Condition"]
    return _once(each for each in [*first, *others] if each.kind == "Condition")


def _once(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    """Each resource once, by whichever of its names it came first."""
    seen: list[Entry] = []
    for each in entries:
        if all(each.resource is not one.resource for one in seen):
            seen.append(each)
    return tuple(seen)

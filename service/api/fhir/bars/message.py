"""One message: its parts told apart, and all that its definition and profiles ask of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, Final

from service.api.fhir.bars import codes
from service.api.fhir.bars.errors import NotBuilt
from service.api.fhir.errors import Unreadable
from service.api.fhir.rules.bundle import MOST_ENTRIES, Entry, names_of, ods_of, require_apart
from service.api.fhir.rules.check import check_resource, require_valid
from service.api.fhir.rules.context import Context
from service.api.fhir.rules.findings import Findings, Resource, child, codings, rows, text_of
from service.api.fhir.rules.references import check_references
from service.api.fhir.rules.shape import TYPES, check_r4, check_texts

MANY: Final = MOST_ENTRIES

Counts = Mapping[str, tuple[int, int]]

ASKED: Final[Counts] = MappingProxyType(
    {
        "MessageHeader": (1, 1),
        "ServiceRequest": (1, 1),
        "Patient": (1, 1),
        "Encounter": (1, 1),
        "CarePlan": (1, 1),
        "HealthcareService": (1, 1),
        "Organization": (2, MANY),
        "Practitioner": (1, MANY),
        "PractitionerRole": (1, MANY),
        "Consent": (1, MANY),
        **dict.fromkeys(
            (
                "Location",
                "Observation",
                "Flag",
                "MedicationStatement",
                "AllergyIntolerance",
                "Questionnaire",
                "QuestionnaireResponse",
                "Condition",
                "Task",
                "Communication",
                "Procedure",
            ),
            (0, MANY),
        ),
    }
)
"""Resources of a referral: the counts of the standard's message of that name, 1.0.0-beta."""

CALLED_BACK: Final[Counts] = MappingProxyType(
    {
        "MessageHeader": (1, 1),
        "ServiceRequest": (1, 1),
        "Patient": (1, 1),
        "Organization": (2, MANY),
        **{
            name: (0, MANY)
            for name in ASKED
            if name not in {"MessageHeader", "ServiceRequest", "Patient", "Organization"}
        },
    }
)
"""The same of a cancellation. Whatever else a referral has may be in it and is not read."""

ANSWERED: Final[Counts] = MappingProxyType(
    {
        **ASKED,
        "Encounter": (0, 1),
        "CarePlan": (0, 1),
        "Appointment": (0, 1),
    }
)
"""The same of a response."""


@dataclass(frozen=True, slots=True)
class Message:
    """A message whose parts have been told apart.

    Attributes
    ----------
    event, reason : str
        What it is, and whether it is new, an update, or takes something back.
    header, focus : Entry
        Its MessageHeader, and what that is about.
    entries : tuple of Entry
        Everything but the header.
    digest : str
        SHA-256 of the whole body, whatever the order of its members.
    """

    bundle_id: str
    event: str
    reason: str
    header: Entry
    focus: Entry
    entries: tuple[Entry, ...]
    digest: str

    @property
    def takes_back(self) -> bool:
        """Whether it cancels a referral; the standard writes that as an update and as a delete."""
        status = text_of(self.focus.resource, "status")
        return self.reason == "delete" or status in {"revoked", "entered-in-error"}

    def named(self, reference: str) -> Entry | None:
        """The entry that a reference leads to; None for none."""
        return next((each for each in self.entries if reference in names_of(each)), None)


def read_message(bundle: Resource) -> Message:
    """The message in a Bundle.

    Raises
    ------
    Unreadable
        If it is no message Bundle, or its parts cannot be told apart.
    Invalid
        If its header does not say what it is, or is about nothing in it.
    NotBuilt
        If it is about a booking.
    """
    if bundle.get("resourceType") != "Bundle" or bundle.get("type") != "message":
        raise Unreadable.at(
            "structure", "Send a Bundle of the type message to this address.", "Bundle.type"
        )
    sent = bundle.get("entry")
    if not isinstance(sent, list) or not sent:
        raise Unreadable.at("structure", "The Bundle has no entries.", "Bundle.entry")
    if len(sent) > MOST_ENTRIES:
        raise Unreadable.at(
            "structure", f"A message has at most {MOST_ENTRIES} entries here.", "Bundle.entry"
        )
    found = Findings()
    check_texts({key: value for key, value in bundle.items() if key != "entry"}, "Bundle", found)
    if not text_of(bundle, "id"):
        found.add("required", "Bundle.id", "A message has an id: what answers it refers to it.")
    entries = [_entry(place, each, found) for place, each in enumerate(sent)]
    require_valid(found)
    require_apart(entries)
    header = entries[0]
    if header.kind != "MessageHeader":
        raise Unreadable.at(
            "structure", "The first entry of a message is its MessageHeader.", "Bundle.entry[0]"
        )
    event, reason, focus = _read_header(header, entries[1:])
    return Message(
        text_of(bundle, "id"), event, reason, header, focus, tuple(entries[1:]), digest_of(bundle)
    )


def digest_of(bundle: Any) -> str:  # noqa: ANN401 - any JSON
    """SHA-256 of JSON as it reads, not as it is laid out."""
    text = json.dumps(bundle, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def check_message(message: Message, counts: Counts, context: Context) -> Context:
    """Refuse a message that breaks its definition, a profile, or a rule of Kith's own.

    Returns the context that its resources share.

    Raises
    ------
    Invalid
        With everything that is wrong.
    """
    found = Findings()
    _check_counts(message, counts, found)
    targets = {name: each.kind for each in message.entries for name in names_of(each)}
    ods_codes = {
        name: ods_of(each.resource)
        for each in message.entries
        if each.kind == "Organization" and ods_of(each.resource)
        for name in names_of(each)
    }
    shared = replace(
        context,
        targets=targets,
        ods_codes=ods_codes,
        intents=frozenset({"plan"}),
        in_bundle=True,
    )
    check_r4(message.header.resource, message.header.at, found)
    check_references(message.header.resource, message.header.at, shared, found)
    for each in message.entries:
        if each.kind in TYPES:
            check_resource(each.resource, each.at, shared, found)
        elif each.kind in counts:
            check_r4(each.resource, each.at, found)
    if counts is ASKED:
        _check_referral(message, found)
    require_valid(found)
    return shared


def _entry(place: int, sent: object, found: Findings) -> Entry:
    at = f"Bundle.entry[{place}]"
    if not isinstance(sent, dict) or not isinstance(sent.get("resource"), dict):
        found.add("required", f"{at}.resource", "Each entry has a resource.")
        return Entry(place, "", "", {})
    resource: Resource = sent["resource"]
    kind, name = text_of(resource, "resourceType"), text_of(sent, "fullUrl")
    if not kind:
        found.add("required", f"{at}.resource.resourceType", "Each resource says what it is.")
    if not name:
        found.add("required", f"{at}.fullUrl", "Each entry has a fullUrl: others refer to it.")
    return Entry(place, name, kind, resource)


def _read_header(header: Entry, others: list[Entry]) -> tuple[str, str, Entry]:
    found, resource = Findings(), header.resource
    event = child(resource, "eventCoding")
    code = text_of(event, "code")
    if text_of(event, "system") != codes.EVENT or code not in codes.EVENTS:
        where = f"{header.at}.eventCoding"
        found.add("value", where, f"Say which event it is, by a code of {codes.EVENT}.")
    reason = next(
        (c for _, system, c in codings(child(resource, "reason")) if system == codes.REASON), ""
    )
    if reason not in codes.REASONS:
        known = ", ".join(codes.REASONS)
        found.add("required", f"{header.at}.reason", f"Say why it is sent: one of {known}.")
    if not text_of(child(resource, "sender"), "reference"):
        found.add("required", f"{header.at}.sender.reference", "Say which organisation sends it.")
    receivers = (child(each, "receiver") for _, each in rows(resource, "destination"))
    if not any(text_of(each, "reference") for each in receivers):
        where = f"{header.at}.destination[0].receiver.reference"
        found.add("required", where, "Say which organisation it is for.")
    focuses = [text_of(each, "reference") for _, each in rows(resource, "focus")]
    focus = [each for each in others if set(names_of(each)) & set(focuses)]
    if len(focuses) != 1 or len(focus) != 1:
        where = f"{header.at}.focus"
        found.add("required", where, "A message is about one resource, which is an entry of it.")
    require_valid(found)
    if code.startswith("booking-"):
        raise NotBuilt.at(
            "not-supported", "Kith takes referrals and no bookings.", f"{header.at}.eventCoding"
        )
    if focus[0].kind != "ServiceRequest":
        raise NotBuilt.at(
            "not-supported",
            "Kith takes messages about a ServiceRequest and about nothing else.",
            f"{header.at}.focus",
        )
    return code, reason, focus[0]


def _check_counts(message: Message, counts: Counts, found: Findings) -> None:
    have = Counter(each.kind for each in message.entries)
    have["MessageHeader"] += 1
    for kind, (least, most) in counts.items():
        if not least <= have[kind] <= most:
            wanted = str(least) if least == most else f"at least {least}"
            if have[kind] > most:
                wanted = f"at most {most}"
            found.add(
                "required" if have[kind] < least else "invariant",
                "Bundle.entry",
                f"A message of this kind has {wanted} {kind}.",
            )
    for each in message.entries:
        if each.kind not in counts:
            found.add(
                "not-supported", f"{each.at}.resourceType", "This has no place in the message."
            )


def _check_referral(message: Message, found: Findings) -> None:
    """What the profiles of a referral ask beyond the definition."""
    request, at = message.focus.resource, message.focus.at
    categories = list(rows(request, "category"))
    if len(categories) != 1 or not any(
        system == codes.CATEGORY and code == "referral"
        for _, system, code in codings(categories[0][1])
    ):
        found.add("required", f"{at}.category", f"Give one category, {codes.CATEGORY}#referral.")
    for element in ("occurrenceDateTime", "occurrenceTiming"):
        if element in request:
            found.add("value", f"{at}.{element}", "When it is to happen is a Period.")
    patient = next((each for each in message.entries if each.kind == "Patient"), None)
    if patient is not None and not _has_phone(patient.resource):
        where = f"{patient.at}.contact"
        found.add("required", where, "Give at least one telephone number to reach somebody by.")
    for each in message.entries:
        if each.kind == "CarePlan":
            if text_of(each.resource, "status") != "completed":
                found.add("value", f"{each.at}.status", "The plan that led here is completed.")
            if text_of(each.resource, "intent") != "plan":
                found.add("value", f"{each.at}.intent", "Its intent is plan.")


def _has_phone(patient: Resource) -> bool:
    lists = [patient, *(each for _, each in rows(patient, "contact"))]
    return any(
        text_of(telecom, "system") == "phone" and text_of(telecom, "value").strip()
        for each in lists
        for _, telecom in rows(each, "telecom")
    )

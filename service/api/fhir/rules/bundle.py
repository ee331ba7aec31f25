"""The rules of a transaction Bundle, and what its entries are referred to by."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import unquote

from service.api.fhir.errors import BadBundle, Unreadable
from service.api.fhir.rules.check import check_resource, require_valid
from service.api.fhir.rules.context import Context
from service.api.fhir.rules.findings import Findings, Resource, child, rows, text_of
from service.api.fhir.rules.shape import TYPES, check_texts
from service.api.fhir.systems import ODS_ORGANISATION, settled

MOST_ENTRIES: Final = 60
"""Entries of one Bundle. Our own choice: a referral has a dozen."""

_CONDITION: Final = re.compile(r"identifier=(?:([^|&\s]{0,255})\|)?([^|&]{1,255})")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its resource, what it is referred to by, and the condition of its creation."""

    place: int
    full_url: str
    kind: str
    resource: Resource
    if_none_exist: str = ""
    # Its place among what the entry's own resource contains; None for that resource itself.
    inside: int | None = None
    # What its place is called when it came without a Bundle: its own type.
    alone: bool = False

    @property
    def at(self) -> str:
        """Where its resource stands."""
        whole = f"Bundle.entry[{self.place}].resource" if not self.alone else self.kind
        return whole if self.inside is None else f"{whole}.contained[{self.inside}]"


def entries_of(bundle: Resource) -> list[Entry]:
    """The entries of a transaction.

    Raises
    ------
    Unreadable
        If it is no transaction Bundle with entries that can be told apart.
    BadBundle
        If two entries have one fullUrl.
    Invalid
        If an entry asks for something else than the creation of its resource.
    """
    if bundle.get("resourceType") != "Bundle":
        raise Unreadable.at(
            "structure", "Send a transaction Bundle to this address.", "resourceType"
        )
    if bundle.get("type") != "transaction":
        raise Unreadable.at(
            "structure",
            "Send a Bundle of the type transaction. Other types are not taken here.",
            "Bundle.type",
        )
    sent = bundle.get("entry")
    if not isinstance(sent, list) or not sent:
        raise Unreadable.at("structure", "The Bundle has no entries.", "Bundle.entry")
    if len(sent) > MOST_ENTRIES:
        raise Unreadable.at(
            "structure", f"A Bundle has at most {MOST_ENTRIES} entries here.", "Bundle.entry"
        )
    found = Findings()
    entries = [_entry(place, each, found) for place, each in enumerate(sent)]
    require_valid(found)
    require_apart(entries)
    return entries


def require_apart(entries: list[Entry]) -> None:
    """Refuse two entries that are referred to by one name.

    Raises
    ------
    BadBundle
    """
    counts = Counter(each.full_url for each in entries if each.full_url)
    for each in entries:
        if counts[each.full_url] > 1 and each.full_url:
            raise BadBundle.at(
                "invalid",
                "Two entries have the same fullUrl. Give each its own.",
                f"Bundle.entry[{each.place}].fullUrl",
            )


def check_entries(entries: list[Entry], context: Context, found: Findings) -> Context:
    """Note all that is wrong with the resources of a Bundle; returns the context they share."""
    targets: dict[str, str] = {}
    ods_codes: dict[str, str] = {}
    for each in entries:
        for name in names_of(each):
            targets[name] = each.kind
            if each.kind == "Organization":
                ods_codes[name] = ods_of(each.resource)
    shared = replace(
        context,
        targets=targets,
        ods_codes={name: code for name, code in ods_codes.items() if code},
        in_bundle=True,
    )
    for each in entries:
        check_resource(each.resource, each.at, shared, found)
    return shared


def names_of(entry: Entry) -> tuple[str, ...]:
    """What an entry is referred to by: its fullUrl, and its type and id."""
    names = [entry.full_url] if entry.full_url else []
    own = text_of(entry.resource, "id")
    if own:
        names.append(f"{entry.kind}/{own}")
    return tuple(names)


def ods_of(organisation: Resource) -> str:
    """The ODS code of an organisation; empty when it has none."""
    for _, each in rows(organisation, "identifier"):
        if settled(text_of(each, "system")) == ODS_ORGANISATION:
            return text_of(each, "value").strip().upper()
    return ""


def _entry(place: int, sent: object, found: Findings) -> Entry:
    at = f"Bundle.entry[{place}]"
    if not isinstance(sent, dict) or not isinstance(sent.get("resource"), dict):
        found.add("required", f"{at}.resource", "Each entry has a resource.")
        return Entry(place, "", "", {})
    resource: Resource = sent["resource"]
    kind = text_of(resource, "resourceType")
    request = child(sent, "request")
    outer = {key: value for key, value in sent.items() if key != "resource"}
    check_texts(outer, at, found)
    if text_of(request, "method") != "POST":
        found.add("not-supported", f"{at}.request.method", "Only POST is taken in a transaction.")
    elif kind and text_of(request, "url").strip("/") != kind:
        found.add("value", f"{at}.request.url", "The address is the type of the resource.")
    if kind not in TYPES:
        found.add(
            "not-supported",
            f"{at}.resource.resourceType",
            f"Kith takes {', '.join(TYPES)} of a referral, and no other resource.",
        )
    condition = request.get("ifNoneExist", "")
    if condition and not is_condition(condition):
        where = f"{at}.request.ifNoneExist"
        found.add("value", where, "Write the condition as identifier=system|value.")
        condition = ""
    return Entry(place, text_of(sent, "fullUrl"), kind, resource, condition)


def is_condition(text: object) -> bool:
    """Whether this is a condition that can be looked for."""
    return isinstance(text, str) and bool(_CONDITION.fullmatch(unquote(text).strip()))


def wanted_identifier(condition: str) -> tuple[str | None, str]:
    """System and value of a condition `identifier=system|value`; None for any system.

    Raises
    ------
    Unreadable
        If it is written in another way.
    """
    found = _CONDITION.fullmatch(unquote(condition).strip())
    if found is None:
        raise Unreadable("Write the condition as identifier=system|value.")
    return found[1], found[2]

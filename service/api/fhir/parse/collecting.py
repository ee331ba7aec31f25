"""The resources that a ServiceRequest names, from wherever they are kept."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from sqlalchemy.orm import Session

from service.api.fhir.errors import Invalid
from service.api.fhir.rules.bindings import elements
from service.api.fhir.rules.bundle import Entry
from service.api.fhir.rules.findings import Findings, Resource
from service.api.fhir.shown import show
from service.identity.actors import Actor
from service.identity.errors import NotFound
from service.referrals.parts import part
from service.settings import Settings

_LOCAL: Final = re.compile(r"(?:https?://[^\s|]+/)?([A-Z][A-Za-z]{2,40})/([A-Za-z0-9.-]{1,64})")
MOST_REFERENCES: Final = 60
"""Different resources that one creation may lead to, as many as a Bundle has entries; each is
looked up by itself."""

_FOLLOWED: Final = frozenset(
    {"Patient", "Practitioner", "PractitionerRole", "Organization", "Condition", "Consent"}
)


def collected(
    session: Session, by: Actor, request: Resource, settings: Settings, *, now: datetime
) -> tuple[list[Entry], str]:
    """A ServiceRequest with all that it leads to: parts that were sent before it, and what is here.

    Returns
    -------
    list of Entry
        The request first.
    str
        The person that its subject is known as; the id of the part when it is not known yet.

    Raises
    ------
    Invalid
        If a reference leads to nothing that the caller may name.
    """
    first = Entry(0, "", "ServiceRequest", request, alone=True)
    entries, waiting, found = [first], [first], Findings()
    seen: set[str] = set()
    person_id = ""
    while waiting:
        entry = waiting.pop(0)
        for value, where, plain in elements(entry.resource, entry.at):
            if not plain.endswith("reference") or not isinstance(value, str):
                continue
            named = _LOCAL.fullmatch(value)
            if named is None or value in seen:
                continue
            seen.add(value)
            _require_few(len(seen), first.at)
            kept = _kept(session, by, settings, named[1], named[2], now)
            if kept is None:
                # Only what the caller wrote is told as it stands there.
                place = where if entry is first else first.at
                found.add("value", place, "There is nothing here that this leads to.")
                continue
            resource, known_as = kept
            if resource is None:
                continue
            led_to = Entry(len(entries), value, named[1], resource)
            entries.append(led_to)
            waiting.append(led_to)
            if named[1] == "Patient" and plain == "subject.reference" and entry is first:
                person_id = known_as
    if found.errors:
        raise Invalid("A reference leads nowhere.", issues=found.errors)
    return entries, person_id


def require_there(
    session: Session, by: Actor, resource: Resource, settings: Settings, *, now: datetime
) -> None:
    """Go no further when a reference of a single resource leads to nothing the caller may name.

    Raises
    ------
    Invalid
    """
    found, kind = Findings(), str(resource.get("resourceType"))
    seen: dict[str, bool] = {}
    for value, where, plain in elements(resource, kind):
        if not plain.endswith("reference") or not isinstance(value, str):
            continue
        named = _LOCAL.fullmatch(value)
        if named is None:
            continue
        if value not in seen:
            _require_few(len(seen) + 1, kind)
            seen[value] = _kept(session, by, settings, named[1], named[2], now) is not None
        if not seen[value]:
            found.add("value", where, "There is nothing here that this leads to.")
    if found.errors:
        raise Invalid("A reference leads nowhere.", issues=found.errors)


def _require_few(count: int, at: str) -> None:
    if count > MOST_REFERENCES:
        text = f"A resource may lead to at most {MOST_REFERENCES} others here."
        raise Invalid.at("too-costly", text, at)


def _kept(
    session: Session, by: Actor, settings: Settings, kind: str, identity: str, now: datetime
) -> tuple[Resource | None, str] | None:
    """A resource, and what it is known as; None when there is none for the caller.

    What is there and says nothing of a referral is no resource.
    """
    sent = part(session, by=by, kind=kind, part_id=identity, now=now)
    if sent is not None:
        return dict(sent.document), sent.became or identity
    try:
        shown = show(session, by, kind, identity, settings)
    except NotFound:
        return None
    if kind not in _FOLLOWED:
        return None, identity
    return shown.resource, identity

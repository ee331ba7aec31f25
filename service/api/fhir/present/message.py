"""A message back as a document: where it is, what it says, and all that it refers to."""

from __future__ import annotations

import base64
from collections.abc import Iterable
from datetime import datetime
from html import escape
from typing import Any, Final

from service.api.fhir import systems
from service.api.fhir.present.parts import (
    KITH_ID,
    Resource,
    coding,
    concept,
    instant,
    meta,
    reference,
)
from service.api.fhir.present.request import requester
from service.api.fhir.present.subject import subject
from service.referrals.exchange import Case
from service.referrals.kinds import LetterKind
from service.referrals.work_model import MessageBack

TITLES: Final = {
    LetterKind.RETURNED: "Social prescribing: referral returned",
    LetterKind.QUESTION: "Social prescribing: more information needed",
    LetterKind.PROGRESS: "Social prescribing: progress",
    LetterKind.CLOSED: "Social prescribing: referral closed",
}
# No code of the document types is known to mean this: the words say it.
_TYPE: Final = concept(text="Social prescribing: message back to GP and referrer")


def message_id(message: MessageBack) -> str:
    """The id of everything that a message is told as."""
    return f"message-{message.message_id}"


def sent_at(message: MessageBack) -> datetime:
    """When it went; one that is shown has gone."""
    return message.sent_at or message.written_at


def document_reference(case: Case, message: MessageBack) -> Resource:
    """Where a message back is, with its plain text."""
    at, mine = sent_at(message), message_id(message)
    return {
        "resourceType": "DocumentReference",
        "id": mine,
        "meta": meta(
            "DocumentReference", version=message.version, at=at, protected=case.is_protected
        ),
        "status": "current",
        "docStatus": "final",
        "type": _TYPE,
        "category": [concept(coding(systems.MESSAGE_KIND, message.kind.value))],
        "subject": subject(case),
        "date": instant(at),
        "author": [reference("Organization", KITH_ID)],
        "custodian": reference("Organization", KITH_ID),
        "description": TITLES[message.kind],
        "content": [
            {
                "attachment": {
                    "contentType": "text/plain; charset=utf-8",
                    "language": "en-GB",
                    "data": base64.b64encode(message.body.encode()).decode(),
                    "title": TITLES[message.kind],
                    "creation": instant(at),
                }
            },
            {
                "attachment": {
                    "contentType": "application/fhir+json",
                    "url": f"Bundle/{mine}",
                    "title": TITLES[message.kind],
                    "creation": instant(at),
                }
            },
        ],
        "context": {
            "related": [
                reference("ServiceRequest", case.referral.referral_id),
                reference("Task", case.referral.referral_id),
            ]
        },
    }


def composition(case: Case, message: MessageBack) -> Resource:
    """What a message back says, as sections of words and the codes that go with it."""
    at = sent_at(message)
    found: Resource = {
        "resourceType": "Composition",
        "id": message_id(message),
        "meta": meta("Composition", version=message.version, at=at, protected=case.is_protected),
        "language": "en-GB",
        "status": "final",
        "type": _TYPE,
        "subject": subject(case),
        "date": instant(at),
        "author": [reference("Organization", KITH_ID)],
        "title": TITLES[message.kind],
        "custodian": reference("Organization", KITH_ID),
        "relatesTo": [],
        "event": [_event(case, each) for each in message.codes],
        "section": [*_sections(message.body), *_codes(message.codes)],
    }
    return {name: value for name, value in found.items() if value != []}


def document(
    case: Case, message: MessageBack, others: Iterable[Resource], *, base: str
) -> Resource:
    """The whole document: its composition first, then each resource that it refers to.

    Parameters
    ----------
    others : iterable of resources
        In any order; each once.
    base : str
        The address of this API, which the resources' own addresses begin with.
    """
    at = sent_at(message)
    return {
        "resourceType": "Bundle",
        "id": message_id(message),
        "meta": meta("Bundle", version=message.version, at=at, protected=case.is_protected),
        "identifier": {"system": systems.MESSAGE_ID, "value": message_id(message)},
        "type": "document",
        "timestamp": instant(at),
        "entry": [
            {
                "fullUrl": f"{base}/{each['resourceType']}/{each['id']}",
                "resource": each,
            }
            for each in (composition(case, message), *others)
        ],
    }


def referred_to(case: Case) -> list[tuple[str, str]]:
    """Type and id of what the composition refers to, and of what that refers to."""
    referral = case.referral
    found = [
        ("Patient", case.person.person_id),
        ("ServiceRequest", referral.referral_id),
        ("Organization", KITH_ID),
        ("Organization", referral.practice_code),
    ]
    kind, _, identity = str(requester(case).get("reference", "")).partition("/")
    if kind in {"PractitionerRole", "Practitioner"}:
        found.append((kind, identity))
    return found


def _event(case: Case, code: dict[str, Any]) -> Resource:
    return {
        "code": [concept(coding(code["system"], code["code"], code["display"]))],
        "period": {"start": code["on"]},
        "detail": [reference("ServiceRequest", case.referral.referral_id)],
    }


def _sections(body: str) -> list[Resource]:
    """The message's paragraphs; the first line of one with a list below it is its title."""
    found = []
    for block in body.strip().split("\n\n"):
        lines = [line.rstrip() for line in block.strip().split("\n")]
        is_list = len(lines) > 1 and all(line.startswith("- ") for line in lines[1:])
        if is_list:
            items = "".join(f"<li>{escape(line[2:])}</li>" for line in lines[1:])
            found.append(_section(lines[0], f"<ul>{items}</ul>"))
        else:
            words = "<br/>".join(escape(line) for line in lines)
            found.append(_section("Message", f"<p>{words}</p>"))
    return found


def _codes(codes: list[dict[str, Any]]) -> list[Resource]:
    if not codes:
        return []
    items = "".join(
        f"<li>{escape(each['code'])} {escape(each['display'])}, {escape(each['on'])}</li>"
        for each in codes
    )
    return [_section("Codes for the record (SNOMED CT)", f"<ul>{items}</ul>")]


def _section(title: str, xhtml: str) -> Resource:
    return {
        "title": title,
        "text": {
            "status": "generated",
            "div": f'<div xmlns="http://www.w3.org/1999/xhtml">{xhtml}</div>',
        },
    }

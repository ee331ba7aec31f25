"""The headers of a message: two ids, who it is for, and who sends it."""

from __future__ import annotations

import base64
import binascii
import json
import re
import uuid
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import Depends, Request

from service.api.context import KithDep
from service.api.fhir.bars.errors import BadHeader, OtherVersion
from service.api.fhir.errors import NotAcceptable
from service.api.fhir.media import MEDIA_TYPE
from service.identity.errors import NotFound

VERSION: Final = "1.4.0"
"""The version of the standard's API that the shape is taken from."""
_SPOKEN: Final = re.compile(r"1(\.4(\.\d+)?)?")
_LONGEST: Final = 8_000


@dataclass(frozen=True, slots=True)
class Heads:
    """What the headers of one message say.

    Attributes
    ----------
    request_id, correlation_id : str
        UUIDs in lower case. The first is of this message, the second of all messages about one
        referral.
    is_practitioner_stated : bool
        Whether somebody is named who sends it. That is a statement, not a sign-in.
    """

    request_id: str
    correlation_id: str
    is_practitioner_stated: bool = False


def message_heads(request: Request, kith: KithDep) -> Heads:
    """The headers that every message has.

    Raises
    ------
    BadHeader, OtherVersion, NotAcceptable
    NotFound
        If the message is for another service than this one.
    """
    check_version(request)
    heads = Heads(
        _uuid(request, "X-Request-Id"),
        _uuid(request, "X-Correlation-Id"),
        is_practitioner_stated="nhsd-requesting-practitioner" in request.headers,
    )
    target = _decoded(request, "NHSD-Target-Identifier")
    if not _text(target, "value") or not _text(target, "system"):
        raise BadHeader.at(
            "value",
            "NHSD-Target-Identifier needs a system and a value.",
            "http.NHSD-Target-Identifier",
        )
    own = kith.settings.dos_service_id
    if own and target["value"] != own:
        raise NotFound("There is no such service here. Check NHSD-Target-Identifier.")
    _resource(request, "NHSD-End-User-Organisation", "Organization")
    _resource(request, "NHSD-Requesting-Software", "Device")
    if heads.is_practitioner_stated:
        _resource(request, "NHSD-Requesting-Practitioner", "PractitionerRole")
    return heads


HeadsDep = Annotated[Heads, Depends(message_heads)]


def check_version(request: Request) -> None:
    """Refuse a format or a version that Kith does not speak.

    Raises
    ------
    NotAcceptable
        If no kind of JSON is asked for.
    OtherVersion
    """
    accepted = request.headers.get("accept") or MEDIA_TYPE
    spoken = False
    for each in accepted.split(","):
        kind, *parameters = (part.strip() for part in each.split(";"))
        if kind.lower() not in {MEDIA_TYPE, "application/json", "application/*", "*/*"}:
            continue
        spoken = True
        versions = [p.partition("=")[2].strip(' "') for p in parameters if _is_version(p)]
        if all(_SPOKEN.fullmatch(version) for version in versions):
            return
    if not spoken:
        raise NotAcceptable(f"Kith gives FHIR as JSON. Ask for `Accept: {MEDIA_TYPE}`.")
    raise OtherVersion(f"Kith speaks version {VERSION}. Ask for `{MEDIA_TYPE}; version={VERSION}`.")


def _is_version(parameter: str) -> bool:
    return parameter.partition("=")[0].strip().lower() == "version"


def _uuid(request: Request, name: str) -> str:
    given = request.headers.get(name)
    if given is None:
        raise BadHeader.at("required", f"Send {name}, a UUID.", f"http.{name}")
    try:
        found = uuid.UUID(given)
    except ValueError:
        found = None
    if found is None or str(found) != given.strip().lower():
        raise BadHeader.at("value", f"{name} is not written as a UUID.", f"http.{name}")
    return str(found)


def _resource(request: Request, name: str, kind: str) -> None:
    found = _decoded(request, name)
    if found.get("resourceType") != kind:
        raise BadHeader.at("value", f"{name} carries a FHIR {kind}.", f"http.{name}")
    # The standard's own templates have an identifier in each of these.
    if not isinstance(found.get("identifier"), list) or not found["identifier"]:
        raise BadHeader.at("required", f"{name} needs an identifier.", f"http.{name}")


def _decoded(request: Request, name: str) -> dict[str, Any]:
    given = request.headers.get(name)
    if given is None:
        raise BadHeader.at("required", f"Send {name}, base64 of JSON.", f"http.{name}")
    try:
        found = json.loads(base64.b64decode(given[:_LONGEST], validate=True))
    except (binascii.Error, ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise BadHeader.at(
            "value", f"{name} could not be read: it is base64 of a JSON object.", f"http.{name}"
        )
    return found


def _text(found: dict[str, Any], name: str) -> str:
    value = found.get(name)
    return value if isinstance(value, str) else ""

"""FHIR JSON in and out: what is asked for, what is read, what is given."""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import format_datetime
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from service.api.fhir.errors import NotAcceptable, NotFhirJson, Unreadable
from service.api.reading import is_json

MEDIA_TYPE = "application/fhir+json"
_TAKEN = ("application/fhir+json", "application/json", "json", "*/*", "application/*")


class FhirResponse(Response):
    """One resource as FHIR JSON."""

    media_type = MEDIA_TYPE

    def __init__(
        self,
        resource: dict[str, Any],
        status_code: int = 200,
        headers: dict[str, str] | None = None,
    ) -> None:
        body = json.dumps(resource, ensure_ascii=False, separators=(",", ":")).encode()
        super().__init__(body, status_code=status_code, headers=headers)


def versioned(version: int, updated_at: datetime | None) -> dict[str, str]:
    """The headers of a resource: its version, and when it changed where that is known."""
    found = {"ETag": f'W/"{version}"'}
    if updated_at is not None:
        found["Last-Modified"] = format_datetime(updated_at, usegmt=True)
    return found


def check_accepts(request: Request) -> None:
    """Refuse a caller who takes no JSON.

    Raises
    ------
    NotAcceptable
    """
    asked = request.query_params.get("_format") or request.headers.get("accept") or "*/*"
    for each in asked.split(","):
        kind = each.partition(";")[0].strip().lower().replace(" ", "+")
        if kind in _TAKEN:
            return
    raise NotAcceptable.at(
        "not-supported", f"Kith gives FHIR as JSON. Ask for `Accept: {MEDIA_TYPE}`.", "http.Accept"
    )


async def body_of(request: Request) -> dict[str, Any]:
    """The resource in the body of a request.

    Raises
    ------
    NotFhirJson
        If it is said to be something else than JSON.
    Unreadable
        If it is not one JSON object with a `resourceType`, or has a member twice.
    """
    if not is_json(request.headers.get("content-type", "")):
        raise NotFhirJson.at(
            "not-supported",
            f"Send FHIR as JSON, with `Content-Type: {MEDIA_TYPE}`.",
            "http.Content-Type",
        )
    try:
        found = json.loads(
            await request.body(), object_pairs_hook=_once, parse_constant=_no_constant
        )
    except Unreadable:
        raise
    except (ValueError, RecursionError) as error:
        raise Unreadable(
            "The body could not be read as JSON. It must be UTF-8; check commas, quotes and "
            "brackets."
        ) from error
    if not isinstance(found, dict) or not isinstance(found.get("resourceType"), str):
        raise Unreadable.at(
            "structure",
            "Send one FHIR resource: a JSON object with a `resourceType`.",
            "resourceType",
        )
    return found


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Unreadable("A member stands twice in one object. Send each once.")
    return found


def _no_constant(name: str) -> Any:  # noqa: ANN401 - what json takes
    raise Unreadable(f"{name} is not JSON.")

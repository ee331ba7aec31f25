"""The one table of what can be wrong at the token endpoint: status, error and words.

Sources: RFC 6749 section 5.2; the NHS identity-service-api for statuses and wording; the SMART
profile for `invalid_client`, which the NHS calls `invalid_request`.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Final

from fastapi.responses import JSONResponse

from geo.errors import DomainError
from service.identity.assertions import Fault

ASSERTION_TYPE: Final = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
NO_STORE: Final = {"Cache-Control": "no-store", "Pragma": "no-cache"}


class Request(StrEnum):
    """What can be wrong with the request before anybody looks at an assertion."""

    NOT_A_FORM = "The request is not a form - send application/x-www-form-urlencoded"
    TWICE = "A parameter is given more than once"
    GRANT_MISSING = "grant_type is missing"
    GRANT_INVALID = "grant_type is invalid"
    TYPE = f"Missing or invalid client_assertion_type - must be '{ASSERTION_TYPE}'"
    ASSERTION_MISSING = "Missing client_assertion"
    SCOPE_MISSING = "scope is missing"
    SCOPE_INVALID = "scope is invalid"
    SCOPE_BEYOND = "None of the scopes asked for is among those of this client"
    TOO_MANY = "Too many refused requests - wait and try again"


_AUTHENTICATION: Final = "invalid_client"
"""Failures to show who one is. The NHS calls them invalid_request; SMART calls them this."""

TABLE: Final[dict[Request | Fault, tuple[int, str]]] = {
    Request.NOT_A_FORM: (400, "invalid_request"),
    Request.TWICE: (400, "invalid_request"),
    Request.GRANT_MISSING: (400, "invalid_request"),
    Request.GRANT_INVALID: (400, "unsupported_grant_type"),
    Request.TYPE: (400, _AUTHENTICATION),
    Request.ASSERTION_MISSING: (400, _AUTHENTICATION),
    Request.SCOPE_MISSING: (400, "invalid_scope"),
    Request.SCOPE_INVALID: (400, "invalid_scope"),
    Request.SCOPE_BEYOND: (400, "invalid_scope"),
    Request.TOO_MANY: (429, "invalid_request"),
    Fault.MALFORMED: (400, _AUTHENTICATION),
    Fault.ALGORITHM: (400, _AUTHENTICATION),
    Fault.KID_MISSING: (400, _AUTHENTICATION),
    Fault.KID_UNKNOWN: (401, _AUTHENTICATION),
    Fault.KEYS_AWAY: (401, _AUTHENTICATION),
    Fault.JKU: (401, _AUTHENTICATION),
    Fault.TYPE: (400, _AUTHENTICATION),
    Fault.CLIENT_UNKNOWN: (401, _AUTHENTICATION),
    Fault.CLIENT_MISSING: (400, _AUTHENTICATION),
    Fault.JTI_MISSING: (400, _AUTHENTICATION),
    Fault.JTI_INVALID: (400, _AUTHENTICATION),
    # Seen as 400; no published source says so.
    Fault.JTI_USED: (400, _AUTHENTICATION),
    Fault.AUDIENCE: (401, _AUTHENTICATION),
    Fault.EXPIRY_MISSING: (400, _AUTHENTICATION),
    Fault.EXPIRY_INVALID: (400, _AUTHENTICATION),
    Fault.EXPIRED: (400, _AUTHENTICATION),
    Fault.EXPIRY_TOO_FAR: (400, _AUTHENTICATION),
    Fault.NOT_YET: (400, _AUTHENTICATION),
    Fault.ISSUED_MISSING: (400, _AUTHENTICATION),
    Fault.SIGNATURE: (401, _AUTHENTICATION),
}


class TokenRefused(DomainError):
    """No access token was given; `what` says why and is told in the words of OAuth 2.0."""

    slug = "access-token-refused"
    title = "No access token was given"

    def __init__(self, what: Request | Fault, words: str = "") -> None:
        super().__init__(words or what.value)
        self.what = what


def told(
    what: Request | Fault, *, message_id: str, nhs: bool, words: str = "", wait_s: int = 0
) -> JSONResponse:
    """A refusal as the caller gets it; `nhs` picks the name of the error, never the status."""
    status, error = TABLE[what]
    if nhs and error == _AUTHENTICATION:
        error = "invalid_request"
    body: dict[str, Any] = {
        "error": error,
        "error_description": words or what.value,
        "message_id": message_id,
    }
    headers = dict(NO_STORE)
    if wait_s:
        headers["Retry-After"] = str(wait_s)
    return JSONResponse(body, status_code=status, headers=headers)

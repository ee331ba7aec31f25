"""The one table from Kith's errors to the codes of the booking and referral standard."""

from __future__ import annotations

from typing import Any, Final

from geo.errors import DomainError
from service.api.fhir import errors as fhir_errors
from service.api.fhir.bars import errors
from service.api.fhir.errors import Issue
from service.api.fhir.outcome import issues_of, placed

SYSTEM: Final = "https://fhir.nhs.uk/Codesystem/http-error-codes"
"""Spelt as the standard's own examples spell it."""

# Status, code, and the issue code for an issue whose own code the standard does not have there.
# The nearest class in an error's own line of descent decides.
_TABLE: Final[dict[type[DomainError], tuple[int, str, str]]] = {
    errors.BadHeader: (400, "REC_BAD_REQUEST", "value"),
    errors.NotBuilt: (501, "REC_NOT_IMPLEMENTED", "not-supported"),
    errors.OtherVersion: (406, "REC_NOT_ACCEPTABLE", "processing"),
    errors.SameMessage: (409, "REC_CONFLICT", "duplicate"),
    errors.OtherMessage: (409, "REC_CONFLICT", "conflict"),
    fhir_errors.Duplicate: (409, "REC_CONFLICT", "conflict"),
    fhir_errors.Stale: (409, "REC_CONFLICT", "conflict"),
    fhir_errors.Invalid: (400, "REC_BAD_REQUEST", "invariant"),
    fhir_errors.NotAcceptable: (406, "REC_NOT_ACCEPTABLE", "processing"),
    fhir_errors.NotFhirJson: (400, "REC_BAD_REQUEST", "not-supported"),
}
_BY_STATUS: Final = {
    400: ("REC_BAD_REQUEST", "invalid"),
    401: ("REC_UNAUTHORIZED", "forbidden"),
    403: ("REC_FORBIDDEN", "forbidden"),
    404: ("REC_NOT_FOUND", "not-found"),
    405: ("REC_METHOD_NOT_ALLOWED", "not-supported"),
    406: ("REC_NOT_ACCEPTABLE", "processing"),
    409: ("REC_CONFLICT", "conflict"),
    412: ("REC_CONFLICT", "conflict"),
    413: ("REC_UNPROCESSABLE_ENTITY", "too-costly"),
    422: ("REC_UNPROCESSABLE_ENTITY", "not-supported"),
    429: ("REC_TOO_MANY_REQUESTS", "throttled"),
    500: ("REC_SERVER_ERROR", "exception"),
    501: ("REC_NOT_IMPLEMENTED", "not-supported"),
    503: ("REC_SERVICE_UNAVAILABLE", "transient"),
    507: ("REC_SERVER_ERROR", "no-store"),
}
# The standard answers these by another status than the JSON API does.
_STATUS: Final = {412: 409, 413: 422, 415: 400, 428: 400, 507: 500}
_ALLOWED: Final = {
    "REC_BAD_REQUEST": ("invalid", "invariant", "not-supported", "required", "value"),
}


def rec_placed(error: type[DomainError]) -> tuple[int, str, str]:
    """HTTP status, code of the standard, and issue code of a class of error."""
    for ancestor in error.__mro__:
        if ancestor in _TABLE:
            return _TABLE[ancestor]
    status, _code = placed(error)
    if status not in _BY_STATUS:
        status = _STATUS.get(status, 500)
    code, issue = _BY_STATUS[status]
    return _STATUS.get(status, status), code, issue


def rec_outcome(error: DomainError, whole: str = "") -> tuple[int, dict[str, Any]]:
    """Status and OperationOutcome of an error, each issue with the standard's code.

    `whole` is what was sent; empty when nothing was.
    """
    status, code, fallback = rec_placed(type(error))
    issues = [_issue(each, code, fallback) for each in issues_of(error, whole)]
    return status, {"resourceType": "OperationOutcome", "issue": issues}


def rec_of_status(status: int, text: str) -> dict[str, Any]:
    """An OperationOutcome for what the framework itself refuses."""
    code, issue = _BY_STATUS.get(status, _BY_STATUS[400])
    return {
        "resourceType": "OperationOutcome",
        "issue": [_issue(Issue(issue, text), code, issue)],
    }


def _issue(issue: Issue, code: str, fallback: str) -> dict[str, Any]:
    allowed = _ALLOWED.get(code, (fallback,))
    found: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code if issue.code in allowed else fallback,
        "details": {"coding": [{"system": SYSTEM, "code": code}], "text": issue.text},
        "diagnostics": issue.text,
    }
    if issue.expression:
        found["expression"] = [issue.expression]
    return found

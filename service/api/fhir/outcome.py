"""The one table from Kith's errors to OperationOutcome, and the shape of one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from geo.errors import DomainError
from service.api.fhir import errors
from service.api.fhir.errors import FhirError, Issue
from service.api.problems import status_of
from service.identity import errors as identity_errors
from service.referrals import errors as referral_errors
from service.store import errors as store_errors

# Status and issue code by class; the nearest class in an error's own line of descent decides.
# What is not here has the status of the JSON API and the code below of that status.
_TABLE: dict[type[DomainError], tuple[int, str]] = {
    errors.Unreadable: (400, "structure"),
    errors.BadSearch: (400, "invalid"),
    errors.Invalid: (422, "invariant"),
    errors.Duplicate: (409, "duplicate"),
    errors.Several: (412, "multiple-matches"),
    errors.Stale: (412, "conflict"),
    errors.VersionNeeded: (428, "required"),
    errors.Gone: (410, "deleted"),
    errors.NotAcceptable: (406, "not-supported"),
    errors.NotFhirJson: (415, "not-supported"),
    errors.OutOfScope: (403, "forbidden"),
    identity_errors.BadToken: (401, "login"),
    identity_errors.NotSignedIn: (401, "login"),
    referral_errors.BadMove: (422, "business-rule"),
    referral_errors.KeyReused: (409, "duplicate"),
    store_errors.EditConflict: (412, "conflict"),
}
_CODES = {
    400: "invalid",
    401: "login",
    403: "forbidden",
    404: "not-found",
    405: "not-supported",
    406: "not-supported",
    409: "conflict",
    413: "too-long",
    415: "not-supported",
    422: "business-rule",
    429: "throttled",
    500: "exception",
    503: "transient",
    507: "no-store",
}


ABOUT_WHAT_WAS_SENT: Final = frozenset({400, 409, 412, 422})
"""Statuses that say what is wrong with a body, and not with who sends it, how, or where."""


def placed(error: type[DomainError]) -> tuple[int, str]:
    """HTTP status and issue code of a class of error."""
    for ancestor in error.__mro__:
        if ancestor in _TABLE:
            return _TABLE[ancestor]
    status = status_of(error)
    return status, _CODES.get(status, "processing")


def outcome(issues: Sequence[Issue]) -> dict[str, Any]:
    """An OperationOutcome; there is always at least one issue in it."""
    return {"resourceType": "OperationOutcome", "issue": [_issue(each) for each in issues]}


def issues_of(error: DomainError, whole: str = "") -> tuple[Issue, ...]:
    """What an error tells, as issues. The field it names, if any, stays in the text's place.

    One that names no element is about all that was sent, the resource `whole`; empty when nothing
    was.
    """
    if isinstance(error, FhirError) and error.issues:
        return error.issues
    status, code = placed(type(error))
    return (Issue(code, error.message, whole if status in ABOUT_WHAT_WAS_SENT else ""),)


def _issue(issue: Issue) -> dict[str, Any]:
    found: dict[str, Any] = {
        "severity": issue.severity,
        "code": issue.code,
        "details": {"text": issue.text},
    }
    if issue.expression:
        found["expression"] = [issue.expression]
    return found

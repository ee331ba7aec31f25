"""The one table from Kith's errors to HTTP, and the one shape they are told in (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from geo import errors as geo_errors
from geo.errors import DomainError, Json
from service.api.reading import whats_wrong
from service.identity import errors as identity_errors
from service.insights.errors import InsightError
from service.people.errors import PersonError
from service.referrals import errors as referral_errors
from service.register import errors as register_errors
from service.store import errors as store_errors

MEDIA_TYPE = "application/problem+json"

# The nearest class in an error's own line of descent decides. A test walks the whole tree.
STATUS: dict[type[DomainError], int] = {
    geo_errors.GeoError: 422,
    geo_errors.GazetteerMissing: 503,
    identity_errors.NotSignedIn: 401,
    identity_errors.BadToken: 401,
    identity_errors.NotAllowed: 403,
    identity_errors.NotFound: 404,
    identity_errors.IdentityError: 422,
    InsightError: 422,
    PersonError: 422,
    register_errors.RegisterError: 422,
    register_errors.UnknownAsset: 404,
    referral_errors.ReferralError: 422,
    referral_errors.KeyReused: 422,
    store_errors.StoreError: 503,
    store_errors.StoreFull: 507,
    store_errors.EditConflict: 409,
}

RETRY_AFTER_S = 2
"""What a busy answer advises: longer than a writer holds the database, short for a person."""


def status_of(error: type[DomainError]) -> int:
    """The HTTP status of a class of error; 500 for one that nobody has placed."""
    for ancestor in error.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return 500


def problem(
    status: int, slug: str, title: str, detail: str, fields: dict[str, Json] | None = None
) -> JSONResponse:
    """An answer of `application/problem+json`."""
    body: dict[str, Any] = {
        **(fields or {}),
        "type": f"/problems/{slug}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="kith"'
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def from_domain(error: DomainError) -> JSONResponse:
    """One of our own errors, told to a machine."""
    return problem(status_of(type(error)), error.slug, error.title, error.message, error.fields)


def install(app: FastAPI) -> None:
    """Have every failure of `app` answered as a problem, with nothing of an exception in it."""

    @app.exception_handler(DomainError)
    def domain(_request: Request, error: DomainError) -> JSONResponse:
        return from_domain(error)

    @app.exception_handler(RequestValidationError)
    def invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        wrong = whats_wrong(error)
        if wrong.malformed:
            return problem(
                400,
                "body-not-json",
                "The body is not JSON",
                "The body could not be read as JSON. Check commas, quotes and brackets.",
                {"errors": wrong.errors},
            )
        count = len(wrong.errors)
        detail = "One thing is" if count == 1 else f"{count} things are"
        return problem(
            422,
            "request-invalid",
            "Check the request",
            f"{detail} wrong with the request. Each is listed with where it is and what to do.",
            {"errors": wrong.errors},
        )

    @app.exception_handler(HTTPException)
    def plain(_request: Request, error: HTTPException) -> JSONResponse:
        slug, title, detail = _HTTP.get(error.status_code, _OTHER)
        answer = problem(error.status_code, slug, title, detail)
        if error.headers:
            answer.headers.update(error.headers)
        return answer

    @app.exception_handler(Exception)
    def unforeseen(_request: Request, _error: Exception) -> JSONResponse:
        return problem(500, "unforeseen", "Something went wrong", UNFORESEEN)


UNFORESEEN = (
    "This is a fault of Kith, not of your request. It has been written down. Try again; if it "
    "happens again, tell whoever runs this server the X-Request-Id of this answer."
)
_OTHER = ("http-error", "The request could not be answered", "Check the request.")
_HTTP = {
    400: ("request-malformed", "The request could not be read", "Check the request."),
    404: ("not-found", "Not found", "There is nothing at this address. Check it."),
    405: ("method-not-allowed", "Not possible here", "This address does not take that method."),
    406: ("not-acceptable", "No such format", "Ask for one of the formats that are offered."),
    413: ("body-too-large", "The body is too large", "Send a smaller body."),
    415: ("media-type", "Not a format Kith reads", "Send JSON, as application/json."),
}


def all_errors() -> Iterator[type[DomainError]]:
    """Every class of the tree that is known now, parents before children."""
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        each = waiting.pop(0)
        yield each
        waiting.extend(sorted(each.__subclasses__(), key=lambda child: child.__name__))

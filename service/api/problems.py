"""The one table from Kith's errors to HTTP, and the one shape they are told in (RFC 9457)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from geo import errors as geo_errors
from geo.errors import DomainError
from geo.maps import errors as map_errors
from seed_data.errors import SeedDataError
from service.api import errors as api_errors
from service.api.cds import errors as cds_errors
from service.api.oauth.refusals import TokenRefused
from service.api.reading import whats_wrong
from service.api.refusals import write_down
from service.identity import errors as identity_errors
from service.insights import errors as insight_errors
from service.matching.errors import MatchingError
from service.matching.notes.errors import NoteError, WordPiecesMissing
from service.people.errors import PersonError
from service.referrals import errors as referral_errors
from service.register import errors as register_errors
from service.settings import BadSettings
from service.store import errors as store_errors

MEDIA_TYPE = "application/problem+json"

# The nearest class in an error's own line of descent decides. A test walks the whole tree.
STATUS: dict[type[DomainError], int] = {
    api_errors.RequestError: 400,
    api_errors.BodyTooLarge: 413,
    api_errors.NotJsonType: 415,
    cds_errors.PrefetchMissing: 412,
    cds_errors.HookMismatch: 422,
    api_errors.BadRequest: 422,
    api_errors.NoSuchAddress: 404,
    api_errors.NoSuchMethod: 405,
    api_errors.Unforeseen: 500,
    geo_errors.GeoError: 422,
    geo_errors.BadGeoFile: 422,
    geo_errors.GazetteerMissing: 503,
    geo_errors.GazetteerOutdated: 503,
    map_errors.MapError: 500,
    map_errors.MapFilesMissing: 503,
    identity_errors.NotSignedIn: 401,
    identity_errors.BadToken: 401,
    identity_errors.NotAllowed: 403,
    identity_errors.NotFound: 404,
    identity_errors.TooMany: 429,
    identity_errors.AssertionRefused: 401,
    identity_errors.KeysAway: 503,
    TokenRefused: 400,
    identity_errors.IdentityError: 422,
    insight_errors.InsightError: 422,
    insight_errors.MapNotWritten: 500,
    MatchingError: 422,
    NoteError: 422,
    WordPiecesMissing: 503,
    PersonError: 422,
    register_errors.RegisterError: 422,
    register_errors.UnknownAsset: 404,
    register_errors.UnknownCorrection: 404,
    referral_errors.ReferralError: 422,
    referral_errors.KeyReused: 422,
    referral_errors.LaunchOver: 410,
    SeedDataError: 500,
    BadSettings: 500,
    store_errors.BadStoreAddress: 500,
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


def from_domain(error: DomainError) -> JSONResponse:
    """One of our own errors, told to a machine."""
    status = status_of(type(error))
    body: dict[str, Any] = {
        **error.fields,
        "type": f"/problems/{error.slug}",
        "title": error.title,
        "status": status,
        "detail": error.message,
    }
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="kith"'
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    if status == 429:
        headers["Retry-After"] = str(error.fields.get("retry_after_s", RETRY_AFTER_S))
    return JSONResponse(body, status_code=status, media_type=MEDIA_TYPE, headers=headers)


def install(app: FastAPI) -> None:
    """Have every failure of `app` answered as a problem, with nothing of an exception in it."""

    @app.exception_handler(DomainError)
    def domain(request: Request, error: DomainError) -> JSONResponse:
        try:
            write_down(request, error)
        except DomainError as unsaved:
            return from_domain(unsaved)
        return from_domain(error)

    @app.exception_handler(RequestValidationError)
    def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        return from_domain(whats_wrong(error, request.headers.get("content-type", "")))

    @app.exception_handler(HTTPException)
    def plain(_request: Request, error: HTTPException) -> JSONResponse:
        answer = from_domain(_of_framework(error))
        answer.status_code = error.status_code
        if error.headers:
            answer.headers.update(error.headers)
        return answer

    @app.exception_handler(Exception)
    def unforeseen(_request: Request, _error: Exception) -> JSONResponse:
        return from_domain(api_errors.Unforeseen(UNFORESEEN))


UNFORESEEN = (
    "This is a fault of Kith, not of your request. It has been written down. Try again; if it "
    "happens again, tell whoever runs this server the X-Request-Id of this answer."
)


def _of_framework(error: HTTPException) -> DomainError:
    """What the framework itself refuses, in our words."""
    if error.status_code == 404:
        return api_errors.NoSuchAddress("There is nothing at this address. Check it.")
    if error.status_code == 405:
        return api_errors.NoSuchMethod("This address does not take that method. See “Allow”.")
    if error.status_code == 400:
        # The framework's only 400: a body that its JSON reader gave up on.
        return api_errors.BodyNotJson(
            "The body could not be read as JSON. It must be UTF-8, not nested hundreds of levels "
            "deep, and without numbers of thousands of digits."
        )
    return api_errors.RequestError("The request could not be answered. Check it.")


def all_errors() -> Iterator[type[DomainError]]:
    """Every class of the tree that is known now, parents before children."""
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        each = waiting.pop(0)
        yield each
        waiting.extend(sorted(each.__subclasses__(), key=lambda child: child.__name__))

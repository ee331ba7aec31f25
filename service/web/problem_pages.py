"""What goes wrong on a page, told to a person: a sentence, what to do next, nothing lost."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urlencode

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Scope

from geo.errors import DomainError
from service import logs
from service.identity import errors, kept_forms
from service.identity.kept_forms import Typed
from service.web.headers import protect
from service.web.problems_table import RETRY_AFTER_S, status_of, told
from service.web.refusals import write_down
from service.web.render import page
from service.web.visit import CSRF_FIELD, kith_of, look, visit_of

MACHINE_PATHS = (
    "/v1",
    "/fhir",
    "/oauth2",
    "/cds-services",
    "/hsds",
    "/openapi.json",
    "/livez",
    "/readyz",
    "/metrics",
    "/static",
)
"""Where a machine asks: what goes wrong there is told as the API tells it."""


def answer(request: Request, error: Exception) -> Response:
    """The page for whatever went wrong while a page was made. It never fails itself."""
    try:
        return _answer(request, error)
    except Exception as second:
        # The database is away, or the page of the problem is itself broken: say the plain thing.
        logs.unforeseen(second, _request_id(request))
        return _plain(request)


def _to_visitor(request: Request, error: Exception) -> Response:
    """The same where no page was found that could have looked who is visiting."""
    with suppress(DomainError):
        look(request)
    return answer(request, error)


def _answer(request: Request, error: Exception) -> Response:
    if isinstance(error, errors.NotSignedIn):
        return _to_sign_in(request)
    if isinstance(error, DomainError):
        write_down(request, error)
        return _page(request, status_of(type(error)), error)
    if isinstance(error, RequestValidationError):
        return _page(request, 404)
    if isinstance(error, HTTPException):
        return _page(request, error.status_code)
    logs.unforeseen(error, _request_id(request))
    return _page(request, 500)


async def as_page(scope: Scope, status: int, sentence: str) -> Response | None:
    """A refusal from before any page was reached, as a page; None for a machine."""
    request = Request(scope)
    if not _is_for_a_person(request):
        return None

    def made() -> Response:
        with suppress(DomainError):
            look(request)
        try:
            return _page(request, status, sentence=sentence)
        except Exception as error:
            logs.unforeseen(error, _request_id(request))
            return _plain(request)

    response = await run_in_threadpool(made)
    protect(request, response)
    return response


def install(app: FastAPI) -> None:
    """Have people told in pages that an address is not there; machines as before."""
    app.state.as_page = as_page
    before = app.exception_handlers.get(HTTPException)

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if before is not None and not _is_for_a_person(request):
            found = before(request, error)
            return found if isinstance(found, Response) else await found
        response = await run_in_threadpool(_to_visitor, request, error)
        protect(request, response)
        return response


def _is_for_a_person(request: Request) -> bool:
    path = request.url.path
    for_machines = any(path == each or path.startswith(f"{each}/") for each in MACHINE_PATHS)
    return not for_machines and "text/html" in request.headers.get("accept", "")


def _page(
    request: Request, status: int, error: DomainError | None = None, *, sentence: str = ""
) -> Response:
    response = page(
        request,
        "problem.html",
        status=status,
        told=told(status),
        sentence=error.message if error else sentence,
        title=error.title if error else "",
        not_listed=isinstance(error, errors.NotListed),
        subject=str(error.fields.get("subject", "")) if error else "",
        ask=kith_of(request).settings.ask_for_access,
        request_id=_request_id(request),
        show_id=status >= 500,
    )
    if status == 429 and error is not None:
        response.headers["Retry-After"] = str(error.fields.get("retry_after_s", RETRY_AFTER_S))
    elif status == 503:
        response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def _to_sign_in(request: Request) -> Response:
    """To the sign-in page and back; what was typed is kept if it is known whose it is."""
    target = request.url.path
    if request.method == "POST":
        target = _kept(request) or "/start"
    elif request.url.query:
        target = f"{target}?{request.url.query}"
    query = {"next": target, "why": "form" if target.startswith("/kept/") else "page"}
    return RedirectResponse(f"/sign-in?{urlencode(query)}", status_code=303)


def _kept(request: Request) -> str | None:
    visit = visit_of(request)
    if visit.former_staff_id is None or visit.secret is None:
        return None
    fields = tuple(
        (name, value)
        for name, value in request.state.form.multi_items()
        if isinstance(value, str) and name != CSRF_FIELD
    )
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    with kith_of(request).store.work() as work:
        kept_id = kept_forms.keep(
            work,
            staff_id=visit.former_staff_id,
            secret=visit.secret,
            typed=Typed(path, fields),
        )
    return f"/kept/{kept_id}"


def _request_id(request: Request) -> str:
    named = getattr(request.state, "request_id", "") or request.headers.get("x-request-id", "")
    return str(named)[:64]


def _plain(request: Request) -> Response:
    said = told(503)
    request.state.visit = None
    return Response(
        f"<!DOCTYPE html><html lang=en-GB><meta charset=utf-8><title>{said.heading}</title>"
        f"<main><h1>{said.heading}</h1><p>{said.advice}</p></main></html>",
        status_code=503,
        media_type="text/html",
        headers={"Retry-After": str(RETRY_AFTER_S)},
    )

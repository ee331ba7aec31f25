"""A route whose every failure is an OperationOutcome."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from geo.errors import DomainError
from service.api.fhir import BASE
from service.api.fhir.errors import Issue
from service.api.fhir.media import FhirResponse
from service.api.fhir.outcome import issues_of, outcome, placed
from service.api.problems import RETRY_AFTER_S
from service.api.reading import whats_wrong
from service.api.refusals import write_down

Handler = Callable[[Request], Awaitable[Response]]


def told(error: DomainError, whole: str = "") -> FhirResponse:
    """One of our own errors as an OperationOutcome with its status; `whole` is what was sent."""
    status, _code = placed(type(error))
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="kith"'
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return FhirResponse(outcome(issues_of(error, whole)), status, headers)


def framework_told(error: HTTPException) -> FhirResponse:
    """What the framework itself refuses, as an OperationOutcome."""
    text = {
        404: "There is nothing at this address. `GET metadata` lists what there is.",
        405: "This address does not take that method. `GET metadata` lists what can be done.",
    }.get(error.status_code, "The request could not be answered. Check it.")
    code = {404: "not-found", 405: "not-supported"}.get(error.status_code, "invalid")
    headers = dict(error.headers or {})
    return FhirResponse(outcome([Issue(code, text)]), error.status_code, headers)


class FhirRoute(APIRoute):
    """Catches all that goes wrong below it."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the framework, with a net below it."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                response: Response = await inner(request)
            except DomainError as error:
                await run_in_threadpool(write_down, request, error)
                return told(error, _whole(request))
            except RequestValidationError as error:
                return told(whats_wrong(error, request.headers.get("content-type", "")))
            except HTTPException as error:
                return framework_told(error)
            return response

        return handler


def _whole(request: Request) -> str:
    """The type of resource that was sent to an address; empty when none was."""
    path = request.url.path
    if request.method not in {"POST", "PUT"} or path.endswith("/_search"):
        return ""
    return path.removeprefix(BASE).strip("/").partition("/")[0] or "Bundle"


def fhir_router() -> APIRouter:
    """A router of FHIR doors."""
    # With the whole address: the log names a route by it.
    return APIRouter(route_class=FhirRoute, prefix=BASE, tags=["fhir"])

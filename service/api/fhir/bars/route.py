"""A route of the messages: both ids given back whatever happens, every failure in its shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from geo.errors import DomainError
from service.api.fhir.bars import BASE
from service.api.fhir.bars.outcome import rec_of_status, rec_outcome
from service.api.fhir.media import FhirResponse
from service.api.problems import RETRY_AFTER_S
from service.api.reading import whats_wrong
from service.api.refusals import write_down


def rec_told(error: DomainError, whole: str = "") -> FhirResponse:
    """One of our own errors as the standard tells it; `whole` is what was sent."""
    status, outcome = rec_outcome(error, whole)
    headers = {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="kith"'
    if status == 503:
        headers["Retry-After"] = str(RETRY_AFTER_S)
    return FhirResponse(outcome, status, headers)


def rec_framework_told(error: HTTPException) -> FhirResponse:
    """What the framework itself refuses."""
    text = {
        404: "There is nothing at this address. GET metadata lists what there is.",
        405: "This address does not take that method. GET metadata lists what can be done.",
    }.get(error.status_code, "The request could not be answered. Check it.")
    headers = dict(error.headers or {})
    return FhirResponse(rec_of_status(error.status_code, text), error.status_code, headers)


class BarsRoute(APIRoute):
    """Catches all that goes wrong below it."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """The handler of the framework, with a net below it."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                response: Response = await inner(request)
            except DomainError as error:
                await run_in_threadpool(write_down, request, error)
                return rec_told(error, "Bundle" if request.method == "POST" else "")
            except RequestValidationError as error:
                return rec_told(whats_wrong(error, request.headers.get("content-type", "")))
            except HTTPException as error:
                return rec_framework_told(error)
            return response

        return handler


def bars_router() -> APIRouter:
    """A router of message doors."""
    return APIRouter(prefix=BASE, route_class=BarsRoute, tags=["bars"])

"""In which shape a failure is told where no route has told it: by the address that was asked."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from geo.errors import DomainError
from service.api.fhir import BASE
from service.api.fhir.bars import BASE as BARS
from service.api.fhir.bars.route import rec_framework_told, rec_told
from service.api.fhir.route import framework_told, told
from service.api.problems import from_domain


def tell(path: str, error: DomainError) -> Response:
    """An OperationOutcome below a FHIR address, a problem elsewhere."""
    if is_below(path, BARS):
        return rec_told(error)
    return told(error) if is_below(path, BASE) else from_domain(error)


def install(app: FastAPI) -> None:
    """Have it told so that there is no door at an address below those of FHIR; as before elsewhere.

    After the handlers of the JSON API are there.
    """
    before = app.exception_handlers[HTTPException]

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        path = request.url.path
        if is_below(path, BARS):
            return rec_framework_told(error)
        if is_below(path, BASE):
            return framework_told(error)
        found = before(request, error)
        return found if isinstance(found, Response) else await found


def is_below(path: str, base: str) -> bool:
    """Whether an address is `base` or one below it."""
    return path == base or path.startswith(f"{base}/")

"""Referrals for GP practice systems as FHIR R4, shaped by the UK Core profiles."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI, Request, Response
from starlette.exceptions import HTTPException

BASE = "/fhir/R4"
"""Where the API stands below the address of the server."""


def routers() -> list[APIRouter]:
    """The routers of all FHIR doors. A fixed path stands before one with a variable in it."""
    from service.api.fhir import (
        capabilities,
        creating,
        documents,
        reads,
        tasks,
        transactions,
        validation,
    )
    from service.api.fhir.search import door

    return [
        capabilities.router,
        door.router,
        validation.router,
        transactions.router,
        creating.router,
        tasks.router,
        documents.router,
        reads.router,
    ]


def mount(app: FastAPI) -> None:
    """Give `app` the FHIR doors, and the shape of what goes wrong where there is no door."""
    from service.api.fhir.route import framework_told

    for router in routers():
        app.include_router(router)
    before = app.exception_handlers[HTTPException]

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> Response:
        if request.url.path == BASE or request.url.path.startswith(f"{BASE}/"):
            return framework_told(error)
        found = before(request, error)
        return found if isinstance(found, Response) else await found

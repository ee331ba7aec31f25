"""Referrals for GP practice systems as FHIR R4, shaped by the UK Core profiles."""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

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
    """Give `app` the doors."""
    for router in routers():
        app.include_router(router)

"""The same referrals as messages in the shape of NHS England's booking and referral standard.

Shaped like it, and no more: Kith is not on the national service, and no use case of that service is
social prescribing. What a deployer would still need is in the documents.
"""

from __future__ import annotations

from fastapi import APIRouter, FastAPI

BASE = "/fhir/bars"
"""Where the messages are taken below the address of the server."""


def routers() -> list[APIRouter]:
    """The routers of all doors; whatever else the standard has is refused by the last one."""
    from service.api.fhir.bars import others, process, reads, statement

    return [statement.router, process.router, reads.router, others.router]


def mount(app: FastAPI) -> None:
    """Give `app` the doors."""
    for router in routers():
        app.include_router(router)

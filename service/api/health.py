"""Whether the process lives, and whether it can serve."""

from __future__ import annotations

from typing import Literal

from fastapi import APIRouter
from sqlalchemy import text

from service.api.context import KithDep
from service.api.documents import problems
from service.api.v1.fields import Told
from service.store.schema import require_current

router = APIRouter(tags=["health"])


class Live(Told):
    """The process answers."""

    status: Literal["live"] = "live"


class Ready(Told):
    """The database answers and has the right shape."""

    status: Literal["ready"] = "ready"


@router.get("/livez", summary="Does the process answer?", responses=problems("unforeseen"))
def livez() -> Live:
    """Answered without touching anything: a slow database is not a dead process."""
    return Live()


@router.get(
    "/readyz",
    summary="Can it serve?",
    responses=problems("unforeseen", "store-out-of-date"),
)
def readyz(kith: KithDep) -> Ready:
    """Answered 503 when the database cannot be read or has another version's shape."""
    require_current(kith.store.engine)
    with kith.store.read() as session:
        session.execute(text("SELECT 1"))
    return Ready()

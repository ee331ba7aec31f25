"""Cards for a clinician's own system: CDS Hooks 2.0. Nothing that is sent is kept."""

from __future__ import annotations

from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Give `app` the doors of CDS Hooks."""
    from service.api.cds import doors

    app.include_router(doors.router)

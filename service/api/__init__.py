"""Doors for machines."""

from __future__ import annotations

from fastapi import Depends, FastAPI

from service.parts import Kith
from service.settings import Settings


def mount(app: FastAPI, settings: Settings) -> None:
    """Give `app` the machine doors, the shape of their errors, and the limits on a request."""
    from service.api import cds, fhir, health, limits, oauth, problems, telling
    from service.api.context import only_known_parameters
    from service.api.fhir import bars
    from service.api.v1 import assets, launches, matches, messages, practices, referrals

    problems.install(app)
    app.include_router(health.router)
    for room in (referrals, messages, launches, matches, assets, practices):
        app.include_router(room.router, dependencies=[Depends(only_known_parameters)])
    oauth.mount(app)
    cds.mount(app)
    fhir.mount(app)
    bars.mount(app)
    telling.install(app)
    app.add_middleware(limits.RequestGuard, max_body_bytes=settings.max_body_bytes)


def warm(kith: Kith) -> None:
    """Load what is loaded when it is first used: the reader of notes, the models of FHIR."""
    from service.api.fhir.rules.shape import warm as warm_models

    kith.reader.warm()
    warm_models()

"""The application as a server loads it: `create_app(settings)`."""

from __future__ import annotations

import gc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from service import api, web
from service.bootstrap import wire
from service.logs import set_up
from service.settings import Settings

_ABOUT = """
What a community has is open to anybody. What is about a person needs the token of that person's
own practice: `Authorization: Bearer kith_...`.

Every failure is an `application/problem+json` (RFC 9457) with a stable `type`, a sentence that
says what to do, and an `X-Request-Id` to ask about it by. Unknown fields and parameters are
errors, never passed over. Distances are metres on the British National Grid; a straight line is
said to be one.
"""
_TAGS = [
    {"name": "referrals", "description": "A practice refers a person, and hears who could help."},
    {"name": "matches", "description": "The same question about nobody in particular."},
    {
        "name": "tokens",
        "description": "Access tokens for systems with a key of their own.",
    },
    {"name": "cards", "description": "CDS Hooks: cards in a clinician's own system."},
    {"name": "register", "description": "What a community has."},
    {"name": "practices", "description": "GP practices, what is near them, their maps."},
    {"name": "health", "description": "For whoever runs the server."},
]


@asynccontextmanager
async def _warmed(app: FastAPI) -> AsyncIterator[None]:
    """Load what the first requests would otherwise wait for, before the server says it is ready."""
    await run_in_threadpool(api.warm, app.state.kith)
    # Rules and models stay for good. Left among what is looked through for garbage, they held
    # everybody up for half a second every few hundred requests.
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def create_app(settings: Settings | None = None) -> FastAPI:
    """A Kith that answers HTTP, wired from `settings` (from the environment when None).

    Raises
    ------
    StoreOutOfDate, StoreUnavailable
        If the database cannot serve this version.
    """
    settings = settings or Settings()
    set_up(settings.log_level)
    app = FastAPI(
        title="Kith",
        version=version("kith"),
        summary="A community asset register, referrals matched by need and distance, maps.",
        description=_ABOUT,
        license_info={"name": "MIT", "identifier": "MIT"},
        openapi_tags=_TAGS,
        generate_unique_id_function=lambda route: route.name,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
        lifespan=_warmed,
    )
    app.state.kith = wire(settings)
    api.mount(app, settings)
    web.mount(app, settings)
    return app

"""The application as a server loads it: `create_app(settings)`."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI

from service import api, web
from service.bootstrap import wire
from service.logs import set_up
from service.settings import Settings


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
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    app.state.kith = wire(settings)
    api.mount(app, settings)
    web.mount(app, settings)
    return app

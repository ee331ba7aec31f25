"""Doors for people."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from service.settings import Settings

STATIC = Path(__file__).parent / "static"


def mount(app: FastAPI, _settings: Settings) -> None:
    """Give `app` the pages, their styles, and the files of the maps."""
    from geo.maps import static_directory
    from service.web.pages import home, problems

    app.include_router(home.router)
    app.include_router(problems.router)
    app.mount("/static/kith", StaticFiles(directory=STATIC), name="kith-static")
    app.mount("/static/maps", StaticFiles(directory=static_directory()), name="map-static")

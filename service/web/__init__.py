"""Doors for people."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

from fastapi import APIRouter, FastAPI

from service.settings import Settings

STATIC = Path(__file__).parent / "static"


def mount(app: FastAPI, settings: Settings) -> None:
    """Give `app` the pages, their styles, and the files of the maps.

    Each module in `service.web.pages` that has a `router` is a page: made by `routing.pages`, it
    needs somebody who is signed in unless it says that it is public.

    Raises
    ------
    SignInMisconfigured
        If staff could not sign in as the settings say, or anybody could.
    """
    from geo.maps import static_directory
    from service.web import development_provider, problem_pages
    from service.web.files import Files
    from service.web.sign_in import settled
    from service.web.sign_in.mode import Mode

    problem_pages.install(app)
    routers = page_routers()
    if settled.settle(app, settings).mode is Mode.DEVELOPMENT:
        routers += [development_provider.people, development_provider.machines]
    for router in routers:
        app.include_router(router)
    app.state.page_paths = frozenset(
        str(getattr(route, "path", "")) for router in routers for route in router.routes
    )
    app.mount("/static/kith", Files(directory=STATIC), name="kith-static")
    app.mount("/static/maps", Files(directory=static_directory()), name="map-static")


def page_routers() -> list[APIRouter]:
    """The routers of all page modules, by the modules' names."""
    from service.web import pages

    names = sorted(found.name for found in iter_modules(pages.__path__))
    modules = (import_module(f"{pages.__name__}.{name}") for name in names)
    return [module.router for module in modules if hasattr(module, "router")]

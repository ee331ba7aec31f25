"""The first page: which practices there are, and their maps."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from service.insights.queries import practices_with_maps
from service.web.guard import KithDep
from service.web.render import page
from service.web.routing import pages

router = pages(public=True)


@router.get("/")
def home(request: Request, kith: KithDep) -> HTMLResponse:
    """Practices by name, each with its map. Nothing about any person."""
    with kith.store.read() as session:
        overview = practices_with_maps(session)
    return page(request, "home.html", overview=overview)

"""The first page: which practices there are, and their maps."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from service.insights.queries import practices_with_maps
from service.parts import Kith
from service.web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/")
def home(request: Request) -> HTMLResponse:
    """Practices by name, each with its map. Nothing about any person."""
    kith: Kith = request.app.state.kith
    with kith.store.read() as session:
        overview = practices_with_maps(session)
    return page("home.html", overview=overview)

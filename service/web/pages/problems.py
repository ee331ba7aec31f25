"""What each kind of problem means: where the `type` of an API's problem leads."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from geo.errors import DomainError
from service.web.render import page

router = APIRouter(include_in_schema=False)


@router.get("/problems")
def problems() -> HTMLResponse:
    """Every kind of problem, by its slug."""
    return page("problems.html", kinds=sorted(_kinds().values(), key=lambda kind: kind.slug))


@router.get("/problems/{slug}")
def problem(slug: str) -> HTMLResponse:
    """One kind of problem; an unknown slug gives the list with status 404."""
    kinds = _kinds()
    if slug not in kinds:
        known = sorted(kinds.values(), key=lambda kind: kind.slug)
        return page("problems.html", status=404, kinds=known)
    return page("problems.html", kinds=[kinds[slug]])


def _kinds() -> dict[str, type[DomainError]]:
    found: dict[str, type[DomainError]] = {}
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        kind = waiting.pop()
        found.setdefault(kind.slug, kind)
        waiting.extend(kind.__subclasses__())
    return found

"""What each kind of problem means: where the `type` of an API's problem leads."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import HTMLResponse

from geo.errors import DomainError
from service.web.render import page
from service.web.routing import pages

router = pages(public=True)


@router.get("/problems")
def problems(request: Request) -> HTMLResponse:
    """Every kind of problem, by its slug."""
    return page(
        request, "problems.html", kinds=sorted(_kinds().values(), key=lambda kind: kind.slug)
    )


@router.get("/problems/{slug}")
def problem(request: Request, slug: str) -> HTMLResponse:
    """One kind of problem; an unknown slug gives the list with status 404."""
    kinds = _kinds()
    if slug not in kinds:
        known = sorted(kinds.values(), key=lambda kind: kind.slug)
        return page(request, "problems.html", status=404, kinds=known)
    return page(request, "problems.html", kinds=[kinds[slug]])


def _kinds() -> dict[str, type[DomainError]]:
    found: dict[str, type[DomainError]] = {}
    waiting: list[type[DomainError]] = [DomainError]
    while waiting:
        kind = waiting.pop()
        found.setdefault(kind.slug, kind)
        waiting.extend(kind.__subclasses__())
    return found

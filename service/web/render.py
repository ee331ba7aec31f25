"""From a template to a page, and from an action to the next page."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from seed_data.crisis import public_routes
from service.identity import sessions
from service.web.components import Nhs
from service.web.navigation import places_for
from service.web.visit import kith_of, visit_of
from service.web.words import FILTERS


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["nhs"] = Nhs()
    environment.globals["crisis_routes"] = public_routes
    environment.filters.update(FILTERS)
    return environment


def page(
    request: Request,
    template: str,
    *,
    status: int = 200,
    policy: str | None = None,
    **values: Any,  # noqa: ANN401 - whatever the template takes
) -> HTMLResponse:
    """The page that `template` makes of `values`; everything in them is escaped.

    Parameters
    ----------
    policy : str, optional
        A Content-Security-Policy other than the usual one.
    **values
        What the template uses. Beside these it has `actor` (None for a visitor), `csrf` (write it
        inside each form), `places` (the navigation), `here` (the path), `said` (what the last
        action has to say), and, unless given, `form=None`, `crumbs=()` of (title, path), and
        `back=None`, a path.
    """
    visit = visit_of(request)
    usual: dict[str, Any] = {
        "actor": visit.actor,
        "csrf": visit,
        "places": places_for(request.app, visit.actor),
        "here": request.url.path,
        "said": visit.said,
        "form": None,
        "crumbs": (),
        "back": None,
    }
    html = _templates().get_template(template).render({**usual, **values})
    if visit.said and visit.secret is not None:
        with kith_of(request).store.work() as work:
            sessions.hear(work, visit.secret)
    headers = {} if policy is None else {"Content-Security-Policy": policy}
    return HTMLResponse(html, status_code=status, headers=headers)


def go_to(request: Request, path: str, *, said: str = "") -> RedirectResponse:
    """On to `path` after a form was dealt with; `said` is shown there, once, in a banner.

    It is said only to somebody who is signed in.
    """
    visit = visit_of(request)
    if said and visit.actor is not None and visit.secret is not None:
        with kith_of(request).store.work() as work:
            sessions.say(work, visit.secret, said)
    return RedirectResponse(path, status_code=303)

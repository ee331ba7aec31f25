"""Every page that an application has, so that a test of all of them cannot forget a new one."""

from __future__ import annotations

from fastapi import FastAPI

MACHINES = (
    *("/v1/", "/openapi.json", "/livez", "/readyz", "/static/", "/fhir/", "/hsds/"),
    *("/oauth2/", "/cds-services"),
)
"""Doors for machines, which have tests of their own."""


def pages_of(app: FastAPI) -> list[tuple[str, str]]:
    """Method and path of each, in order."""
    found = []
    waiting = list(app.routes)
    while waiting:
        route = waiting.pop()
        waiting += getattr(route, "routes", None) or []
        inner = getattr(route, "original_router", None)
        if inner is not None:
            waiting += inner.routes
        path = getattr(route, "path", "")
        if path and not path.startswith(MACHINES) and getattr(route, "methods", None):
            found += [(m, path) for m in sorted(route.methods) if m in {"GET", "POST", "PUT"}]
    return sorted(set(found))

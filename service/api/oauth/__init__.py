"""Access tokens for other systems: OAuth 2.0 client credentials with a signed assertion."""

from __future__ import annotations

from fastapi import FastAPI


def mount(app: FastAPI) -> None:
    """Give `app` the token endpoint and the description of it. Before the FHIR doors: one of theirs
    may take any two words behind its base."""
    from service.api.oauth import discovery, token

    app.include_router(token.router)
    app.include_router(discovery.router)

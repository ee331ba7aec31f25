"""Where this Kith is, as others write it."""

from __future__ import annotations

from fastapi import Request

from service.settings import Settings

TOKEN_PATH = "/oauth2/token"  # noqa: S105 - a path


def origin_of(request: Request, settings: Settings) -> str:
    """`https://kith.example.org`, without a slash: the setting's, or else as it was asked for."""
    return settings.public_url.rstrip("/") or f"{request.url.scheme}://{request.url.netloc}"


def token_url(request: Request, settings: Settings) -> str:
    """The address of the token endpoint: what must stand in `aud`."""
    return f"{origin_of(request, settings)}{TOKEN_PATH}"

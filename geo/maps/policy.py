"""The Content-Security-Policy under which a map page works, and nothing else does."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

from geo.maps.errors import BadMapPolicy

_NONCE = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_ORIGIN = re.compile(r"https?://(\*\.)?[A-Za-z0-9.-]+(:\d+)?")
_REST = "base-uri 'none'; form-action 'none'"


def check_nonce(nonce: str) -> None:
    """Refuse a nonce that could break out of a header or an attribute.

    Raises
    ------
    BadMapPolicy
        If it is not base64 text (plain or URL-safe) of eight characters or more.
    """
    if not _NONCE.fullmatch(nonce):
        raise BadMapPolicy("A nonce must be at least eight characters of base64 text.")


def content_security_policy(nonce: str, tile_origin: str | None = None) -> str:
    """The value of the Content-Security-Policy header for a served map page.

    Everything is refused except scripts that carry the nonce, styles from this host or with the
    nonce, and pictures from this host, from `data:` addresses, and from `tile_origin`.

    Parameters
    ----------
    nonce : str
        The one given to `draw`; a fresh one for every answer (`secrets.token_urlsafe(16)`).
    tile_origin : str, optional
        `Tiles.origin` of the drawn sheet.

    Raises
    ------
    BadMapPolicy
        If either is malformed.

    Notes
    -----
    No inline style attribute is allowed: Leaflet moves things through the object model, which the
    policy does not govern. A browser test fails on any violation.
    """
    check_nonce(nonce)
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'self' 'nonce-{nonce}'; "
        f"img-src 'self' data:{_tiles(tile_origin)}; {_REST}; frame-ancestors 'self'"
    )


def policy_for_file(
    scripts: Iterable[str], styles: Iterable[str], tile_origin: str | None = None
) -> str:
    """The policy written into a page that opens from a disk: only the very texts it holds run.

    Parameters
    ----------
    scripts, styles : iterable of str
        The exact text of every inline script and style.
    tile_origin : str, optional
        `Tiles.origin` of the drawn sheet.
    """
    return (
        f"default-src 'none'; script-src {_hashes(scripts)}; style-src {_hashes(styles)}; "
        f"img-src data:{_tiles(tile_origin)}; {_REST}"
    )


def _tiles(origin: str | None) -> str:
    if origin is None:
        return ""
    if not _ORIGIN.fullmatch(origin):
        raise BadMapPolicy("A tile origin must look like https://host.", tile_origin=origin)
    return f" {origin}"


def _hashes(texts: Iterable[str]) -> str:
    digests = (base64.b64encode(hashlib.sha256(text.encode()).digest()) for text in texts)
    return " ".join(f"'sha256-{digest.decode()}'" for digest in digests)

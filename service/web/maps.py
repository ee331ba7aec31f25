"""Maps of ours as answers: drawn, with the policy they need, in a frame or on a page."""

from __future__ import annotations

import secrets

from fastapi.responses import HTMLResponse

from geo.maps import Assets, MapSheet, Tiles, content_security_policy, draw
from service.parts import Kith


def map_answer(sheet: MapSheet, *, whole: bool, tag: str = "") -> HTMLResponse:
    """The sheet drawn: the map and its key alone for a frame, or a whole page with the list.

    Parameters
    ----------
    tag : str
        An ETag of everything the sheet was made from; a browser then asks again before it shows
        what it kept.
    """
    nonce = secrets.token_urlsafe(16)
    html = draw(sheet, assets=Assets.served("/static/maps"), nonce=nonce, compact=not whole)
    origin = sheet.tiles.origin if sheet.tiles else None
    headers = {
        "Content-Security-Policy": content_security_policy(nonce, origin),
        # In a frame of our own pages; the policy says the same to newer browsers.
        "X-Frame-Options": "SAMEORIGIN",
        "Referrer-Policy": "no-referrer",
    }
    if tag:
        headers |= {"ETag": tag, "Cache-Control": "private, no-cache"}
    return HTMLResponse(html, headers=headers)


def tiles_of(kith: Kith) -> Tiles | None:
    """The base map that the settings name; None without one."""
    settings = kith.settings
    if not settings.tile_url:
        return None
    return Tiles(settings.tile_url, settings.tile_attribution or "Base map")

"""The headers that keep a page safe."""

from __future__ import annotations

from fastapi import Request, Response

from service.web.visit import is_secure, visit_of

# Our own scripts, styles and pictures and nothing else: nothing inline, no foreign host. Pictures
# inside styles (data:) are the design system's own. A map of ours may be shown inside a page.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)

HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: a browser would then send forms with the origin “null”.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
}
YEAR_S = 31_536_000


def protect(request: Request, response: Response) -> None:
    """Add what is missing; a page that set a header of its own keeps it.

    Whatever is shown to somebody who signed in, and every answer to a form, is kept nowhere.
    """
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if is_secure(request):
        response.headers.setdefault("Strict-Transport-Security", f"max-age={YEAR_S}")
    visit = visit_of(request)
    private = visit.actor is not None or visit.is_minted or request.method == "POST"
    response.headers.setdefault("Cache-Control", "no-store" if private else "no-cache")
    response.headers.setdefault("Vary", "Cookie")

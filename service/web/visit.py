"""Who is visiting: the cookie, the session behind it, and what a form of theirs must carry."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from fastapi import Request, Response
from markupsafe import Markup

from service.identity import sessions
from service.identity.actors import Actor
from service.identity.sessions import Limits, new_secret
from service.parts import Kith
from service.settings import Settings

_SECRET = re.compile(r"[A-Za-z0-9_-]{43}")
CSRF_FIELD = "csrf"


@dataclass(slots=True)
class Visit:
    """One request's visitor.

    Attributes
    ----------
    secret : str or None
        What their browser holds; None until it is given something.
    actor : Actor or None
        Whoever is signed in.
    former_staff_id : int or None
        Whose session this was, when it has ended by time: a late form is kept for them.
    said : tuple of str
        What is to be said on the next page.
    is_minted : bool
        Whether the secret was made for this answer and must be sent with it.
    """

    secret: str | None = None
    actor: Actor | None = None
    former_staff_id: int | None = None
    said: tuple[str, ...] = ()
    is_minted: bool = False

    def held(self) -> str:
        """The browser's secret, made now if it has none."""
        if self.secret is None:
            self.secret, self.is_minted = new_secret(), True
        return self.secret

    def csrf(self) -> str:
        """What every form of this browser must carry.

        Made of the secret, so that it outlives the session: a form sent too late is still known to
        be this person's own.
        """
        return csrf_of(self.held())

    def __html__(self) -> Markup:
        """The hidden field of a form; written as `{{ csrf }}` in a template."""
        return Markup('<input type="hidden" name="{}" value="{}">').format(CSRF_FIELD, self.csrf())


def csrf_of(secret: str) -> str:
    """The token that belongs to a browser's secret."""
    return hashlib.sha256(f"form|{secret}".encode()).hexdigest()


def kith_of(request: Request) -> Kith:
    """The application as `create_app` wired it."""
    kith: Kith = request.app.state.kith
    return kith


def limits_of(settings: Settings) -> Limits:
    """How long sessions last here."""
    return Limits(settings.session_idle_min, settings.session_longest_min)


def is_secure(request: Request) -> bool:
    """Whether browsers reach this Kith over TLS."""
    return request.url.scheme == "https" or kith_of(request).settings.public_url.startswith(
        "https:"
    )


def cookie_name(request: Request) -> str:
    """`__Host-` makes a browser refuse the cookie from anywhere but this very host, over TLS."""
    return "__Host-kith" if is_secure(request) else "kith"


def visit_of(request: Request) -> Visit:
    """This request's visitor; somebody unknown where nobody has looked yet."""
    found = getattr(request.state, "visit", None)
    return found if isinstance(found, Visit) else Visit()


def look(request: Request) -> Visit:
    """Find out who is visiting; one statement, and a write once a minute."""
    secret = request.cookies.get(cookie_name(request), "")
    request.state.visit = visit = Visit()
    if not _SECRET.fullmatch(secret):
        return visit
    visit.secret = secret
    kith = kith_of(request)
    with kith.store.read() as session:
        known = sessions.known(session, secret, limits_of(kith.settings))
    if known is None:
        return visit
    if not known.is_live:
        visit.former_staff_id = known.staff_id
        return visit
    visit.actor = known.actor
    if visit.actor is None:
        return visit
    visit.said = known.said
    if known.is_due:
        with kith.store.work() as work:
            sessions.touch(work, secret)
    return visit


def give_cookie(request: Request, response: Response, secret: str) -> None:
    """Have the browser hold this secret until it is closed; no script can read it."""
    response.set_cookie(
        cookie_name(request),
        secret,
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )


def take_cookie(request: Request, response: Response) -> None:
    """Have the browser forget its secret."""
    response.delete_cookie(
        cookie_name(request),
        path="/",
        secure=is_secure(request),
        httponly=True,
        samesite="lax",
    )

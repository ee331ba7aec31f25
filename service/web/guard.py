"""What stands before every page: who it is, and whether a form is really from a page of ours."""

from __future__ import annotations

import secrets
from typing import Annotated
from urllib.parse import unquote, urlsplit

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile

from service.identity import rates
from service.identity.actors import Actor, visitor
from service.identity.errors import BadForm, NotFound, SignedOut
from service.identity.rates import Rate
from service.identity.roles import Permission
from service.parts import Kith
from service.web.refusals import address_of
from service.web.visit import CSRF_FIELD, csrf_of, kith_of, look, visit_of

NUL = "\x00"
STALE = (
    "This form did not come from a page that Kith has shown to this browser, or the page is too "
    "old. Go back, reload the page, and send it again."
)


def see_visitor(request: Request) -> None:
    """Find out who is visiting; an address with NUL in it is nowhere.

    Raises
    ------
    NotFound
        Because no database can look for that character.
    """
    if NUL in request.url.path or NUL in unquote(request.url.query):
        raise NotFound("There is nothing at this address. Check it.")
    look(request)


async def accept_form(request: Request) -> None:
    """Read a form that was sent, and refuse one that another site made the browser send.

    Raises
    ------
    BadForm
        If it comes from another origin, or without the token of this browser.
    """
    request.state.form = FormData()
    if request.method in {"GET", "HEAD"}:
        return
    _require_own_origin(request)
    form = await request.form()
    secret = visit_of(request).secret
    given = form.get(CSRF_FIELD)
    if secret is None or not isinstance(given, str):
        raise BadForm(STALE)
    if not secrets.compare_digest(given.encode(), csrf_of(secret).encode()):
        raise BadForm(STALE)
    request.state.form = FormData(_without_nul(form))


def need_sign_in(request: Request) -> None:
    """Go no further unless somebody is signed in."""
    if visit_of(request).actor is None:
        raise SignedOut("Sign in to see this page.")


def count_public_form(request: Request) -> None:
    """Limit how many forms one address may send without signing in."""
    if request.method == "POST" and visit_of(request).actor is None:
        count_address(request, rates.PUBLIC_FORM)


def count_address(request: Request, rate: Rate) -> None:
    """Count one request of this address; `TooMany` when there were too many."""
    with kith_of(request).store.work() as work:
        rates.take(work, rate, address_of(request))


def count_actor(kith: Kith, actor: Actor, rate: Rate = rates.SEARCH) -> None:
    """Count one request of this actor, for searches among people; `TooMany` when too many."""
    with kith.store.work() as work:
        rates.take(work, rate, actor.actor_id)


def signed_in(request: Request) -> Actor:
    """Whoever is signed in; `SignedOut` when nobody is."""
    need_sign_in(request)
    actor = visit_of(request).actor
    assert actor is not None  # noqa: S101 - tells the type checker what the line above made sure
    return actor


def anybody(request: Request) -> Actor:
    """Whoever is visiting a public page: somebody who signed in, or a visitor."""
    return visit_of(request).actor or visitor()


class Needs:
    """A dependency: whoever is signed in holds one of these permissions somewhere.

    Without it the page is not found, so that nobody learns what there is. The action behind it
    still checks by itself, at the place it is about.
    """

    def __init__(self, *permissions: Permission) -> None:
        self.permissions = permissions

    def __call__(self, request: Request) -> None:
        """Raise `NotFound` unless held."""
        actor = signed_in(request)
        if not any(actor.may(each) for each in self.permissions):
            raise NotFound("There is nothing at this address for your role.")


def _without_nul(form: FormData) -> list[tuple[str, str | UploadFile]]:
    """What was sent, without a character that nobody can type and no database takes."""
    return [
        (name.replace(NUL, ""), value.replace(NUL, "") if isinstance(value, str) else value)
        for name, value in form.multi_items()
    ]


def _require_own_origin(request: Request) -> None:
    origin = request.headers.get("origin")
    if origin is None:
        # Old browsers and tools send none; the token alone decides then.
        return
    own = {f"{request.url.scheme}://{request.url.netloc}"}
    public = urlsplit(kith_of(request).settings.public_url)
    if public.netloc:
        own.add(f"{public.scheme}://{public.netloc}")
    if origin not in own:
        raise BadForm(STALE)


KithDep = Annotated[Kith, Depends(kith_of)]
ActorDep = Annotated[Actor, Depends(signed_in)]
AnybodyDep = Annotated[Actor, Depends(anybody)]

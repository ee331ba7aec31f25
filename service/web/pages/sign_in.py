"""Signing in and out."""

from __future__ import annotations

import re

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from service.identity import rates, refusals, sessions, sign_in
from service.identity.errors import NotListed, SignInFailed
from service.identity.sign_in import Attempt
from service.web.guard import AnybodyDep, KithDep, count_address
from service.web.refusals import address_of
from service.web.render import page
from service.web.routing import pages
from service.web.sign_in import settled
from service.web.sign_in.claims import vouched
from service.web.sign_in.mode import Mode
from service.web.visit import give_cookie, limits_of, take_cookie, visit_of

router = pages(public=True, counted=False)

START = "/start"
_OWN_PATH = re.compile(r"/(?![/\\])[^\\\x00-\x20\x7f]*")


def own_path(text: str) -> str:
    """`text` if it leads to a page of ours, else the page everybody begins at."""
    return text if len(text) <= 500 and _OWN_PATH.fullmatch(text) else START


@router.get("/sign-in")
def ask(request: Request, next: str = "", why: str = "") -> Response:
    """Where to sign in, and why it is asked."""
    if visit_of(request).actor is not None:
        return RedirectResponse(own_path(next), status_code=303)
    settled_as = settled.sign_in_of(request)
    return page(
        request,
        "sign_in.html",
        next=own_path(next),
        why=why,
        development=settled_as.mode is Mode.DEVELOPMENT,
        off=settled_as.mode is Mode.OFF,
        provider=settled.provider_name(request),
    )


@router.get("/sign-in/begin")
def begin(request: Request, kith: KithDep, next: str = "") -> Response:
    """Off to the provider."""
    count_address(request, rates.SIGN_IN)
    provider, client, _ = settled.party(request)
    browser = visit_of(request).held()
    with kith.store.work() as work:
        attempt = sign_in.begin(work, browser=browser, next_path=own_path(next))
    return RedirectResponse(provider.authorise_url(client, attempt), status_code=303)


@router.get("/sign-in/return")
def come_back(
    request: Request, kith: KithDep, state: str = "", code: str = "", error: str = ""
) -> Response:
    """Back from the provider: checked, and on to where somebody wanted to go."""
    count_address(request, rates.SIGN_IN)
    try:
        secret, attempt = _admit(request, kith, state, code, error)
    except SignInFailed as refusal:
        with kith.store.work() as work:
            refusals.sign_in_failed(
                work, why=str(refusal.fields.get("why", "unknown")), whose=address_of(request)
            )
        raise
    response = RedirectResponse(own_path(attempt.next_path), status_code=303)
    give_cookie(request, response, secret)
    return response


@router.post("/sign-out")
def leave(request: Request, kith: KithDep, actor: AnybodyDep) -> Response:
    """End the session here and now."""
    secret = visit_of(request).secret
    if secret is not None:
        with kith.store.work() as work:
            sessions.end_session(work, by=actor, secret=secret)
    response = RedirectResponse("/signed-out", status_code=303)
    take_cookie(request, response)
    return response


@router.get("/signed-out")
def signed_out(request: Request) -> Response:
    """Say that it is done."""
    return page(request, "signed_out.html")


def _admit(
    request: Request, kith: KithDep, state: str, code: str, error: str
) -> tuple[str, Attempt]:
    browser = visit_of(request).secret
    if browser is None or not state:
        raise SignInFailed(
            "Kith does not know this browser. Allow cookies for Kith and sign in again.",
            why="no-browser",
        )
    with kith.store.work() as work:
        attempt = sign_in.come_back(work, browser=browser, state=state)
    if error or not code:
        raise SignInFailed(
            "The sign-in was stopped before it was done. Sign in again.", why="stopped"
        )
    provider, client, issuer = settled.party(request)
    # Outside of any unit of work: it waits for another computer.
    person = vouched(provider.redeem(client, attempt, code), kith.settings, issuer=issuer)
    try:
        with kith.store.work() as work:
            secret = sign_in.complete(
                work,
                vouched=person,
                browser=browser,
                limits=limits_of(kith.settings),
                adds_staff=kith.settings.sign_in_adds_staff,
            )
    except NotListed as refusal:
        # Told to themselves only: whoever lists them needs it.
        refusal.fields["subject"] = person.subject
        raise
    return secret, attempt

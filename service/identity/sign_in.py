"""Signing in: from what an identity provider vouches for to a session. Never a password."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from service.identity import kept_forms
from service.identity.actors import Actor
from service.identity.errors import NotListed, SignInFailed
from service.identity.roles import OPERATOR
from service.identity.session_model import SignInAttempt
from service.identity.sessions import Limits, digest_of, open_session
from service.identity.staff import actor_of_staff, add_staff
from service.identity.staff_model import StaffMember
from service.store.base import utc_now
from service.store.work import UnitOfWork

ATTEMPT_MIN = 15
"""How long somebody may take at the identity provider."""


@dataclass(frozen=True, slots=True)
class Vouched:
    """Who somebody is, on the word of an identity provider, already checked."""

    issuer: str
    subject: str
    name: str
    email: str


@dataclass(frozen=True, slots=True)
class Attempt:
    """One way to the provider and back: what the answer must carry, and where to go after it."""

    state: str
    nonce: str
    verifier: str
    next_path: str


def begin(work: UnitOfWork, *, browser: str, next_path: str) -> Attempt:
    """Note that the browser with this secret sets out to sign in."""
    attempt = Attempt(
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(64),
        next_path=next_path[:500],
    )
    work.session.add(
        SignInAttempt(
            state_digest=digest_of(attempt.state),
            browser_digest=digest_of(browser),
            nonce=attempt.nonce,
            verifier=attempt.verifier,
            next_path=attempt.next_path,
        )
    )
    return attempt


def come_back(work: UnitOfWork, *, browser: str, state: str) -> Attempt:
    """The attempt that `state` belongs to; it can be used once, by the browser that began it.

    Raises
    ------
    SignInFailed
        If there is none, it is too old, or another browser began it.
    """
    row = work.session.get(SignInAttempt, digest_of(state), with_for_update=True)
    if row is not None:
        work.session.delete(row)
    too_old = utc_now() - timedelta(minutes=ATTEMPT_MIN)
    if row is None or row.browser_digest != digest_of(browser) or row.started_at < too_old:
        raise SignInFailed(
            "This sign-in was begun somewhere else or too long ago. Sign in again.", why="state"
        )
    return Attempt(state, row.nonce, row.verifier, row.next_path)


def complete(
    work: UnitOfWork, *, vouched: Vouched, browser: str, limits: Limits, adds_staff: bool
) -> str:
    """A session for whom the provider vouches for; returns the new secret for their browser.

    Forms that were kept for them in this browser stay readable to it.

    Raises
    ------
    NotListed
        If they are not among the staff or have left, and `adds_staff` is off.
    """
    person = work.session.scalar(
        select(StaffMember).where(
            StaffMember.issuer == vouched.issuer, StaffMember.subject == vouched.subject
        )
    )
    if person is None and adds_staff:
        number = add_staff(
            work,
            by=Actor("sign-in", OPERATOR),
            issuer=vouched.issuer,
            subject=vouched.subject,
            name=vouched.name or "No name given",
            email=vouched.email,
        )
    elif person is None or person.ended_at is not None:
        raise NotListed(
            "You have signed in with your organisation, and Kith does not have you on its list.",
            why="not-listed",
        )
    else:
        number = person.staff_id
    actor = actor_of_staff(work.session, number)
    secret = open_session(work, by=actor, limits=limits)
    kept_forms.hand_over(work, staff_id=number, old_secret=browser, new_secret=secret)
    return secret

"""What was refused, written down: attempts that were not allowed, tokens and sign-ins that failed.

Anybody can be refused as often as they like, so only so many are written down: of one address or
actor, and in all. What is beyond that is a line in the log.
"""

from __future__ import annotations

from typing import Final

import structlog

from geo.errors import Json
from service.identity import audit, rates
from service.identity.actors import Actor, visitor
from service.identity.errors import TooMany
from service.identity.rates import Rate
from service.store.work import UnitOfWork

OF_ONE: Final = Rate("refused", at_once=20, per_min=1)
OF_ALL: Final = Rate("refused, all", at_once=200, per_min=5)
"""At most 7,400 events a day, some four megabytes. Our own choice."""

_log = structlog.get_logger("kith.audit")


def refused(
    work: UnitOfWork, *, by: Actor, route: str, slug: str, whose: str, permission: str = ""
) -> bool:
    """Write down that `by` tried what they may not.

    Parameters
    ----------
    route : str
        The address's template, never the address.
    slug : str
        Which refusal it was.
    whose : str
        An address or an actor's id, by which attempts are counted. Only a digest of it is kept.

    Returns
    -------
    bool
        False if too many were written down lately: then nothing is.
    """
    return _note(
        work,
        whose,
        by=by,
        action="refused",
        subject=f"route:{route}"[:120],
        details={"slug": slug, "permission": permission},
    )


def sign_in_failed(work: UnitOfWork, *, why: str, whose: str) -> bool:
    """Write down that somebody did not get in, and why in one word; nothing of who they are."""
    return _note(
        work, whose, by=visitor(), action="sign_in.failed", subject="sign_in", details={"why": why}
    )


def token_failed(work: UnitOfWork, *, route: str, whose: str) -> bool:
    """Write down that somebody sent a token that is not accepted; nothing of the token."""
    return _note(
        work,
        whose,
        by=visitor(),
        action="token.failed",
        subject="token",
        details={"route": route[:120]},
    )


def _note(
    work: UnitOfWork,
    whose: str,
    *,
    by: Actor,
    action: str,
    subject: str,
    details: dict[str, Json],
) -> bool:
    # Looked at before anything is counted: a bucket that is made for each new address would itself
    # be a way to fill the disk.
    try:
        if not rates.have_left(work.session, ((OF_ONE, whose), (OF_ALL, ""))):
            raise TooMany("Too many refusals were written down lately.")
        rates.take(work, OF_ONE, whose)
        rates.take(work, OF_ALL, "")
    except TooMany:
        _log.warning("refusal not written down", action=action)
        return False
    audit.record(work, by=by, action=action, subject=subject, details=details)
    return True

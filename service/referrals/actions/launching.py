"""Links by which another system opens Kith at a form or a referral: made, and used once.

A link signs nobody in. Whoever opens it has signed in by themselves, and sees what their own role
lets them see; the link only saves them the typing and the search.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete
from sqlalchemy.orm import Session

from service.identity import audit
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.roles import Permission
from service.referrals.errors import LaunchOver
from service.referrals.launch_model import Launch
from service.referrals.queries import referral
from service.store.base import utc_now
from service.store.work import UnitOfWork

LASTS_MIN: Final = 5
KEPT_H: Final = 24
"""How long it is remembered that a link was used, so that it can be said."""

_SHAPE: Final = re.compile(r"[A-Za-z0-9_-]{43}")
_AGAIN: Final = (
    "Links from your own system work once and for five minutes. Open Kith from there again; "
    "nothing is lost."
)


@dataclass(frozen=True, slots=True)
class FilledIn:
    """What the practice's form holds when it is opened, as somebody would have typed it."""

    who: str = ""
    postcode: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class LaunchMade:
    """A link's secret part, told once, and when it ends."""

    secret: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Launched:
    """Where a link leads: to the form of a practice, filled in, or to a referral of it."""

    practice: OdsCode
    referral_id: str | None
    filled: FilledIn


def launch_form(work: UnitOfWork, *, by: Actor, practice: OdsCode, filled: FilledIn) -> LaunchMade:
    """A link to the form of `practice`, filled with what is known already.

    Raises
    ------
    NotAllowed
        If `by` may not refer at this practice.
    """
    by.require(Permission.REFER, at=practice)
    return _made(work, by, practice, None, filled)


def launch_referral(work: UnitOfWork, *, by: Actor, referral_id: str) -> LaunchMade:
    """A link to a referral.

    Raises
    ------
    NotFound
        If there is none, or it is not `by`'s to see.
    """
    view = referral(work.session, by=by, referral_id=referral_id)
    return _made(work, by, OdsCode(view.practice), view.referral_id, FilledIn())


def leads_to_referral(session: Session, *, by: Actor, secret: str) -> bool:
    """Whether a link leads to a referral, else to a form; it stays as it is.

    Raises
    ------
    LaunchOver, NotAllowed, NotFound
        As `open_launch` would.
    """
    return _live(session, by, secret, hold=False).referral_id is not None


def open_launch(work: UnitOfWork, *, by: Actor, secret: str) -> Launched:
    """Use a link up; of two at once one opens it.

    Raises
    ------
    LaunchOver
        If it was used, is too old, or never was one.
    NotAllowed, NotFound
        If `by` may not go where it leads. Then it is not used up.
    """
    row = _live(work.session, by, secret, hold=True)
    practice = OdsCode(row.practice_code)
    filled = _unlocked(secret, row.filled)
    row.used_at, row.filled = utc_now(), None
    audit.record(
        work,
        by=by,
        action="launch.opened",
        subject=_subject(practice, row.referral_id),
        details={"made_by": row.made_by},
    )
    return Launched(practice, row.referral_id, filled)


def _live(session: Session, by: Actor, secret: str, *, hold: bool) -> Launch:
    row = None
    if _SHAPE.fullmatch(secret):
        row = session.get(Launch, _digest(secret), with_for_update=hold)
    if row is not None and row.used_at is not None:
        raise LaunchOver(f"This link has been used. {_AGAIN}")
    if row is None or row.expires_at <= utc_now():
        raise LaunchOver(f"This link is too old, or is not whole. {_AGAIN}")
    if row.referral_id is None:
        by.require(Permission.REFER, at=OdsCode(row.practice_code))
    else:
        referral(session, by=by, referral_id=row.referral_id)
    return row


def _made(
    work: UnitOfWork, by: Actor, practice: OdsCode, referral_id: str | None, filled: FilledIn
) -> LaunchMade:
    secret, now = secrets.token_urlsafe(32), utc_now()
    ends = now + timedelta(minutes=LASTS_MIN)
    work.session.add(
        Launch(
            digest=_digest(secret),
            practice_code=practice,
            referral_id=referral_id,
            filled=None if filled == FilledIn() else _locked(secret, filled),
            made_by=by.actor_id,
            made_at=now,
            expires_at=ends,
        )
    )
    audit.record(work, by=by, action="launch.made", subject=_subject(practice, referral_id))
    # Behind the lock of the audit's end, so that two who clear away at once cannot cross.
    work.session.execute(
        delete(Launch).where(
            Launch.expires_at < now,
            (Launch.used_at.is_(None)) | (Launch.expires_at < now - timedelta(hours=KEPT_H)),
        )
    )
    return LaunchMade(secret, ends)


def _subject(practice: OdsCode, referral_id: str | None) -> str:
    return f"practice:{practice}" if referral_id is None else f"referral:{referral_id}"


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _cipher(secret: str) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hashlib.sha256(f"launch|{secret}".encode()).digest()))


def _locked(secret: str, filled: FilledIn) -> bytes:
    return _cipher(secret).encrypt(json.dumps(asdict(filled)).encode())


def _unlocked(secret: str, kept: bytes | None) -> FilledIn:
    if kept is None:
        return FilledIn()
    try:
        return FilledIn(**json.loads(_cipher(secret).decrypt(kept)))
    except (InvalidToken, ValueError, TypeError) as error:
        raise LaunchOver(f"What this link held cannot be read any more. {_AGAIN}") from error

"""What was typed into a form that came after the session had ended: kept for an hour, unreadable.

It is encrypted with a key made from the browser's own secret, of which the database has only a
digest; and it is given back only to the person whose session it was.
"""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.fernet import Fernet, InvalidToken
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from service.identity.session_model import KeptForm
from service.store.base import utc_now
from service.store.work import UnitOfWork

KEPT_MIN = 60
"""How long a form waits for its sender to sign in again."""


@dataclass(frozen=True, slots=True)
class Typed:
    """A form as it was sent: where to, and each field's values in order."""

    path: str
    fields: tuple[tuple[str, str], ...]


def keep(work: UnitOfWork, *, staff_id: int, secret: str, typed: Typed) -> str:
    """Keep a form for `staff_id`; returns the name under which it waits."""
    kept_id = secrets.token_urlsafe(32)
    work.session.add(KeptForm(kept_id=kept_id, staff_id=staff_id, typed=_locked(secret, typed)))
    return kept_id


def kept(session: Session, *, staff_id: int, secret: str, kept_id: str) -> Typed | None:
    """The form under this name, for the same person in the same browser and within the hour."""
    row = session.get(KeptForm, kept_id)
    if row is None or row.staff_id != staff_id or row.kept_at < _oldest():
        return None
    return _unlocked(secret, row.typed)


def hand_over(work: UnitOfWork, *, staff_id: int, old_secret: str, new_secret: str) -> None:
    """Lock somebody's waiting forms to the secret that signing in again has given their browser."""
    rows = work.session.scalars(
        select(KeptForm).where(KeptForm.staff_id == staff_id, KeptForm.kept_at >= _oldest())
    )
    for row in rows:
        typed = _unlocked(old_secret, row.typed)
        if typed is not None:
            row.typed = _locked(new_secret, typed)


def discard(work: UnitOfWork, *, staff_id: int, kept_id: str) -> None:
    """The form is no longer wanted; an unknown one changes nothing."""
    work.session.execute(
        delete(KeptForm).where(KeptForm.kept_id == kept_id, KeptForm.staff_id == staff_id)
    )


def _key(secret: str) -> Fernet:
    digest = hashlib.sha256(f"kept form|{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _locked(secret: str, typed: Typed) -> bytes:
    return _key(secret).encrypt(json.dumps([typed.path, typed.fields]).encode())


def _unlocked(secret: str, locked: bytes) -> Typed | None:
    try:
        path, fields = json.loads(_key(secret).decrypt(locked))
    except InvalidToken:
        return None
    return Typed(path, tuple((name, value) for name, value in fields))


def _oldest() -> datetime:
    return utc_now() - timedelta(minutes=KEPT_MIN)

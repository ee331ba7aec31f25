"""Where a page begins, in a word for a link.

It is not signed: whoever changes it sees no more than they may, because every page is asked for
anew with the rights of whoever asks. What must not stand in a link (an NHS number, and everything
that was sent by POST) is encrypted with a key made of the token of the same caller.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from service.api.fhir.errors import BadSearch

_LONGEST: Final = 6_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """What a page after the first goes on with.

    Attributes
    ----------
    upto : datetime or None
        Nothing that changed later is on any of the pages.
    after : tuple of str
        What the page before ended with; empty for the first page.
    hidden : tuple of pairs
        Parameters that are in no link.
    """

    upto: datetime | None = None
    after: tuple[str, ...] = ()
    hidden: tuple[tuple[str, str], ...] = ()


def written(cursor: Cursor, secret: str) -> str:
    """A cursor as it stands in a link."""
    plain = json.dumps(
        [
            None if cursor.upto is None else cursor.upto.isoformat(),
            list(cursor.after),
            [list(each) for each in cursor.hidden],
        ],
        separators=(",", ":"),
    ).encode()
    if cursor.hidden:
        return "e" + _key(secret).encrypt(plain).decode()
    return "p" + base64.urlsafe_b64encode(plain).decode().rstrip("=")


def read(text: str, secret: str) -> Cursor:
    """The cursor of a link.

    Raises
    ------
    BadSearch
        If it is none of Kith's, or belongs to another token.
    """
    refused = BadSearch(
        "The page in this link is not known. Links hold for the token they were given to: search "
        "again from the start."
    )
    if len(text) > _LONGEST:
        raise refused
    try:
        upto, after, hidden = json.loads(_plain(text, secret))
        return Cursor(
            upto=None if upto is None else _aware(upto),
            after=tuple(_text(each) for each in after),
            hidden=tuple((_text(name), _text(value)) for name, value in hidden),
        )
    except (ValueError, TypeError, binascii.Error, InvalidToken, RecursionError) as error:
        raise refused from error


def _plain(text: str, secret: str) -> bytes:
    if text.startswith("e"):
        return _key(secret).decrypt(text[1:].encode())
    if not text.startswith("p"):
        raise ValueError("no cursor")
    rest = text[1:]
    return base64.urlsafe_b64decode(rest + "=" * (-len(rest) % 4))


def _key(secret: str) -> Fernet:
    digest = hashlib.sha256(f"search cursor|{secret}".encode()).digest()
    return Fernet(base64.urlsafe_b64encode(digest))


def _aware(text: object) -> datetime:
    found = datetime.fromisoformat(_text(text))
    if found.tzinfo is None:
        raise ValueError("no zone")
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not text")
    return value

"""Keys of other systems fetched from where they publish them, and kept for a while.

Each process keeps its own copy: what is kept is public, and a process that has an older copy asks
again when it meets a key that it does not know.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import httpx

from service.identity.client_keys import Keys, usable
from service.identity.errors import BadKeys, KeysAway

TIMEOUT_S: Final = 5.0
KEPT_S: Final = 300.0
"""How long keys are believed where their owner does not say."""
LONGEST_KEPT_S: Final = 3_600.0
"""And at most, whatever the owner says: a withdrawn key must end."""
AGAIN_S: Final = 5.0
"""An unknown key leads to one more look, and then to none for so long: nobody can make Kith ask
another host all day."""
MOST_BYTES: Final = 100_000
LOCAL_HOSTS: Final = frozenset({"127.0.0.1", "::1", "localhost"})

_MAX_AGE: Final = re.compile(r"max-age\s*=\s*\"?(\d{1,9})")


def require_safe(address: str) -> None:
    """Refuse an address that is not over TLS, but for one on this machine itself.

    Raises
    ------
    BadKeys
    """
    try:
        parts = urlsplit(address)
        _port = parts.port
    except ValueError as error:
        raise BadKeys("The address of the keys cannot be read. Check it.") from error
    is_local = parts.scheme == "http" and parts.hostname in LOCAL_HOSTS
    if not (parts.scheme == "https" and parts.hostname) and not is_local:
        raise BadKeys("Keys are fetched over https alone. Give an address that begins with it.")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise BadKeys("The address of the keys may have no name, password or `#` in it.")
    if len(address) > 500:
        raise BadKeys("The address of the keys is too long. It may have 500 characters.")


@dataclass(frozen=True, slots=True)
class _Kept:
    keys: Keys
    fetched_s: float
    until_s: float


class KeySets:
    """Fetched key sets, by address."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._kept: dict[str, _Kept] = {}
        self._failed_s: dict[str, float] = {}
        self._locks: defaultdict[str, threading.Lock] = defaultdict(threading.Lock)

    def keys(self, address: str, kid: str) -> Keys:
        """The keys at `address`; fetched when there are none at hand, or none named `kid`.

        Raises
        ------
        KeysAway
            If they cannot be fetched, or could not be some seconds ago.
        """
        kept = self._kept.get(address)
        if kept is not None and self._serves(kept, kid):
            return kept.keys
        # One at a time: a hundred requests after a rotation are one look.
        with self._locks[address]:
            newer = self._kept.get(address)
            if newer is not None and newer is not kept:
                return newer.keys
            return self._looked_up(address).keys

    def _serves(self, kept: _Kept, kid: str) -> bool:
        now_s = self._clock()
        if now_s >= kept.until_s:
            return False
        return any(each["kid"] == kid for each in kept.keys) or now_s < kept.fetched_s + AGAIN_S

    def _looked_up(self, address: str) -> _Kept:
        now_s = self._clock()
        if now_s < self._failed_s.get(address, -AGAIN_S) + AGAIN_S:
            raise KeysAway("The keys could not be fetched a moment ago.", why="unreachable")
        try:
            self._kept[address] = kept = _fetched(address, now_s)
        except KeysAway:
            self._failed_s[address] = self._clock()
            raise
        return kept


def _fetched(address: str, now_s: float) -> _Kept:
    require_safe(address)
    deadline_s = time.monotonic() + TIMEOUT_S
    body = bytearray()
    try:
        with httpx.stream(
            "GET",
            address,
            timeout=TIMEOUT_S,
            follow_redirects=False,
            headers={"Accept": "application/jwk-set+json, application/json"},
        ) as answer:
            if answer.status_code != 200:
                raise KeysAway("The keys are not where the system said they are.", why="status")
            for part in answer.iter_bytes():
                body += part
                if len(body) > MOST_BYTES or time.monotonic() > deadline_s:
                    raise KeysAway("The keys are too many or come too slowly.", why="size")
            lasts_s = _lasts_s(answer.headers.get("cache-control", ""))
        document = json.loads(body)
    except (httpx.HTTPError, ValueError, RecursionError) as error:
        raise KeysAway("The keys could not be fetched.", why="unreachable") from error
    return _Kept(usable(document), now_s, now_s + lasts_s)


def _lasts_s(cache_control: str) -> float:
    said = cache_control.lower()
    if "no-store" in said or "no-cache" in said:
        return 0.0
    found = _MAX_AGE.search(said)
    return KEPT_S if found is None else min(float(found[1]), LONGEST_KEPT_S)

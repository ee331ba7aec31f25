"""Telling a practice's systems that something changed: when to try again, and what is said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

WAITS_S: Final = (10, 60, 300, 1_800, 7_200, 28_800, 86_400)
"""Seconds before each further try; after the last one is used up, no more. Our own choice: a
system that is away for a weekend still hears on Monday, and polling never depends on it."""

LEASE_S: Final = 120
"""Seconds for which a try keeps others from trying. Longer than any answer is waited for."""


@dataclass(frozen=True, slots=True)
class Told:
    """One change to be told at one address.

    Attributes
    ----------
    notice_id : int
        The same at each try: the receiver knows a repeat by it.
    kind, resource_id, version : str, str, int
        Which resource changed, and to which version.
    at : datetime
        When the change was kept, UTC.
    """

    notice_id: int
    url: str
    secret: str
    kind: str
    resource_id: str
    version: int
    at: datetime

    @property
    def message_id(self) -> str:
        """The number that a receiver knows repeats by."""
        return f"notice-{self.notice_id}"

    def body(self) -> str:
        """What is sent: type, id and version, and nothing of anybody."""
        return json.dumps(
            {
                "type": "resource.changed",
                "timestamp": self.at.isoformat(),
                "data": {
                    "resourceType": self.kind,
                    "id": self.resource_id,
                    "versionId": str(self.version),
                },
            },
            separators=(",", ":"),
        )


class Courier(Protocol):
    """Brings a notice to an address. Never raises for an address that does not answer."""

    def bring(self, told: Told) -> int:
        """The HTTP status it was answered with; 0 when nobody answered."""


class NoCourier:
    """Brings nothing anywhere, and says that nobody answered."""

    def bring(self, told: Told) -> int:
        """Nobody answered."""
        return 0


def is_taken(status: int) -> bool:
    """Whether a receiver has the notice: any 2xx. A redirect is not followed and is no answer."""
    return 200 <= status < 300


def next_try(attempts: int, now: datetime) -> datetime | None:
    """When to try again after `attempts` tries in vain; None when it is over.

    >>> next_try(1, datetime(2026, 1, 5)).isoformat()
    '2026-01-05T00:00:10'
    >>> next_try(8, datetime(2026, 1, 5)) is None
    True
    """
    if not 1 <= attempts <= len(WAITS_S):
        return None
    return now + timedelta(seconds=WAITS_S[attempts - 1])

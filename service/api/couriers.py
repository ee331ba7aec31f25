"""Brings notices to the addresses of practices' systems, signed, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

import httpx
from standardwebhooks import Webhook

from service.referrals.notices import Told

LONGEST_S: Final = 10.0
"""How long an answer is waited for. Our own choice: a receiver should take note and answer."""


class HttpCourier:
    """Posts a notice as the Standard Webhooks specification says: id, timestamp and signature.

    A redirect is not followed, and nothing of an answer's body is read: the status is all there is
    to know, and a receiver has no way into Kith through it.
    """

    def __init__(self, client: httpx.Client | None = None) -> None:
        self._client = client or httpx.Client(
            timeout=LONGEST_S, follow_redirects=False, trust_env=False
        )

    def bring(self, told: Told) -> int:
        """The HTTP status it was answered with; 0 when nobody answered."""
        body, now = told.body(), datetime.now(UTC)
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "kith",
            "webhook-id": told.message_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(told.secret).sign(told.message_id, now, body),
        }
        try:
            with self._client.stream("POST", told.url, content=body, headers=headers) as answer:
                return answer.status_code
        except (httpx.HTTPError, httpx.InvalidURL):
            return 0

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

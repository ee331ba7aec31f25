"""The first things a request meets: a name for it, and a limit to its size."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.problems import problem

log = structlog.get_logger("kith.http")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class TooLarge(Exception):
    """The body went over the limit while it was read."""


class RequestGuard:
    """Names each request, refuses bodies over the limit, and logs without personal data.

    A log line has the route's template and never its query, so that no postcode or name that was
    searched for is written down.
    """

    def __init__(self, app: ASGIApp, *, max_body_bytes: int) -> None:
        self.app = app
        self.max_body_bytes = max_body_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = _request_id(headers)
        began = time.perf_counter()
        status = 500
        started = False

        async def named(message: Message) -> None:
            nonlocal status, started
            if message["type"] == "http.response.start":
                started, status = True, message["status"]
                MutableHeaders(scope=message)["X-Request-Id"] = request_id
            await send(message)

        try:
            if _declared(headers) > self.max_body_bytes:
                raise TooLarge
            await self.app(scope, self._limited(receive), named)
        except TooLarge:
            if not started:
                await self._refuse(scope, receive, named)
        finally:
            log.info(
                "request",
                method=scope["method"],
                route=_template(scope),
                status=status,
                ms=round((time.perf_counter() - began) * 1000, 1),
                request_id=request_id,
            )

    def _limited(self, receive: Receive) -> Receive:
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > self.max_body_bytes:
                raise TooLarge
            return message

        return limited

    async def _refuse(self, scope: Scope, receive: Receive, send: Send) -> None:
        answer = problem(
            413,
            "body-too-large",
            "The body is too large",
            f"A request may have at most {self.max_body_bytes:,} bytes. Send less at a time.",
            {"limit_bytes": self.max_body_bytes},
        )
        await answer(scope, receive, send)


def _request_id(headers: Headers) -> str:
    given = headers.get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _template(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "(none)")

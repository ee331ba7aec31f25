"""The first things a request meets: a name for it, a limit to its size, a net below its faults."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Awaitable, Callable
from typing import TypeAlias

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from geo.errors import DomainError
from service.api.errors import BodyTooLarge, Unforeseen
from service.api.problems import UNFORESEEN, status_of
from service.api.telling import tell
from service.logs import unforeseen

AsPage: TypeAlias = Callable[[Scope, int, str], Awaitable[Response | None]]

log = structlog.get_logger("kith.http")

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")


class RequestGuard:
    """Names each request, refuses bodies over the limit, and logs without personal data.

    A log line has the route's template and never its query, so that no postcode or name that was
    searched for is written down. HEAD is answered as GET is, without the body.
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
        answer = _Answer(
            send,
            request_id=_request_id(headers),
            method=scope["method"],
            is_private="authorization" in headers,
            correlation_id=_safe(headers.get("x-correlation-id", "")),
        )
        body = _Body(receive, self.max_body_bytes)
        began = time.perf_counter()
        # Where the pages of problems find it.
        scope = {**scope, "state": {**scope.get("state", {}), "request_id": answer.request_id}}
        if answer.method == "HEAD":
            # A copy: the server itself has to go on knowing that it was HEAD.
            scope = {**scope, "method": "GET"}
        scope.setdefault("state", {})["request_id"] = answer.request_id
        try:
            await self._serve(scope, body, answer)
        except Exception as error:
            unforeseen(error, answer.request_id)
            if answer.started:
                raise
            refusal = await _told(scope, Unforeseen(UNFORESEEN))
            await refusal(scope, receive, answer.send)
        finally:
            log.info(
                "request",
                method=answer.method,
                route=_template(scope),
                status=answer.status,
                ms=round((time.perf_counter() - began) * 1000, 1),
                request_id=answer.request_id,
            )

    async def _serve(self, scope: Scope, body: _Body, answer: _Answer) -> None:
        async def send(message: Message) -> None:
            # Whatever the application says of a body cut off here, the size is what is wrong.
            if not body.is_over:
                await answer.send(message)

        try:
            if _declared(Headers(scope=scope)) > self.max_body_bytes:
                raise _Over
            await self.app(scope, body.receive, send)
        except _Over:
            body.is_over = True
        if body.is_over:
            too_large = BodyTooLarge(
                f"A request may have at most {self.max_body_bytes:,} bytes. Send less at a time.",
                limit_bytes=self.max_body_bytes,
            )
            refusal = await _told(scope, too_large)
            await refusal(scope, body.receive, answer.send)


async def _told(scope: Scope, error: DomainError) -> Response:
    """The refusal as a page for whoever asked for one, where pages are served; else for a machine.

    The pages put `as_page` on the application, because this room knows nothing of them.
    """
    as_page: AsPage | None = getattr(scope["app"].state, "as_page", None)
    page = None if as_page is None else await as_page(scope, status_of(type(error)), error.message)
    return page or tell(scope["path"], error)


class _Over(Exception):
    """The body went over the limit while it was read."""


class _Body:
    """A request's body as it arrives, counted."""

    def __init__(self, receive: Receive, limit_bytes: int) -> None:
        self._receive = receive
        self._limit_bytes = limit_bytes
        self._taken_bytes = 0
        self.is_over = False

    async def receive(self) -> Message:
        message = await self._receive()
        self._taken_bytes += len(message.get("body", b""))
        if self._taken_bytes > self._limit_bytes:
            self.is_over = True
            raise _Over
        return message


class _Answer:
    """What is sent back: named, and without a body if none was asked for.

    The answer to somebody with a token is for them alone, and is kept by no cache on the way.
    """

    def __init__(
        self, send: Send, *, request_id: str, method: str, is_private: bool, correlation_id: str
    ) -> None:
        self._send = send
        self.request_id = request_id
        self.correlation_id = correlation_id
        self.method = method
        self.is_private = is_private
        self.status = 500
        self.started = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.started, self.status = True, message["status"]
            headers = MutableHeaders(scope=message)
            headers["X-Request-Id"] = self.request_id
            if self.correlation_id:
                headers["X-Correlation-Id"] = self.correlation_id
            headers.setdefault("X-Content-Type-Options", "nosniff")
            if self.is_private:
                headers.setdefault("Cache-Control", "no-store")
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)


def _request_id(headers: Headers) -> str:
    return _safe(headers.get("x-request-id", "")) or uuid.uuid4().hex


def _safe(given: str) -> str:
    """An id that may be given back and written down as it came; empty for any other text."""
    return given if _REQUEST_ID.fullmatch(given) else ""


def _declared(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isdigit() else 0


def _template(scope: Scope) -> str:
    route = scope.get("route")
    return getattr(route, "path", "(none)")

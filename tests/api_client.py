"""A running Kith for the tests: the example town on a database, in process and over HTTP.

The fixtures made of this are in `api_fixtures`.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI
from shared import ROOT
from sqlalchemy import URL, text
from town import WIDNES

from geo.gazetteer import Gazetteer
from service import bootstrap
from service.identity.actors import operator
from service.main import create_app
from service.parts import BRITAIN, Kith
from service.register.imports.example_town import load_example_town
from service.register.indexing import reindex
from service.settings import Settings
from service.store import schema
from service.store.base import utc_now
from service.store.work import Store

VAR = ROOT / "var"
PROBLEM = "application/problem+json"

# Children before parents.
PEOPLE_TABLES = (
    "received_message",
    "notice",
    "webhook",
    "referral_part_number",
    "referral_part",
    "asset_pair",
    "correction",
    "referral_identifier",
    "referral_source",
    "asset_shown",
    "unmet_need",
    "raised_flag",
    "launch",
    "person_join",
    "message_back",
    "recall",
    "disclosure",
    "signpost",
    "offer_event",
    "offer",
    "contact",
    "goal_action",
    "goal",
    "plan",
    "measurement",
    "risk",
    "safeguarding_concern",
    "referral_event",
    "referral_need",
    "consent",
    "referral",
    "person",
)
RECORD_TABLES = (
    "outbox_message",
    "audit_event",
    "audit_head",
    "machine_token",
    "access_token",
    "card_feedback",
    "used_assertion",
    "client_practice",
    "client",
    "rate_bucket",
)

REPLIED = "SELECT asset_id FROM asset WHERE times_asked > 0"
UNASKED = "UPDATE asset SET times_asked = 0, times_accepted = 0 WHERE times_asked > 0"
"""The example town is loaded with nobody asked yet."""


@dataclass(frozen=True)
class Town:
    """The example town on one database, and the application that serves it."""

    database: str
    store: Store
    settings: Settings
    app: FastAPI
    caller: Caller

    @property
    def kith(self) -> Kith:
        """The wired parts, as the doors are given them."""
        kith: Kith = self.app.state.kith
        return kith

    def clear(self) -> None:
        """Take away everybody who was referred, every token, every record and every reply.

        Groups' replies are counted in the register and weigh in every order of matches: left
        there, what a test is told would depend on which tests ran before it.
        """
        self.caller.forget()
        with self.store.work() as work:
            for table in (*PEOPLE_TABLES, *RECORD_TABLES):
                work.session.execute(text(f"DELETE FROM {table}"))
            replied = work.session.scalars(text(REPLIED)).all()
            if replied:
                work.session.execute(text(UNASKED))
                reindex(work, replied)

    def counts(self) -> dict[str, int]:
        """Rows of every table."""
        with self.store.read() as session:
            return {
                name: session.scalar(text(f"SELECT count(*) FROM {name}"))
                for name in sorted(bootstrap.metadata().tables)
            }


class Caller:
    """HTTP into an application in this process, one call at a time or from many threads."""

    def __init__(self, app: FastAPI) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=False)
        self._client = httpx.AsyncClient(transport=transport, base_url="http://kith.test")

    def request(self, method: str, path: str, **sent) -> httpx.Response:
        """Send one request and wait for its answer."""
        call = self._client.request(method, path, **sent)
        return asyncio.run_coroutine_threadsafe(call, self._loop).result(60)

    def forget(self) -> None:
        """Be nobody again: a cookie of one test is not sent by the next."""
        self._client.cookies.clear()

    def close(self) -> None:
        """End the loop and its thread."""
        asyncio.run_coroutine_threadsafe(self._client.aclose(), self._loop).result(10)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()


@dataclass(frozen=True)
class Api:
    """The town's API as one practice's system calls it; without a token as anybody does."""

    town: Town
    token: str | None = None

    def request(self, method: str, path: str, **sent) -> httpx.Response:
        """Send one request, with the token unless other headers say otherwise."""
        headers = dict(sent.pop("headers", {}))
        if self.token is not None:
            headers.setdefault("Authorization", f"Bearer {self.token}")
        return self.town.caller.request(method, path, headers=headers, **sent)

    def get(self, path: str, **sent) -> httpx.Response:
        """GET."""
        return self.request("GET", path, **sent)

    def post(self, path: str, **sent) -> httpx.Response:
        """POST."""
        return self.request("POST", path, **sent)


def referral_body(**changes) -> dict[str, Any]:
    """A referral of an invented person from the practice in Widnes, changed as a test needs."""
    yesterday = utc_now().astimezone(BRITAIN).date() - timedelta(days=1)
    body: dict[str, Any] = {
        "practice": WIDNES,
        "person": {
            "nhs_number": "9990000344",
            "given_name": "Nora",
            "family_name": "Larkrise",
            "birth_date": "1952-04-17",
        },
        "postcode": "WA8 0DQ",
        "needs": ["loneliness_isolation", "bereavement"],
        "facts": {"gender": "female", "access_needed": ["step_free"]},
        "consent": {"given": True, "on": yesterday.isoformat(), "taken_by": "GP", "how": "asked"},
        "reason": "On her own since last spring.",
    }
    return body | changes


def told(answer: httpx.Response, status: int, slug: str) -> dict[str, Any]:
    """The problem of an answer that failed as expected: its status, slug and shape are checked."""
    assert answer.status_code == status, (answer.status_code, answer.text[:500])
    assert answer.headers["Content-Type"] == PROBLEM
    body: dict[str, Any] = answer.json()
    assert body["type"] == f"/problems/{slug}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith((".", "?")), body["detail"]
    assert answer.headers["X-Request-Id"]
    return body


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """A real HTTP server for `app` on a free port, for as long as the block runs."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.005)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(20)


@contextmanager
def town_on(
    url: URL, gazetteer: Gazetteer, *, load: bool = True, var_dir: Path = VAR
) -> Iterator[Town]:
    """The application on the database at `url`, brought into shape and filled if asked."""
    settings = Settings(
        var_dir=var_dir, database_url=url.render_as_string(hide_password=False), pool_size=20
    )
    if load:
        store = bootstrap.open_store(settings)
        schema.upgrade(store.engine, bootstrap.metadata())
        today = utc_now().astimezone(BRITAIN).date()
        with store.work() as work:
            load_example_town(work, by=operator(), gazetteer=gazetteer, today=today)
        store.engine.dispose()
    app = create_app(settings)
    caller = Caller(app)
    try:
        yield Town(url.get_backend_name(), app.state.kith.store, settings, app, caller)
    finally:
        caller.close()
        app.state.kith.store.engine.dispose()

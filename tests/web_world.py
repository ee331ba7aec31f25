"""A Kith with staff, for tests of pages, and a plain browser that keeps cookies and sends forms.

The fixtures made of this are in `web_fixtures`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import unescape

import httpx
from api_client import PEOPLE_TABLES, RECORD_TABLES, Caller, Town
from fastapi import FastAPI
from sqlalchemy import text

from service import bootstrap
from service.identity.actors import Actor, operator
from service.identity.demo_staff import add_demo_staff
from service.identity.sessions import Limits, open_session
from service.identity.sign_in import Vouched, complete
from service.identity.staff import DEVELOPMENT, actor_of_staff
from service.main import create_app
from service.settings import Settings

STAFF_TABLES = (
    "break_glass",
    "kept_form",
    "sign_in_attempt",
    "staff_session",
    "rate_bucket",
    "staff_role",
    "staff_member",
)
LOCAL = "http://localhost"


@dataclass
class Web:
    """The example town with staff on one database, and the application that serves it."""

    town: Town
    staff: dict[str, int]

    @property
    def app(self) -> FastAPI:
        """The application."""
        return self.town.app

    @property
    def store(self):
        """The database."""
        return self.town.store

    def actor(self, subject: str) -> Actor:
        """One of the demonstration's people as an actor: `link-worker-widnes`."""
        with self.store.read() as session:
            return actor_of_staff(session, self.staff[subject])

    def session(self, subject: str) -> str:
        """The secret of a new session of theirs: what the cookie `kith` holds."""
        actor = self.actor(subject)
        with self.store.work() as work:
            return open_session(work, by=actor, limits=Limits())

    def browser(self, subject: str | None = None, caller: Caller | None = None) -> Browser:
        """A browser in which this person is signed in; nobody when no one is named."""
        cookies = {} if subject is None else {"kith": self.session(subject)}
        return Browser(caller or self.town.caller, cookies)

    def scalar(self, statement: str, **values):
        """One value from the database, past every gate."""
        with self.store.read() as session:
            return session.scalar(text(statement), values)

    def run(self, statement: str, **values) -> None:
        """Change something behind Kith's back."""
        with self.store.work() as work:
            work.session.execute(text(statement), values)


@dataclass
class Browser:
    """Keeps cookies, sends forms with their hidden token, and does not follow redirects."""

    caller: Caller
    cookies: dict[str, str] = field(default_factory=dict)
    page: str = ""

    def get(self, path: str, **sent) -> httpx.Response:
        """GET."""
        return self._send("GET", path, **sent)

    def post(self, path: str, data: dict | None = None, *, csrf: str | None = "", **sent):
        """Send a form with the token of the last page, unless another (or None) is given."""
        fields = dict(data or {})
        token = self.csrf() if csrf == "" else csrf
        if token is not None:
            fields["csrf"] = token
        headers = {"Origin": LOCAL, **sent.pop("headers", {})}
        return self._send("POST", path, data=fields, headers=headers, **sent)

    def csrf(self) -> str:
        """The token in the last page that was got."""
        found = re.search(r'name="csrf" value="([0-9a-f]{64})"', self.page)
        assert found, "the last page has no form"
        return found[1]

    def hidden(self) -> dict[str, str]:
        """Every hidden field of the last page, the last of a name."""
        fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', self.page)
        return {name: unescape(value) for name, value in fields if name != "csrf"}

    def _send(self, method: str, path: str, **sent) -> httpx.Response:
        headers = {"Accept": "text/html", **sent.pop("headers", {})}
        # Always some cookie: the shared client would send those of another browser otherwise.
        held = {"other": "1"} | self.cookies
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in held.items())
        address = path if path.startswith("http") else f"{LOCAL}{path}"
        answer = self.caller.request(method, address, headers=headers, **sent)
        for line in answer.headers.get_list("set-cookie"):
            name, value = line.split(";")[0].split("=", 1)
            if value.strip('"'):
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        if "text/html" in answer.headers.get("content-type", ""):
            self.page = answer.text
        return answer


def sign_in_again(web: Web, old: str, subject: str) -> Browser:
    """A browser in which somebody signs in after `old` has ended, as the provider's return does."""
    with web.store.work() as work:
        secret = complete(
            work,
            vouched=Vouched(DEVELOPMENT, subject, "", ""),
            browser=old,
            limits=Limits(),
            adds_staff=False,
        )
    browser = web.browser()
    browser.cookies["kith"] = secret
    return browser


def with_staff(town: Town) -> Web:
    """The town emptied of people and sessions, with the demonstration's staff."""
    there = set(bootstrap.metadata().tables)
    with town.store.work() as work:
        for table in (*STAFF_TABLES, *PEOPLE_TABLES, *RECORD_TABLES):
            if table in there:
                work.session.execute(text(f"DELETE FROM {table}"))
        staff = add_demo_staff(work, by=operator())
    return Web(town, staff)


@contextmanager
def app_like(town: Town, **changes) -> Iterator[Caller]:
    """Another application on the same database, with some settings changed."""
    url = town.store.engine.url.render_as_string(hide_password=False)
    settings = Settings(
        **{"var_dir": town.settings.var_dir, "database_url": url, "pool_size": 5, **changes}
    )
    app = create_app(settings)
    caller = Caller(app)
    try:
        yield caller
    finally:
        caller.close()
        app.state.kith.store.engine.dispose()

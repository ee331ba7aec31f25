"""Somebody is planted in every form of the work on a referral, and found nowhere outside it."""

from __future__ import annotations

import io
import logging
import re
from contextlib import redirect_stderr
from html import unescape

import httpx
import pytest
from api_client import served
from case_world import GP, OTHER, TODAY, WORKER, case, web_day
from sqlalchemy import text
from structlog.testing import capture_logs
from web_world import LOCAL, Web

pytest_plugins = ("web_fixtures",)

PLANTED = (
    "Quillon", "Featherstonehaugh", "9990548609", "999 054 8609", "WA8 0DQ", "WA80DQ", "WA8+0DQ",
    "01632 960987", "Zephyrine", "bees", "1952-04-17",
)  # fmt: skip
NOTE = "Zephyrine keeps bees and is lonely since spring"
HELP = (
    {"words": NOTE},
    {"name": "Quillon Featherstonehaugh", "reach_by": "text", "telephone": "01632 960987"},
    {"postcode": "WA8 0DQ"},
    {"surgery": "N81011"},
    {"agreed": "true"},
)
WHO = "Quillon Featherstonehaugh 17 4 1952 999 054 8609"


class Heard(logging.Handler):
    """Every line of every logger, but those of the caller's own client."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if not record.name.startswith(("httpx", "httpcore", "hypothesis")):
            self.lines.append(f"{record.name} {self.format(record)} {record.exc_info}")


def hidden(page: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page):
        found.setdefault(name, []).append(unescape(value))
    return found


def fill(client: httpx.Client, at: str, form: dict, to: str = "") -> httpx.Response:
    page = client.get(at)
    assert page.status_code == 200, at
    headers = {"Origin": str(client.base_url).rstrip("/")}
    return client.post(to or at, data=hidden(page.text) | form, headers=headers)


def everything(web: Web, address: str) -> list[httpx.Response]:
    """Rightly and wrongly, by those who may and by those who may not."""
    answers = []
    one = case(web)
    accept = {"Accept": "text/html"}
    with httpx.Client(base_url=address, timeout=60, headers=accept) as visitor:
        page = visitor.get("/help")
        for form in HELP:
            data = hidden(page.text) | form | {"go": "on"}
            page = visitor.post("/help", data=data, headers={"Origin": address})
            answers.append(page)
        answers.append(fill(visitor, "/help", {"words": NOTE * 200, "go": "on"}))
        answers.append(visitor.get(f"/help/{NOTE}"))
    for subject in (GP, WORKER, OTHER):
        cookies = {"kith": web.session(subject)}
        with httpx.Client(base_url=address, timeout=60, headers=accept, cookies=cookies) as client:
            asked = {"who": WHO, "postcode": "WA8 0DQ", "note": NOTE, "agreed": "true"}
            asked["practice"] = "N81011" if subject != OTHER else "N81019"
            answers.append(fill(client, "/refer", asked))
            answers.append(fill(client, "/refer", asked | {"who": "Quillon 999 054 8608"}))
            if subject == GP:
                answers.append(client.get("/sent", params={"show": NOTE, "from": WHO}))
                danger = asked | {"note": f"{NOTE}. Thinks of ending her life this week."}
                there = fill(client, "/refer", danger).headers["Location"]
                sign = f"{there}/danger/suicide_selfharm"
                closing = {"name": "Quillon", "role": "GP", "outcome": f"{NOTE}, and is safe."}
                answers.append(fill(client, sign, closing | {"role": ""}))
                answers.append(fill(client, sign, closing))
                vague = fill(client, "/refer", asked | {"note": "Please help."})
                answers.append(fill(client, vague.headers["Location"], {"answer": NOTE}))
                continue
            start = f"/referrals/{one}"
            if subject == OTHER:
                answers += [client.get(f"{start}/{part}") for part in ("plan", "letter")]
                continue
            answers += [
                client.get(path, params={"who": WHO, "practice": NOTE, "show": WHO})
                for path in ("/inbox", "/caseload")
            ]
            days = web_day(TODAY, "taken_on")
            contact = {"note": NOTE, "mode": "text", "outcome": "spoke", "next_action": NOTE}
            contact |= {"happened_at": "00:00", **web_day(TODAY, "happened_on")}
            for at, form in (
                ("contacts", contact),
                ("contacts", contact | {"mode": ""}),
                ("plan/about", {"what_matters": NOTE, "strengths": NOTE}),
                ("plan/about", {"what_matters": NOTE, "seen": "1"}),
                ("plan/goals/new", {"hope": NOTE}),
                ("plan/risks", {"answer": "risk", "risk": NOTE}),
                ("outcomes/ons4", {"happy": NOTE, **days}),
                ("plan/concerns/new", {"concern": NOTE}),
                ("sharing", {"text": NOTE}),
                ("sharing", {"text": NOTE, "said": "yes"}),
                ("closing", {"ending": "left", "reason": "other", "reason_text": NOTE}),
            ):
                answers.append(fill(client, f"{start}/{at}", form, f"{start}/{at}"))
            made = fill(client, f"{start}/letter", {})
            draft = made.headers["Location"]
            answers.append(fill(client, draft, {"body": NOTE}))
            answers.append(fill(client, f"{draft}/preview", {}, f"{draft}/send"))
    return answers


def test_nothing_of_a_person_is_in_a_log_an_address_the_audit_or_the_outbox(web: Web) -> None:
    heard, printed = Heard(), io.StringIO()
    root = logging.getLogger()
    before = root.level
    root.addHandler(heard)
    root.setLevel(logging.DEBUG)
    try:
        with (
            redirect_stderr(printed),
            capture_logs() as logs,
            served(web.app) as address,
        ):
            answers = everything(web, address)
    finally:
        root.setLevel(before)
        root.removeHandler(heard)
    assert not [answer.status_code for answer in answers if answer.status_code >= 500]
    assert sum(answer.status_code == 303 for answer in answers) >= 8
    found = {
        "structured log": str(logs),
        "plain log": "\n".join(heard.lines),
        "standard error": printed.getvalue(),
        "addresses": " ".join(answer.headers.get("Location", "") for answer in answers),
    }
    with web.store.read() as session:
        for table in ("audit_event", "outbox_message", "rate_bucket"):
            found[table] = str(session.execute(text(f"SELECT * FROM {table}")).all())
    for where, said in found.items():
        for part in PLANTED:
            assert part.lower() not in said.lower(), (where, part)
    kept = [
        answer.url.path for answer in answers if answer.headers.get("Cache-Control") != "no-store"
        and answer.status_code != 404
    ]  # fmt: skip
    assert kept == []


@pytest.mark.parametrize("path", ["/help", "/refer"])
def test_an_address_with_a_query_is_answered_as_one_without(quick_web: Web, path: str) -> None:
    browser = quick_web.browser(GP)
    answer = browser.get(f"{LOCAL}{path}", params={"words": NOTE, "who": WHO})
    assert answer.status_code == 200
    assert "Zephyrine" not in answer.text
    assert "Quillon" not in answer.text

"""Every address is on the list of public ones, or needs somebody who is signed in."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from page_routes import pages_of
from web_world import Browser, Web, sign_in_again

from service.store.base import utc_now

pytest_plugins = ("web_fixtures",)

PUBLIC = {
    "GET /",
    "GET /help",
    "POST /help",
    "GET /problems",
    "GET /problems/{slug}",
    "GET /register",
    "POST /register",
    "GET /register/map",
    "GET /register/{asset_id:int}",
    "GET /register/{asset_id:int}/correct",
    "POST /register/{asset_id:int}/correct",
    "GET /sign-in",
    "GET /sign-in/begin",
    "GET /sign-in/return",
    "GET /signed-out",
    "POST /sign-out",
    # The development sign-in, there only where nobody else can reach the server.
    "GET /development-sign-in/.well-known/openid-configuration",
    "GET /development-sign-in/jwks",
    "GET /development-sign-in/authorise",
    "POST /development-sign-in/authorise",
    "POST /development-sign-in/token",
}
"""Pages for anybody. A page that is not here must send a stranger to sign in."""


def filled(path: str) -> str:
    return re.sub(r"\{[^}]+\}", "1", path)


def test_every_page_is_public_by_list_or_needs_sign_in(quick_web: Web) -> None:
    pages = pages_of(quick_web.app)
    assert len(pages) >= 15, pages
    for method, path in pages:
        if f"{method} {path}" in PUBLIC:
            continue
        browser = quick_web.browser()
        if method == "GET":
            answer = browser.get(filled(path))
        else:
            browser.get("/sign-in")
            browser.get("/sign-in/begin")
            from service.web.visit import csrf_of

            answer = browser.post(filled(path), csrf=csrf_of(browser.cookies["kith"]))
        assert answer.status_code == 303, (method, path, answer.status_code)
        assert answer.headers["Location"].startswith("/sign-in?"), (method, path)


def test_the_list_of_public_pages_names_only_what_is_there(quick_web: Web) -> None:
    there = {f"{method} {path}" for method, path in pages_of(quick_web.app)}
    assert there >= PUBLIC, PUBLIC - there


def test_every_form_is_refused_without_the_token_of_the_browser(quick_web: Web) -> None:
    posts = [path for method, path in pages_of(quick_web.app) if method == "POST"]
    for path in posts:
        if path == "/development-sign-in/token":
            continue
        browser = quick_web.browser("lead-halton")
        for csrf in (None, "0" * 64):
            answer = browser.post(filled(path), csrf=csrf)
            assert answer.status_code == 403, (path, answer.status_code)
            assert "did not come from a page" in answer.text


TYPED = {
    "note": "Line one\nשלום, مرحبا \U0001f9f6 <b>&amp;</b> 'quoted' \"twice\"",
    "several": ["first", "second"],
    "long": "Nora likes to sing. " * 1_000,
    "empty": "",
}
"""What somebody might have typed: of several lines, any script, 20,000 characters, a list."""


def test_no_form_loses_what_was_typed_when_the_session_has_ended(quick_web: Web) -> None:
    posts = [
        path
        for method, path in pages_of(quick_web.app)
        if method == "POST" and f"POST {path}" not in PUBLIC
    ]
    assert len(posts) > 35, "every form for somebody who is signed in"
    quick_web.run("DELETE FROM kept_form")
    began = utc_now()
    for path in posts:
        with time_machine.travel(began, tick=False):
            browser = quick_web.browser("lead-halton")
            browser.get("/start")
            token = browser.csrf()
        with time_machine.travel(began + timedelta(minutes=45), tick=False):
            late = browser.post(filled(path), TYPED, csrf=token)
            assert late.status_code == 303, path
            kept = parse_qs(urlsplit(late.headers["Location"]).query)["next"][0]
            assert kept.startswith("/kept/"), path
            assert "What you typed is kept" in browser.get(late.headers["Location"]).text
            again = sign_in_again(quick_web, browser.cookies["kith"], "lead-halton")
            page = again.get(kept)
            assert page.status_code == 200, path
            assert f'action="{filled(path)}"' in page.text
            fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', page.text)
            sent = [(name, unescape(value)) for name, value in fields if name != "csrf"]
            assert sent == [
                ("note", TYPED["note"]),
                *(("several", each) for each in TYPED["several"]),
                ("long", TYPED["long"]),
                ("empty", ""),
            ], path
    assert quick_web.scalar("SELECT count(*) FROM kept_form") == len(posts)


def test_a_public_form_needs_no_session_to_end(quick_web: Web) -> None:
    began = utc_now()
    with time_machine.travel(began, tick=False):
        browser = quick_web.browser("steward-halton")
        browser.get("/register/1/correct")
        token = browser.csrf()
    with time_machine.travel(began + timedelta(minutes=45), tick=False):
        said = {"field": "contact", "proposed": "Ask for the host", "how_known": "I run it"}
        sent = browser.post("/register/1/correct", said, csrf=token)
    assert (sent.status_code, "Thank you" in sent.text) in {(200, True), (303, False)}


def test_a_form_of_another_site_is_refused_even_with_the_token(quick_web: Web) -> None:
    browser = quick_web.browser("lead-halton")
    browser.get("/start")
    for origin in ("https://evil.example", "null", "http://localhost:81"):
        answer = browser.post("/sign-out", headers={"Origin": origin})
        assert answer.status_code == 403, origin
    assert browser.get("/me").status_code == 200
    assert browser.post("/sign-out").status_code == 303


@pytest.mark.parametrize(
    "path", ["/", "/sign-in", "/me", "/start", "/nothing-here", "/break-glass", "/problems"]
)
def test_every_page_has_the_headers_that_keep_it_safe(quick_web: Web, path: str) -> None:
    answer = quick_web.browser("lead-halton").get(path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert "http" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    if answer.status_code != 303:
        assert answer.headers["Cache-Control"] == "no-store"
        assert " style=" not in answer.text
        assert " onclick=" not in answer.text
        assert re.findall(r"<script(?![^>]* src=)", answer.text) == []
        assert re.findall(r'(?:src|href|action)="(?!/|#)', answer.text) == []


def test_each_role_finds_its_own_pages_and_no_other(quick_web: Web) -> None:
    def status(subject: str, path: str) -> int:
        return quick_web.browser(subject).get(path).status_code

    for subject in ("practice-widnes", "steward-halton", "commissioner-halton"):
        assert status(subject, "/break-glass") == 404
    assert status("link-worker-widnes", "/break-glass") == 200
    for path in ("/steward", "/steward/duplicates", "/steward/assets/new", "/steward/assets/1"):
        for subject in quick_web.staff:
            assert status(subject, path) == (200 if subject == "steward-halton" else 404), path
    for subject in quick_web.staff:
        assert status(subject, "/maps") == 200
    for subject in quick_web.staff:
        assert status(subject, "/me") == 200
        assert status(subject, "/start") == 200


def test_a_refused_attempt_is_written_down_without_the_address(quick_web: Web) -> None:
    browser: Browser = quick_web.browser("lead-halton")
    browser.post("/kept/9990000018/drop", {"note": "Nora Larkrise"}, csrf=None)
    subject = quick_web.scalar("SELECT subject FROM audit_event WHERE action = 'refused'")
    details = quick_web.scalar("SELECT details FROM audit_event WHERE action = 'refused'")
    assert subject == "route:/kept/{kept_id}/drop"
    assert "9990000018" not in str(details)
    assert "Nora" not in str(details)

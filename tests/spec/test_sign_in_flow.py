"""The whole way in and out, over HTTP, with the development provider as a real one."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from api_client import served
from web_world import Web, app_like

pytest_plugins = ("web_fixtures",)


def csrf_of(page: str) -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]{64})"', page)
    assert found
    return found[1]


def hidden(page: str) -> dict[str, str]:
    from html import unescape

    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', page)
    return {name: unescape(value) for name, value in fields}


def sign_in(client: httpx.Client, subject: str, next_path: str = "/me") -> httpx.Response:
    """Go through the pages as a person does; returns the last answer of the provider's return."""
    page = client.get("/sign-in", params={"next": next_path})
    assert "Nobody’s password is checked" in page.text
    begun = client.get("/sign-in/begin", params={"next": next_path})
    assert begun.status_code == 303
    chooser = client.get(begun.headers["Location"])
    assert "This is a development sign-in" in chooser.text
    fields = hidden(chooser.text) | {"subject": subject}
    back = client.post(
        "/development-sign-in/authorise",
        data=fields,
        headers={"Origin": str(client.base_url).rstrip("/")},
    )
    assert back.status_code == 303, back.text
    return client.get(back.headers["Location"])


def test_a_link_worker_signs_in_works_and_signs_out(web: Web) -> None:
    with (
        served(web.app) as address,
        httpx.Client(base_url=address, timeout=60, headers={"Accept": "text/html"}) as client,
    ):
        assert client.get("/me").headers["Location"].startswith("/sign-in?next=%2Fme")
        planted = client.cookies.get("kith")
        done = sign_in(client, "link-worker-widnes")
        assert (done.status_code, done.headers["Location"]) == (303, "/me")
        cookie = done.headers["set-cookie"]
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert client.cookies.get("kith") != planted
        me = client.get("/me")
        assert "Asha Brightwater" in me.text
        assert "Bevan Group Practice" in me.text
        assert "Castlefields" not in me.text
        secret = client.cookies.get("kith")
        gone = client.post(
            "/sign-out", data={"csrf": csrf_of(me.text)}, headers={"Origin": address}
        )
        assert gone.headers["Location"] == "/signed-out"
        assert client.cookies.get("kith") is None
        client.cookies.set("kith", secret or "")
        assert client.get("/me").status_code == 303
    actions = web.scalar(
        "SELECT count(*) FROM audit_event WHERE action IN ('sign_in.done','sign_out')"
    )
    assert actions == 2


def test_another_kith_signs_in_over_real_http_and_takes_nobody_unlisted(web: Web) -> None:
    with served(web.app) as provider:
        issuer = f"{provider}/development-sign-in"
        # The provider gives codes to itself only; a client elsewhere is turned away.
        with app_like(
            web.town,
            sign_in="oidc",
            oidc_issuer=issuer,
            oidc_client_id="kith",
            oidc_algorithms=("ES256",),
        ) as caller:
            browser = web.browser(caller=caller)
            begun = browser.get("/sign-in/begin")
            assert begun.headers["Location"].startswith(f"{issuer}/authorise?")
            asked = parse_qs(urlsplit(begun.headers["Location"]).query)
            assert asked["code_challenge_method"] == ["S256"]
            assert asked["response_type"] == ["code"]
            refused = httpx.get(begun.headers["Location"], headers={"Accept": "text/html"})
            assert refused.status_code == 403
            assert "/development-sign-in/authorise" not in refused.text


def test_a_code_of_another_browser_is_refused_and_written_down(web: Web) -> None:
    with (
        served(web.app) as address,
        httpx.Client(base_url=address, timeout=60) as thief,
        httpx.Client(base_url=address, timeout=60) as victim,
    ):
        victim.get("/sign-in/begin")
        begun = thief.get("/sign-in/begin")
        chooser = thief.get(begun.headers["Location"])
        fields = hidden(chooser.text) | {"subject": "lead-halton"}
        back = thief.post(
            "/development-sign-in/authorise", data=fields, headers={"Origin": address}
        )
        planted = victim.get(back.headers["Location"])
        assert planted.status_code == 403
        assert "begun somewhere else" in planted.text
        assert victim.get("/me").status_code == 303
        # Used once by the wrong browser does not spoil it for the right one; twice does.
        assert thief.get(back.headers["Location"]).status_code == 303
        assert thief.get(back.headers["Location"]).status_code == 403
    failed = web.scalar("SELECT count(*) FROM audit_event WHERE action = 'sign_in.failed'")
    assert failed == 2


def test_somebody_who_has_left_is_told_whom_to_ask(web: Web) -> None:
    with (
        served(web.app) as address,
        httpx.Client(base_url=address, timeout=60, headers={"Accept": "text/html"}) as client,
    ):
        begun = client.get("/sign-in/begin")
        chooser = client.get(begun.headers["Location"])
        fields = hidden(chooser.text) | {"subject": "commissioner-halton"}
        back = client.post(
            "/development-sign-in/authorise", data=fields, headers={"Origin": address}
        )
        web.run("UPDATE staff_member SET ended_at = added_at WHERE subject = 'commissioner-halton'")
        refused = client.get(back.headers["Location"])
        assert refused.status_code == 403
        assert "Ask the person who runs Kith" in refused.text
        assert "commissioner-halton" in refused.text
        assert client.get("/me").status_code == 303


@pytest.mark.parametrize(
    "next_path", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:1", ""]
)
def test_nobody_is_led_away_after_signing_in(quick_web: Web, next_path: str) -> None:
    from service.web.pages.sign_in import own_path

    assert own_path(next_path) == "/start"
    page = quick_web.browser().get("/sign-in", params={"next": next_path})
    assert "evil" not in page.text

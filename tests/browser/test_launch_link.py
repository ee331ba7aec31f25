"""Coming from another system by a link: signing in first, the form filled in, and a calm end."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import httpx
import pytest
from api_client import served
from town import WIDNES, token_for
from web_world import Web

pytest_plugins = ("web_fixtures",)

SENT = {
    "practice": str(WIDNES),
    "person": {"nhs_number": "9990000344", "given_name": "Nora", "family_name": "Larkrise"},
    "postcode": "WA8 0DQ",
    "reason": "On her own since last spring. Would like company.",
}


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


@pytest.fixture
def link(quick_web: Web, address: str) -> str:
    headers = {"Authorization": f"Bearer {token_for(quick_web.store, WIDNES)}"}
    answer = httpx.post(f"{address}/v1/launches", json=SENT, headers=headers)
    assert answer.status_code == 201, answer.text
    return answer.json()["url"]


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
@pytest.mark.parametrize("width", [1280, 320])
def test_the_whole_way(link: str, open_page: Callable, script: bool, width: int) -> None:
    seen = open_page(link, width=width, java_script_enabled=script)
    page = seen.page
    # Nobody is signed in by the link, and nothing of the person is shown before.
    assert page.title() == "Sign in – Kith"
    assert "Larkrise" not in page.content()
    page.get_by_role("button", name="Sign in to try Kith out").click()
    page.get_by_role("button", name="Be Dr Lena Marshwick").click()
    page.wait_for_url("**/launch/**")
    # Opening the address has used nothing up: it can be opened again, and shows no name yet.
    page.reload()
    assert page.inner_text("h1") == "Open the referral form"
    assert "Larkrise" not in page.content()
    assert seen.across() <= width
    if script:
        assert seen.axe() == []
    page.get_by_role("button", name="Open the referral form").click()
    page.wait_for_selector("#who")
    assert page.input_value("#who") == "9990000344 Nora Larkrise"
    assert page.input_value("#postcode") == "WA8 0DQ"
    assert "Would like company" in page.input_value("#note")
    assert "has opened this form" in page.inner_text("main")
    assert seen.across() <= width
    if script:
        assert seen.axe() == []
    page.goto(link)
    assert page.inner_text("h1") == "This link no longer works"
    assert "nothing is lost" in page.inner_text("main")
    if script:
        assert seen.axe() == []
    page.get_by_role("link", name="Go to my start page").click()
    page.wait_for_url("**/start")
    assert len(seen.hosts()) == 1

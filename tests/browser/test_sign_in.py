"""Signing in with a real browser: by keyboard alone, without JavaScript, and checked by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from api_client import served
from web_world import Web

pytest_plugins = ("web_fixtures",)


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


def tab_to(page, text: str) -> None:
    """Press Tab until what has the focus says `text`."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate("() => document.activeElement.innerText || ''")
        if text in said:
            return
    raise AssertionError(f"nothing that says “{text}” can be reached with Tab")


def test_by_keyboard_alone(address: str, open_page: Callable) -> None:
    seen = open_page(f"{address}/me")
    page = seen.page
    assert page.title() == "Sign in – Kith"
    page.keyboard.press("Tab")
    assert page.evaluate("() => document.activeElement.innerText") == "Skip to main content"
    tab_to(page, "Sign in to try Kith out")
    page.keyboard.press("Enter")
    page.wait_for_url("**/development-sign-in/authorise**")
    tab_to(page, "Be Asha Brightwater")
    page.keyboard.press("Enter")
    page.wait_for_url("**/me")
    assert "What I may do" in page.inner_text("h1")
    tab_to(page, "Sign out")
    page.keyboard.press("Enter")
    page.wait_for_url("**/signed-out")
    assert seen.errors == []
    assert {address.split("//")[1]} == seen.hosts()


def test_without_javascript(address: str, open_page: Callable) -> None:
    page = open_page(f"{address}/sign-in", java_script_enabled=False).page
    page.get_by_role("button", name="Sign in to try Kith out").click()
    page.get_by_role("button", name="Be Grace Oakhollow").click()
    page.wait_for_url("**/start")
    page.get_by_role("link", name="Grace Oakhollow").click()
    assert "see who has seen and changed what" in page.inner_text("main")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/signed-out")


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_wrong(
    quick_web: Web, address: str, open_page: Callable, width: int
) -> None:
    seen = open_page(f"{address}/sign-in", width=width)
    wrong = {"/sign-in": seen.axe()}
    # Until its styles are there, a page has targets of any size.
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name="Sign in to try Kith out").click()
    wrong["choose"] = seen.axe()
    seen.page.get_by_role("button", name="Be Grace Oakhollow").click()
    seen.page.wait_for_url("**/start")
    for path in ("/start", "/me", "/", "/break-glass", "/problems", "/no-such-page"):
        seen.page.goto(f"{address}{path}")
        wrong[path] = seen.axe()
        across = seen.across()
        assert across <= width, (path, across)
    seen.page.goto(f"{address}/break-glass")
    with seen.page.expect_navigation():
        seen.page.get_by_role("button", name="Open it for one hour").click()
    assert seen.page.title().startswith("Error: ")
    wrong["errors"] = seen.axe()
    seen.page.get_by_role("link", name="Enter the referral number.").click()
    assert seen.page.evaluate("() => document.activeElement.id") == "referral"
    assert {name: found for name, found in wrong.items() if found} == {}

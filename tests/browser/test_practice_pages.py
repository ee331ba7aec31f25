"""The practice's own pages in a real browser: what it sent, and a danger sign dealt with."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from api_client import served
from case_world import GP, state
from inbox_people import inbox_of_the_town
from journey_hands import Finger, Hand, Keys
from web_world import Web

pytest_plugins = ("web_fixtures",)

PHONE = {"width": 320, "height": 640, "has_touch": True, "is_mobile": True}


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


@pytest.mark.parametrize(
    ("hand", "options"),
    [
        pytest.param(Keys, {}, id="keyboard"),
        pytest.param(Hand, {"java_script_enabled": False}, id="without JavaScript"),
        pytest.param(Finger, PHONE, id="phone"),
    ],
)
def test_from_the_list_to_a_danger_sign_that_a_clinician_has_dealt_with(
    quick_web: Web, address: str, open_page: Callable, hand: type[Hand], options: dict[str, object]
) -> None:
    ids = inbox_of_the_town(quick_web.town.kith)
    secret = quick_web.session(GP)

    def give(context) -> None:
        context.add_cookies([{"name": "kith", "value": secret, "url": address}])

    seen = open_page(f"{address}/start", before=give, **options)
    page, held = seen.page, hand(seen.page)
    script = options.get("java_script_enabled", True)
    wrong: list[str] = []

    def look() -> None:
        if script:
            wrong.extend(seen.axe())

    held.look()
    menu = page.get_by_role("navigation", name="Menu")
    more = menu.get_by_role("button", name="More")
    if more.is_visible():
        # On a narrow screen the ways that have no room are behind it.
        more.click()
    held.press(menu.get_by_role("link", name="Referrals sent"))
    look()
    held.press(page.get_by_role("link", name="A clinician has dealt with it"))
    look()
    held.press(page.get_by_role("button", name="Write it down and close the sign"))
    assert page.title().startswith("Error: ")
    look()
    held.write(page.get_by_label("Clinician’s name"), "Dr Lena Marshwick")
    held.write(page.get_by_label("Their role"), "GP")
    held.write(page.get_by_label("What was done"), "Saw him today; he is safe.")
    held.press(page.get_by_role("button", name="Write it down and close the sign"))
    assert "Dr Lena Marshwick has seen it" in page.inner_text("main")
    look()
    assert state(quick_web, ids["ivo"]) == "received"
    assert wrong == []
    assert held.wrong == []
    assert seen.hosts() == {address.split("//")[1]}

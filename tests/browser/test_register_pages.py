"""The register's pages in a real browser: checked by axe, on a phone, without JavaScript."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from api_client import served
from web_world import Web

from service.identity.actors import visitor
from service.register.actions.corrections import Proposal, propose
from service.register.correction_model import CorrectedField

pytest_plugins = ("web_fixtures",)


def opened(web: Web, address: str, open_page: Callable, path: str, **options: object):
    secret = web.session("steward-halton")

    def give(context) -> None:
        context.add_cookies([{"name": "kith", "value": secret, "url": address}])

    return open_page(f"{address}{path}", before=give, **options)


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_and_nothing_runs_off_the_side(
    own_web: Web, open_page: Callable, width: int
) -> None:
    with own_web.store.work() as work:
        for asset_id, field in ((1, CorrectedField.CONTACT), (2, CorrectedField.WHEN)):
            said = Proposal(field, "Ask for the host", "I run it")
            number = propose(work, by=visitor(), asset_id=asset_id, proposal=said)
    own_web.run("UPDATE asset SET name = 'Ferry Table Lunch' WHERE asset_id = 19")
    paths = (
        "/register?near=practice-N81011", "/register?text=zzzz&free=yes", "/register/1",
        "/register/1/correct", "/steward", f"/steward/corrections/{number}",
        f"/steward/corrections/{number - 1}", "/steward/assets/2", "/steward/assets/new",
        "/steward/duplicates", "/maps", "/maps/N81011", "/register/map?at=1&whole=yes",
    )  # fmt: skip
    with served(own_web.app) as address:
        seen = opened(own_web, address, open_page, "/start", width=width)
        wrong = {}
        for path in paths:
            seen.page.goto(f"{address}{path}")
            wrong[path] = seen.axe()
            across = seen.across()
            assert across <= width, (path, across)
        seen.page.goto(f"{address}/steward/assets/new")
        seen.page.get_by_role("button", name="Add the group").click()
        assert seen.page.title().startswith("Error: ")
        wrong["errors"] = seen.axe()
        assert {path: found for path, found in wrong.items() if found} == {}
        assert seen.errors == [] or all("422" in each for each in seen.errors)
        assert seen.hosts() == {address.split("//")[1]}


@pytest.mark.parametrize("script", [True, False])
def test_searched_proposed_and_decided(own_web: Web, open_page: Callable, script: bool) -> None:
    with served(own_web.app) as address:
        page = opened(own_web, address, open_page, "/register", java_script_enabled=script).page
        page.get_by_label("What it helps with").select_option("loneliness_isolation")
        page.get_by_label("Or near a postcode").fill("WA8 0DQ")
        page.get_by_label("Tuesday").check()
        page.get_by_role("button", name="Search").click()
        page.wait_for_url("**near=square-*")
        assert "WA8" not in page.url
        page.get_by_role("link", name="Lapwing Lunch Club").click()
        page.get_by_role("button", name="Something is wrong here").click()
        page.get_by_label("How to get in touch").check()
        page.get_by_label("What is right").fill("Ask for the host")
        page.get_by_label("How do you know?").fill("I run it")
        page.get_by_role("button", name="Send this").click()
        page.goto(f"{address}/steward")
        page.get_by_role("link", name="Lapwing Lunch Club").click()
        page.get_by_label("How was it confirmed?").select_option(index=1)
        page.get_by_role("button", name="Accept and change the register").click()
        page.wait_for_url("**/steward")
        page.goto(f"{address}/register/1")
        assert "Ask for the host" in page.inner_text("main")

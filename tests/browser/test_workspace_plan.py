"""The pages of the work on a referral, the practice's form and the form for the public, in a real
browser: by keyboard alone, without JavaScript, on a phone, and checked by axe."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from api_client import served
from case_world import GP, WORKER, case, spoke, state
from web_world import Web

pytest_plugins = ("web_fixtures",)

PAGES = (
    "contacts", "plan", "plan/about", "plan/agreed", "plan/goals/new", "plan/risks",
    "plan/concerns/new", "outcomes", "outcomes/ons4", "outcomes/loneliness", "outcomes/mycaw",
    "outcomes/swemwbs", "outcomes/pam", "letter", "closing",
)  # fmt: skip
FORMS = (
    ("contacts", "Save the contact"), ("plan/goals/new", "Save the goal"),
    ("plan/risks", "Save the answer"), ("outcomes/pam", "Save"), ("closing", "Close the referral"),
)  # fmt: skip


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


def signed_in(web: Web, subject: str, address: str) -> Callable:
    secret = web.session(subject)

    def before(context) -> None:
        context.add_cookies([{"name": "kith", "value": secret, "url": address}])

    return before


def wrong_with(seen, width: int) -> list[str]:
    across = seen.across()
    return seen.axe() + ([f"{across} px across"] if across > width else [])


@pytest.mark.parametrize("width", [1280, 320])
def test_axe_finds_nothing_wrong_with_any_page_of_a_referral(
    quick_web: Web, address: str, open_page: Callable, width: int
) -> None:
    one = case(quick_web, note="Lonely since spring. Thinking of ending her life this week.",
               triaged=False)  # fmt: skip
    worker = quick_web.browser(WORKER)
    spoke(worker, one, note="Talked about singing.", next_action="Ring the choir")
    worker.get(f"/referrals/{one}/plan/concerns/new")
    worker.post(f"/referrals/{one}/plan/concerns/new", {"concern": "Afraid of a neighbour"})
    start = f"{address}/referrals/{one}"
    seen = open_page(f"{start}/plan", width=width, before=signed_in(quick_web, WORKER, address))
    assert seen.page.get_by_role("region", name="Safeguarding").is_visible()
    assert seen.page.get_by_role("region", name="Danger sign: Suicide or self-harm").is_visible()
    wrong = {}
    for path in PAGES:
        seen.page.goto(f"{start}/{path}")
        wrong[path] = wrong_with(seen, width)
    quiet = case(quick_web, reason="Another")
    for path, button in FORMS:
        seen.page.goto(f"{address}/referrals/{quiet}/{path}")
        seen.page.get_by_role("button", name=button, exact=True).click()
        assert seen.page.title().startswith("Error: "), path
        wrong[f"{path}, refused"] = wrong_with(seen, width)
    assert {path: found for path, found in wrong.items() if found} == {}
    assert seen.hosts() == {address.split("//")[1]}


def test_from_the_first_contact_to_the_message_back(
    quick_web: Web, address: str, open_page: Callable
) -> None:
    one = case(quick_web)
    seen = open_page(
        f"{address}/referrals/{one}/contacts",
        before=signed_in(quick_web, WORKER, address),
        java_script_enabled=False,
    )
    page = seen.page
    page.get_by_label("Telephone").check()
    page.get_by_label("We spoke").check()
    page.get_by_label("Note").fill("Would love to sing.")
    page.get_by_role("button", name="Save the contact").click()
    page.get_by_role("link", name="Plan", exact=True).click()
    page.get_by_role("link", name="Add a goal").click()
    page.get_by_label("What do they hope for?").fill("Sing in company")
    page.get_by_role("group", name="How important is it to them?").get_by_label("9").check()
    page.get_by_role("button", name="Save the goal").click()
    page.get_by_role("link", name="Write down that it is agreed").click()
    page.get_by_role("button", name="Save").click()
    assert state(quick_web, one) == "plan_agreed"
    page.get_by_role("link", name="Outcomes").click()
    page.get_by_role("link", name="Fill it in").first.click()
    page.get_by_role("group", name="how happy did you feel").get_by_label("7").check()
    page.get_by_role("button", name="Save").click()
    page.get_by_role("link", name="Close", exact=True).click()
    page.get_by_role("radio", name="The work is done").check()
    page.get_by_label("what came of it?").select_option("Goals met")
    page.get_by_role("button", name="Close the referral").click()
    message = page.get_by_label("Message")
    assert "Goals met" in message.input_value()
    message.fill(message.input_value() + "\nThank you for sending her.")
    page.get_by_role("button", name="Save and read it over").click()
    assert "Thank you for sending her." in page.inner_text("main")
    page.get_by_role("button", name="Send it").click()
    assert "on its way to the practice" in page.inner_text("main")
    assert state(quick_web, one) == "closed"
    gp = open_page(f"{address}/refer/{one}", before=signed_in(quick_web, GP, address))
    assert "Thank you for sending her." in gp.page.inner_text("main")
    assert gp.axe() == []


def test_a_practice_refers_by_keyboard_alone(
    quick_web: Web, address: str, open_page: Callable
) -> None:
    seen = open_page(f"{address}/refer", before=signed_in(quick_web, GP, address))
    page = seen.page
    page.focus("#who")
    keys = page.keyboard
    keys.type("Nora Larkrise 17 4 1952")
    keys.press("Tab")
    keys.type("WA8 6TR")
    keys.press("Tab")
    keys.type("Lost her husband in spring and is lonely.")
    keys.press("Tab")
    keys.press("Space")
    keys.press("Tab")
    keys.press("Tab")
    keys.press("Enter")
    page.wait_for_url("**/refer/*")
    assert "Grief after a death" in page.inner_text("main")
    assert seen.axe() == []
    page.goto(f"{address}/refer")
    assert seen.axe() == []
    page.get_by_role("button", name="Send the referral").click()
    assert seen.axe() == []
    page.get_by_role("link", name="Write what is the matter").click()
    assert page.evaluate("() => document.activeElement.id") == "note"
    assert [each for each in seen.errors if "422" not in each] == []


@pytest.mark.parametrize("script", [True, False])
def test_anybody_asks_for_help_on_a_phone(
    quick_web: Web, address: str, open_page: Callable, script: bool
) -> None:
    seen = open_page(f"{address}/help", width=320, height=640, java_script_enabled=script)
    page = seen.page
    wrong = []

    def on(button: str = "Next") -> None:
        if script:
            wrong.extend(wrong_with(seen, 320))
        page.get_by_role("button", name=button).click()

    on()
    page.get_by_label("You would like more company").check()
    page.get_by_label("Tell us in your own words").fill("I cannot go on like this.")
    on()
    assert page.get_by_role("region", name="Get help now").is_visible()
    page.get_by_label("Send me a text").check()
    page.get_by_label("Your phone number").fill("01632 960123")
    on()
    page.get_by_label("Your postcode").fill("WA8 6TR")
    on()
    page.get_by_label("Another one, or I do not know").check()
    on()
    page.get_by_label("Yes, send this").check()
    on("Send it")
    assert page.title() == "Thank you – Kith"
    assert page.url == f"{address}/help"
    if script:
        wrong.extend(wrong_with(seen, 320))
    assert wrong == []
    assert seen.hosts() == {address.split("//")[1]}
    assert quick_web.scalar("SELECT count(*) FROM referral") == 1

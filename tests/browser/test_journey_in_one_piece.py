"""From the practice's form to the message back in one piece: with a mouse, by keyboard alone,
without JavaScript, on a phone; and what of it is printed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from api_client import served
from case_world import GP, WORKER
from journey_hands import Finger, Hand, Keys
from journey_steps import whole
from web_world import Web

pytest_plugins = ("web_fixtures",)

PHONE = {"width": 320, "height": 640, "has_touch": True, "is_mobile": True}


@pytest.fixture
def address(quick_web: Web) -> Iterator[str]:
    with served(quick_web.app) as where:
        yield where


@pytest.fixture
def somebody(quick_web: Web, address: str, open_page: Callable) -> Callable:
    """Open the first page as this member of staff, and have it used with this hand."""

    def come(subject: str, hand: type[Hand], **options: object) -> tuple[Hand, Any]:
        secret = quick_web.session(subject)

        def give(context) -> None:
            context.add_cookies([{"name": "kith", "value": secret, "url": address}])

        seen = open_page(f"{address}/start", before=give, **options)
        held = hand(seen.page)
        held.look()
        return held, seen

    return come


@pytest.mark.parametrize(
    ("hand", "options"),
    [
        pytest.param(Hand, {}, id="mouse"),
        pytest.param(Keys, {}, id="keyboard"),
        pytest.param(Hand, {"java_script_enabled": False}, id="without JavaScript"),
        pytest.param(Finger, PHONE, id="phone"),
    ],
)
def test_from_the_form_to_the_message_back(
    quick_web: Web, address: str, somebody: Callable, hand: type[Hand], options: dict[str, Any]
) -> None:
    practice, sent_from = somebody(GP, hand, **options)
    worker, worked_at = somebody(WORKER, hand, **options)
    whole(practice, worker)
    practice.page.reload()
    assert "Thank you for sending her." in practice.page.inner_text("main")
    assert quick_web.scalar("SELECT state FROM referral") == "closed"
    assert quick_web.scalar("SELECT state FROM offer") == "ended"
    assert quick_web.scalar("SELECT first_attended_on FROM offer") is not None
    topics = "SELECT count(*) FROM outbox_message WHERE topic = 'message_back.sent'"
    assert quick_web.scalar(topics) == 1
    assert practice.wrong + worker.wrong == []
    for seen in (sent_from, worked_at):
        assert seen.hosts() == {address.split("//")[1]}
        assert seen.errors == []


def test_what_is_printed_is_the_paper_and_not_the_page(
    quick_web: Web, address: str, somebody: Callable
) -> None:
    """The practice's own copy of a referral with the message back, and the message by itself."""
    practice, _ = somebody(GP, Hand)
    worker, _ = somebody(WORKER, Hand)
    whole(practice, worker)
    practice.page.reload()
    worker.press(worker.page.get_by_role("link", name="Referral closed"))
    for page, needed in ((practice.page, "What came back"), (worker.page, "Sent")):
        page.wait_for_load_state("load")
        page.emulate_media(media="print")
        said = page.inner_text("body")
        assert needed in said
        assert "Thank you for sending her." in said
        for around in ("Sign out", "Skip to main content", "Inbox", "Refer somebody", "(Link:"):
            assert around not in said, around
        across, width = page.evaluate(
            "() => [document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert across <= width
        assert page.pdf(format="A4").startswith(b"%PDF")
    # Who it is about stands on every paper of a record.
    assert "Nora Larkrise" in worker.page.inner_text("body")

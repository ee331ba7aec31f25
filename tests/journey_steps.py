"""One person's way from the practice's form to the message back, made with any hand.

Each step is what somebody does on the pages themselves: no address is typed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from case_world import TODAY
from journey_hands import Hand

NOTE = "On her own since her husband died last spring. Would like company, used to sing in a choir."


def refer(hand: Hand) -> None:
    """The practice refers Nora, and reads what was understood."""
    page = hand.page
    hand.press(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Refer some"))
    hand.write(page.get_by_label("Who", exact=True), "Nora Larkrise 17 4 1952")
    hand.write(page.get_by_label("Postcode"), "WA8 6TR")
    hand.write(page.get_by_label("What is the matter?"), NOTE)
    hand.tick(page.get_by_label("They have agreed to be referred"))
    hand.press(page.get_by_role("button", name="Send the referral"))
    assert "Grief after a death" in page.inner_text("main")


def take_on(hand: Hand) -> None:
    """The link worker finds it in the inbox and takes it on."""
    page = hand.page
    hand.press(page.get_by_role("navigation", name="Menu").get_by_role("link", name="Inbox"))
    hand.press(page.get_by_role("link", name="Nora Larkrise", exact=True))
    assert NOTE in page.inner_text("main")
    hand.tick(page.get_by_label("Soon"))
    soon = TODAY + timedelta(days=3)
    date = page.get_by_role("group", name="By when")
    hand.write(date.get_by_label("Day"), str(soon.day))
    hand.write(date.get_by_label("Month"), str(soon.month))
    hand.write(date.get_by_label("Year"), str(soon.year))
    hand.press(page.get_by_role("button", name="Accept"))
    assert "It is in your caseload now" in page.inner_text("main")


def match(hand: Hand) -> str:
    """A need is confirmed, the list is narrowed, a group is ticked; returns its name."""
    page = hand.page
    hand.press(page.get_by_role("button", name=re.compile("^Right.*Grief")))
    hand.tick(page.get_by_role("group", name="Cost").get_by_role("checkbox"))
    hand.press(page.get_by_role("button", name="Show these"))
    first = page.get_by_role("checkbox", name=re.compile("^Shortlist")).first
    hand.tick(first)
    name = first.locator("xpath=ancestor::li").get_by_role("heading").inner_text()
    hand.press(page.get_by_role("button", name="Compare"))
    hand.press(page.get_by_role("link", name=re.compile("^Back|^All groups|^To the list")).first)
    return re.sub(r"^\d+\.?", "", name).replace("invented example", "").strip()


def ask(hand: Hand) -> None:
    """The group is asked, as the person said."""
    page = hand.page
    hand.press(page.get_by_role("button", name="Ask them"))
    hand.tick(page.get_by_label("Introduction", exact=True))
    hand.tick(page.get_by_label("Yes, ask them"))
    hand.tick(page.get_by_label("By telephone"))
    hand.press(page.get_by_role("button", name="Write this down and ask the groups"))
    assert "1 group was asked." in page.inner_text("main")


def hear(hand: Hand, what: str, stands: str) -> None:
    """What the group said, written down."""
    page = hand.page
    hand.press(page.get_by_role("link", name=re.compile("Write down what you heard")))
    hand.tick(page.get_by_label(what))
    hand.press(page.get_by_role("button", name="Write it down"))
    assert stands in page.inner_text("main")


def outcome(hand: Hand) -> None:
    """One of the measures is filled in."""
    page = hand.page
    parts = page.get_by_role("navigation", name="This referral")
    hand.press(parts.get_by_role("link", name="Outcomes"))
    hand.press(page.get_by_role("link", name=re.compile("^Fill it in")).first)
    hand.tick(page.get_by_role("group", name="how happy did you feel").get_by_label("7"))
    hand.press(page.get_by_role("button", name="Save"))
    assert "7" in page.inner_text("main")


def close(hand: Hand) -> None:
    """The referral is closed with what came of it."""
    page = hand.page
    parts = page.get_by_role("navigation", name="This referral")
    hand.press(parts.get_by_role("link", name="Close", exact=True))
    hand.tick(page.get_by_role("radio", name="The work is done"))
    hand.choose(page.get_by_label("what came of it?"), "Goals met")
    hand.press(page.get_by_role("button", name="Close the referral"))
    assert "It is closed." in page.inner_text("main")


def write_back(hand: Hand) -> None:
    """The message to the practice: read over, as it will go, and sent."""
    page = hand.page
    message = page.get_by_label("Message")
    said = message.input_value()
    assert "Goals met" in said
    hand.write(message, said + "\nThank you for sending her.")
    hand.press(page.get_by_role("button", name="Save and read it over"))
    assert "Thank you for sending her." in page.inner_text("main")
    hand.press(page.get_by_role("button", name="Send it"))
    assert "on its way to the practice" in page.inner_text("main")


@dataclass(frozen=True)
class Went:
    """What the journey came to: the group that was asked."""

    group: str


def whole(practice: Hand, worker: Hand) -> Went:
    """All of it."""
    refer(practice)
    take_on(worker)
    group = match(worker)
    ask(worker)
    hear(worker, "Yes, they can come", "Said yes")
    hear(worker, "They went for the first time", "Went once")
    outcome(worker)
    close(worker)
    write_back(worker)
    return Went(group)

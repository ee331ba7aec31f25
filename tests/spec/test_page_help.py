"""Asking for help for oneself, over HTTP, on both databases."""

from __future__ import annotations

import re

import httpx
import pytest
from case_world import LEAD, OTHER, WORKER, statements
from help_pages import CHECK, PLACE, REACH, SURGERY, WHAT, carried, through, turn
from web_world import Web

from service.identity.actors import visitor
from service.identity.errors import UnknownPractice
from service.people.errors import BadConsent
from service.referrals.actions.contacts import Reach
from service.referrals.actions.refer_self import HelpAsked, refer_self
from service.referrals.errors import BadEntry, NobodyNear
from service.referrals.inbox import inbox
from service.referrals.surgeries import surgeries_near
from service.web.help_steps import OFFERED, Step, after, before

pytest_plugins = ("web_fixtures",)


def heading(answer: httpx.Response) -> str:
    found = re.search(r"<h1[^>]*>(?:<span.*?</span>)?([^<]+)", answer.text)
    assert found
    return found[1].strip()


def test_five_pages_bring_it_to_the_inbox_of_the_surgery_named(web: Web) -> None:
    browser = web.browser()
    assert heading(browser.get("/help")) == "What would help you?"
    assert heading(turn(browser, WHAT)) == "How can we reach you?"
    assert heading(turn(browser, REACH)) == "Where do you live?"
    where = turn(browser, PLACE)
    assert heading(where) == "Which is your doctor’s surgery?"
    assert "Bevan Group Practice" in where.text
    seen = turn(browser, SURGERY)
    for told in ("I used to sing", "Nora Larkrise", "01632 960123", "Do not leave a message"):
        assert told in seen.text
    assert "The link workers of Bevan Group Practice" in seen.text
    last = carried(browser.page) | CHECK | {"go": "on"}
    done = browser.post("/help", last)
    assert done.status_code == 200
    assert "Thank you. We have it." in done.text
    assert "A link worker will ring you." in done.text
    browser.get("/help")
    assert "Thank you" in browser.post("/help", last).text
    assert web.scalar("SELECT count(*) FROM referral") == 1
    row = (
        "SELECT given_name || '|' || family_name || '|' || telephone || '|' || reach_by FROM person"
    )
    assert web.scalar(row) == "Nora|Larkrise|01632 960123|telephone"
    assert web.scalar("SELECT safe_contact FROM referral") == "Do not leave a message"
    assert "Mornings" in web.scalar("SELECT reason FROM referral")
    assert web.scalar("SELECT role FROM audit_event WHERE action = 'referral.received'") == (
        "self_referrer"
    )
    with web.store.read() as session:
        (item,) = inbox(session, by=web.actor(WORKER)).items
        assert inbox(session, by=web.actor(OTHER)).items == ()
    assert (item.given_name, item.practice) == ("Nora", "N81011")
    assert "loneliness_isolation" in item.needs or item.needs


def test_without_a_name_and_without_a_surgery_it_goes_to_the_nearest_with_a_link_worker(
    web: Web,
) -> None:
    browser = web.browser()
    reach = {"reach_by": "email", "email": "nora@example.org"}
    done = through(browser, WHAT, reach, PLACE, {"surgery": "not-listed"}, CHECK)
    assert "Thank you" in done.text
    with web.store.read() as session:
        home = web.town.kith.gazetteer.locate("WA8 6TR").point
        near = surgeries_near(session, home)
    assert near[0].has_link_worker
    distances = [each.straight_m for each in near if each.has_link_worker]
    assert distances == sorted(distances)
    assert web.scalar("SELECT practice_code FROM referral") == near[0].code
    assert near[0].name in done.text


def test_where_nobody_looks_through_requests_the_nearest_practice_gets_it(web: Web) -> None:
    web.run("DELETE FROM staff_role")
    browser = web.browser()
    done = through(browser, WHAT, REACH, PLACE, {"surgery": "not-listed"}, CHECK)
    assert "Thank you" in done.text
    with web.store.read() as session:
        near = surgeries_near(session, web.town.kith.gazetteer.locate("WA8 6TR").point)
    assert not near[0].has_link_worker
    assert web.scalar("SELECT practice_code FROM referral") == near[0].code


@pytest.mark.parametrize("words", ["I keep thinking about killing myself", "I want to die"])
def test_danger_shows_where_to_ring_at_once_and_the_request_is_taken(web: Web, words: str) -> None:
    browser = web.browser()
    browser.get("/help")
    for form in ({"words": words}, REACH, PLACE, SURGERY, CHECK):
        answer = turn(browser, form)
        shown = answer.text
        assert "Do you need help now?" in shown
        for told in ("999", "116 123", "option <strong>2</strong>"):
            assert told in shown
    assert "Thank you" in shown
    assert web.scalar("SELECT urgency FROM referral") == "urgent"
    state = web.scalar("SELECT state FROM referral")
    why = web.scalar("SELECT state_reason FROM referral")
    assert state == "triage_first" or "Read them now" in why


@pytest.mark.parametrize(
    ("before_it", "form", "field", "says"),
    [
        ((), {}, "needs", "Tick what would help, or tell us in your own words."),
        ((), {"words": "x" * 4001}, "words", "4000"),
        ((), {"needs": "nonsense"}, "needs", "Tick from the list"),
        ((WHAT,), {}, "reach_by", "Choose how we should reach you."),
        ((WHAT,), {"reach_by": "text"}, "telephone", "Tell us your phone number."),
        ((WHAT,), {"reach_by": "email"}, "email", "Tell us your e-mail address."),
        ((WHAT,), {"reach_by": "text", "telephone": "12"}, "telephone", "has more digits"),
        ((WHAT, REACH), {"postcode": "nowhere"}, "postcode", "postcode"),
        ((WHAT, REACH), {"postcode": "WA8 6ZZ"}, "postcode", "WA8 6ZZ"),
        ((WHAT, REACH, PLACE), {}, "surgery", "Choose a surgery"),
        ((WHAT, REACH, PLACE, {"surgery": "X99999"}), CHECK, "surgery", "Choose another."),
        ((WHAT, REACH, PLACE, SURGERY), {}, "agreed", "Tick the box if we may pass this on."),
        (
            (WHAT, REACH, {"postcode": ""}, {"surgery": "not-listed"}), CHECK,
            "postcode", "Tell us your postcode or your doctor’s surgery",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_at_its_field_on_its_page(
    quick_web: Web, before_it: tuple[dict, ...], form: dict, field: str, says: str
) -> None:
    browser = quick_web.browser()
    through(browser, *before_it)
    answer = turn(browser, form)
    assert answer.status_code == 422
    assert says in answer.text.split('action="/help"')[0]
    assert f'href="#{field}"' in answer.text
    assert f'id="{field}"' in answer.text
    everything = answer.text
    for earlier in before_it[:2]:
        for value in earlier.values():
            assert value in everything, value
    assert quick_web.scalar("SELECT count(*) FROM person") == 0


def test_back_and_on_again_loses_nothing(quick_web: Web) -> None:
    browser = quick_web.browser()
    through(browser, WHAT)
    back = turn(browser, REACH, go="back")
    assert heading(back) == "What would help you?"
    assert "I used to sing in a choir." in back.text
    assert "checked" in back.text
    again = turn(browser, WHAT)
    assert "Nora Larkrise" in again.text


def test_nothing_of_it_is_in_an_address_and_every_answer_is_kept_nowhere(quick_web: Web) -> None:
    browser = quick_web.browser()
    for answer in (
        through(browser, WHAT, REACH, PLACE, SURGERY),
        through(browser, WHAT, REACH, PLACE, SURGERY, CHECK),
    ):
        assert str(answer.url).endswith("/help")
        assert "location" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    logged = quick_web.scalar("SELECT count(*) FROM outbox_message WHERE body LIKE '%Nora%'")
    told = quick_web.scalar(
        "SELECT count(*) FROM audit_event WHERE details LIKE '%Nora%' OR details LIKE '%choir%'"
    )
    assert logged == told == 0


def test_who_sends_too_many_is_told_to_wait_and_keeps_what_they_typed(quick_web: Web) -> None:
    browser = quick_web.browser()
    pages = (WHAT, REACH, PLACE, SURGERY, CHECK)
    answer = through(browser, *pages)
    for number in range(12):
        if answer.status_code == 429:
            break
        answer = through(browser, {**WHAT, "words": f"Once more {number}"}, *pages[1:])
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Wait" in answer.text
    assert "Once more" in answer.text
    assert quick_web.scalar("SELECT count(*) FROM referral") == 10


def test_a_sent_form_that_was_changed_is_sent_once_more_on_purpose(quick_web: Web) -> None:
    browser = quick_web.browser()
    through(browser, WHAT, REACH, PLACE, SURGERY)
    last = carried(browser.page) | CHECK | {"go": "on"}
    browser.post("/help", last)
    browser.get("/help")
    again = browser.post("/help", last | {"words": "Now I need help with debts"})
    assert again.status_code == 409
    assert "You have sent this already." in again.text
    assert "Thank you" in turn(browser, CHECK).text
    assert quick_web.scalar("SELECT count(*) FROM referral") == 2


def test_whoever_is_signed_in_asks_as_anybody_does(quick_web: Web) -> None:
    browser = quick_web.browser(LEAD)
    assert "Thank you" in through(browser, WHAT, REACH, PLACE, SURGERY, CHECK).text
    assert quick_web.scalar("SELECT received_from FROM referral") == "visitor"


def test_each_page_takes_few_statements(quick_web: Web) -> None:
    browser = quick_web.browser()
    browser.get("/help")
    for form in (WHAT, REACH, PLACE, SURGERY):
        with statements(quick_web) as sent:
            turn(browser, form)
        assert len(sent) <= 12, sent


def asked(**changes: object) -> HelpAsked:
    given: dict = {
        "needs": ("bereavement",), "words": "", "name": "", "care": "", "good_time": "",
        "reach": Reach(telephone="01632 960123", reach_by="text"), "postcode": "WA8 6TR",
        "practice": None, "agreed": True,
    }  # fmt: skip
    return HelpAsked(**{**given, **changes})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"agreed": False}, BadConsent),
        ({"needs": ()}, BadEntry),
        ({"reach": Reach()}, BadEntry),
        ({"practice": "QYG"}, UnknownPractice),
        ({"postcode": ""}, NobodyNear),
        ({"postcode": "KW17 2JT"}, NobodyNear),
    ],
)
def test_the_action_keeps_nothing_that_it_refuses(
    quick_web: Web, changes: dict, error: type[Exception]
) -> None:
    parts = quick_web.town.kith
    with pytest.raises(error), quick_web.store.work() as work:
        refer_self(
            work,
            by=visitor(),
            asked=asked(**changes),
            gazetteer=parts.gazetteer,
            today=parts.today(),
        )
    assert quick_web.scalar("SELECT count(*) FROM person") == 0


def test_the_pages_follow_each_other_and_only_known_needs_are_offered() -> None:
    from seed_data import needs

    assert [after(each) for each in Step][:-1] == list(Step)[1:]
    assert [before(each) for each in Step][1:] == list(Step)[:-1]
    assert set(OFFERED) <= set(needs.load().needs)

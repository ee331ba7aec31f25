"""The practice's form, over HTTP, on both databases."""

from __future__ import annotations

import pytest
from case_world import GP, LEAD, OTHER, WORKER, case, state, statements
from web_world import Browser, Web

pytest_plugins = ("web_fixtures",)

ASKED = {
    "who": "Nora Larkrise 17/4/1952",
    "postcode": "wa8 6tr",
    "note": "Lost her husband in spring, lives alone and hardly sees anybody. Used to sing.",
    "agreed": "true",
}
DANGER = ASKED | {"note": "She is lonely. Says she has been thinking of ending her life this week."}


def send(browser: Browser, form: dict[str, str]):
    """Open the form and send it."""
    assert browser.get("/refer").status_code == 200
    return browser.post("/refer", browser.hidden() | form)


def test_three_fields_and_a_tick_are_a_referral_once(web: Web) -> None:
    browser = web.browser(GP)
    assert 'id="practice"' not in browser.get("/refer").text
    form = browser.hidden() | ASKED
    first, second = browser.post("/refer", form), browser.post("/refer", form)
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert web.scalar("SELECT count(*) FROM referral") == 1
    one = first.headers["Location"].removeprefix("/refer/")
    shown = browser.get(first.headers["Location"]).text
    assert one in shown
    assert "The referral is taken" in shown
    assert "Grief after a death" in shown
    assert "Lonely or cut off from people" in shown
    kept = web.scalar("SELECT family_name || ' ' || postcode FROM person")
    assert kept == "Larkrise WA8 6TR"
    assert web.scalar("SELECT referrer_name FROM referral") == "Dr Lena Marshwick"
    assert web.scalar("SELECT taken_by FROM consent") == "Dr Lena Marshwick"
    changed = browser.post("/refer", form | {"note": "Something else altogether, about debts."})
    assert changed.status_code == 409
    assert "You have sent this form before" in changed.text
    assert browser.post("/refer", browser.hidden() | ASKED).status_code == 303
    assert web.scalar("SELECT count(*) FROM referral") == 2


def test_a_danger_sign_is_shown_at_once_with_what_to_do(web: Web) -> None:
    browser = web.browser(GP)
    done = send(browser, DANGER)
    assert state(web, done.headers["Location"].removeprefix("/refer/")) == "triage_first"
    shown = browser.get(done.headers["Location"]).text
    assert "Danger sign: Suicide or self-harm" in shown
    assert "Do now:" in shown
    assert "Dr Lena Marshwick" in shown.split("Must see it:")[1][:60]
    assert "No group is suggested or asked until" in shown
    assert web.scalar("SELECT count(*) FROM outbox_message WHERE topic = 'referral.flagged'") == 1


@pytest.mark.parametrize(
    ("changed", "field", "says"),
    [
        ({"who": ""}, "who", "Enter an NHS number, or a name and a birth date."),
        ({"who": "Nora Larkrise"}, "who", "Enter the birth date as well"),
        ({"who": "999 000 0345"}, "who", "The check digit"),
        ({"who": "Nora Larkrise 17 4 2999"}, "who", "lies in the future"),
        ({"postcode": ""}, "postcode", "Enter the postcode."),
        ({"postcode": "nowhere"}, "postcode", "postcode"),
        ({"postcode": "WA8 6ZZ"}, "postcode", "WA8 6ZZ"),
        ({"note": " "}, "note", "Write what is the matter"),
        ({"agreed": ""}, "agreed", "Tick that they agreed"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(
    quick_web: Web, changed: dict[str, str], field: str, says: str
) -> None:
    answer = send(quick_web.browser(GP), ASKED | changed)
    assert answer.status_code == 422
    summary = answer.text.split('action="/refer"')[0]
    assert says in summary
    assert f'href="#{field}"' in answer.text
    for kept in {"who", "postcode"} - set(changed):
        assert f'value="{ASKED[kept]}"' in answer.text
    assert quick_web.scalar("SELECT count(*) FROM referral") == 0


def test_without_consent_the_reason_is_kept(quick_web: Web) -> None:
    form = ASKED | {"agreed": "", "why_not": "Lacks capacity; best-interests decision"}
    assert send(quick_web.browser(GP), form).status_code == 303
    assert "best-interests" in quick_web.scalar("SELECT reason_not_given FROM consent")


def test_whoever_refers_for_several_practices_says_which(quick_web: Web) -> None:
    browser = quick_web.browser(LEAD)
    assert "Bevan Group Practice" in browser.get("/refer").text
    assert "Choose the practice that refers." in send(browser, ASKED).text
    assert "Choose the practice" in send(browser, ASKED | {"practice": "A81001"}).text
    assert send(browser, ASKED | {"practice": "N81011"}).status_code == 303


def test_others_see_nothing_of_it_and_the_page_takes_few_statements(quick_web: Web) -> None:
    one = case(quick_web)
    browser = quick_web.browser(GP)
    browser.get("/start")
    with statements(quick_web) as sent:
        assert browser.get(f"/refer/{one}").status_code == 200
    assert len(sent) <= 12, sent
    assert quick_web.browser(OTHER).get(f"/refer/{one}").status_code == 404
    for subject in ("steward-halton", "commissioner-halton"):
        assert quick_web.browser(subject).get("/refer").status_code == 404
        assert quick_web.browser(subject).get(f"/refer/{one}").status_code == 404


def test_what_the_link_worker_sent_back_is_read_here(quick_web: Web) -> None:
    one = case(quick_web)
    worker = quick_web.browser(WORKER)
    worker.get(f"/referrals/{one}/letter")
    draft = worker.post(f"/referrals/{one}/letter").headers["Location"]
    gp = quick_web.browser(GP)
    assert "Nothing yet." in gp.get(f"/refer/{one}").text
    worker.get(f"{draft}/preview")
    worker.post(f"{draft}/send", worker.hidden())
    assert "Social prescribing: progress" in gp.get(f"/refer/{one}").text

"""The page of one referral: the person, the needs, the groups that fit, the shortlist, the map."""

from __future__ import annotations

import re

import pytest
from case_world import OTHER, WORKER, case, statements, version, web_day
from sqlalchemy import text
from web_world import Browser, Web

from service.people.nhs_number import NhsNumber
from service.referrals.requests import PersonGiven
from service.store.base import utc_now

pytest_plugins = ("web_fixtures",)

NOTE = "On her own since her husband died last spring. Would like company, used to sing in a choir."
DANGER = "He says he cannot go on and thinks of ending his life. He is lonely."
FIXED = 12


def opened(web: Web, referral_id: str, query: str = "", who: str = WORKER) -> Browser:
    browser = web.browser(who)
    answer = browser.get(f"/referrals/{referral_id}{query}")
    assert answer.status_code == 200, answer.text[:300]
    return browser


def listed(page: str) -> list[int]:
    """The groups on the page, in order."""
    return [int(each) for each in re.findall(r'id="group-(\d+)"', page)]


def test_the_page_says_who_what_matters_and_why_each_group_is_there(web: Web) -> None:
    referral_id = case(web, note=NOTE, needs=())
    page = opened(web, referral_id).page
    for words in ("Nora Larkrise", "999 000 0344", "First contact", "husband died", "WA8 6TR"):
        assert words in page, words
    assert len(listed(page)) == 10
    assert page.count("Why it is here") == 10
    assert "How the order was worked out" in page
    assert "Left out, and why" in page
    seen = web.scalar(
        "SELECT count(*) FROM audit_event WHERE action = 'referral.read' AND subject = :s",
        s=f"referral:{referral_id}",
    )
    assert seen == 1


def test_a_need_is_confirmed_corrected_and_added_with_one_click_each(web: Web) -> None:
    referral_id = case(web, note=NOTE, needs=())
    browser = opened(web, referral_id, "?free=yes")
    assert "from the note" in browser.page
    assert "Would like company" in browser.page
    needs = f"/referrals/{referral_id}/needs?free=yes"
    answer = browser.post(needs, {"need": "bereavement", "right": "yes"})
    assert answer.headers["Location"] == f"/referrals/{referral_id}?free=yes#needs"
    browser.post(needs, {"need": "debt_money"})
    browser.post(needs, {"need": "loneliness_isolation", "right": "no"})
    kept = {
        "bereavement": web.scalar(
            "SELECT confirmed_by FROM referral_need WHERE need = 'bereavement'"
        ),
        "debt_money": web.scalar("SELECT confidence FROM referral_need WHERE need = 'debt_money'"),
        "loneliness_isolation": web.scalar(
            "SELECT count(*) FROM referral_need WHERE need = 'loneliness_isolation'"
        ),
    }
    assert kept["bereavement"].startswith("staff:")
    assert (kept["debt_money"], kept["loneliness_isolation"]) == (1.0, 0)
    answer = browser.post(needs, {"need": "nonsense"})
    assert answer.status_code == 422
    assert "There is a problem" in answer.text


def test_an_open_danger_sign_comes_first_and_no_group_is_shown(web: Web) -> None:
    referral_id = case(web, triaged=False, note=DANGER, needs=("loneliness_isolation",))
    page = opened(web, referral_id).page
    assert "Ask about suicide directly" in page
    assert page.index("Ask about suicide directly") < page.index("What matters to them")
    assert listed(page) == []
    assert "No groups yet" in page
    assert f"/referrals/{referral_id}/triage/danger/" in page
    for part in ("compare", "print", "what-if", "ask"):
        other = opened(web, referral_id).get(f"/referrals/{referral_id}/{part}")
        assert other.status_code == 200
        assert "Lapwing" not in other.text


def test_filters_stand_in_the_address_and_hold_for_every_group(web: Web) -> None:
    referral_id = case(web, needs=("loneliness_isolation", "bereavement"))
    every = listed(opened(web, referral_id, "?more=yes").page)
    free = listed(opened(web, referral_id, "?more=yes&free=yes").page)
    near = listed(opened(web, referral_id, "?more=yes&minutes=20").page)
    assert free
    assert set(free) < set(every)
    assert set(near) < set(every)
    assert free == [each for each in every if each in free], "filtering keeps the order"
    for asset_id in free:
        cost = web.scalar("SELECT cost_pence FROM asset WHERE asset_id = :a", a=asset_id)
        assert cost == 0
    nonsense = "?minutes=abc&day=XX&how=flying&kind=%3Cscript%3E&more=maybe"
    page = opened(web, referral_id, nonsense).page
    assert "<script>" not in page.replace('<script type="module"', "")
    assert len(listed(page)) == 10 or listed(page) == []


def test_ticks_are_kept_whatever_is_filtered_and_lead_on(web: Web) -> None:
    referral_id = case(web)
    browser = opened(web, referral_id)
    first, second, third = listed(browser.page)[:3]
    form = {"shown": [first, second], "asset": [first], "free": "yes", "then": "filter"}
    answer = browser.post(f"/referrals/{referral_id}/shortlist", form)
    assert answer.headers["Location"] == f"/referrals/{referral_id}?free=yes#groups"
    before = version(web, referral_id)
    again = {"shown": [first, third], "asset": [first, third], "then": "compare"}
    answer = browser.post(f"/referrals/{referral_id}/shortlist", again)
    assert answer.headers["Location"] == f"/referrals/{referral_id}/compare"
    browser.post(f"/referrals/{referral_id}/shortlist", again)
    assert version(web, referral_id) == before + 1, "the same ticks again change nothing"
    compared = browser.get(f"/referrals/{referral_id}/compare").text
    assert compared.count('<th scope="col">') == 2
    for row in ("When", "Where", "Getting there", "Cost", "Access", "Room", "What to ask"):
        assert f'<th scope="row">{row}</th>' in compared
    off = {"shown": [third], "then": "compare"}
    browser.post(f"/referrals/{referral_id}/shortlist", off)
    assert web.scalar("SELECT count(*) FROM shortlisted") == 1
    many = {"shown": list(range(1, 20)), "asset": list(range(1, 20)), "then": "save"}
    answer = browser.post(f"/referrals/{referral_id}/shortlist", many)
    assert answer.status_code == 422
    assert "10 groups at most" in answer.text
    assert web.scalar("SELECT count(*) FROM shortlisted") == 1


def test_two_people_write_and_the_second_is_told_and_loses_nothing(web: Web) -> None:
    referral_id = case(web)
    mine, lead = opened(web, referral_id), web.browser("lead-halton")
    lead.get(f"/referrals/{referral_id}")
    seen = str(version(web, referral_id))
    step = {"version": seen, **web_day(utc_now().date(), "next_action_on")}
    there = f"/referrals/{referral_id}/next"
    assert lead.post(there, {**step, "next_action": "Visit at home"}).status_code == 303
    answer = mine.post(there, {**step, "next_action": "Ring on Monday about the choir"})
    assert answer.status_code == 409
    assert "Ring on Monday about the choir" in answer.text
    assert "next action set by Grace Oakhollow" in answer.text
    fresh = re.search(r'name="version" value="(\d+)"', answer.text)
    assert fresh is not None
    answer = mine.post(there, {**step, "version": fresh[1], "next_action": "Ring on Monday"})
    assert answer.status_code == 303


def test_circumstances_are_put_right_and_the_list_follows(web: Web) -> None:
    referral_id = case(web, note=NOTE, needs=())
    browser = web.browser(WORKER)
    there = f"/referrals/{referral_id}/circumstances"
    browser.get(there)
    form = {
        "version": version(web, referral_id),
        "telephone": "01632 960123",
        "safe_contact": "no letter",
        "postcode": "wa86tr",
        "home_by": "3pm",
        "max_cost": "2.50",
        "free_days": ["MO", "TU"],
        "languages": "Polish, English",
    }
    wrong = browser.post(there, {**form, "not_before": "4pm", "telephone": "12"})
    assert wrong.status_code == 422
    assert 'href="#home_by"' in wrong.text
    assert "no letter" in wrong.text
    bad = browser.post(there, {**form, "postcode": "WA8 6ZZ", "max_cost": "lots"})
    assert "Write the amount in pounds" in bad.text
    assert browser.post(there, {**form, "postcode": "WA8 6ZZ"}).status_code == 422
    assert browser.post(there, form).status_code == 303
    page = browser.get(f"/referrals/{referral_id}").text
    for words in ("01632 960123", "no letter", "3pm", "£2.50", "Monday, Tuesday", "Polish"):
        assert words in page, words
    filled = browser.get(there).text
    assert 'value="2.5"' in filled
    assert 'value="WA8 6TR"' in filled


def test_the_map_has_the_groups_and_the_practice_and_nothing_of_the_person(web: Web) -> None:
    referral_id = case(web)
    browser = opened(web, referral_id)
    found = re.search(r'<iframe src="([^"]+)" title="Map of', browser.page)
    assert found is not None
    answer = browser.get(found[1].replace("&amp;", "&"))
    assert answer.status_code == 200
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Cache-Control"] == "no-store"
    for words in ("Nora", "Larkrise", "WA8 6TR", "9990000344", "1952"):
        assert words not in answer.text, words
    assert "Bevan Group Practice" in answer.text
    assert web.browser(OTHER).get(found[1].replace("&amp;", "&")).status_code == 404
    assert browser.get(f"/referrals/{referral_id}/map?at=999999&at=x").status_code == 200


@pytest.mark.parametrize("guarded", [False, True])
def test_the_page_for_the_person_is_plain_and_safe(web: Web, guarded: bool) -> None:
    referral_id = case(web, note=NOTE + " Please no letters home." * guarded)
    browser = opened(web, referral_id, "?how=in_person")
    asset = listed(browser.page)[0]
    form = {"shown": [asset], "asset": [asset], "then": "print", "how": "in_person"}
    answer = browser.post(f"/referrals/{referral_id}/shortlist", form)
    page = browser.get(answer.headers["Location"]).text
    handout = page.split("<h1>")[1].split("</main>")[0]
    assert ("Nora" in handout) is not guarded
    assert ("minute" in handout or "hour" in handout) is not guarded
    assert ("give this by hand" in page) is guarded
    for words in ("Larkrise", "husband", "999", "danger", "bereave", "lonel", "Bevan"):
        assert words not in handout.replace("01632 96", ""), words
    for heading in ("When", "Where", "How to get there", "Cost", "Who to ask for"):
        assert f"<dt>{heading}</dt>" in handout


def test_what_would_change_the_list_is_worked_out_when_asked(web: Web) -> None:
    referral_id = case(web, needs=("loneliness_isolation",))
    answer = web.browser(WORKER).get(f"/referrals/{referral_id}/what-if")
    assert answer.status_code == 200
    assert "if you could get a lift" in answer.text
    assert "What was changed meanwhile" not in answer.text


PARTS = ("", "/map?at=1", "/compare", "/what-if", "/print", "/offers", "/ask", "/circumstances")


@pytest.mark.parametrize("part", PARTS)
def test_another_practice_sees_nothing(web: Web, part: str) -> None:
    referral_id = case(web)
    theirs = web.browser(OTHER).get(f"/referrals/{referral_id}{part}")
    nothing = web.browser(OTHER).get(f"/referrals/0b0f6f0e-6f0b-4c39-9c49-8a2f4a1f2f5d{part}")
    assert theirs.status_code == nothing.status_code == 404
    assert "Larkrise" not in theirs.text
    assert web.browser("practice-widnes").get(f"/referrals/{referral_id}").status_code == 404


@pytest.mark.parametrize("part", ["needs", "next", "shortlist", "circumstances", "ask"])
def test_another_practice_changes_nothing(web: Web, part: str) -> None:
    referral_id = case(web)
    before = version(web, referral_id)
    browser = web.browser(OTHER)
    browser.get("/me")
    form = {
        "version": before,
        "need": "debt_money",
        "next_action": "x",
        "shown": 1,
        "asset": 1,
        "level": "signpost",
    }
    assert browser.post(f"/referrals/{referral_id}/{part}", form).status_code == 404
    assert version(web, referral_id) == before


def test_a_postcode_that_cannot_be_used_is_said_and_can_be_put_right(web: Web) -> None:
    referral_id = case(web)
    web.run("UPDATE referral SET postcode = 'WA8 6ZZ'")
    page = opened(web, referral_id).page
    assert "No groups can be found" in page
    assert "Put it right" in page


def test_an_ended_referral_is_read_and_not_changed(web: Web) -> None:
    referral_id = case(web)
    web.run("UPDATE referral SET state = 'closed'")
    page = opened(web, referral_id).page
    assert "This referral has ended" in page
    assert "<form" not in page.split('class="kith-desk"')[1]


def test_few_statements_whatever_it_holds(quick_web: Web) -> None:
    """Twelve at most; each group found costs none of its own."""
    waiting = case(quick_web, triaged=False, note=DANGER)
    referral_id = case(
        quick_web,
        person=PersonGiven(NhsNumber("9990000018"), "Ivo", "Quill", None),
        needs=("loneliness_isolation", "bereavement"),
    )
    browser = quick_web.browser(WORKER)
    browser.get("/me")
    with statements(quick_web) as without:
        browser.get(f"/referrals/{waiting}")
    assert len(without) <= FIXED, without
    browser.get(f"/referrals/{referral_id}")
    with statements(quick_web) as found:
        browser.get(f"/referrals/{referral_id}")
    assert len(found) <= FIXED, found
    groups = [int(each) for each in re.findall(r'id="group-(\d+)"', browser.page)][:5]
    form = {"shown": groups, "asset": groups, "then": "save"}
    assert browser.post(f"/referrals/{referral_id}/shortlist", form).status_code == 303
    browser.get("/me")
    for part in ("/offers", "/circumstances", "/ask"):
        with statements(quick_web) as sent:
            browser.get(f"/referrals/{referral_id}{part}")
        assert len(sent) <= FIXED, (part, sent)
    with statements(quick_web) as sent:
        browser.get(f"/referrals/{referral_id}/compare")
    assert len(sent) <= FIXED + 4, "and the groups themselves"


def test_looking_again_the_same_day_counts_a_group_once(web: Web) -> None:
    referral_id = case(web)
    opened(web, referral_id)
    first = web.scalar("SELECT sum(exposure) FROM asset_shown")
    opened(web, referral_id)
    assert first > 0
    assert web.scalar("SELECT sum(exposure) FROM asset_shown") == first
    assert web.scalar("SELECT count(*) FROM asset_shown") == 10


def test_without_a_home_the_page_says_what_is_measured_from(web: Web) -> None:
    referral_id = case(web, postcode=None)
    page = opened(web, referral_id).page
    assert "Measured from the practice, because no home address is known." in page
    assert re.search(r"\d+ min", page)
    assert "nothing can be said about how far" not in page


def test_a_protected_address_is_said_and_nothing_is_far_or_near(web: Web) -> None:
    referral_id = case(web)
    with web.store.work() as work:
        work.session.execute(text("UPDATE person SET address_protected = true"))
    page = opened(web, referral_id).page
    assert "This address is protected, so nothing is measured from it." in page
    groups = page.split('id="groups"')[1]
    assert listed(page)
    assert not re.search(r"\d+ min (walk|by)|minutes on foot", groups)

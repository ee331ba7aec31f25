"""The same person twice, the caseload and the search, as pages."""

from __future__ import annotations

import re

import pytest
from inbox_people import IVO, NORA, NORAH, ODA, received
from town import RUNCORN
from web_world import Browser, Web

from service.referrals.actions.triage import accept

pytest_plugins = ("web_fixtures",)

ASHA, TOM, LEAD = "link-worker-widnes", "link-worker-runcorn", "lead-halton"
WHY = "Rang her: she is one and the same."


def taken(web: Web, referral: str, by: str = ASHA) -> str:
    with web.store.work() as work:
        accept(work, by=web.actor(by), referral_id=referral, seen_version=1)
    return referral


def person_of(web: Web, referral: str) -> str:
    found = web.scalar("SELECT person_id FROM referral WHERE referral_id = :id", id=referral)
    return str(found)


def picks(page: str) -> list[str]:
    return re.findall(r'name="pick" value="([^"]+)"', page)


def test_what_agrees_and_what_differs_stands_side_by_side(web: Web) -> None:
    nora, norah = received(web.town.kith, NORA), received(web.town.kith, NORAH, "Wants company.")
    browser = web.browser(ASHA)
    path = f"/referrals/{nora}/people"
    page = browser.get(path).text
    assert "Compare with Norah Larkrise" in page
    assert (page.count(">Agrees<"), page.count(">Alike<")) == (1, 1)
    assert page.count(">Cannot be compared<") == 2
    both = {"other": person_of(web, norah), "keep": person_of(web, nora)}
    assert "Choose which record goes on" in browser.post(f"{path}/join", {**both, "keep": ""}).text
    wrong = browser.post(f"{path}/join", {**both, "reason": "same"})
    assert wrong.status_code == 422
    assert "in a sentence" in wrong.text
    assert ">same</textarea>" in wrong.text
    assert browser.post(f"{path}/join", {**both, "reason": WHY}).status_code == 303
    joined = browser.get(path).text
    assert "Joined with Norah Larkrise" in joined
    assert WHY in joined
    assert "Asha Brightwater joined them" in joined
    assert "May be here twice" not in browser.get("/inbox").text
    browser.get(path)
    undone = browser.post(
        f"{path}/undo", {**browser.hidden(), "reason": "It was her sister after all."}
    )
    assert undone.status_code == 303
    assert "Compare with Norah Larkrise" in browser.get(path).text


def test_the_other_record_may_go_on(web: Web) -> None:
    nora, norah = received(web.town.kith, NORA), received(web.town.kith, NORAH, "Wants company.")
    browser = web.browser(ASHA)
    browser.get(f"/referrals/{nora}/people")
    other = person_of(web, norah)
    data = {"other": other, "keep": other, "reason": WHY}
    assert browser.post(f"/referrals/{nora}/people/join", data).status_code == 303
    kept = web.scalar("SELECT joined_to FROM person WHERE person_id = :i", i=person_of(web, nora))
    assert kept == other


def test_a_protected_address_is_said_and_not_shown(web: Web) -> None:
    nora, norah = received(web.town.kith, NORA), received(web.town.kith, NORAH, "Wants company.")
    for referral in (nora, norah):
        web.run(
            "UPDATE person SET postcode = 'WA8 6TR', address_protected = :yes WHERE person_id = :i",
            i=person_of(web, referral),
            yes=referral == norah,
        )
    for referral in (nora, norah):
        page = web.browser(ASHA).get(f"/referrals/{referral}/people").text
        assert page.count("address protected") == 1
        assert page.count("WA8 6TR") == 1, "of the one that is not protected"
        assert ">Agrees<" in page[: page.index("Postcode")]
        assert ">Agrees<" not in page[page.index("Postcode") :]


def test_another_practice_finds_nobody_to_compare(web: Web) -> None:
    nora, norah = received(web.town.kith, NORA), received(web.town.kith, NORAH, "Wants company.")
    far = received(web.town.kith, NORA, practice=RUNCORN)
    tom = web.browser(TOM)
    assert tom.get(f"/referrals/{nora}/people").status_code == 404
    assert "No other record" in tom.get(f"/referrals/{far}/people").text
    tom.get("/people")
    data = {"other": person_of(web, norah), "keep": person_of(web, nora), "reason": WHY}
    assert tom.post(f"/referrals/{nora}/people/join", data).status_code == 404
    assert tom.post(f"/referrals/{far}/people/join", data).status_code == 404
    assert web.scalar("SELECT count(*) FROM person_join") == 0


def test_a_caseload_shows_whose_turn_it_is_and_what_is_overdue(web: Web) -> None:
    nora, ivo = taken(web, received(web.town.kith)), taken(web, received(web.town.kith, IVO))
    web.run("UPDATE referral SET next_action_on = '2020-01-01' WHERE referral_id = :i", i=nora)
    web.run(
        "UPDATE referral SET touched_at = '2020-01-01 09:00:00+00:00' WHERE referral_id = :i", i=ivo
    )
    browser = web.browser(ASHA)
    page = browser.get("/caseload").text
    assert (page.count(">Overdue</strong>"), page.count(">Stuck</strong>")) == (1, 1)
    assert page.index("Nora Larkrise") < page.index("Ivo Thistlewood")
    assert "Move them" not in page
    assert picks(page) == []
    for part, there, gone in (("overdue", "Nora", "Ivo"), ("stuck", "Ivo", "Nora")):
        page = browser.get(f"/caseload?show={part}").text
        assert there in page
        assert gone not in page
    assert "Nobody is in this part" in browser.get("/caseload?show=group").text
    assert "Nobody is in this caseload" in browser.get("/caseload?who=nobody").text
    assert ">2</span>" in browser.get("/caseload").text, "how many she carries"
    assert "Nora" not in web.browser(TOM).get("/caseload?who=all").text


def test_the_lead_moves_many_with_a_reason(web: Web) -> None:
    for person in (NORA, IVO):
        taken(web, received(web.town.kith, person))
    lead = web.browser(LEAD)
    chosen = picks(lead.get("/caseload").text)
    assert len(chosen) == 2
    nothing = lead.post("/caseload/reassign", {"who": "all"})
    assert nothing.status_code == 422
    for told in ("Choose at least one person", "Choose who takes them", "Say why"):
        assert told in nothing.text
    to = f"staff:{web.staff[LEAD]}"
    data = {"pick": chosen, "to": to, "reason": "Asha is on leave.", "show": "all"}
    far = lead.post("/caseload/reassign", {**data, "to": f"staff:{web.staff[TOM]}"})
    assert far.status_code == 422
    assert "could not see the referral" in far.text
    assert far.text.count(" checked") == 2
    assert 'value="Asha is on leave."' in far.text
    moved = lead.post("/caseload/reassign", data)
    assert moved.headers["Location"] == "/caseload?show=all"
    assert "2 people were moved." in lead.get("/caseload").text
    assert web.scalar("SELECT count(*) FROM referral WHERE assigned_to = :t", t=to) == 2
    assert web.scalar("SELECT count(*) FROM referral_event WHERE text = 'Asha is on leave.'") == 2


def test_moving_what_a_colleague_changed_moves_nothing_and_says_which(web: Web) -> None:
    nora = taken(web, received(web.town.kith))
    taken(web, received(web.town.kith, IVO))
    lead = web.browser(LEAD)
    chosen = picks(lead.get("/caseload").text)
    web.run("UPDATE referral SET version = version + 1 WHERE referral_id = :i", i=nora)
    data = {"pick": chosen, "to": f"staff:{web.staff[LEAD]}", "reason": "Asha is on leave."}
    told = lead.post("/caseload/reassign", data)
    assert told.status_code == 409
    assert told.text.count("Changed meanwhile") == 1
    assert told.text.count(" checked") == 2
    again = {**data, "pick": picks(told.text)}
    assert lead.post("/caseload/reassign", again).status_code == 303


def test_a_link_worker_cannot_move_many(web: Web) -> None:
    taken(web, received(web.town.kith))
    browser: Browser = web.browser(ASHA)
    browser.get("/people")
    assert browser.post("/caseload/reassign", {"pick": "x:1"}).status_code == 404


@pytest.mark.parametrize("text", ["lark", "999 000 0018", "2/5/1948", "2 May 1948"])
def test_a_search_is_a_form_and_is_written_down(web: Web, text: str) -> None:
    referral = received(web.town.kith, NORA)
    received(web.town.kith, ODA)
    browser = web.browser(LEAD)
    assert 'method="post" action="/people"' in browser.get("/people").text
    answer = browser.post("/people", {"text": text})
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    assert "One referral found" in answer.text
    assert "Oda" not in answer.text
    assert f'href="/audit/referral/{referral}"' in answer.text
    details = web.scalar("SELECT details FROM audit_event WHERE action = 'person.searched'")
    assert person_of(web, referral) in str(details)
    assert text not in str(details)
    assert "Who looked at this" not in web.browser(ASHA).get("/people").text


def test_a_search_finds_nobody_of_another_practice_and_says_what_it_wants(web: Web) -> None:
    received(web.town.kith, NORA)
    tom = web.browser(TOM)
    tom.get("/people")
    assert "Nobody at your practices" in tom.post("/people", {"text": "Larkrise"}).text
    for text, told in (("", "Enter a name"), ("L", "at least 2 letters")):
        wrong = tom.post("/people", {"text": text})
        assert (wrong.status_code, told in wrong.text) == (422, True)
    # What is searched for in the address is not looked at.
    assert "Larkrise" not in web.browser(ASHA).get("/people?text=Larkrise").text
    assert web.browser("practice-widnes").get("/people").status_code == 404


def test_searching_without_end_is_stopped(quick_web: Web) -> None:
    browser = quick_web.browser(ASHA)
    browser.get("/people")
    assert browser.post("/people", {"text": "nobody"}).status_code == 200
    quick_web.run("UPDATE rate_bucket SET tokens = 0")
    assert browser.post("/people", {"text": "nobody"}).status_code == 429

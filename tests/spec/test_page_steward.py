"""The steward's pages: corrections decided, facts checked, groups changed, joined and taken out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from html import unescape

from case_world import case
from web_world import Browser, Web

from service.identity.actors import visitor
from service.register.actions.corrections import Proposal, propose
from service.register.correction_model import CorrectedField
from service.register.indexing import drift

pytest_plugins = ("web_fixtures",)

STEWARD = "steward-halton"
WAY = "visit by the register steward"


def said(web: Web, asset_id: int, field: CorrectedField, proposed: str) -> int:
    given = Proposal(field, proposed, "I run it")
    with web.store.work() as work:
        return propose(work, by=visitor(), asset_id=asset_id, proposal=given)


def steward(web: Web, path: str = "/steward") -> Browser:
    browser = web.browser(STEWARD)
    browser.get(path)
    return browser


def fields(page: str) -> dict[str, list[str]]:
    """What a browser would send of the first form of the main part, its buttons left out."""
    form = page.split("<main", 1)[1].split("<form", 1)[1].split("</form>", 1)[0]
    sent: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", form):
        at = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if at.get("type") in {"checkbox", "radio"} and not re.search(r"\schecked\b", tag):
            continue
        sent.setdefault(at["name"], []).append(unescape(at.get("value", "")))
    for name, inside in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', form, re.S):
        chosen = re.search(r'<option value="([^"]*)" selected', inside)
        sent[name] = [unescape(chosen[1])] if chosen else [""]
    for name, inside in re.findall(
        r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', form, re.S
    ):
        sent[name] = [unescape(inside)]
    sent.pop("csrf")
    return sent


def test_now_and_then_side_by_side_and_accepted_as_the_steward_words_it(own_web: Web) -> None:
    number = said(own_web, 1, CorrectedField.CONTACT, "Ask for Jo")
    said(own_web, 1, CorrectedField.CONTACT, "Ask for Bo")
    browser = steward(own_web)
    assert "<strong>2</strong> corrections wait" in browser.page
    path = f"/steward/corrections/{number}"
    page = browser.get(path).text
    assert "Ask for the tea host" in page
    assert page.count("Ask for Jo") == 2
    assert "Ask for Bo" in page, "both stay visible"
    given = {name: values[0] for name, values in fields(page).items()}
    wrong = browser.post(f"{path}/accept", {**given, "confirmed": "", "value": "Ask for J"})
    assert wrong.status_code == 422
    assert 'href="#confirmed"' in wrong.text
    assert "Ask for J</textarea>" in wrong.text
    done = browser.post(f"{path}/accept", {**given, "confirmed": WAY, "value": "Ask for J"})
    assert done.headers["Location"] == "/steward"
    assert "Ask for J" in browser.get("/register/1").text
    assert f"Today, on {datetime.now(UTC).day} " in browser.page
    assert WAY in browser.page
    again = browser.post(f"{path}/accept", {**given, "confirmed": WAY})
    assert again.status_code == 409
    assert "It was accepted." in again.text
    with own_web.store.read() as session:
        assert drift(session) == 0


def test_refused_with_a_reason(quick_web: Web) -> None:
    number = said(quick_web, 1, CorrectedField.WHEN, "Mondays")
    browser = steward(quick_web, f"/steward/corrections/{number}")
    assert f'href="/steward/assets/1?correction={number}"' in browser.page
    path = f"/steward/corrections/{number}/refuse"
    assert 'href="#reason"' in browser.post(path, {"seen": "1"}).text
    assert browser.post(path, {"seen": "7", "reason": "It is so."}).status_code == 409
    assert browser.post(path, {"seen": "1", "reason": "It is so."}).status_code == 303
    assert "No correction waits." in browser.get("/steward").text
    assert "It was refused." in browser.get(f"/steward/corrections/{number}").text
    assert browser.get("/steward/corrections/99999").status_code == 404
    assert (
        browser.post("/steward/corrections/99999/refuse", {"seen": "1", "reason": "x"}).status_code
        == 404
    )
    for odd in ({}, {"seen": "x"}, {"seen": "1", "asset_at": "then", "confirmed": WAY}):
        path = f"/steward/corrections/{number}/accept"
        assert browser.post(path, odd).status_code == 422


def test_checked_today_it_is_no_longer_old(own_web: Web) -> None:
    browser = steward(own_web)
    before = int(re.search(r"<strong>(\d+)</strong> not checked", browser.page)[1])
    asset = re.search(r'name="asset" value="(\d+)"', browser.page)[1]
    assert 'href="#how"' in browser.post("/steward/checked", {"asset": asset}).text
    done = browser.post("/steward/checked", {"asset": asset, "how": WAY})
    assert done.headers["Location"] == "/steward?how=1#old"
    page = browser.get("/steward?how=1").text
    assert f"<strong>{before - 1}</strong> not checked" in page
    assert f'value="{WAY}" selected' in page
    assert browser.post("/steward/checked", {"asset": "999999", "how": WAY}).status_code == 404
    assert browser.post("/steward/checked", {"asset": "x", "how": WAY}).status_code == 422
    for odd in ("?days=x", "?from=x&old=-1", "?from=400&old=400", "?how=99"):
        assert browser.get(f"/steward{odd}").status_code == 200


def test_every_entry_of_the_town_opened_and_saved_is_as_it_was(own_web: Web) -> None:
    browser = steward(own_web)
    numbers = own_web.scalar("SELECT count(*) FROM asset")
    different = []
    for number in range(1, numbers + 1):
        page = browser.get(f"/steward/assets/{number}").text
        answer = browser.post(f"/steward/assets/{number}", fields(page))
        assert answer.status_code == 303, (number, re.findall(r'<a href="#[^<]+', answer.text))
        if "Nothing was different" not in browser.get(f"/register/{number}").text:
            different.append(number)
    assert different == []


def test_a_change_is_saved_with_the_corrections_it_settles(own_web: Web) -> None:
    number = said(own_web, 2, CorrectedField.WHEN, "Mondays at 10")
    browser = steward(own_web, f"/steward/assets/2?correction={number}")
    data = fields(browser.page)
    assert data["settles"] == [f"{number}:1"]
    at = next(name for name in data if re.fullmatch(r"m\d+-often", name)).split("-")[0]
    data |= {f"{at}-day": ["MO"], f"{at}-often": ["week"], f"{at}-starts_at": ["10:00"],
             f"{at}-ends_at": ["11:30"], "assured_by": [WAY]}  # fmt: skip
    assert browser.post("/steward/assets/2", data).status_code == 303
    page = browser.get("/register/2").text
    assert "Mondays, 10:00 to 11:30" in page
    assert "Today, on" in page
    assert own_web.scalar("SELECT state FROM correction") == "accepted"
    late = browser.post("/steward/assets/2", {**data, "name": ["Too late"]})
    assert late.status_code == 409
    assert 'value="Too late"' in late.text
    assert browser.post("/steward/assets/2", fields(late.text)).status_code == 303, "sent again"


def test_everything_wrong_is_linked_to_its_field_and_kept(quick_web: Web) -> None:
    browser = steward(quick_web, "/steward/assets/new")
    empty = browser.post("/steward/assets/new", {})
    assert empty.status_code == 422
    assert 'href="#name"' in empty.text
    assert 'href="#kind"' in empty.text
    wrong = {
        "name": "A" * 201, "kind": "thing", "min_age": "90", "max_age": "9", "cost": "a lot",
        "website": "nowhere", "areas": "WA8", "meetings": "1", "m0-postcode": "WA8 OTR",
        "m0-day": ["MO"], "m0-often": "other", "m0-starts_at": "25:00", "m0-ends_at": "09:00",
        "m0-access_yes": ["step_free"], "m0-access_no": ["step_free"], "group_size": "-3",
        "opens_on-day": "31", "opens_on-month": "2", "opens_on-year": "2026",
        "places_per_week": "x",
    }  # fmt: skip
    answer = browser.post("/steward/assets/new", wrong)
    assert answer.status_code == 422
    links = set(re.findall(r'<a href="#([^"]+)"', answer.text.split("There is a problem")[1]))
    assert links >= {
        "name", "kind", "max_age", "cost", "website", "areas", "m0-postcode", "m0-from",
        "m0-starts_at", "m0-access_no", "group_size", "opens_on", "places_per_week",
    }  # fmt: skip
    for link in links - {"maincontent"}:
        assert f'id="{link}"' in answer.text, link
    assert 'value="25:00"' in answer.text
    for odd in ("9999", "-1", "x", ""):
        assert browser.post("/steward/assets/new", {"meetings": odd}).status_code == 422


def test_a_group_is_added_found_and_taken_out(own_web: Web) -> None:
    browser = steward(own_web, "/steward/assets/new")
    more = browser.post(
        "/steward/assets/new", {"name": "Quay Choir", "meetings": "1", "go": "more"}
    )
    assert more.status_code == 200
    assert 'name="m1-postcode"' in more.text
    assert 'value="Quay Choir"' in more.text
    data = {
        "name": "Quay Choir", "kind": "association", "group_kind": "lunch_club", "cost": "free",
        "delivery": ["in_person"], "meetings": "2", "m0-venue_name": "Hall", "m0-often": "1",
        "m0-postcode": "WA8 6TR", "m0-day": ["TU"], "m0-starts_at": "10:00", "languages": ["en"],
    }  # fmt: skip
    where = browser.post("/steward/assets/new", data).headers["Location"]
    page = browser.get(where).text
    for told in ("Quay Choir", "first Tuesday of the month, from 10:00", "Hall, WA8 6TR", "Never"):
        assert told in page, told
    assert "Quay Choir" in browser.get("/register?text=quay").text
    assert browser.post("/steward/assets/new", data).status_code == 303, "another of that name"
    codes = own_web.scalar("SELECT count(*) FROM asset WHERE code LIKE 'quay-choir%'")
    assert codes == 2
    number = where.rsplit("/", 1)[1]
    twice = browser.get("/steward/duplicates").text
    assert "Names 100% alike, 0 metres apart" in twice
    pair = {"first": re.search(r'name="first" value="(\d+)"', twice)[1],
            "second": re.search(r'name="second" value="(\d+)"', twice)[1]}  # fmt: skip
    assert browser.post("/steward/duplicates", pair).status_code == 422
    assert browser.post("/steward/duplicates", {**pair, "decision": "first"}).status_code == 303
    again = browser.post("/steward/duplicates", {**pair, "decision": "apart"})
    assert again.status_code == 409
    assert pair["first"] == number
    browser.get(f"/steward/assets/{number}")
    assert 'href="#retire_reason"' in browser.post(f"/steward/assets/{number}/retire", {}).text
    gone = browser.post(f"/steward/assets/{number}/retire", {"retire_reason": "It ended."})
    assert gone.status_code == 303
    assert "Not listed any more" in browser.get(f"/register/{number}").text
    assert own_web.browser().get(f"/register/{number}").status_code == 404
    assert browser.get(f"/steward/assets/{number}").status_code == 404
    assert "Quay" not in browser.get("/register?text=quay").text.split("results")[1]
    with own_web.store.read() as session:
        assert drift(session) == 0


def test_a_steward_is_told_how_many_offers_are_open_and_of_whom_nothing(quick_web: Web) -> None:
    referral = case(quick_web)
    for number, state in enumerate(("sent", "attending", "declined")):
        quick_web.run(
            "INSERT INTO offer (offer_id, referral_id, asset_id, state, level, offered_at, "
            "offered_by, version, text, reason, is_held, is_resumed) "
            "SELECT :o, :r, 1, :s, 'full', :at, 'staff:1', 1, '', '', false, false",
            o=f"offer-{number}", r=referral, s=state, at="2026-11-01 09:00:00+00:00",
        )  # fmt: skip
    page = steward(quick_web, "/steward/assets/1").page
    assert "2 offers to this group have not come to an end" in page
    for part in ("Nora", "Larkrise", referral):
        assert part not in page

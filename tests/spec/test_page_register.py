"""The register as pages: searched, read and corrected by anybody, without a postcode kept."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from api_client import Api
from web_world import LOCAL, Web

from service.register.vocabulary import AccessFeature
from service.web.register_filters import NAMES, Wanted, understand

pytest_plugins = ("web_fixtures",)

ASHA, TOM, STEWARD = "link-worker-widnes", "link-worker-runcorn", "steward-halton"


def rows(page: str) -> list[str]:
    return re.findall(r'href="/register/(\d+)"', page)


def marked(page: str) -> list[str]:
    frame = re.search(r'<iframe src="([^"]+)"', page)
    return parse_qs(urlsplit(unescape(frame[1])).query)["at"] if frame else []


def test_anybody_may_look_and_the_map_has_the_rows_of_the_table(web: Web) -> None:
    visitor = web.browser()
    page = visitor.get("/register?need=loneliness_isolation&near=practice-N81011")
    assert page.status_code == 200
    assert "in a straight line" in page.text
    found = rows(page.text)
    placed = [each.split(".")[0] for each in marked(page.text)]
    assert len(found) > 8
    assert placed == [each for each in found if each in placed]
    assert set(found) - set(placed) != set(), "some need no travel"
    drawn = visitor.get(unescape(re.search(r'<iframe src="([^"]+)"', page.text)[1]))
    assert drawn.status_code == 200
    assert drawn.headers["X-Frame-Options"] == "SAMEORIGIN"
    data = Api(web.town).get(unescape(re.search(r'href="(/v1/assets[^"]+csv)"', page.text)[1]))
    assert data.headers["X-Total-Count"] == re.search(r"of (\d+)</span>", page.text)[1]


def test_a_postcode_is_turned_into_a_square_and_goes_no_farther(web: Web) -> None:
    visitor = web.browser()
    visitor.get("/register")
    asked = {"postcode": "wa8 0dq", "need": "debt_money", "day": ["MO", "TU"], "text": "advice",
             "within": "10", "access": "step_free", "checked": "365"}  # fmt: skip
    answer = visitor.post("/register", asked)
    assert answer.status_code == 303
    there = answer.headers["Location"]
    for part in ("wa8", "WA8", "0dq", "0DQ"):
        assert part not in there
    query = parse_qs(urlsplit(there).query)
    assert re.fullmatch(r"square-\d+-\d+", query.pop("near")[0])
    assert query == {
        "need": ["debt_money"], "day": ["MO", "TU"], "text": ["advice"], "within": ["10"],
        "access": ["step_free"], "checked": ["365"],
    }  # fmt: skip
    page = visitor.get(there).text
    assert "up to 700 metres out" in page
    for part in ("wa8 0dq", "WA8 0DQ"):
        assert part not in page
    assert page.count(" selected") == 4
    assert page.count(" checked>") == 3


def test_the_first_part_of_a_postcode_is_a_district(web: Web) -> None:
    visitor = web.browser()
    visitor.get("/register")
    answer = visitor.post("/register", {"postcode": "wa7"})
    assert answer.headers["Location"] == "/register?near=WA7"
    page = visitor.get("/register?near=WA7").text
    assert "Distances are from the middle of WA7" in page


@pytest.mark.parametrize(
    ("postcode", "told"),
    [("WA8 OTR", "letter O"), ("ZZ99 3VZ", ""), ("<b>", ""), ("x" * 500, "")],
)
def test_a_postcode_that_is_wrong_is_said_with_nothing_lost(
    web: Web, postcode: str, told: str
) -> None:
    visitor = web.browser()
    visitor.get("/register")
    answer = visitor.post("/register", {"postcode": postcode, "need": "debt_money", "free": "yes"})
    assert answer.status_code == 422
    assert answer.text.startswith("<!DOCTYPE html>")
    assert "<title>Error: " in answer.text
    assert 'href="#postcode"' in answer.text
    assert told in answer.text
    assert 'value="debt_money" selected' in answer.text
    assert "<b>" not in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_nothing_fits_is_said_with_what_to_leave_out(quick_web: Web) -> None:
    visitor = quick_web.browser()
    page = visitor.get(
        "/register?need=debt_money&near=practice-N81011&within=1&day=SU&free=yes&text=zzz"
    ).text
    assert "Nothing fits" in page
    for told in ("without the words", "without the day", "without the need", "without the place"):
        assert told in page
    assert "up to 2 km away" in page
    ways = [unescape(each) for each in re.findall(r'<li><a href="([^"]+)"', page)]
    lengths = {len(parse_qs(urlsplit(way).query)) for way in ways}
    assert lengths == {4, 5, 6}
    for way in ways:
        assert visitor.get(way).status_code == 200


def test_every_part_of_the_answers_is_there_once(quick_web: Web) -> None:
    visitor = quick_web.browser()
    seen: list[str] = []
    path = "/register?near=practice-N81011&within=20"
    for _ in range(10):
        page = visitor.get(path).text
        seen += rows(page)
        onward = re.search(r'<a href="([^"]+)">Further down', page)
        if onward is None:
            break
        path = unescape(onward[1])
        assert "near=practice-N81011" in path
    total = int(re.search(r'id="results">(\d+) groups', page)[1])
    assert len(seen) == len(set(seen)) == total
    beyond = visitor.get("/register?page=999").text
    assert "nothing in this part" in beyond
    assert "Go to the last part" in beyond


@pytest.mark.parametrize(
    "query",
    [
        "?need=nothing", "?near=practice-", "?near=square-9999-99999", "?near=square-699-1299",
        "?near=group-999999999", "?near=ZZ9", "?page=0", "?page=-1", "?page=1e9", "?within=x",
        "?day=XX&day=MO", "?text=" + "a" * 5_000, "?access=everything",
        "?checked=99999999999", "?near=WA8%206TR", "?postcode=WA8%206TR", "?x=" + "y" * 3_000,
    ],
)  # fmt: skip
def test_an_address_that_means_nothing_is_a_page(web: Web, query: str) -> None:
    answer = web.browser().get(f"{LOCAL}/register{query}")
    assert answer.status_code == 200
    assert "WA8 6TR" not in re.sub(r"<td.*?</td>", "", answer.text, flags=re.S)
    drawn = web.browser().get(f"{LOCAL}/register/map{query}&at=1")
    assert drawn.status_code == 200


def test_an_address_with_half_a_character_is_no_address(quick_web: Web) -> None:
    assert quick_web.browser().get(f"{LOCAL}/register?text=%00").status_code == 404


@pytest.mark.parametrize("query", ["", "?at=x", "?at=999999999", "?near=square-999-1"])
def test_a_map_of_nothing_is_not_there(quick_web: Web, query: str) -> None:
    assert quick_web.browser().get(f"/register/map{query}").status_code == 404


def test_filters_say_the_same_in_an_address_as_in_a_form() -> None:
    from starlette.datastructures import QueryParams

    wanted = Wanted(
        need="debt_money", text="a b", near="group-3", within_km=10, free=True, room=True,
        access=tuple(AccessFeature), checked=30, page=3,
    )  # fmt: skip
    assert understand(QueryParams(wanted.pairs())) == wanted
    assert {name for name, _ in wanted.pairs()} | {"day"} == set(NAMES)
    assert not Wanted(page=2).is_filtered


def test_one_group_says_what_is_known_and_how_sure_that_is(web: Web) -> None:
    page = web.browser().get("/register/1")
    text = page.text
    for told in ("Lapwing Lunch Club", "Tuesdays, 12:00 to 14:00", "aged 55 and over", "£4.50",
                 "invented example", "12 days ago", "visit by a link worker", "WA8 7EG",
                 "Kith example register", "A way in without steps: yes"):  # fmt: skip
        assert told in text, told
    assert "lapwing-lunch-club" not in re.sub(
        r"lapwing-lunch-club@|groups/lapwing-lunch-club", "", text
    )
    assert "Change this entry" not in text
    assert "Corrections that wait" not in text
    for gone in ("0", "99999", "999999999999999999999"):
        assert web.browser().get(f"/register/{gone}").status_code == 404
    assert web.browser().get("/register/one").status_code == 404


def test_a_visitor_proposes_and_only_stewards_see_it(web: Web) -> None:
    visitor = web.browser()
    visitor.get("/register/1/correct")
    data = {"field": "contact", "proposed": "Ask for Quillon", "how_known": "I run it"}
    answer = visitor.post("/register/1/correct", data)
    assert answer.status_code == 200
    assert "Thank you" in answer.text
    assert web.scalar("SELECT proposed_by FROM correction") == "visitor"
    assert "Quillon" not in visitor.get("/register/1").text
    assert "Quillon" not in web.browser(ASHA).get("/register/1").text
    assert "Quillon" in web.browser(STEWARD).get("/register/1").text
    assert "Quillon" not in str(
        web.scalar("SELECT details FROM audit_event ORDER BY event_id DESC")
    )


def test_what_is_missing_is_linked_and_what_was_typed_is_kept(web: Web) -> None:
    visitor = web.browser()
    visitor.get("/register/1/correct")
    answer = visitor.post("/register/1/correct", {"proposed": "Mondays <b>"})
    assert answer.status_code == 422
    for told in ('href="#field"', 'href="#how_known"', "Mondays &lt;b&gt;", "Choose what is wrong"):
        assert told in answer.text, told
    answer = visitor.post("/register/1/correct", {"field": "when", "how_known": "I go there"})
    assert answer.status_code == 422
    assert 'href="#proposed"' in answer.text
    assert 'value="when" checked' in answer.text
    long = {"field": "when", "proposed": "x" * 1_001, "how_known": "y" * 301}
    assert "1000 characters or fewer" in visitor.post("/register/1/correct", long).text
    odd = visitor.post("/register/1/correct", {"field": "made-up", "how_known": "\0"})
    assert odd.status_code == 422
    assert visitor.post("/register/99999/correct", long).status_code == 404
    assert web.scalar("SELECT count(*) FROM correction") == 0


def test_too_many_without_an_account_wait_with_what_they_typed(quick_web: Web) -> None:
    visitor = quick_web.browser()
    visitor.get("/register/1/correct")
    for number in range(11):
        visitor.get("/register/1/correct")
        data = {"field": "contact", "proposed": f"Ask for {number}", "how_known": "I run it"}
        answer = visitor.post("/register/1/correct", data)
    assert answer.status_code == 429
    assert int(answer.headers["Retry-After"]) > 0
    assert "Ask for 10" in answer.text
    assert quick_web.scalar("SELECT count(*) FROM correction") == 10


def test_one_takes_back_only_ones_own(web: Web) -> None:
    asha = web.browser(ASHA)
    asha.get("/register/2/correct")
    asha.post("/register/2/correct", {"field": "closed", "how_known": "The door was shut"})
    page = asha.get("/register/2").text
    assert "You said so" in page
    data = asha.hidden()
    tom = web.browser(TOM)
    assert "You said so" not in tom.get("/register/2").text
    assert tom.post("/register/2/withdraw", data).status_code == 404
    visitor = web.browser()
    visitor.get("/register/2/correct")
    assert visitor.post("/register/2/withdraw", data).status_code == 303
    assert asha.post("/register/2/withdraw", {"correction": "x"}).status_code == 422
    asha.get("/register/2")
    assert asha.post("/register/2/withdraw", data).headers["Location"] == "/register/2"
    assert asha.post("/register/2/withdraw", data).status_code == 409
    assert web.scalar("SELECT state FROM correction") == "withdrawn"

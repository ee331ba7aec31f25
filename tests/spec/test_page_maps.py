"""Maps for those who plan: of their own places, in words and as a table, and kept by a browser."""

from __future__ import annotations

import re
from html import unescape

import pytest
from web_world import Web

pytest_plugins = ("web_fixtures",)

COMMISSIONER, WIDNES_ONLY, STEWARD = "commissioner-halton", "practice-widnes", "steward-halton"
WIDNES, RUNCORN = "N81011", "N81019"


def test_each_sees_the_practices_of_their_places_and_no_other(web: Web) -> None:
    assert WIDNES in web.browser(COMMISSIONER).get("/maps").text
    own = web.browser(WIDNES_ONLY)
    listed = own.get("/maps").text
    assert f"/maps/{WIDNES}" in listed
    assert RUNCORN not in listed
    assert own.get(f"/maps/{WIDNES}").status_code == 200
    for path in (f"/maps/{RUNCORN}", f"/maps/{RUNCORN}/map", "/maps/X", "/maps/%00", "/maps/E54"):
        assert own.get(path).status_code == 404, path
    assert web.browser(STEWARD).get(f"/maps/{RUNCORN}").status_code == 200
    assert web.browser().get(f"/maps/{WIDNES}").status_code == 303


def test_words_table_and_map_say_the_same(web: Web) -> None:
    browser = web.browser(COMMISSIONER)
    page = browser.get(f"/maps/{WIDNES}?need=debt_money&within=3").text
    count = int(re.search(r"(\d+) groups?, nearest first", page)[1])
    assert len(set(re.findall(r'href="/register/(\d+)"', page))) == count
    assert re.search(rf"{count} groups? and places within 3 km", page)
    drawn = browser.get(unescape(re.search(r'<iframe src="([^"]+)"', page)[1]))
    assert drawn.status_code == 200
    assert drawn.headers["X-Frame-Options"] == "SAMEORIGIN"
    whole = browser.get(f"/maps/{WIDNES}/map?need=debt_money&within=3&whole=yes").text
    for name in re.findall(r'href="/register/\d+">([^<]+)<', page):
        assert name in whole
    assert browser.get(f"/maps/{WIDNES}?need=none&within=x").status_code == 200


def test_a_map_is_sent_again_only_when_the_register_changed(own_web: Web) -> None:
    browser = own_web.browser(COMMISSIONER)
    path = f"/maps/{WIDNES}/map?within=2"
    first = browser.get(path)
    tag = first.headers["ETag"]
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert browser.get(path, headers={"If-None-Match": tag}).status_code == 304
    other = browser.get(f"{path}&whole=yes", headers={"If-None-Match": tag})
    assert other.status_code == 200
    own_web.run("UPDATE register_version SET version = version + 1")
    assert browser.get(path, headers={"If-None-Match": tag}).status_code == 200


@pytest.mark.parametrize("path", ["/maps", f"/maps/{WIDNES}"])
def test_a_practice_without_a_place_is_listed_and_has_no_map(own_web: Web, path: str) -> None:
    own_web.run("UPDATE nhs_org SET easting_m = NULL WHERE ods_code = :code", code=WIDNES)
    answer = own_web.browser(COMMISSIONER).get(path)
    assert answer.status_code == 200
    assert "not known where" in answer.text

"""Every page of the application in a real browser: checked by axe, wide and on a phone."""

from __future__ import annotations

import re
from collections.abc import Callable

from api_client import served
from every_page import (
    COMMISSIONER,
    GP,
    NOBODY,
    PAGES,
    WORKER,
    address_of,
    kept,
    launched,
    route_of,
    world,
)
from page_routes import pages_of
from web_world import Web

from docs.screenshots import IMAGES, shots

pytest_plugins = ("web_fixtures",)

NO_PAGE = {
    "/development-sign-in/.well-known/openid-configuration": "for programs",
    "/development-sign-in/jwks": "for programs",
}
"""What answers a GET among the pages and is none."""
MAPS = {"/v1/practices/{ods}/map"}
"""Pages among the doors for machines."""
FAILING = ("/sign-in/return",)
"""What a browser comes to by its own address only when something has gone wrong."""


def every_route(web: Web) -> set[str]:
    pages = web.app.state.page_paths
    got = {path for method, path in pages_of(web.app) if method == "GET" and path in pages}
    return (got | MAPS) - set(NO_PAGE)


def test_every_page_is_among_those_that_are_looked_at(quick_web: Web) -> None:
    looked_at = {route_of(each) for each in PAGES}
    there = every_route(quick_web)
    assert len(there) > 60
    assert there - looked_at == set(), "add them to `PAGES` of tests/every_page.py"
    assert looked_at - there == set(), "no such page any more"


NO_PICTURE = {
    "/launch/{secret}": "the practice's form, filled in",
    "/kept/{kept_id}": "only after a session has ended",
    "/sign-in/begin": "leads on to the provider",
    "/development-sign-in/authorise": "for trying Kith out",
    "/sign-in/return": "comes from the provider",
    "/signed-out": "one sentence",
    "/problems/{slug}": "as the list of problems",
    "/register/map": "stands in the register's picture",
    "/maps/{ods}/map": "stands in the page's picture",
    "/referrals/{referral_id}/map": "stands in the referral's picture",
    "/referrals/{referral_id}/plan/goals/new": "as a goal that is changed",
    "/referrals/{referral_id}/plan/concerns/{concern_id}": "as one that is raised",
}
"""Pages that the handbook has no picture of, and why."""


def test_every_page_has_a_picture_in_the_handbook(quick_web: Web) -> None:
    paths = [re.sub(r"\{\w+\}", "x", shot.path).split("?")[0] for shot in shots("N81064")]
    shown = set()
    for route in every_route(quick_web):
        # `new` and the like are addresses of their own, and no number of anything.
        pattern = re.sub(r"\{\w+:int\}", r"(?:\\d+|x)", route)
        pattern = re.sub(r"\{\w+\}", "(?!new(?:/|$))[^/]+", pattern)
        if any(re.fullmatch(pattern, path) for path in paths):
            shown.add(route)
    assert every_route(quick_web) - shown == set(NO_PICTURE)
    for shot in shots("N81064"):
        assert (IMAGES / shot.name).is_file(), "run `make pictures`"


class Eyes:
    """One window for each person, on one world."""

    def __init__(self, web: Web, address: str, open_page: Callable, **options: object) -> None:
        self.web, self.address, self.values = web, address, world(web)
        self.open_page, self.options = open_page, options
        self.windows: dict[str, object] = {}

    def of(self, who: str):
        """The window of this person."""
        if who not in self.windows:
            secret = self.web.session(who) if who else ""
            if who == WORKER:
                self.values["kept_id"] = kept(self.web, secret)
            if who == GP:
                self.values["secret"] = launched(self.web)

            def give(context) -> None:
                if secret:
                    cookie = {"name": "kith", "value": secret, "url": self.address}
                    context.add_cookies([cookie])

            start = f"{self.address}{'/start' if who else '/'}"
            self.windows[who] = self.open_page(start, before=give, **self.options)
        return self.windows[who]


def test_axe_finds_nothing_wrong_and_nothing_runs_off_the_side(
    own_web: Web, open_page: Callable
) -> None:
    wrong: dict[str, list[str]] = {}
    with served(own_web.app) as address:
        eyes = Eyes(own_web, address, open_page)
        for each in PAGES:
            seen = eyes.of(each.who)
            path = address_of(each, eyes.values)
            if each.route == "/development-sign-in/authorise":
                # What a provider is asked stands in the address that one is sent on to.
                seen.page.goto(f"{address}/sign-in/begin")
            else:
                answer = seen.page.goto(f"{address}{path}")
                expected = 403 if each.route in FAILING else 200
                if answer is None or answer.status != expected:
                    wrong[path] = [f"answers {answer and answer.status}"]
                    continue
            for width in (1280, 320):
                seen.page.set_viewport_size({"width": width, "height": 900})
                # The header of the design system sets itself out anew a moment later.
                seen.page.wait_for_timeout(250)
                found = seen.axe()
                across = seen.across()
                if across > width:
                    found.append(f"{across} px across")
                wrong[f"{each.who} {path} at {width}"] = found
        seen = eyes.of(NOBODY)
        seen.page.goto(f"{address}/no-such-page")
        wrong["not found"] = seen.axe()
        for window in eyes.windows.values():
            assert window.hosts() == {address.split("//")[1]}
    assert {path: found for path, found in wrong.items() if found} == {}


ON_THE_MAP = """() => {
  const words = at => at.textContent.replace(/\\s+/g, ' ').trim();
  const name = row => {
    const cell = row.querySelector('th').cloneNode(true);
    cell.querySelectorAll('.tag, .about').forEach(each => each.remove());
    return words(cell);
  };
  const rows = [...document.querySelectorAll('#features tbody tr')];
  const marks = [...document.querySelectorAll('.leaflet-marker-icon.kith-mark')];
  const bunches = [...document.querySelectorAll('.leaflet-marker-icon.kith-cluster')];
  const held = bunches.map(each => +each.querySelector('span').textContent.replace(/,/g, ''));
  return {
    names: rows.map(name),
    placed: rows.filter(each => each.querySelector('a.find')).length,
    drawn: marks.length + held.reduce((sum, each) => sum + each, 0),
    titles: marks.map(each => each.title),
  };
}"""
NAMES_OF = """all => all.map(each => [...each.childNodes]
  .filter(part => part.nodeType === Node.TEXT_NODE).map(part => part.textContent).join(' ')
  .replace(/\\s+/g, ' ').trim())"""
ROWS, LIST, HEADING = ".kith-name-link", ".kith-match__head h3", "h1"
"""Where the names stand: in a table's first column, in a list's headings, above one group."""


HAS_A_PLACE = (
    "SELECT count(*) FROM asset JOIN schedule ON schedule.asset_id = asset.asset_id "
    "JOIN venue ON venue.venue_id = schedule.venue_id "
    "WHERE asset.name = :name AND venue.easting_m IS NOT NULL"
)
WITH_A_MAP = (
    (NOBODY, "/register?need=loneliness_isolation&near=practice-N81011", ROWS),
    (NOBODY, "/register?text=lunch", ROWS),
    (NOBODY, "/register/{asset_id}", HEADING),
    (COMMISSIONER, "/maps/{ods}", ROWS),
    (COMMISSIONER, "/maps/{ods}?need=debt_money&within=3", ROWS),
    (WORKER, "/referrals/{referral_id}", LIST),
    (WORKER, "/referrals/{referral_id}?free=yes", LIST),
)


def test_what_a_page_lists_is_what_its_map_has(own_web: Web, open_page: Callable) -> None:
    with served(own_web.app) as address:
        eyes = Eyes(own_web, address, open_page)
        for who, path, names in WITH_A_MAP:
            page = eyes.of(who).page
            page.goto(address + path.format(**eyes.values))
            page.locator("iframe").scroll_into_view_if_needed()
            inside = page.frame_locator("iframe")
            inside.locator(".kith-mark, .kith-cluster").first.wait_for()
            frame = next(each for each in page.frames if each != page.main_frame)
            on_map = frame.evaluate(ON_THE_MAP)
            listed = page.eval_on_selector_all(names, NAMES_OF)
            assert len(listed) > 0, path
            placeless = [each for each in listed if not own_web.scalar(HAS_A_PLACE, name=each)]
            there = sorted(on_map["names"])
            assert there in (sorted(listed), sorted({*listed} - {*placeless})), path
            assert on_map["drawn"] == on_map["placed"] > 0, path
            for title in on_map["titles"]:
                assert title.startswith(tuple(listed)), (path, title)

"""How far one walks from a practice: drawn, counted and listed only where streets are known."""

from __future__ import annotations

import heapq
import math
import random
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
import shapely
from api_client import Api, Town
from case_world import OTHER, WORKER, case
from network_worlds import streets
from web_world import Web

from geo.maps import AreaKind, Assets, MapSheet, draw
from geo.network import NetworkTravel, StreetGraph, walked_within
from geo.point import GridPoint
from geo.travel import DetourTravel, TravelModel
from service.identity.codes import OdsCode
from service.insights import queries
from service.insights.walk_layer import USUAL, Pace, with_walks

pytest_plugins = ("web_fixtures",)

SURGERY = GridPoint(351_899, 387_231)
ROW = "Walk from the practice"


def grid_of_streets(middle: GridPoint, across: int = 41, every_m: float = 100.0) -> StreetGraph:
    """Crossroads every 100 m round a place, 2 km to each side, with some streets left out."""
    draw_lots = random.Random(5)
    half = (across - 1) / 2 * every_m
    east, north = middle.easting_m - 350_000 - half, middle.northing_m - 380_000 - half
    places = [
        (east + column * every_m, north + row * every_m)
        for row in range(across)
        for column in range(across)
    ]
    ways = []
    for row in range(across):
        for column in range(across):
            here = row * across + column
            if column + 1 < across and draw_lots.random() < 0.8:
                ways.append((here, here + 1))
            if row + 1 < across and draw_lots.random() < 0.8:
                ways.append((here, here + across))
    return streets(places, ways)


@pytest.fixture(scope="module")
def travel() -> NetworkTravel:
    return NetworkTravel(grid_of_streets(SURGERY), DetourTravel())


def sheet_of(
    town: Town, travel: TravelModel, *walk: int, code: str = "N81011", pace: Pace = USUAL
) -> MapSheet:
    kith = town.kith
    with town.store.read() as session:
        view = queries.practice(session, OdsCode(code))
        sheet = queries.asset_map(
            session,
            view=view,
            radius_m=3_000.0,
            needs=(),
            today=date(2026, 3, 5),
            settings=kith.settings,
        )
    return with_walks(sheet, travel, queries.position(view), walk, pace)


def metres_by_dijkstra(graph: StreetGraph, start: GridPoint) -> dict[int, float]:
    """The slow twin: metres from a corner to every corner, with a heap and dictionaries."""
    foot = graph.on_foot
    ways: dict[int, list[tuple[int, float]]] = {}
    for one, other, length in zip(
        foot.starts.tolist(), foot.ends.tolist(), foot.edge_m.tolist(), strict=True
    ):
        ways.setdefault(one, []).append((other, length))
        ways.setdefault(other, []).append((one, length))
    where = np.hypot(foot.eastings_m - start.easting_m, foot.northings_m - start.northing_m)
    first = int(where.argmin())
    assert where[first] == 0.0
    metres, queue = {first: 0.0}, [(0.0, first)]
    while queue:
        gone, here = heapq.heappop(queue)
        if gone > metres[here]:
            continue
        for there, length in ways.get(here, []):
            if gone + length < metres.get(there, math.inf):
                metres[there] = gone + length
                heapq.heappush(queue, (gone + length, there))
    return metres


@pytest.mark.parametrize("minutes", [5, 15, 30])
def test_the_area_holds_every_corner_in_time_and_no_other_by_dijkstra(
    travel: NetworkTravel, minutes: int
) -> None:
    speed = 0.85
    area = walked_within(travel, SURGERY, minutes, speed)
    assert area is not None
    foot = travel.walks.graph.on_foot
    metres = metres_by_dijkstra(travel.walks.graph, SURGERY)
    limit_m = minutes * 60 * speed
    for corner, gone in metres.items():
        at = (float(foot.eastings_m[corner]), float(foot.northings_m[corner]))
        inside = bool(shapely.intersects_xy(area, *at))
        if gone <= limit_m:
            assert inside, (corner, gone)
        # Streets are drawn 40 m wide: a corner that is farther stands inside only beside them.
        elif inside:
            assert gone - limit_m <= 100.0 + 40.0
    assert any(gone <= limit_m for gone in metres.values())


def test_areas_lie_in_each_other_and_a_wheelchair_or_a_slow_pace_gets_less_far(
    travel: NetworkTravel,
) -> None:
    near, far = (walked_within(travel, SURGERY, each, 1.33) for each in (15, 30))
    slow = walked_within(travel, SURGERY, 15, 0.71)
    assert near is not None
    assert far is not None
    assert slow is not None
    assert near.within(far.buffer(10.0))
    assert slow.within(near.buffer(10.0))
    assert slow.area < near.area < far.area


def test_the_map_draws_counts_and_lists_it(town: Town, travel: NetworkTravel) -> None:
    plain = sheet_of(town, travel)
    sheet = sheet_of(town, travel, 30, 15, 15)
    reach = [each for each in sheet.areas if each.kind is AreaKind.REACH]
    assert [each.label for each in reach] == ["30 minutes’ walk", "15 minutes’ walk"]
    assert len(sheet.features) == len(plain.features)
    by_row = {"Up to 15 minutes": 0, "Up to 30 minutes": 0}
    for feature in sheet.features:
        said = dict(feature.rows)[ROW]
        assert said in {*by_row, "Over 30 minutes", "No place to go to", "Not on our street map"}
        assert (said == "No place to go to") == (feature.point is None)
        if said in by_row:
            by_row[said] += 1
    assert any(by_row.values())
    near, both = by_row["Up to 15 minutes"], sum(by_row.values())
    assert f"{near} within 15 minutes, {both} within 30 minutes." in " ".join(sheet.summary)
    assert "1.33 metres a second" in " ".join(sheet.summary)
    assert any("OpenStreetMap contributors" in each for each in sheet.attribution)
    html = draw(sheet, assets=Assets.inline())
    assert html == draw(sheet_of(town, travel, 15, 30), assets=Assets.inline())
    for words in ("Reached in the minutes written on it", "kith-name-reach", ROW):
        assert words in html
    assert "swatch-reach" in html
    assert "OpenStreetMap" not in draw(plain, assets=Assets.inline())


def test_a_group_that_is_listed_within_stands_in_the_area(
    quick_town: Town, travel: NetworkTravel
) -> None:
    sheet = sheet_of(quick_town, travel, 15)
    [reach] = [each for each in sheet.areas if each.kind is AreaKind.REACH]
    inside = 0
    for feature in sheet.features:
        if feature.point is None or dict(feature.rows)[ROW] != "Up to 15 minutes":
            continue
        at = shapely.Point(feature.point.easting_m, feature.point.northing_m)
        # A house stands as far from its street as is allowed; the street is drawn 40 m wide.
        assert reach.shape.distance(at) <= travel.network_parameters.snap_limit_m
        inside += 1
    assert inside


@pytest.mark.parametrize("code", ["N81011", "N81057"])
def test_without_streets_nothing_is_claimed_and_that_is_said(quick_town: Town, code: str) -> None:
    far = NetworkTravel(grid_of_streets(GridPoint(300_000, 300_000), 5), DetourTravel())
    for model, why in ((DetourTravel(), "no street map"), (far, "too far from every street")):
        sheet = sheet_of(quick_town, model, 15, code=code)
        assert not [each for each in sheet.areas if each.kind is AreaKind.REACH]
        assert not any(ROW in dict(each.rows) for each in sheet.features)
        assert why in sheet.summary[-1]
        assert "15 minutes is not shown" in sheet.summary[-1]


@pytest.fixture
def streets_web(quick_web: Web, travel: NetworkTravel) -> Iterator[Web]:
    """The same Kith with the streets of Widnes known."""
    state = quick_web.app.state
    before, state.kith = state.kith, replace(state.kith, travel=travel)
    yield quick_web
    state.kith = before


def test_over_http_it_is_asked_for_switched_off_and_cached_apart(streets_web: Web) -> None:
    api = Api(streets_web.town)
    plain, walked = (api.get(f"/v1/practices/N81011/map{query}") for query in ("", "?walk=15"))
    assert plain.status_code == walked.status_code == 200
    assert plain.headers["ETag"] != walked.headers["ETag"]
    assert "15 minutes’ walk</a>" in plain.text
    assert 'href="/v1/practices/N81011/map?walk=15&amp;walk=30"' in plain.text
    assert "Hide the walk" in walked.text
    assert "Reached in the minutes written on it" in walked.text
    same = api.get("/v1/practices/N81011/map?walk=15&walk=15")
    assert same.headers["ETag"] == walked.headers["ETag"]
    kept = api.get(
        "/v1/practices/N81011/map?walk=15", headers={"If-None-Match": walked.headers["ETag"]}
    )
    assert kept.status_code == 304
    with_need = api.get("/v1/practices/N81011/map?need=bereavement&within=2000")
    assert "?need=bereavement&amp;within=2000&amp;walk=15" in with_need.text


@pytest.mark.parametrize(
    "query", ["walk=4", "walk=61", "walk=x", "walk=", "&".join(["walk=15"] * 4)]
)
def test_minutes_that_cannot_be_shown_are_refused(quick_town: Town, query: str) -> None:
    answer = Api(quick_town).get(f"/v1/practices/N81011/map?{query}")
    assert answer.status_code == 422
    assert "walk" in answer.text


def test_without_streets_the_page_offers_no_walk(quick_town: Town) -> None:
    page = Api(quick_town).get("/v1/practices/N81011/map").text
    assert "minutes’ walk" not in page
    asked = Api(quick_town).get("/v1/practices/N81011/map?walk=30").text
    assert "we have no street map of this place" in asked


def test_beside_a_referral_it_starts_at_the_practice_at_the_person_s_pace(
    streets_web: Web,
) -> None:
    web = streets_web
    referral_id = case(web, facts={"mobility_difficulty": True})
    browser = web.browser(WORKER)
    page = browser.get(f"/referrals/{referral_id}").text
    link = re.search(r'href="([^"]*walk=15&amp;walk=30)"', page)
    assert link
    shown = browser.get(link[1].replace("&amp;", "&")).text
    # 73 years old, with difficulty walking: 0.8 metres a second.
    assert "at the pace of this person (0.8 metres a second)" in shown
    assert "from the practice" in shown
    assert "Larkrise" not in shown
    assert "WA8 6TR" not in shown
    plain = browser.get(f"/referrals/{referral_id}/map?at=1&whole=yes&walk=17").text
    assert "minutes’ walk" not in plain
    assert web.browser(OTHER).get(f"/referrals/{referral_id}/map?at=1&walk=15").status_code == 404

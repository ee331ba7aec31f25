"""Practices over the API: who they are, what is near them, and their maps."""

import re

import httpx
import pytest
from api_client import Api, Town
from sqlalchemy import text

from service.api.v1.directory import AssetList, AssetListed
from service.api.v1.practices import PracticeTold
from service.register.indexing import reindex

pytest_plugins = ("api_fixtures",)

WIDNES_MAP = "/v1/practices/N81011/map"


def test_a_practice_with_those_above_it(visitor: Api) -> None:
    answer = visitor.get("/v1/practices/N81011")
    assert answer.status_code == 200
    told = PracticeTold.model_validate_json(answer.text)
    assert (told.ods_code, told.is_active) == ("N81011", True)
    assert told.list_size is not None
    assert told.position is not None
    assert -2.9 < told.position.longitude < -2.6
    kinds = [parent.kind for parent in told.parents]
    assert kinds[0] == "pcn"
    assert "icb" in kinds
    assert visitor.get(told.assets).status_code == 200
    assert visitor.get(told.map).status_code == 200


def test_a_code_is_tidied(visitor: Api) -> None:
    assert visitor.get("/v1/practices/ n81011 ").json()["ods_code"] == "N81011"


def test_what_is_near_it_nearest_first(visitor: Api) -> None:
    answer = visitor.get("/v1/practices/N81011/assets", params={"within": 3000})
    page = AssetList.model_validate_json(answer.text)
    distances = [each.distance_m or 0.0 for each in page.assets]
    assert distances == sorted(distances)
    assert max(distances) <= 3000
    assert page.total == len(page.assets) == int(answer.headers["X-Total-Count"])
    for each in page.assets:
        assert each.reach == "near"


def test_what_is_near_it_for_a_need_and_by_the_page(visitor: Api) -> None:
    path = "/v1/practices/N81011/assets"
    grief = visitor.get(path, params={"need": "bereavement"}).json()
    assert 0 < grief["total"] < visitor.get(path).json()["total"]
    assert all("bereavement" in each["needs"] for each in grief["assets"])
    part = visitor.get(path, params={"limit": 2, "offset": 1}).json()
    whole = visitor.get(path).json()
    assert part["assets"] == whole["assets"][1:3]


@pytest.mark.parametrize(("kind", "of"), [("geojson", "application/geo+json"), ("csv", "text/csv")])
def test_what_is_near_it_in_other_clothes(visitor: Api, kind: str, of: str) -> None:
    answer = visitor.get("/v1/practices/N81011/assets", params={"format": kind})
    assert answer.headers["Content-Type"].startswith(of)


def policy_of(answer: httpx.Response) -> dict[str, str]:
    parts = (
        part.strip().partition(" ") for part in answer.headers["Content-Security-Policy"].split(";")
    )
    return {name: value for name, _, value in parts if name}


def test_its_map_is_a_page_that_asks_no_other_host(visitor: Api) -> None:
    answer = visitor.get(WIDNES_MAP)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    policy = policy_of(answer)
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in policy["script-src"]
    nonce = re.search(r"'nonce-([^']+)'", policy["script-src"])
    assert nonce is not None
    page = answer.text
    for script in re.findall(r"<script\b[^>]*>", page):
        assert f'nonce="{nonce[1]}"' in script or 'type="application/json"' in script, script
    loaded = re.findall(r"""(?:src|href)=["']([^"']+)""", page)
    assert any(link.startswith("/static/maps/") for link in loaded)
    for link in loaded:
        # A group's own address is a link to follow, never something the page loads.
        assert link.startswith(("/", "#", "data:", "https://example.org/", "mailto:")), link
    for loader in re.findall(r"<(?:script|link|img|iframe)\b[^>]*>", page):
        assert "http" not in loader, loader
    assert "https://" not in answer.headers["Content-Security-Policy"]
    for file in {link for link in loaded if link.startswith("/static/")}:
        assert visitor.get(file).status_code == 200, file


def test_a_nonce_is_used_once(visitor: Api) -> None:
    first, second = (policy_of(visitor.get(WIDNES_MAP))["script-src"] for _ in range(2))
    assert first != second


def test_the_map_says_the_same_as_its_table_and_its_geojson(visitor: Api) -> None:
    page = visitor.get(WIDNES_MAP).text
    body = visitor.get(WIDNES_MAP, params={"format": "geojson"}).json()
    names = [feature["properties"]["asset"]["name"] for feature in body["features"]]
    assert len(names) == body["numberMatched"] == body["numberReturned"] > 50
    for name in names:
        assert name.replace("'", "&#39;") in page or name in page
    reaches = {feature["properties"]["reach"] for feature in body["features"]}
    assert {"near", "remote"} <= reaches
    for feature in body["features"]:
        assert (feature["geometry"] is None) == (feature["properties"]["reach"] != "near")
        AssetListed.model_validate({**feature["properties"], "position": None})


def test_a_map_can_be_of_one_need_and_of_another_radius(visitor: Api) -> None:
    def count(**asked: object) -> int:
        answer = visitor.get(WIDNES_MAP, params={"format": "geojson", **asked})
        return int(answer.json()["numberMatched"])

    assert 0 < count(need="bereavement") < count()
    assert count(within=1_000) < count(within=5_000) == count() <= count(within=50_000)


@pytest.mark.parametrize("kind", ["html", "geojson"])
def test_an_unchanged_map_is_not_sent_again(visitor: Api, kind: str) -> None:
    first = visitor.get(WIDNES_MAP, params={"format": kind})
    tag = first.headers["ETag"]
    for known in (tag, tag.removeprefix("W/"), f'"other", {tag}', "*"):
        again = visitor.get(WIDNES_MAP, params={"format": kind}, headers={"If-None-Match": known})
        assert again.status_code == 304
        assert again.content == b""
        assert again.headers["ETag"] == tag
        assert "Content-Security-Policy" not in again.headers
    for unknown in ('"other"', "W/", tag[:-3] + '"'):
        again = visitor.get(WIDNES_MAP, params={"format": kind}, headers={"If-None-Match": unknown})
        assert again.status_code == 200


def test_each_map_has_its_own_tag(visitor: Api) -> None:
    asked = [
        {},
        {"within": 3000},
        {"need": "bereavement"},
        {"need": "debt_money"},
        {"format": "geojson"},
    ]
    tags = [visitor.get(WIDNES_MAP, params=each).headers["ETag"] for each in asked]
    tags.append(visitor.get("/v1/practices/N81019/map").headers["ETag"])
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize(
    ("change", "undo"),
    [
        (
            "UPDATE register_version SET version = version + 1",
            "UPDATE register_version SET version = version - 1",
        ),
        (
            "UPDATE nhs_org SET list_size = list_size + 1 WHERE ods_code = 'N81011'",
            "UPDATE nhs_org SET list_size = list_size - 1 WHERE ods_code = 'N81011'",
        ),
    ],
)
def test_a_changed_map_is_sent_again(town: Town, change: str, undo: str) -> None:
    api = Api(town)
    tag = api.get(WIDNES_MAP).headers["ETag"]
    with town.store.work() as work:
        work.session.execute(text(change))
    try:
        again = api.get(WIDNES_MAP, headers={"If-None-Match": tag})
        assert again.status_code == 200
        assert again.headers["ETag"] != tag
    finally:
        with town.store.work() as work:
            work.session.execute(text(undo))


def test_a_practice_whose_place_is_not_known(town: Town) -> None:
    from api_client import told

    lost = text("UPDATE nhs_org SET easting_m = :e, northing_m = :n WHERE ods_code = 'N81651'")
    with town.store.work() as work:
        where = work.session.execute(
            text("SELECT easting_m, northing_m FROM nhs_org WHERE ods_code = 'N81651'")
        ).one()
        work.session.execute(lost, {"e": None, "n": None})
    try:
        api = Api(town)
        assert api.get("/v1/practices/N81651").json()["position"] is None
        for path in ("/assets", "/map"):
            told(api.get(f"/v1/practices/N81651{path}"), 422, "practice-without-place")
    finally:
        with town.store.work() as work:
            work.session.execute(lost, {"e": where[0], "n": where[1]})


def test_what_a_group_calls_itself_is_text_on_the_page(town: Town) -> None:
    evil = "<script>alert(1)</script><img src=x onerror=alert(2)>\u2028`${1}`"
    change = text("UPDATE asset SET name = :n, summary = :s WHERE code = 'lapwing-lunch-club'")
    with town.store.work() as work:
        old = work.session.execute(
            text("SELECT name, summary, asset_id FROM asset WHERE code = 'lapwing-lunch-club'")
        ).one()
        work.session.execute(change, {"n": evil, "s": evil})
        reindex(work, [old[2]])
    try:
        page = Api(town).get(WIDNES_MAP).text
    finally:
        with town.store.work() as work:
            work.session.execute(change, {"n": old[0], "s": old[1]})
            reindex(work, [old[2]])
    assert "alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page


def test_a_map_that_is_drawn_twice_is_the_same_but_for_its_nonce(visitor: Api) -> None:
    def drawn() -> str:
        answer = visitor.get(WIDNES_MAP)
        nonce = re.search(r"'nonce-([^']+)'", policy_of(answer)["script-src"])
        assert nonce is not None
        return answer.text.replace(nonce[1], "")

    assert drawn() == drawn()

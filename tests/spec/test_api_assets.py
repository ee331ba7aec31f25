"""The register over the API: found by need, place, words and what a person can manage."""

import csv
import io
import re
from datetime import date
from typing import Any

import pytest
from api_client import Api, Town, told
from sqlalchemy import text

from geo.point import LonLat
from service.api.v1.directory import AssetList, AssetListed
from service.register.indexing import assets_at, reindex

pytest_plugins = ("api_fixtures",)

HOME = "WA8 6TR"


def found(api: Api, **asked) -> list[dict[str, Any]]:
    answer = api.get("/v1/assets", params={"limit": 100, **asked})
    assert answer.status_code == 200, answer.text
    page = AssetList.model_validate_json(answer.text)
    assert page.total == len(page.assets) == int(answer.headers["X-Total-Count"])
    listed: list[dict[str, Any]] = answer.json()["assets"]
    return listed


def codes(api: Api, **asked) -> list[str]:
    return [each["code"] for each in found(api, **asked)]


def test_everything_is_there_without_a_token(visitor: Api) -> None:
    everything = found(visitor)
    assert len(everything) == 90
    assert all(each["asset"]["invented"] for each in everything)
    assert all(each["reach"] is None and each["distance_m"] is None for each in everything)


def test_by_need_any_of_several(visitor: Api) -> None:
    grief, debt = set(codes(visitor, need="bereavement")), set(codes(visitor, need="debt_money"))
    assert grief
    assert debt
    assert set(codes(visitor, need=["bereavement", "debt_money"])) == grief | debt
    for each in found(visitor, need="bereavement"):
        assert "bereavement" in each["needs"]


@pytest.mark.parametrize("near", [HOME, "wa86tr", "WA8", "WA8 6", "53.3631,-2.7354"])
def test_near_a_place_nearest_first(visitor: Api, near: str) -> None:
    listed = found(visitor, near=near, within=4_000)
    distances = [each["distance_m"] for each in listed]
    assert 5 < len(listed) < 90
    assert distances == sorted(distances)
    assert all(each <= 4_000 for each in distances)
    assert {each["reach"] for each in listed} == {"near"}
    assert all(each["position"] for each in listed)


def test_the_radius_is_kept_and_has_a_default(visitor: Api) -> None:
    near, far = codes(visitor, near=HOME, within=1_500), codes(visitor, near=HOME, within=5_000)
    assert set(near) < set(far)
    assert codes(visitor, near=HOME) == far
    assert codes(visitor, near=HOME, within=0) == []


def test_wider_adds_what_serves_the_place_and_says_so(visitor: Api) -> None:
    near = codes(visitor, near=HOME, within=2_000)
    wider = found(visitor, near=HOME, within=2_000, wider=True)
    assert [each["code"] for each in wider if each["reach"] == "near"] == near
    reaches = [each["reach"] for each in wider]
    assert {"covers", "remote"} <= set(reaches)
    order = ("near", "covers", "remote", "place_unknown")
    assert reaches == sorted(reaches, key=order.index)
    for each in wider:
        assert (each["distance_m"] is None) == (each["reach"] in ("remote", "place_unknown"))


def test_longitude_exactly_zero_is_a_place(town: Town) -> None:
    """On the Greenwich meridian, where 0 must not be read as nothing."""
    greenwich = LonLat(0.0, 51.4779)
    from geo.point import GridPoint

    point = GridPoint.from_lonlat(greenwich)
    with town.store.work() as work:
        where = work.session.execute(
            text("SELECT venue_id, easting_m, northing_m FROM venue LIMIT 1")
        )
        venue, easting_m, northing_m = where.one()
        move = text("UPDATE venue SET easting_m = :e, northing_m = :n WHERE venue_id = :v")
        work.session.execute(move, {"e": point.easting_m, "n": point.northing_m, "v": venue})
        reindex(work, assets_at(work.session, [venue]))
    try:
        api = Api(town)
        for near in ("51.4779,0", "51.4779,0.0", "51.4779,-0.0"):
            listed = found(api, near=near, within=200)
            assert len(listed) >= 1
            assert abs(listed[0]["position"]["longitude"]) < 0.0002
            assert listed[0]["distance_m"] < 200
    finally:
        with town.store.work() as work:
            work.session.execute(move, {"e": easting_m, "n": northing_m, "v": venue})
            reindex(work, assets_at(work.session, [venue]))


def test_by_words(visitor: Api) -> None:
    assert codes(visitor, text="lapwing lunch")[0] == "lapwing-lunch-club"
    assert codes(visitor, text="xylozorgle") == []
    assert codes(visitor, text="xylozorgle lapwing") == codes(visitor, text="lapwing")
    nearest = found(visitor, text="lunch", near=HOME)
    assert nearest[0]["distance_m"] is not None


def test_by_day(visitor: Api) -> None:
    tuesday = codes(visitor, day="TU")
    assert "lapwing-lunch-club" in tuesday
    both = set(codes(visitor, day=["TU", "SU"]))
    assert both == set(tuesday) | set(codes(visitor, day="SU"))
    assert "lapwing-lunch-club" not in codes(visitor, day="WE")


def test_by_age_what_is_not_stated_passes_and_says_so(visitor: Api) -> None:
    assert "lapwing-lunch-club" in codes(visitor, age=55)
    assert "lapwing-lunch-club" not in codes(visitor, age=54)
    for each in found(visitor, age=54):
        assert each["not_stated"] in ([], ["age"])


def test_by_access_all_of_them(visitor: Api) -> None:
    step_free = found(visitor, access="step_free", delivery="in_person", near=HOME)
    assert step_free
    assert all(each["place"]["access"]["step_free"] is True for each in step_free)
    both = codes(visitor, access=["step_free", "hearing_loop"])
    assert set(both) == set(codes(visitor, access="step_free")) & set(
        codes(visitor, access="hearing_loop")
    )


def test_free_is_what_is_recorded_as_free(visitor: Api) -> None:
    free = found(visitor, free=True)
    assert 0 < len(free) < 90
    assert {each["asset"]["cost_pence"] for each in free} == {0}


def test_by_kind_and_delivery(visitor: Api) -> None:
    kinds = {each["asset"]["kind"] for each in found(visitor, kind=["gift", "place"])}
    assert kinds == {"gift", "place"}
    assert set(codes(visitor, delivery="online")) < set(codes(visitor))
    assert codes(visitor, delivery="online")


def test_has_room_and_updated_since(visitor: Api) -> None:
    room = found(visitor, has_room=True)
    assert {each["asset"]["capacity"] for each in room} == {"open"}
    assert len(codes(visitor, updated_since="2020-01-01T00:00:00Z")) == 90
    assert codes(visitor, updated_since="2999-01-01T00:00:00+01:00") == []


def test_filters_combine(visitor: Api) -> None:
    combined = set(codes(visitor, need="loneliness_isolation", day="TU", free=True, near=HOME))
    apart = [
        set(codes(visitor, need="loneliness_isolation")),
        set(codes(visitor, day="TU")),
        set(codes(visitor, free=True)),
        set(codes(visitor, near=HOME)),
    ]
    assert combined <= set.intersection(*apart)


@pytest.mark.parametrize(
    "asked", [{}, {"near": HOME}, {"text": "group"}, {"near": HOME, "wider": True}]
)
def test_paging_gives_each_once_in_the_same_order(visitor: Api, asked: dict[str, Any]) -> None:
    whole = visitor.get("/v1/assets", params={**asked, "limit": 100}).json()
    pieces: list[str] = []
    for offset in range(0, whole["total"] + 7, 7):
        page = visitor.get("/v1/assets", params={**asked, "limit": 7, "offset": offset}).json()
        assert (page["limit"], page["offset"], page["total"]) == (7, offset, whole["total"])
        pieces += [each["code"] for each in page["assets"]]
    assert pieces == [each["code"] for each in whole["assets"]]
    assert len(set(pieces)) == whole["total"]


def test_a_page_beyond_the_last_is_empty(visitor: Api) -> None:
    page = visitor.get("/v1/assets", params={"offset": 1_000_000}).json()
    assert (page["assets"], page["total"]) == ([], 90)


def test_as_geojson(visitor: Api) -> None:
    """RFC 7946: longitude first, null for what has no place, no CRS member."""
    asked = {"near": HOME, "wider": True, "limit": 100}
    answer = visitor.get("/v1/assets", params={**asked, "format": "geojson"})
    assert answer.headers["Content-Type"] == "application/geo+json"
    plain = visitor.get("/v1/assets", params=asked).json()
    body = answer.json()
    assert body["type"] == "FeatureCollection"
    assert "crs" not in body
    assert body["numberMatched"] == plain["total"] == int(answer.headers["X-Total-Count"])
    assert body["numberReturned"] == len(body["features"]) == len(plain["assets"])
    for feature, listed in zip(body["features"], plain["assets"], strict=True):
        assert feature["type"] == "Feature"
        assert feature["id"] == listed["code"]
        position = listed["position"]
        if position is None:
            assert feature["geometry"] is None
        else:
            longitude, latitude = feature["geometry"]["coordinates"]
            assert feature["geometry"]["type"] == "Point"
            assert (longitude, latitude) == (position["longitude"], position["latitude"])
            assert -3.5 < longitude < -2 < 53 < latitude < 54
        AssetListed.model_validate({**feature["properties"], "position": position})
    assert None in [feature["geometry"] for feature in body["features"]]


def test_as_csv(visitor: Api) -> None:
    asked = {"near": HOME, "wider": True, "limit": 100}
    answer = visitor.get("/v1/assets", params={**asked, "format": "csv"})
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="assets.csv"'
    assert "\r\n" in answer.text
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    plain = visitor.get("/v1/assets", params=asked).json()["assets"]
    assert [row["code"] for row in rows] == [each["code"] for each in plain]
    for row, listed in zip(rows, plain, strict=True):
        assert row["name"] == listed["asset"]["name"]
        assert row["invented"] == "true"
        assert row["reach"] == listed["reach"]
        assert row["distance_m"] == (
            "" if listed["distance_m"] is None else str(listed["distance_m"])
        )
        assert row["needs"].split(";") == listed["needs"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", " ="])
def test_no_cell_of_the_csv_is_a_formula(town: Town, begins: str) -> None:
    evil = f'{begins}HYPERLINK("x")'
    with town.store.work() as work:
        number, old = work.session.execute(
            text("SELECT asset_id, name FROM asset WHERE code = 'lapwing-lunch-club'")
        ).one()
        change = text("UPDATE asset SET name = :name WHERE code = 'lapwing-lunch-club'")
        work.session.execute(change, {"name": evil})
        # As every change of the register does: a list is made of what is kept to be judged.
        reindex(work, [number])
    try:
        answer = Api(town).get("/v1/assets", params={"format": "csv", "limit": 100})
    finally:
        with town.store.work() as work:
            work.session.execute(change, {"name": old})
            reindex(work, [number])
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    name = next(row["name"] for row in rows if row["code"] == "lapwing-lunch-club")
    assert name == "'" + evil
    for row in rows:
        for cell in row.values():
            assert not re.match(r"[=+\-@\t\r\n]", cell) or re.fullmatch(r"-?\d+(\.\d+)?", cell)


def test_one_asset_by_its_code(visitor: Api) -> None:
    answer = visitor.get("/v1/assets/lapwing-lunch-club")
    assert answer.status_code == 200
    told_ = AssetListed.model_validate_json(answer.text)
    assert told_.asset.name == "Lapwing Lunch Club"
    assert told_.asset.when
    assert told_.position is not None
    assert told_.licence
    assert isinstance(told_.asset.assured_on, date)


def test_an_asset_that_was_retired_is_gone(town: Town) -> None:
    retire = text("UPDATE asset SET is_retired = :gone WHERE code = 'lapwing-lunch-club'")
    with town.store.work() as work:
        work.session.execute(retire, {"gone": True})
    try:
        told(Api(town).get("/v1/assets/lapwing-lunch-club"), 404, "asset-unknown")
    finally:
        with town.store.work() as work:
            work.session.execute(retire, {"gone": False})

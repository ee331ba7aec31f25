"""What a map sheet refuses, and what it says when it does."""

from __future__ import annotations

import pytest
import shapely
from map_sheets import FRESHNESS, GROUPS, PRACTICE, town

from geo.maps.errors import BadMapSheet
from geo.maps.sheet import Area, AreaKind, Centre, Group, Link, MapFeature, MapSheet, Tiles


def _feature(**changed: str) -> MapFeature:
    values = {"id": "a", "name": "A", "group": "food", "freshness": "new", **changed}
    return MapFeature(point=PRACTICE, **values)


def _sheet(*features: MapFeature) -> MapSheet:
    return MapSheet(title="T", groups=GROUPS, freshness=FRESHNESS, features=features)


@pytest.mark.parametrize(
    ("features", "words"),
    [
        ([_feature(group="nothing")], "group 'nothing'"),
        ([_feature(freshness="stale")], "freshness 'stale'"),
        ([_feature(), _feature()], "unique"),
    ],
)
def test_a_sheet_that_contradicts_itself_is_refused_and_named(features, words):
    with pytest.raises(BadMapSheet, match=words):
        _sheet(*features)


def test_two_groups_with_one_key_are_refused():
    with pytest.raises(BadMapSheet, match="group key 'food'"):
        town(groups=(*GROUPS, Group("food", "Food again")))


def test_more_groups_than_marks_are_refused():
    many = tuple(Group(f"g{number}", "G") for number in range(65))
    with pytest.raises(BadMapSheet, match="64"):
        MapSheet(title="T", groups=many, freshness=(), centres=(Centre("P", PRACTICE),))


def test_a_sheet_with_nowhere_to_be_is_refused():
    with pytest.raises(BadMapSheet, match="nothing to place"):
        _sheet(MapFeature("a", "A", None, "food", "new"))


def test_an_area_alone_is_enough():
    area = Area(AreaKind.LAND, "", shapely.box(350000, 382000, 351000, 383000))
    sheet = MapSheet(title="T", groups=(), freshness=(), areas=(area,))
    assert sheet.features == ()


@pytest.mark.parametrize(
    "href",
    [
        "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)", " javascript:x",
        "data:text/html,x", "//host.example/x", "/\\host.example", "vbscript:x", "", "page.html",
    ],
)  # fmt: skip
def test_a_link_that_is_not_a_plain_address_is_refused(href):
    with pytest.raises(BadMapSheet, match="must begin with"):
        Link("x", href)
    with pytest.raises(BadMapSheet):
        _feature(link=href)
    with pytest.raises(BadMapSheet):
        Centre("P", PRACTICE, link=href)


@pytest.mark.parametrize(
    "href",
    ["https://a.example/x?y=1#z", "mailto:a@b.example", "tel:+441632960000", "/a", "#a", "?f=csv"],
)
def test_a_plain_address_is_kept_as_it_is(href):
    assert Link("x", href).href == href


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://tiles.example/{z}/{x}/{y}.png", "https://tiles.example"),
        ("https://{s}.tiles.example:8443/{z}/{x}/{y}.png?k=1", "https://*.tiles.example:8443"),
        ("http://localhost:9000/{z}/{x}/{y}.png", "http://localhost:9000"),
        ("/tiles/{z}/{x}/{y}.png", None),
    ],
)
def test_tiles_know_where_they_come_from(url, origin):
    assert Tiles(url, "© somebody").origin == origin


@pytest.mark.parametrize(
    "url",
    [
        "https://tiles.example/one.png", "http://tiles.example/{z}/{x}/{y}.png",
        "//tiles.example/{z}/{x}/{y}.png", "https://tiles.example; script-src */{z}/{x}/{y}.png",
        "https://user@tiles.example/{z}/{x}/{y}.png", "javascript:{z}{x}{y}", "tiles/{z}/{x}/{y}",
        'https://tiles.example/{z}/{x}/{y}.png"', "{z}{x}{y}",
        "/{z}/{x}/{y}.png?{{7*7}}", "/{z}/{x}/{y}/{%raw%}", "/{z}/{x}/{y}/{#", "/{z}/{x}/{y}/{q}",
    ],
)  # fmt: skip
def test_a_tile_address_that_is_not_plain_is_refused(url):
    with pytest.raises(BadMapSheet, match="tile address"):
        Tiles(url, "© somebody")


def test_tiles_without_attribution_are_refused():
    with pytest.raises(BadMapSheet, match="attribution"):
        Tiles("/tiles/{z}/{x}/{y}.png", "  ")

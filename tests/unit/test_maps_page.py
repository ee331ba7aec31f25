"""The finished page: the same for the same sheet, complete without script, closed to tricks."""

from __future__ import annotations

import json
import random
import re
import subprocess
import sys
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from map_sheets import FRESHNESS, GROUPS, PRACTICE, empty_town, feature, town
from shared import ROOT

from geo.maps.draw import draw
from geo.maps.files import Assets
from geo.maps.sheet import Centre, Link, PlaceName, Tiles

SERVED = Assets.served("/static/maps")
HOSTILE = (
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "${alert(1)} `${alert(1)}` \\",
    "{{ 7 * 7 }} {% raw %} {# #}",
    "<!--policy--> --> ]]> &lt;b&gt;",
    "\u2028\u2029 é £ 🙂",
)


class Outline(HTMLParser):
    """The tags, attributes and text of a page, as a browser would see them without script."""

    VOID = frozenset({"meta", "link", "input", "br"})

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.rows: list[list[str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.VOID:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag, f"</{tag}> closes another element"

    def handle_data(self, data):
        if "td" in self._open or "th" in self._open:
            self.rows[-1][-1] += data

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def _draw(sheet, assets=SERVED, nonce=None) -> str:
    return draw(sheet, assets=assets, nonce=nonce)


@pytest.mark.parametrize("assets", [SERVED, Assets.inline()])
def test_equal_sheets_give_equal_bytes(assets):
    assert _draw(town(), assets) == _draw(town(), assets)


def test_another_process_gives_the_same_bytes():
    program = (
        "from map_sheets import town; from geo.maps.draw import draw;"
        "from geo.maps.files import Assets; import hashlib;"
        "page = draw(town(), assets=Assets.served('/static/maps'));"
        "print(hashlib.sha256(page.encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONPATH": f"{ROOT}:{ROOT / 'tests'}", "PYTHONHASHSEED": seed, "LC_ALL": "C"},
            check=True, capture_output=True, text=True,
        ).stdout
        for seed in ("1", "2")
    }  # fmt: skip
    assert len(digests) == 1


def test_a_changed_sheet_gives_a_changed_page():
    assert _draw(town(5)) != _draw(town(6))


def test_the_list_is_complete_without_any_script():
    sheet = town()
    header, *rows = Outline(_draw(sheet)).rows
    assert header == [
        "No.", "Name", "Kind of need", "When", "Where", "Who it is for", "Last checked",
    ]  # fmt: skip
    labels = {group.key: group.label for group in GROUPS}
    assert [row[1].strip() for row in rows] == [
        f"{item.name} Invented example" for item in sheet.features
    ]
    assert [row[2] for row in rows] == [labels[item.group] for item in sheet.features]
    assert [row[3] for row in rows] == [dict(item.rows)["When"] for item in sheet.features]
    assert rows[4][0] == "5not on map"
    assert rows[4][5] == "", "a label that a feature lacks leaves its cell empty"


def _saying(text: str):
    """A sheet that has `text` in every place where a sheet can hold text."""
    said = feature(
        1,
        random.Random(1),
        id=text,
        name=text,
        rows=((text, text),),
        labels=(text,),
        about=text,
        link="/a'\"<b>",
    )
    return town(
        0,
        title=text,
        subtitle=text,
        summary=(text,),
        attribution=(text,),
        groups=tuple(replace(group, label=text) for group in GROUPS),
        freshness=tuple(replace(fresh, label=text) for fresh in FRESHNESS),
        features=(said,),
        centres=(Centre(text, PRACTICE, kind_label=text, rows=((text, text),)),),
        areas=tuple(replace(area, label=text) for area in town(0).areas),
        places=(PlaceName(text, PRACTICE),),
        tiles=Tiles("/tiles/{z}/{x}/{y}.png", text),
        back=Link(text, "/back"),
        links=(Link(text, "?f=csv"),),
    )


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("assets", [SERVED, Assets.inline()])
def test_hostile_text_anywhere_stays_text(text, assets):
    page = Outline(_draw(_saying(text), assets))
    harmless = Outline(_draw(_saying("plain"), assets))
    assert _skeleton(page) == _skeleton(harmless)
    assert page.rows[1][1].strip() == f"{text} {text}{text}".strip()
    assert page.rows[0][3] == text


def _skeleton(page: Outline) -> list[tuple[str, list[str]]]:
    return [(tag, list(attributes)) for tag, attributes in page.tags]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_cannot_leave_its_string_in_the_program(text):
    program = _program(_draw(_saying(text)))
    assert "</script" not in program
    assert "alert(1)</" not in program
    harmless = _program(_draw(_saying("plain")))
    # Taken out of the program's strings, nothing of the text is left.
    assert _without_strings(program) == _without_strings(harmless)


def test_a_template_in_a_name_is_never_carried_out():
    # Folium's base renders its own output a second time, as a template.
    program = _program(_draw(_saying("{{ 700 * 11 }}")))
    assert "7700" not in program
    assert "700 * 11" in program


def _program(page: str) -> str:
    return re.findall(r"<script>(.*?)</script>", page, re.DOTALL)[-1]


def _without_strings(program: str) -> str:
    return re.sub(r'"(\\.|[^"\\])*"', '""', program)


def test_every_script_and_style_of_a_served_page_comes_from_the_base_path_and_has_the_nonce():
    page = Outline(_draw(town(), nonce="abcdefgh12"))
    scripts, styles = page.named("script"), page.named("style")
    assert all(tag["nonce"] == "abcdefgh12" for tag in (*scripts, *styles))
    sources = [tag["src"] for tag in scripts if "src" in tag]
    sheets = [tag["href"] for tag in page.named("link") if tag["rel"] == "stylesheet"]
    assert len(sources) == 4
    assert len(sheets) == 4
    assert all(address.startswith("/static/maps/") for address in (*sources, *sheets))


def test_without_a_nonce_there_is_no_empty_one():
    assert "nonce" not in _draw(town()).split("<body>")[0]


def test_an_inline_page_asks_for_nothing():
    page = _draw(town(), Assets.inline())
    outline = Outline(page)
    assert not any("src" in tag for tag in outline.named("script"))
    assert [tag["href"] for tag in outline.named("link")] == ["data:,"]
    assert not re.findall(r"url\((?!data:|#)[^)]*\)", page.split("</head>")[0])


def test_an_inline_page_carries_its_own_policy_unless_a_server_sets_one():
    own = [tag for tag in Outline(_draw(town(), Assets.inline())).named("meta") if "content" in tag]
    assert any("default-src 'none'" in (tag["content"] or "") for tag in own)
    served = _draw(town(), Assets.inline(), nonce="abcdefgh12")
    assert "Content-Security-Policy" not in served


def test_the_map_holds_every_feature_with_a_place_and_the_list_all():
    sheet = town()
    data = re.search(r"var data = (\[\[.*?\]\]);", _program(_draw(sheet)))
    rows = [row for _, _, row in json.loads(data[1])]
    assert rows == [at for at, item in enumerate(sheet.features) if item.point is not None]


def test_no_text_of_a_feature_is_in_the_program():
    assert "Tea and talk" not in _program(_draw(town()))


def test_an_empty_sheet_still_draws_and_says_so():
    page = _draw(empty_town())
    assert "L.map(" in _program(page)
    assert ">No assets recorded</p>" in page
    assert "<table" not in page
    assert 'type="checkbox"' not in page


def test_without_tiles_no_picture_is_asked_for_and_land_and_water_are_drawn():
    program = _program(_draw(town()))
    assert "L.tileLayer" not in program
    assert "kith-land" in program
    assert "kith-water" in program


def test_with_tiles_they_are_drawn_in_place_of_our_own_ground_and_named():
    tiles = Tiles("https://tiles.example/{z}/{x}/{y}.png", "© the makers of tiles")
    page = _draw(town(tiles=tiles))
    assert "https://tiles.example/{z}/{x}/{y}.png" in _program(page)
    assert "kith-land" not in _program(page).replace("kith-name-land", "")
    assert "<p>© the makers of tiles</p>" in page


def test_a_page_says_its_language_may_be_zoomed_and_has_one_first_heading():
    outline = Outline(_draw(town()))
    assert outline.named("html") == [{"lang": "en-GB"}]
    viewport = next(tag for tag in outline.named("meta") if tag.get("name") == "viewport")
    assert viewport["content"] == "width=device-width, initial-scale=1"
    assert len(outline.named("h1")) == len(outline.named("main")) == 1


@pytest.mark.parametrize("sheet", [town(), empty_town(), town(400)])
def test_every_link_inside_the_page_has_a_target_and_no_id_is_used_twice(sheet):
    outline = Outline(_draw(sheet))
    ids = [tag["id"] for _, tag in outline.tags if "id" in tag]
    wanted = {tag["href"][1:] for _, tag in outline.tags if (tag.get("href") or "").startswith("#")}
    assert len(ids) == len(set(ids))
    assert wanted <= set(ids)

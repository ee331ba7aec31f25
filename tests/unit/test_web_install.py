"""The design system's files as they are served: nothing of them asks another host."""

from __future__ import annotations

import re

import pytest
from shared import ROOT

from geo.maps.errors import MapInstallFailed
from service.web.install import COPIED, STYLES, VENDOR, settled

FONT = (
    "@font-face{font-family:Frutiger W01;src:url(https://fonts.example/a.woff2)}"
    "body{font-family:Frutiger W01,arial,sans-serif}"
)


def test_the_licensed_font_and_its_host_are_taken_out() -> None:
    assert settled(FONT, is_style=True) == ('body{font-family:arial,"Liberation Sans",sans-serif}')


def test_pictures_are_asked_of_our_own_folder() -> None:
    text = settled("a{background:url(/assets/images/x.svg)}", is_style=True)
    assert text == "a{background:url(/static/kith/vendor/images/x.svg)}"


@pytest.mark.parametrize(
    "style", ["a{src:url(https://cdn.example/a.png)}", "a{src:url('//cdn.example/a')}", "Frutiger"]
)
def test_a_style_that_asks_another_host_in_a_new_way_is_not_installed(style: str) -> None:
    with pytest.raises(MapInstallFailed, match="foreign host"):
        settled(style, is_style=True)


def test_what_is_installed_asks_nobody_and_has_every_picture_it_names() -> None:
    for name in STYLES:
        text = (VENDOR / name).read_text(encoding="utf-8")
        assert "@font-face" not in text
        assert "Frutiger" not in text
        for address in re.findall(r"url\(['\"]?([^)'\"]+)", text):
            if not address.startswith(("data:", "#")):
                assert address.startswith("/static/kith/vendor/"), address
                assert (VENDOR / address.removeprefix("/static/kith/vendor/")).is_file(), address
    for name in COPIED:
        assert (VENDOR / name).is_file()
        assert "sourceMappingURL" not in (VENDOR / name).read_text(encoding="utf-8")


def test_templates_ask_no_other_host_and_carry_nothing_inline() -> None:
    templates = sorted((ROOT / "service/web/templates").glob("*.html"))
    assert len(templates) >= 12
    for template in templates:
        text = template.read_text(encoding="utf-8")
        assert "://" not in text, template.name
        assert re.search(r"\bstyle=|\bon[a-z]+=\"|<script(?![^>]*src=)|\|\s*safe", text) is None, (
            template.name
        )

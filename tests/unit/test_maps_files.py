"""Where a page's scripts and styles come from."""

from __future__ import annotations

import re

import pytest
from shared import ROOT

from geo.maps.errors import MapFilesMissing, UnknownMapFile
from geo.maps.files import FROM_NPM, OWN, STATIC, Assets, inline_script, static_directory


def test_every_file_is_where_a_server_would_mount_it():
    names = {str(path.relative_to(STATIC)) for path in static_directory().rglob("*")}
    assert {*FROM_NPM, *OWN} <= names


def test_a_missing_file_is_named_with_the_way_to_get_it(tmp_path):
    with pytest.raises(MapFilesMissing, match="Run `make`") as caught:
        static_directory(tmp_path)
    assert caught.value.fields["file"] == next(iter(FROM_NPM))


@pytest.mark.parametrize("name", OWN)
def test_the_installed_copy_of_our_own_file_is_the_current_one(name):
    assert (STATIC / name).read_bytes() == (ROOT / "geo/maps" / name).read_bytes()


def test_served_files_have_an_address_that_changes_with_their_content():
    tag = Assets.served("/static/maps").script("leaflet.js", "abcdefgh")
    assert re.fullmatch(
        r'<script src="/static/maps/leaflet.js\?v=[0-9a-f]{12}" nonce="abcdefgh"></script>', tag
    )


def test_inline_styles_hold_their_pictures():
    tag = Assets.inline().style("Control.FullScreen.css", None)
    assert "url(data:image/svg+xml;base64," in tag
    assert "url('" not in tag


def test_a_script_cannot_end_its_own_element():
    tag = inline_script('say("</script><!-- <script>")', None)
    assert tag.count("</script") == 1
    assert "<!--" not in tag


def test_a_file_that_is_not_of_the_page_is_refused():
    with pytest.raises(UnknownMapFile, match=r"other\.js"):
        Assets.served("/static/maps").script("other.js", None)

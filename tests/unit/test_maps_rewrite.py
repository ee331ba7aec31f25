"""What is kept of folium's page, and what stops a page from being made."""

from __future__ import annotations

import pytest

from geo.maps.errors import UnknownMapFile
from geo.maps.rewrite import our_file, take_apart

ONE, TWO, FREE = "0" * 31 + "a", "0" * 31 + "b", "0" * 31 + "c"


def test_known_libraries_become_files_of_ours_whatever_host_they_were_on():
    assert our_file("https://one.example/npm/leaflet@9.9.9/dist/leaflet.js") == "leaflet.js"
    assert our_file("https://two.example/x/leaflet.js?v=2#y") == "leaflet.js"
    assert our_file("https://one.example/Control.FullScreen.min.js") == "Control.FullScreen.js"


def test_libraries_that_nothing_uses_are_dropped():
    assert our_file("https://one.example/jquery-3.7.1.min.js") is None
    assert our_file("https://one.example/bootstrap/css/bootstrap.min.css") is None


@pytest.mark.parametrize(
    "page",
    [
        '<script src="https://one.example/leaflet-heat.js"></script>',
        '<link rel="stylesheet" href="https://one.example/new.css">',
    ],
)
def test_an_unknown_address_is_refused_and_named(page):
    with pytest.raises(UnknownMapFile, match=r"one\.example") as caught:
        take_apart(page, [])
    assert caught.value.fields["address"].startswith("https://one.example/")


@pytest.mark.parametrize("tag", ["img", "iframe", "object", "a", "form", "svg"])
def test_an_element_that_folium_never_made_before_is_refused(tag):
    with pytest.raises(UnknownMapFile, match=tag):
        take_apart(f"<body><{tag}></{tag}></body>", [])


def test_only_the_ids_of_drawn_elements_are_settled():
    page = (
        f'<div class="folium-map" id="map_{ONE}"></div>'
        f'<script>var map_{ONE} = L.map("map_{ONE}"); x_{TWO}(map_{ONE}); say("n_{FREE}")</script>'
    )
    parts = take_apart(page, [TWO, ONE])
    assert parts.element == "map_1"
    assert parts.program == f'var map_1 = L.map("map_1"); x_2(map_1); say("n_{FREE}")'


def test_the_program_is_whole_even_with_markup_inside_it():
    program = 'var m = L.map("m"); var text = "a</b> & &amp; <i>";'
    assert take_apart(f"<script>{program}</script>", []).program == program


def test_each_file_is_asked_for_once_and_in_order():
    page = "".join(
        f'<script src="https://one.example/{name}"></script>'
        for name in ["leaflet.js", "leaflet.markercluster.js", "leaflet.js"]
    )
    assert take_apart(page, []).scripts == ["leaflet.js", "leaflet.markercluster.js"]

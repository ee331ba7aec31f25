"""From a map sheet to a finished page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from geo.maps.files import Assets, static_directory
from geo.maps.layers import folium_map
from geo.maps.page import render
from geo.maps.policy import check_nonce
from geo.maps.rewrite import take_apart
from geo.maps.sheet import MapSheet


def draw(
    sheet: MapSheet, *, assets: Assets, nonce: str | None = None, compact: bool = False
) -> str:
    """A complete HTML page with the sheet's map, and the same features as a list beneath it.

    Equal input gives equal bytes. The list, the counts and the summary need no script; the map,
    the search box and the sorting do.

    Parameters
    ----------
    sheet : MapSheet
        What to show. Nothing in it needs escaping beforehand.
    assets : Assets
        `Assets.served("/static/maps")` for a server that mounts `static_directory()` there, or
        `Assets.inline()` for one file that needs nothing else and carries its own policy.
    nonce : str, optional
        Put on every script and style, for `content_security_policy(nonce)`. An inline page with
        a nonce carries no policy of its own: the server's header is its policy.
    compact : bool
        Show the map and its key alone, for a frame in a page that lists the same features itself.

    Returns
    -------
    str
        HTML, to be sent or stored as UTF-8.

    Raises
    ------
    MapFilesMissing
        If the scripts and styles are not installed.
    UnknownMapFile
        If folium asks for a file that Kith does not serve.
    BadMapPolicy
        If the nonce is malformed.
    """
    if nonce is not None:
        check_nonce(nonce)
    static_directory()
    figure = folium_map(sheet).get_root()
    html = figure.render()
    return render(sheet, take_apart(html, _ids(figure.to_dict())), assets, nonce, compact=compact)


def _ids(tree: Any) -> Iterator[str]:  # noqa: ANN401  folium is untyped
    for key, value in tree.items():
        if key == "id":
            yield value
        elif isinstance(value, dict):
            yield from _ids(value)

"""Take folium's page apart, and keep only what may be on ours.

Folium writes a whole page: scripts and styles from four foreign hosts, a viewport that forbids
zooming, random names. What is kept is the map's element, its program, and the knowledge of which
libraries that program needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from geo.maps.errors import UnknownMapFile

# Keyed by file name, not by address: folium moves between hosts from release to release.
_OURS = {
    "leaflet.js": "leaflet.js",
    "leaflet.css": "leaflet.css",
    "leaflet.markercluster.js": "leaflet.markercluster.js",
    "markercluster.css": "MarkerCluster.css",
    "control.fullscreen.min.js": "Control.FullScreen.js",
    "control.fullscreen.js": "Control.FullScreen.js",
    "control.fullscreen.css": "Control.FullScreen.css",
}
# Folium links these always; nothing that Kith draws uses them (no folium pop-ups, no icon fonts).
_DROPPED = frozenset(
    {
        "jquery-3.7.1.min.js",
        "bootstrap.bundle.min.js",
        "leaflet.awesome-markers.js",
        "bootstrap.min.css",
        "bootstrap-glyphicons.css",
        "all.min.css",
        "leaflet.awesome-markers.css",
        "leaflet.awesome.rotate.min.css",
        "markercluster.default.css",
    }
)
_SAFE_ELEMENTS = frozenset({"html", "head", "body", "div", "meta", "title", "style"})


@dataclass(slots=True)
class Parts:
    """What a page of ours needs from a page of folium's.

    Attributes
    ----------
    scripts, styles : list of str
        Names of files under `static/`, in folium's order, each once.
    element : str
        The element that the map is drawn in.
    program : str
        The script that draws it.
    """

    scripts: list[str] = field(default_factory=list)
    styles: list[str] = field(default_factory=list)
    element: str = ""
    program: str = ""


def take_apart(page: str, ids: Iterable[str]) -> Parts:
    """The parts of a page that folium rendered, with its random names settled.

    Parameters
    ----------
    page : str
        What `Figure.render()` returned.
    ids : iterable of str
        The random ids of the drawn elements. Only these are replaced, so a name on the map that
        happens to look like one is left alone.

    Raises
    ------
    UnknownMapFile
        If the page loads anything that Kith neither serves itself nor knows to be unused, or
        holds an element other than the map's: a new release of folium must be looked at first.
    """
    reader = _Reader()
    reader.feed(_settle(page, ids))
    reader.close()
    return reader.parts


def our_file(address: str) -> str | None:
    """The file of ours that stands in for a library's address; None when it is not needed.

    Raises
    ------
    UnknownMapFile
        If it is neither.
    """
    name = urlsplit(address).path.rpartition("/")[2].lower()
    if name in _DROPPED:
        return None
    if name not in _OURS:
        raise UnknownMapFile(
            f"The map asks for {address}, which Kith does not serve. Add the file to Kith's own, "
            "or draw without it.",
            address=address,
        )
    return _OURS[name]


def _settle(page: str, ids: Iterable[str]) -> str:
    known = set(ids)
    order: dict[str, str] = {}

    def number(match: re.Match[str]) -> str:
        return order.setdefault(match[0], str(len(order) + 1)) if match[0] in known else match[0]

    return re.sub(r"(?<=_)[0-9a-f]{32}", number, page)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts = Parts()
        self._program: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attrs}
        if tag == "script":
            self._program = []
            if "src" in values:
                _keep(self.parts.scripts, values["src"])
        elif tag == "link" and values.get("rel") == "stylesheet":
            _keep(self.parts.styles, values["href"])
        elif tag == "div" and "folium-map" in values.get("class", ""):
            self.parts.element = values["id"]
        elif tag == "div" or tag not in _SAFE_ELEMENTS:
            raise UnknownMapFile(
                f"The drawn map holds an unexpected <{tag}> element. Is this folium release known?",
                element=tag,
            )

    def handle_endtag(self, tag: str) -> None:
        if tag == "script" and self._program is not None:
            text = "".join(self._program).strip()
            # Folium's switches for touch and 3D stand in a script of their own; only one draws.
            if "L.map(" in text:
                self.parts.program = text
            self._program = None

    def handle_data(self, data: str) -> None:
        if self._program is not None:
            self._program.append(data)


def _keep(files: list[str], address: str) -> None:
    name = our_file(address)
    if name is not None and name not in files:
        files.append(name)

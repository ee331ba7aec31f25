"""Which files a map page needs, and how the page refers to them: served by us, or inside it."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from geo.maps.errors import BadMapPolicy, MapFilesMissing, UnknownMapFile

STATIC = Path(__file__).parent / "static"

FROM_NPM = {
    "leaflet.js": "leaflet/dist/leaflet.js",
    "leaflet.css": "leaflet/dist/leaflet.css",
    "images/layers.png": "leaflet/dist/images/layers.png",
    "images/layers-2x.png": "leaflet/dist/images/layers-2x.png",
    "images/marker-icon.png": "leaflet/dist/images/marker-icon.png",
    "leaflet.markercluster.js": "leaflet.markercluster/dist/leaflet.markercluster.js",
    "MarkerCluster.css": "leaflet.markercluster/dist/MarkerCluster.css",
    "Control.FullScreen.js": "leaflet.fullscreen/Control.FullScreen.js",
    "Control.FullScreen.css": "leaflet.fullscreen/Control.FullScreen.css",
    "icon-fullscreen.svg": "leaflet.fullscreen/icon-fullscreen.svg",
    "licences/leaflet.txt": "leaflet/LICENSE",
    "licences/leaflet.markercluster.txt": "leaflet.markercluster/MIT-LICENCE.txt",
    "licences/leaflet.fullscreen.txt": "leaflet.fullscreen/LICENSE",
}
"""Every file taken from the declared packages: name under `static/`, path under `node_modules/`."""

OWN = ("page.css", "map.js")
"""Files of ours that are served beside them."""

_TYPES = {".png": "image/png", ".svg": "image/svg+xml"}
_CSS_URL = re.compile(r"url\(\s*['\"]?([^'\")]+)['\"]?\s*\)")
_SOURCE_MAP = re.compile(r"^//# sourceMappingURL=.*$", re.MULTILINE)
_BASE_PATH = re.compile(r"(/[A-Za-z0-9._~-]+)+")


def static_directory(static: Path = STATIC) -> Path:
    """The folder of scripts, styles and pictures that a server mounts for served maps.

    Raises
    ------
    MapFilesMissing
        If any of the files is not there. `make` puts them there.
    """
    for name in (*FROM_NPM, *OWN):
        if not (static / name).is_file():
            raise MapFilesMissing(
                f"The map file {name} is not installed. Run `make` in Kith's folder, which "
                "installs it, and try again.",
                file=name,
            )
    return static


@dataclass(frozen=True, slots=True)
class Assets:
    """Where a page's scripts and styles come from; made by `served` or `inline`."""

    kind: Literal["served", "inline"]
    base: str = ""

    @classmethod
    def served(cls, base: str) -> Assets:
        """Files come from `base` on the same host, such as "/static/maps".

        Raises
        ------
        BadMapPolicy
            If `base` is not a plain absolute path: a host name there would send every reader of
            a map to somebody else.
        """
        if not _BASE_PATH.fullmatch(base):
            raise BadMapPolicy(
                "The base path of map files must be a plain path such as /static/maps.", base=base
            )
        return cls("served", base)

    @classmethod
    def inline(cls) -> Assets:
        """Everything is written into the page, which then opens from a disk, without a server."""
        return cls("inline")

    def script(self, name: str, nonce: str | None) -> Markup:
        """The script tag for the file `name`."""
        if self.kind == "served":
            return Markup('<script src="{}"{}></script>').format(
                self._address(name), nonce_attribute(nonce)
            )
        return inline_script(_SOURCE_MAP.sub("", _read(name)), nonce)

    def style(self, name: str, nonce: str | None) -> Markup:
        """The stylesheet tag for the file `name`."""
        if self.kind == "served":
            return Markup('<link rel="stylesheet" href="{}">').format(self._address(name))
        # Trusted: the text is a file of ours, and a closing tag inside it would end the page early.
        text = Markup(_with_pictures_inside(_read(name)).replace("</", "<\\/"))  # noqa: S704
        return Markup("<style{}>{}</style>").format(nonce_attribute(nonce), text)

    def _address(self, name: str) -> str:
        return f"{self.base}/{name}?v={_digest(STATIC / name, _modified(name))}"


def inline_script(text: str, nonce: str | None) -> Markup:
    """A script tag around `text`, which must be a program and not data of unknown origin."""
    # `</script` and `<!--` change how a browser reads the rest, even inside a JavaScript string.
    safe = text.replace("</", "<\\/").replace("<!--", "<\\!--")
    return Markup("<script{}>{}</script>").format(nonce_attribute(nonce), Markup(safe))  # noqa: S704


def nonce_attribute(nonce: str | None) -> Markup:
    """The attribute that lets a strict policy accept the tag; nothing when there is no nonce."""
    return Markup(' nonce="{}"').format(nonce) if nonce else Markup("")


def _modified(name: str) -> int:
    try:
        return (STATIC / name).stat().st_mtime_ns
    except FileNotFoundError:
        static_directory()
        raise UnknownMapFile(f"{name} is not a file of the map page.", file=name) from None


@lru_cache(maxsize=64)
def _digest(path: Path, modified_ns: int) -> str:
    """Part of the address, so that browsers may keep a file for ever and still see a new one."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def _read(name: str) -> str:
    _modified(name)
    return (STATIC / name).read_text(encoding="utf-8")


def _with_pictures_inside(css: str) -> str:
    def inside(match: re.Match[str]) -> str:
        name = match[1]
        if name.startswith("#"):
            return match[0]
        path = STATIC / name
        if ":" in name or name.startswith("/") or path.suffix not in _TYPES or not path.is_file():
            raise UnknownMapFile(
                f"A map style asks for {name}, which Kith does not serve.", file=name
            )
        picture = base64.b64encode(path.read_bytes()).decode()
        return f"url(data:{_TYPES[path.suffix]};base64,{picture})"

    return _CSS_URL.sub(inside, css)

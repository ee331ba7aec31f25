"""Put the design system's files where pages are served from: `python -m service.web.install`.

The packages are declared in `package.json`. The design system's styles name a licensed font on a
foreign host; that is taken out, so that a page asks nobody but Kith for anything.
"""

from __future__ import annotations

import hashlib
import re
import sys
from pathlib import Path

from geo.maps import install as npm
from geo.maps.errors import MapInstallFailed

ROOT = npm.ROOT
VENDOR = Path(__file__).parent / "static" / "vendor"
SERVED_AT = "/static/kith/vendor"
_STAMP = ".installed"
_NHS = "nhsuk-frontend/dist/nhsuk"

STYLES = {"nhsuk-frontend.min.css": f"{_NHS}/nhsuk-frontend.min.css"}
COPIED = {
    "nhsuk-frontend.min.js": f"{_NHS}/nhsuk-frontend.min.js",
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "images/nhsuk-icon-arrow-down.svg": f"{_NHS}/assets/images/nhsuk-icon-arrow-down.svg",
    "images/nhsuk-icon-arrow-up.svg": f"{_NHS}/assets/images/nhsuk-icon-arrow-up.svg",
    "images/nhsuk-icon-arrow-up-down.svg": f"{_NHS}/assets/images/nhsuk-icon-arrow-up-down.svg",
    "images/nhsuk-icon-cross.svg": f"{_NHS}/assets/images/nhsuk-icon-cross.svg",
    "licences/nhsuk-frontend.txt": "nhsuk-frontend/README.md",
    "licences/htmx.txt": "htmx.org/LICENSE",
}
"""Every file taken from the declared packages: name under `vendor/`, path under `node_modules/`."""

_FONT_FACE = re.compile(r"@font-face\s*\{[^}]*\}")
_FONT_NAME = re.compile(r"Frutiger W01,\s*arial,\s*sans-serif", re.IGNORECASE)
_SOURCE_MAP = re.compile(r"(?://|/\*)# sourceMappingURL=.*$", re.MULTILINE)
FONTS = 'arial,"Liberation Sans",sans-serif'


def install(root: Path = ROOT, vendor: Path = VENDOR) -> bool:
    """Bring `vendor` up to date with the lock file; False when it already was.

    Raises
    ------
    MapInstallFailed
        If there is no lock file, no npm, or a package has not what is needed.
    """
    npm.install(root)
    wanted = fingerprint(root)
    stamp = vendor / _STAMP
    here = all((vendor / name).is_file() for name in (*STYLES, *COPIED))
    if here and stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return False
    modules = root / "node_modules"
    npm.copy_files(modules, COPIED | STYLES, vendor)
    for name in (*STYLES, *(each for each in COPIED if each.endswith(".js"))):
        text = (vendor / name).read_text(encoding="utf-8")
        (vendor / name).write_text(settled(text, is_style=name in STYLES), encoding="utf-8")
    stamp.write_text(wanted, encoding="utf-8")
    return True


def settled(text: str, *, is_style: bool) -> str:
    """A file as it is served: no foreign font, pictures from our own folder, no source map.

    Raises
    ------
    MapInstallFailed
        If a style still names a foreign host, because the package has changed.
    """
    text = _SOURCE_MAP.sub("", text)
    if not is_style:
        return text
    text = _FONT_NAME.sub(FONTS, _FONT_FACE.sub("", text))
    text = text.replace("url(/assets/", f"url({SERVED_AT}/")
    if re.search(r"url\(\s*['\"]?(?:https?:)?//", text) or "Frutiger" in text:
        raise MapInstallFailed("The design system's styles name a foreign host in a new way.")
    return text


def fingerprint(root: Path = ROOT) -> str:
    """A digest of everything that decides what `vendor` must hold."""
    digest = hashlib.sha256((root / "package-lock.json").read_bytes())
    digest.update(repr(sorted((COPIED | STYLES).items())).encode())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()


def main() -> int:
    """Install, and say in one line what was done or what is wrong."""
    try:
        changed = install()
    except MapInstallFailed as error:
        sys.stderr.write(f"{error.message}\n")
        return 1
    sys.stdout.write("Page files installed.\n" if changed else "Page files are up to date.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())

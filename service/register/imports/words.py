"""Cells that hold lists of our own words: needs, areas, conditions, languages, web addresses."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from geo.errors import BadPostcode
from geo.postcode import PartialPostcode
from seed_data.needs import Taxonomy
from service.register.imports.cells import Cells, as_word
from service.register.imports.languages import CODES, COMMON
from service.register.snapshot import Area, Needed
from service.register.vocabulary import AreaKind

MAX_RADIUS_M = 100_000
"""Largest `radius_m` of an area served: from Halton it reaches Leeds and Birmingham."""

# ONS codes of lower-tier and unitary authorities: E06-E09, W06, S12.
_AUTHORITY = re.compile(r"(E0[6-9]|W06|S12)\d{6}")
_CONDITION = re.compile(r"[a-z0-9_]{1,40}")


def needs(cells: Cells, taxonomy: Taxonomy, group_kind: str) -> tuple[Needed, ...]:
    """The needs an asset serves: those of the cell, or else those of its kind of group."""
    items = cells.items("needs")
    if not items:
        served = taxonomy.needs_of_kind(group_kind) if group_kind else {}
        return tuple(Needed(need, directness) for need, directness in served.items())
    found: dict[str, Needed] = {}
    for item in items:
        name, separator, share = item.partition(":")
        need = cells.known("needs", name, list(taxonomy.needs))
        if need is None:
            continue
        directness = _share(share) if separator else None
        if directness is None:
            cells.fault(
                "needs",
                f"Write how directly the need is served, over 0 and up to 1: “{need}:1”.",
            )
        elif need in found:
            cells.fault("needs", f"“{need}” is there twice. Keep one of the two.")
        else:
            found[need] = Needed(need, directness)
    return tuple(found.values())


def _share(text: str) -> float | None:
    try:
        share = float(text)
    except ValueError:
        return None
    return share if 0 < share <= 1 else None


def areas(cells: Cells) -> tuple[Area, ...]:
    """The areas people must live in; any one is enough."""
    found = [_area(cells, item) for item in cells.items("areas")]
    return tuple(dict.fromkeys(area for area in found if area is not None))


def _area(cells: Cells, item: str) -> Area | None:
    name, _, value = item.partition(":")
    value = value.strip()
    word = cells.known("areas", name, [each.value for each in AreaKind])
    if word is None:
        return None
    kind = AreaKind(word)
    tidy = _area_value(kind, value)
    if tidy is not None:
        return Area(kind, tidy)
    cells.fault("areas", _AREA_HINTS[kind])
    return None


def _area_value(kind: AreaKind, value: str) -> str | None:
    if kind is AreaKind.EVERYWHERE:
        return "" if not value else None
    if kind is AreaKind.LOCAL_AUTHORITY:
        return value.upper() if _AUTHORITY.fullmatch(value.upper()) else None
    if kind is AreaKind.RADIUS_M:
        fits = re.fullmatch(r"\d{1,6}", value) and 0 < int(value) <= MAX_RADIUS_M
        return str(int(value)) if fits else None
    try:
        part = PartialPostcode.parse(value)
    except BadPostcode:
        return None
    return part.text if part.sector is None else None


_AREA_HINTS = {
    AreaKind.EVERYWHERE: "“everywhere” takes nothing after it.",
    AreaKind.POSTCODE_DISTRICT: "Write the first part of a postcode: postcode_district:WA8.",
    AreaKind.LOCAL_AUTHORITY: "Write the authority's ONS code: local_authority:E06000006.",
    AreaKind.RADIUS_M: f"Write whole metres from 1 to {MAX_RADIUS_M:,}: radius_m:3000.",
}


def conditions(cells: Cells) -> tuple[str, ...]:
    """Conditions as they are kept: lower case, `_` for blanks; words outside our list are kept."""
    found = []
    for item in cells.items("conditions"):
        word = as_word(item)
        if _CONDITION.fullmatch(word):
            found.append(word)
        else:
            cells.fault("conditions", "Write words of letters and figures, separated by ;.")
    return tuple(dict.fromkeys(found))


def languages(cells: Cells) -> tuple[str, ...]:
    """Language codes: ISO 639-1, or `bfi` for British Sign Language."""
    found = []
    for item in cells.items("languages"):
        code = item.lower()
        if code in CODES:
            found.append(code)
            continue
        meant = COMMON.get(as_word(item))
        hint = f"Did you mean {meant}?" if meant else "Such as en, pl or ar; bfi for BSL."
        cells.fault("languages", f"Languages are two-letter codes (ISO 639-1). {hint}")
    return tuple(dict.fromkeys(found))


def web_address(cells: Cells, column: str, longest: int) -> str:
    """A web address. Without a scheme `http://` is put before it: a site leads on to https."""
    text = cells.text(column, longest)
    if not text:
        return ""
    if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", text):
        text = f"http://{text}"
    if " " not in text and _is_web_address(text):
        return text
    cells.fault(column, "Write a web address, such as https://example.org/group.")
    return ""


def _is_web_address(text: str) -> bool:
    try:
        address = urlsplit(text)
        return address.scheme in {"http", "https"} and "." in (address.hostname or "")
    except ValueError:
        return False

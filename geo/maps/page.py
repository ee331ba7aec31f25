"""The page around a map: summary, legend, filters, and the same features as a sortable list."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from markupsafe import Markup

from geo.maps.files import Assets, inline_script
from geo.maps.palette import mark
from geo.maps.policy import policy_for_file
from geo.maps.rewrite import Parts
from geo.maps.sheet import AreaKind, MapFeature, MapSheet
from geo.maps.summary import counts_by_freshness, counts_by_group, sentences

if TYPE_CHECKING:
    from jinja2 import Template

MANY = 300
"""Features above which the list is laid out row by row, and only where it is looked at: a table
of 10,000 rows, measured as one, takes Chromium twice as long as all the rest of the page."""

ROOMY = 4
"""Columns of the caller's own that fit on A4 beside ours; with more, paper gets entries instead."""

_TAGS = re.compile(r"<(script|style)[^>]*>(.*?)</\1>", re.DOTALL)
_POLICY_MARK = "<!--policy-->"
# Written out, so that a machine's language settings do not change the page.
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_AREA_WORDS = {
    AreaKind.CATCHMENT: "Area this map is about",
    AreaKind.REACH: "Reached in the minutes written on it",
    AreaKind.GAP: "Gap: need without an asset near it",
    AreaKind.WATER: "Water",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list, ready for the template."""

    feature: MapFeature
    group: int
    freshness: int
    cells: tuple[str, ...]
    checked: str


def render(
    sheet: MapSheet, parts: Parts, assets: Assets, nonce: str | None, *, compact: bool = False
) -> str:
    """The finished page.

    A page that is to open from a disk gets a policy of its own, computed from the very scripts
    and styles it holds, so that it can load nothing, whatever was put into it.
    """
    groups = {group.key: at for at, group in enumerate(sheet.groups)}
    classes = {fresh.key: at for at, fresh in enumerate(sheet.freshness)}
    labels = columns(sheet)
    page = _template().render(
        sheet=sheet,
        element=parts.element,
        nonce=nonce,
        compact=compact,
        styles=[assets.style(name, nonce) for name in (*parts.styles, "page.css")],
        # Early, so that nothing jumps when the rest of the script arrives.
        switch=inline_script('document.documentElement.className = "js";', nonce),
        scripts=[
            *(assets.script(name, nonce) for name in (*parts.scripts, "map.js")),
            inline_script(parts.program, nonce),
        ],
        sentences=sentences(sheet),
        columns=labels,
        many=MANY,
        roomy=ROOMY,
        rows=[_row(feature, groups, classes, labels) for feature in sheet.features],
        groups=list(zip(sheet.groups, counts_by_group(sheet), strict=True)),
        classes=list(zip(sheet.freshness, counts_by_freshness(sheet), strict=True)),
        marks=[mark(at) for at in range(len(sheet.groups))],
        areas=_area_legend(sheet),
        policy=Markup(_POLICY_MARK),  # noqa: S704  a constant of ours
    )
    own = _own_policy(page, sheet) if assets.kind == "inline" and nonce is None else Markup("")
    return page.replace(_POLICY_MARK, own, 1)


def columns(sheet: MapSheet) -> list[str]:
    """The labels of all rows of all features, in order of first appearance."""
    return list(dict.fromkeys(label for item in sheet.features for label, _ in item.rows))


def long_date(day: date) -> str:
    """A date as the NHS writes it, "3 March 2026"."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _row(
    feature: MapFeature, groups: dict[str, int], classes: dict[str, int], labels: list[str]
) -> Row:
    values = dict(feature.rows)
    return Row(
        feature,
        groups[feature.group],
        classes[feature.freshness],
        tuple(values.get(label, "") for label in labels),
        long_date(feature.checked_on) if feature.checked_on else "",
    )


def _area_legend(sheet: MapSheet) -> list[tuple[str, str]]:
    hidden = {AreaKind.WATER} if sheet.tiles else set()
    drawn = {area.kind for area in sheet.areas if not area.shape.is_empty} - hidden
    return [(str(kind), words) for kind, words in _AREA_WORDS.items() if kind in drawn]


def _own_policy(page: str, sheet: MapSheet) -> Markup:
    texts = _TAGS.findall(page)
    policy = policy_for_file(
        [text for tag, text in texts if tag == "script"],
        [text for tag, text in texts if tag == "style"],
        sheet.tiles.origin if sheet.tiles else None,
    )
    return Markup('<meta http-equiv="Content-Security-Policy" content="{}">').format(policy)


@cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("map.html")

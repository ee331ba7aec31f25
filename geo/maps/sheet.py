"""What a map shows, in geo's own words: a sheet knows places, never people or referrals."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from urllib.parse import urlsplit

from shapely.geometry.base import BaseGeometry

from geo.maps.errors import BadMapSheet
from geo.maps.palette import DISTINCT_MARKS, Ring
from geo.point import GridPoint

_LINK_SCHEMES = frozenset({"http", "https", "mailto", "tel"})
_TILE_FIELDS = ("{z}", "{x}", "{y}")
_TILE_FIELD = re.compile(r"\{[zxysr]\}")
_HOST = re.compile(r"(\{s\}\.)?[A-Za-z0-9.-]+(:\d+)?")


class AreaKind(StrEnum):
    """What an area on the map means."""

    LAND = "land"
    WATER = "water"
    CATCHMENT = "catchment"
    REACH = "reach"
    GAP = "gap"


@dataclass(frozen=True, slots=True)
class Link:
    """A link a person may follow.

    Raises
    ------
    BadMapSheet
        If `href` is neither http(s), mailto, tel, a path of this site, nor a `#fragment`: a link
        such as `javascript:` would run as a program.
    """

    label: str
    href: str

    def __post_init__(self) -> None:
        check_href(self.href)


@dataclass(frozen=True, slots=True)
class Group:
    """A kind of need. Its place in `MapSheet.groups` settles its colour and shape."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class Freshness:
    """A class of how lately facts were checked, with the ring that shows it."""

    key: str
    label: str
    ring: Ring


@dataclass(frozen=True, slots=True)
class Centre:
    """The place a map is drawn for, such as a practice."""

    name: str
    point: GridPoint
    kind_label: str = "Practice"
    rows: tuple[tuple[str, str], ...] = ()
    link: str | None = None

    def __post_init__(self) -> None:
        if self.link is not None:
            check_href(self.link)


@dataclass(frozen=True, slots=True)
class Area:
    """A polygon or line in EPSG:27700 metres, with the name to print on it ("" for none)."""

    kind: AreaKind
    label: str
    shape: BaseGeometry


@dataclass(frozen=True, slots=True)
class PlaceName:
    """The name of a town or village, printed on the map to help people find their way."""

    name: str
    point: GridPoint


@dataclass(frozen=True, slots=True)
class Tiles:
    """A base map somebody else draws.

    Parameters
    ----------
    url : str
        `https://host/{z}/{x}/{y}.png`, or a path of this site (`/tiles/{z}/{x}/{y}.png`). `{s}.`
        may stand before the host. `http` is allowed for localhost only.
    attribution : str
        The words the tiles' licence asks for. Required.

    Raises
    ------
    BadMapSheet
        If the URL has another form or the attribution is empty.
    """

    url: str
    attribution: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.url)
        own = self.url.startswith("/") and not self.url.startswith("//")
        local = parts.scheme == "http" and parts.netloc.split(":")[0] in {"localhost", "127.0.0.1"}
        foreign = (parts.scheme == "https" or local) and _HOST.fullmatch(parts.netloc)
        complete = all(part in self.url for part in _TILE_FIELDS)
        # Other braces would be read as a template by what folium is built on.
        odd = re.search(r"[\s\"'<>;\\{}]", _TILE_FIELD.sub("", self.url))
        if odd or not complete or not (own or foreign):
            raise BadMapSheet(
                "The tile address must look like https://host/{z}/{x}/{y}.png, or like "
                "/tiles/{z}/{x}/{y}.png for tiles on this server.",
                tile_url=self.url,
            )
        if not self.attribution.strip():
            raise BadMapSheet("Tiles need the attribution that their licence asks for.")

    @property
    def origin(self) -> str | None:
        """Scheme and host for the page's security policy; None for tiles on this server."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}".replace("{s}", "*") if parts.netloc else None


@dataclass(frozen=True, slots=True)
class MapFeature:
    """One thing a community has, as the map and the list beneath it show it.

    Attributes
    ----------
    id : str
        Unique in the sheet.
    name : str
        Shown as it is, whatever it contains; escaping is the map's work.
    point : GridPoint or None
        None when there is no place to go to (by phone, online, address protected): the feature is
        in the list and is counted, and is not on the map.
    group, freshness : str
        Keys of the sheet's `groups` and `freshness`.
    checked_on : date or None
        When its facts were last checked; None when nobody knows.
    rows : tuple of (label, value)
        When, where, who: columns of the list, in order of first appearance, and lines of the
        pop-up. Use the same labels throughout a sheet.
    link : str or None
        Where the name leads.
    labels : tuple of str
        Words that stand beside the name, such as "Invented example".
    about : str
        A sentence or two on what it is, set beneath the name.
    """

    id: str
    name: str
    point: GridPoint | None
    group: str
    freshness: str
    checked_on: date | None = None
    rows: tuple[tuple[str, str], ...] = ()
    link: str | None = None
    labels: tuple[str, ...] = ()
    about: str = ""

    def __post_init__(self) -> None:
        if self.link is not None:
            check_href(self.link)


@dataclass(frozen=True, slots=True)
class MapSheet:
    """Everything on one map page, in the order in which it is shown.

    Groups and freshness classes without a feature are legend entries with a count of 0, so that a
    gap is seen. Areas are drawn in the order LAND, WATER, CATCHMENT, REACH, GAP, whatever their
    order here; those of one kind as they come. A sheet without features is a map that says that no
    assets are recorded.

    Raises
    ------
    BadMapSheet
        If a feature names a group or freshness class the sheet does not have, if two features,
        groups or classes share a key, if there are more groups than distinct marks (64), or if
        there is nothing at all from which to take the map's extent.
    """

    title: str
    groups: tuple[Group, ...]
    freshness: tuple[Freshness, ...]
    features: tuple[MapFeature, ...] = ()
    centres: tuple[Centre, ...] = ()
    areas: tuple[Area, ...] = ()
    places: tuple[PlaceName, ...] = ()
    subtitle: str = ""
    summary: tuple[str, ...] = ()
    attribution: tuple[str, ...] = ()
    tiles: Tiles | None = None
    back: Link | None = None
    links: tuple[Link, ...] = field(default=())

    def __post_init__(self) -> None:
        _refuse_repeats("feature", (feature.id for feature in self.features))
        _refuse_repeats("group", (group.key for group in self.groups))
        _refuse_repeats("freshness class", (fresh.key for fresh in self.freshness))
        if len(self.groups) > DISTINCT_MARKS:
            raise BadMapSheet(
                f"A map can tell {DISTINCT_MARKS} groups apart; this one has {len(self.groups)}. "
                "Put related groups together.",
                groups=len(self.groups),
            )
        groups = {group.key for group in self.groups}
        classes = {fresh.key for fresh in self.freshness}
        for feature in self.features:
            if feature.group not in groups:
                _refuse_unknown(feature.id, "group", feature.group, groups)
            if feature.freshness not in classes:
                _refuse_unknown(feature.id, "freshness", feature.freshness, classes)
        if not (self.centres or self.areas or any(item.point for item in self.features)):
            raise BadMapSheet(
                "There is nothing to place on the map: give it a centre, an area, or a feature "
                "that has a position."
            )


def check_href(href: str) -> None:
    """Refuse a link that would do anything but lead somewhere.

    Raises
    ------
    BadMapSheet
        See `Link`. Control characters and backslashes are refused too, because browsers drop or
        turn them and would read another address than the one that was checked.
    """
    plain = href and not re.search(r"[\x00-\x20\\]", href)
    own = href.startswith(("/", "#", "?")) and not href.startswith("//")
    if not plain or not (own or urlsplit(href).scheme.lower() in _LINK_SCHEMES):
        raise BadMapSheet(
            "A link on a map must begin with https://, http://, mailto:, tel:, / or #.", link=href
        )


def _refuse_repeats(what: str, keys: Iterable[str]) -> None:
    seen: set[str] = set()
    for key in keys:
        if key in seen:
            raise BadMapSheet(f"Two entries share the {what} key {key!r}; keys must be unique.")
        seen.add(key)


def _refuse_unknown(feature_id: str, what: str, value: str, known: set[str]) -> None:
    raise BadMapSheet(
        f"Feature {feature_id!r} has the {what} {value!r}, which the sheet does not list. "
        f"Known: {', '.join(sorted(known)) or 'none'}.",
        feature=feature_id,
        known=[*sorted(known)],
    )

"""Filters of the register: in the address, so that no place is ever lost.

A postcode is never among them. What somebody typed as one becomes the square kilometre around it,
or, for the first part of one, that district.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final
from urllib.parse import urlencode

from starlette.datastructures import FormData, QueryParams

from geo.point import GridPoint
from seed_data import needs as need_list
from service.register.asset_filter import MAX_TEXT, AssetFilter
from service.register.vocabulary import AccessFeature, Weekday
from service.web.register_places import Around

PAGE: Final = 20
WITHIN_KM: Final = (1, 2, 5, 10, 20)
USUAL_KM: Final = 5
CHECKED: Final = ((30, "month"), (91, "3 months"), (182, "6 months"), (365, "year"))
NAMES: Final = (
    *("need", "text", "near", "within", "day"),
    *("access", "free", "room", "checked", "page"),
)
_PLACE: Final = re.compile(
    r"practice-[A-Z0-9]{3,8}|square-\d{1,3}-\d{1,4}|group-\d{1,9}|[A-Z]{1,2}\d[A-Z\d]?"
)
_MOST_PAGES: Final = 10_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for; what is empty is not asked."""

    need: str = ""
    text: str = ""
    near: str = ""
    within_km: int = USUAL_KM
    days: tuple[Weekday, ...] = ()
    access: tuple[AccessFeature, ...] = ()
    free: bool = False
    room: bool = False
    checked: int = 0
    page: int = 1

    @property
    def is_filtered(self) -> bool:
        """Whether anything is asked at all."""
        return bool(replace(self, page=1).pairs())

    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of the address that ask it."""
        found = [("need", self.need)] if self.need else []
        found += [("text", self.text)] if self.text else []
        if self.near:
            found.append(("near", self.near))
            found += [("within", str(self.within_km))] if self.within_km != USUAL_KM else []
        found += [("day", each.value) for each in self.days]
        found += [("access", each.value) for each in self.access]
        found += [("free", "yes")] if self.free else []
        found += [("room", "yes")] if self.room else []
        found += [("checked", str(self.checked))] if self.checked else []
        return found + ([("page", str(self.page))] if self.page > 1 else [])

    def address(self, path: str = "/register") -> str:
        """Where the answers are."""
        pairs = self.pairs()
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def asked(self, around: Around | None, today: date, *, limit: int = PAGE) -> AssetFilter:
        """The same as the register understands it."""
        return AssetFilter(
            needs=(self.need,) if self.need else (),
            text=self.text,
            near=around.point if around else None,
            within_m=self.within_km * 1_000.0 if around else None,
            wider=around is not None,
            district=around.district if around else None,
            days=frozenset(self.days),
            access=frozenset(self.access),
            free=self.free,
            free_places=self.room,
            checked_since=today - timedelta(days=self.checked) if self.checked else None,
            limit=limit,
            offset=(self.page - 1) * PAGE,
        )

    def as_data(self, around: Around | None, today: date, kind: str) -> str:
        """The same answers from the API, as far as one answer of it reaches."""
        pairs = [pair for pair in self.pairs() if pair[0] in {"need", "text", "day", "access"}]
        pairs += [("free", "true")] if self.free else []
        pairs += [("has_room", "true")] if self.room else []
        if self.checked:
            pairs.append(("checked_since", str(today - timedelta(days=self.checked))))
        if around is not None:
            where = around.point.to_lonlat()
            pairs.append(("near", around.district or f"{where.lat:.5f},{where.lon:.5f}"))
            pairs += [("within", str(self.within_km * 1_000)), ("wider", "true")]
        return f"/v1/assets?{urlencode([*pairs, ('limit', '100'), ('format', kind)])}"

    def without(self) -> list[tuple[str, str]]:
        """Ways to ask for less: what is left out, in words, and where that leads."""
        one = replace(self, page=1)
        ways: list[tuple[str, Wanted]] = []
        if self.text:
            ways.append((f"the words “{self.text[:60]}”", replace(one, text="")))
        if self.days:
            ways.append(("the day", replace(one, days=())))
        if self.access:
            ways.append(("what the place must have", replace(one, access=())))
        if self.free:
            ways.append(("“free”", replace(one, free=False)))
        if self.room:
            ways.append(("“has room now”", replace(one, room=False)))
        if self.checked:
            ways.append(("when it was last checked", replace(one, checked=0)))
        if self.need:
            ways.append(("the need", replace(one, need="")))
        if self.near:
            ways.append(("the place", replace(one, near="", within_km=USUAL_KM)))
        return [(said, way.address()) for said, way in ways]

    def farther(self) -> tuple[int, str] | None:
        """The next wider circle and where it is asked; None without one."""
        wider = next((each for each in WITHIN_KM if each > self.within_km), None)
        if wider is None or not self.near:
            return None
        return wider, replace(self, within_km=wider, page=1).address()


def understand(given: QueryParams | FormData) -> Wanted:
    """What an address or a form asks. What means nothing is passed over."""
    values: Mapping[str, list[str]] = {
        name: [each.strip() for each in given.getlist(name) if isinstance(each, str)][:40]
        for name in NAMES
    }

    def one(name: str) -> str:
        return next(iter(values[name]), "")

    def number(name: str, allowed: tuple[int, ...], usual: int) -> int:
        return next((each for each in allowed if str(each) == one(name)), usual)

    near = one("near")
    page = one("page")
    text = " ".join(one("text").replace("\0", " ").split())[:MAX_TEXT]
    return Wanted(
        need=one("need") if one("need") in need_list.load().needs else "",
        text=text,
        near=near if _PLACE.fullmatch(near) else "",
        within_km=number("within", WITHIN_KM, USUAL_KM),
        days=tuple(each for each in Weekday if each.value in values["day"]),
        access=tuple(each for each in AccessFeature if each.value in values["access"]),
        free=one("free") == "yes",
        room=one("room") == "yes",
        checked=number("checked", tuple(days for days, _ in CHECKED), 0),
        page=min(max(1, int(page)), _MOST_PAGES)
        if page.isascii() and page.isdecimal() and len(page) < 7
        else 1,
    )


def square_of(point: GridPoint) -> str:
    """The square kilometre that holds a point, as an address may name it."""
    return f"square-{int(point.easting_m // 1_000)}-{int(point.northing_m // 1_000)}"

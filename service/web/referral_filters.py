"""Filters of the list of groups: in the address, so that no place is ever lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from fastapi import Request
from starlette.datastructures import FormData, QueryParams

from service.referrals.groups import Narrowed
from service.register.vocabulary import Delivery, Weekday

NAMES = ("day", "minutes", "free", "how", "kind", "more")
MINUTES = (10, 20, 30, 45, 60)
MOST_VALUES = 40


@dataclass(frozen=True, slots=True)
class Filters:
    """What is asked, and the pairs of the address that ask it."""

    narrowed: Narrowed
    more: bool
    pairs: list[tuple[str, str]]

    @property
    def query(self) -> str:
        """The same as it stands behind an address, with its question mark; '' for none."""
        return f"?{urlencode(self.pairs)}" if self.pairs else ""

    def with_more(self) -> list[tuple[str, str]]:
        """The pairs that ask for the whole list."""
        return [*(pair for pair in self.pairs if pair[0] != "more"), ("more", "yes")]


def of_address(request: Request) -> Filters:
    """The filters that stand in this request's address. What means nothing is passed over."""
    return understand(request.query_params)


def of_form(request: Request) -> Filters:
    """The filters that came with a form."""
    sent: FormData = request.state.form
    return understand(sent)


def understand(given: QueryParams | FormData) -> Filters:
    """Filters from pairs of names and values."""
    values: Mapping[str, list[str]] = {
        name: [each for each in given.getlist(name) if isinstance(each, str)][:MOST_VALUES]
        for name in NAMES
    }
    days = [each for each in Weekday if each.value in values["day"]]
    how = [each for each in Delivery if each.value in values["how"]]
    minutes = next((each for each in MINUTES if str(each) in values["minutes"]), None)
    kinds = sorted({each for each in values["kind"] if each.isascii() and 0 < len(each) <= 60})
    free, more = "yes" in values["free"], "yes" in values["more"]
    pairs = [("day", each.value) for each in days]
    pairs += [("minutes", str(minutes))] if minutes else []
    pairs += [("free", "yes")] if free else []
    pairs += [("how", each.value) for each in how]
    pairs += [("kind", each) for each in kinds]
    pairs += [("more", "yes")] if more else []
    narrowed = Narrowed(frozenset(days), minutes, free, frozenset(how), frozenset(kinds))
    return Filters(narrowed, more, pairs)

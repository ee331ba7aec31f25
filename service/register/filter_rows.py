"""The filters of a search as conditions of SQL, the same for every kind of search."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import InstrumentedAttribute

from service.register.asset_filter import AssetFilter
from service.register.model import Asset
from service.register.narrowing import (
    ACCESS_BITS,
    CAPACITY_CODES,
    DAY_BITS,
    DELIVERY_BITS,
    UNKNOWN,
    Candidate,
)
from service.register.vocabulary import Capacity

_COMES: Final = sum(bit for delivery, bit in DELIVERY_BITS.items() if delivery.is_remote)


def filters_rows(wanted: AssetFilter) -> bool:
    """Whether there is anything to filter by but need, place and words."""
    return bool(_on_row(wanted) or _on_asset(wanted))


def passing(
    wanted: AssetFilter, *columns: ColumnElement[Any] | InstrumentedAttribute[Any]
) -> Select[*tuple[Any, ...]]:
    """Rows of `candidate` that pass every filter but need, place and words."""
    statement: Select[*tuple[Any, ...]] = select(*columns).where(*_on_row(wanted))
    on_asset = _on_asset(wanted)
    if on_asset:
        statement = statement.join(Asset, Asset.asset_id == Candidate.asset_id).where(*on_asset)
    return statement


def _on_row(wanted: AssetFilter) -> list[ColumnElement[bool]]:
    kept: list[ColumnElement[bool]] = []
    if wanted.days:
        kept.append(Candidate.days.bitwise_and(sum(DAY_BITS[day] for day in wanted.days)) != 0)
    if wanted.ages is not None:
        low, high = wanted.ages
        kept.append(or_(Candidate.min_age == UNKNOWN, Candidate.min_age <= high))
        kept.append(or_(Candidate.max_age == UNKNOWN, Candidate.max_age >= low))
    if wanted.access:
        needed = sum(ACCESS_BITS[feature] for feature in wanted.access)
        comes = and_(Candidate.venue_id == 0, Candidate.deliveries.bitwise_and(_COMES) != 0)
        kept.append(or_(Candidate.access_has.bitwise_and(needed) == needed, comes))
    if wanted.deliveries:
        any_of = sum(DELIVERY_BITS[each] for each in wanted.deliveries)
        kept.append(Candidate.deliveries.bitwise_and(any_of) != 0)
    if wanted.free_places:
        kept.append(Candidate.capacity == CAPACITY_CODES[Capacity.OPEN])
    return kept


def _on_asset(wanted: AssetFilter) -> list[ColumnElement[bool]]:
    kept: list[ColumnElement[bool]] = []
    if wanted.free:
        kept.append(Asset.cost_pence == 0)
    if wanted.kinds:
        kept.append(Asset.kind.in_(sorted(wanted.kinds)))
    if wanted.group_kinds:
        kept.append(Asset.group_kind.in_(sorted(wanted.group_kinds)))
    if wanted.updated_since is not None:
        kept.append(Asset.updated_at >= wanted.updated_since)
    if wanted.checked_since is not None:
        kept.append(Asset.assured_on >= wanted.checked_since)
    return kept

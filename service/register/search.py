"""Looking through the register: by need, by words, by place, by what a person can manage.

Order, always total: near a place those NEAR come before the others of `Reach`; then those with
more of the words; then the nearer, or without a place those whose words say more; then by id.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.register.asset_filter import AssetFilter, check
from service.register.documents import listings
from service.register.filter_rows import passing
from service.register.narrowing import ANY_NEED, Candidate
from service.register.search_near import Found, Reach, around
from service.register.snapshot import AssetSnapshot, Place
from service.register.word_match import hits
from service.register.words import Term, terms_of

__all__ = ["AssetFilter", "AssetSummary", "Page", "Reach", "search"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of the answers; `total` is how many there are in all."""

    items: tuple[T, ...]
    total: int
    limit: int
    offset: int


@dataclass(frozen=True, slots=True)
class AssetSummary:
    """One answer.

    Attributes
    ----------
    place : Place | None
        The nearest place that fits; when nothing was to be near, the first that fits and whose
        position is known. None for REMOTE and PLACE_UNKNOWN.
    distance_m : float | None
        Straight line to `place` (it is no walk). Given for COVERS too, where it is beyond the
        radius; None for REMOTE and PLACE_UNKNOWN, and when nothing was to be near.
    reach : Reach | None
        None when nothing was to be near.
    words_matched : int
        How many of the words of the search it has.
    not_stated : tuple of str
        Filters that let it pass because it does not say.
    """

    code: str
    snapshot: AssetSnapshot
    place: Place | None
    distance_m: float | None
    reach: Reach | None
    words_matched: int
    not_stated: tuple[str, ...]
    licence: str
    updated_at: datetime


def search(session: Session, wanted: AssetFilter) -> Page[AssetSummary]:
    """The assets that answer `wanted`, best first; see the module for the order.

    Retired assets are never answers. No answer is an empty page with a total of 0; a part beyond
    the last answer is empty and still tells the total.

    Raises
    ------
    BadFilter, BadRadius, UnknownNeed
        If the search cannot be meant.
    """
    check(wanted)
    terms = terms_of(wanted.text)
    if wanted.near is None:
        found, total = _everywhere(session, wanted, terms)
    else:
        found, total = around(session, wanted, wanted.near, terms)
    known = listings(session, [each.asset_id for each in found])
    items = []
    for each in found:
        record = known[each.asset_id]
        asset = record.snapshot
        silent = wanted.ages is not None and asset.min_age is None and asset.max_age is None
        items.append(
            AssetSummary(
                code=record.code,
                snapshot=asset,
                place=_place(asset, each.venue_id),
                distance_m=each.distance_m,
                reach=each.reach,
                words_matched=each.words_matched,
                not_stated=("age",) if silent else (),
                licence=record.licence,
                updated_at=record.updated_at,
            )
        )
    return Page(tuple(items), total, wanted.limit, wanted.offset)


def _place(asset: AssetSnapshot, venue_id: int) -> Place | None:
    return next((place for place in asset.places if place.venue_id == venue_id), None)


def _everywhere(
    session: Session, wanted: AssetFilter, terms: Sequence[Term]
) -> tuple[list[Found], int]:
    venue = func.coalesce(func.min(func.nullif(Candidate.venue_id, 0)), 0)
    statement = (
        passing(wanted, Candidate.asset_id, venue)
        .where(Candidate.need.in_(wanted.needs or (ANY_NEED,)))
        .group_by(Candidate.asset_id)
    )
    order = [Candidate.asset_id.asc()]
    if terms:
        hit = hits(terms)
        statement = (
            statement.add_columns(hit.c.matched)
            .join(hit, hit.c.asset_id == Candidate.asset_id)
            .group_by(hit.c.matched, hit.c.weight)
        )
        order = [hit.c.matched.desc(), hit.c.weight.desc(), *order]
    # The total comes with the page: asking for it apart would find everything twice.
    page = statement.add_columns(func.count().over()).order_by(*order)
    rows = session.execute(page.limit(wanted.limit).offset(wanted.offset)).all()
    if rows:
        total = rows[0][-1]
    else:
        total = session.scalar(select(func.count()).select_from(statement.subquery())) or 0
    return [Found(row[0], row[1], None, None, row[2] if terms else 0) for row in rows], total

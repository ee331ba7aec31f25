"""Searching near a place: what is within the radius, and what does not need to be, told apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

import numpy as np
import numpy.typing as npt
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from geo.distance import straight_lines_m
from geo.point import GridPoint
from service.register.areas import Whereabouts, takes_from
from service.register.asset_filter import AssetFilter
from service.register.candidates import (
    MAX_M,
    CandidateRows,
    Floats,
    Ints,
    candidates_of_each,
    joined,
    remote_candidates_of_each,
)
from service.register.documents import judged_assets
from service.register.filter_rows import filters_rows, passing
from service.register.model import AreaServed
from service.register.narrowing import ANY_NEED, AREA_BITS, Candidate
from service.register.snapshots import chunks
from service.register.vocabulary import AreaKind
from service.register.word_match import matched_among
from service.register.words import Term


class Reach(IntEnum):
    """Why an asset answers a search near a place, best first."""

    NEAR = 0
    COVERS = 1
    REMOTE = 2
    PLACE_UNKNOWN = 3


@dataclass(frozen=True, slots=True)
class Found:
    """An answer before it is read: which asset, at which place (0: at none), why."""

    asset_id: int
    venue_id: int
    reach: Reach | None
    distance_m: float | None
    words_matched: int


_NO_ANSWER: Final = 9


def around(
    session: Session, wanted: AssetFilter, near: GridPoint, terms: Sequence[Term]
) -> tuple[list[Found], int]:
    """One page of the answers near a place, in order, and how many there are in all.

    One statement for all needs, two with `wider`; one each for areas, for what comes from some
    areas only, for filters and for words, as far as asked, for every `CHUNK` assets in reach.
    """
    needs = wanted.needs or (ANY_NEED,)
    outer_m = MAX_M if wanted.wider else wanted.radius_m
    at = Whereabouts(wanted.district, wanted.authority, near)
    placed = candidates_of_each(session, needs=needs, centre=near, outer_m=outer_m)
    remote = remote_candidates_of_each(session, needs=needs, at=at) if wanted.wider else ()
    rows = joined([*placed, *remote])
    distances = straight_lines_m(near, rows.easting_m, rows.northing_m)
    reaches = _reaches(session, wanted, rows, distances)
    reaches = np.where(without_place_elsewhere(session, rows, at), _NO_ANSWER, reaches)
    if filters_rows(wanted):
        reaches = np.where(_pass(session, wanted, rows, reaches), reaches, _NO_ANSWER)
    matched = _matched(session, terms, rows, reaches)
    chosen = np.flatnonzero((reaches != _NO_ANSWER) & (matched >= 0))
    kept = _each_once(
        rows.asset_id[chosen],
        (rows.venue_id, np.nan_to_num(distances, nan=np.inf), -matched, reaches),
        chosen,
    )
    page = kept[wanted.offset : wanted.offset + wanted.limit]
    found = [
        Found(
            asset_id=int(rows.asset_id[at]),
            venue_id=int(rows.venue_id[at]),
            reach=Reach(int(reaches[at])),
            distance_m=None if np.isnan(distances[at]) else float(distances[at]),
            words_matched=int(matched[at]),
        )
        for at in page
    ]
    return found, len(kept)


def _reaches(session: Session, wanted: AssetFilter, rows: CandidateRows, distances: Floats) -> Ints:
    """The `Reach` of every row, or `_NO_ANSWER`."""
    reaches = np.where(distances <= wanted.radius_m, int(Reach.NEAR), _NO_ANSWER)
    if not wanted.wider:
        return reaches
    beyond = (distances > wanted.radius_m) & (distances <= MAX_M)
    serves = np.isin(rows.asset_id, _serving(session, wanted, rows.asset_id[beyond]))
    covers = beyond & (serves | (rows.serves_m >= distances))
    reaches = np.where(covers, int(Reach.COVERS), reaches)
    comes = np.where(rows.comes, int(Reach.REMOTE), int(Reach.PLACE_UNKNOWN))
    return np.where(rows.venue_id == 0, comes, reaches)


def without_place_elsewhere(
    session: Session, rows: CandidateRows, at: Whereabouts
) -> npt.NDArray[np.bool_]:
    """Rows without a place that are no answer there: of assets with a place elsewhere, or that are
    sure to take people from other areas alone.

    One statement for every `CHUNK` assets that name an area and not everywhere; none for none.
    """
    known = {
        AreaKind.POSTCODE_DISTRICT: at.district is not None,
        AreaKind.LOCAL_AUTHORITY: at.authority is not None,
        AreaKind.RADIUS_M: at.point is not None,
    }
    told = sum(AREA_BITS[kind] for kind, is_known in known.items() if is_known)
    nowhere = rows.venue_id == 0
    # An area that cannot be told from the place cannot be outside it for sure.
    doubtful = nowhere & rows.is_listed & (rows.areas != 0) & ((rows.areas & ~told) == 0)
    outside = [
        asset_id
        for asset_id, asset in judged_assets(session, rows.asset_id[doubtful].tolist()).items()
        if takes_from(asset, at) is False
    ]
    return np.asarray(nowhere & (~rows.is_listed | np.isin(rows.asset_id, outside)))


def _serving(session: Session, wanted: AssetFilter, assets: Ints) -> Ints:
    """Those whose stated area holds the place asked about, stated radii left aside."""
    holds = [AreaServed.kind == AreaKind.EVERYWHERE]
    for kind, value in (
        (AreaKind.POSTCODE_DISTRICT, wanted.district),
        (AreaKind.LOCAL_AUTHORITY, wanted.authority),
    ):
        if value:
            holds.append(and_(AreaServed.kind == kind, AreaServed.value == value.strip().upper()))
    found: list[int] = []
    for some in chunks(np.unique(assets).tolist()):
        statement = select(AreaServed.asset_id).where(AreaServed.asset_id.in_(some), or_(*holds))
        found.extend(session.scalars(statement))
    return np.array(found, dtype=np.int64)


def _pass(
    session: Session, wanted: AssetFilter, rows: CandidateRows, reaches: Ints
) -> npt.NDArray[np.bool_]:
    """Which rows pass the filters; of those out of reach nothing is asked."""
    kept: set[tuple[int, int]] = set()
    for some in chunks(_in_reach(rows, reaches)):
        statement = passing(wanted, Candidate.asset_id, Candidate.venue_id).where(
            Candidate.need == ANY_NEED, Candidate.asset_id.in_(some)
        )
        kept.update((row[0], row[1]) for row in session.execute(statement))
    pairs = zip(rows.asset_id.tolist(), rows.venue_id.tolist(), strict=True)
    return np.array([pair in kept for pair in pairs], dtype=np.bool_)


def _matched(session: Session, terms: Sequence[Term], rows: CandidateRows, reaches: Ints) -> Ints:
    """How many words each row's asset has; -1 where words are asked and it has none."""
    if not terms:
        return np.zeros(len(rows), dtype=np.int64)
    counts: dict[int, int] = {}
    for some in chunks(_in_reach(rows, reaches)):
        counts.update(matched_among(session, terms, some))
    return np.array([counts.get(each, -1) for each in rows.asset_id.tolist()], dtype=np.int64)


def _in_reach(rows: CandidateRows, reaches: Ints) -> list[int]:
    ids: list[int] = np.unique(rows.asset_id[reaches != _NO_ANSWER]).tolist()
    return ids


def _each_once(
    assets: Ints, keys: tuple[npt.NDArray[np.generic], ...], chosen: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """The chosen rows in order, of each asset the first; `keys` from least to most telling."""
    venue, *telling = (key[chosen] for key in keys)
    order = np.lexsort((venue, assets, *telling))
    _, first = np.unique(assets[order], return_index=True)
    return chosen[order[np.sort(first)]]

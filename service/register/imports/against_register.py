"""What the register has to say about a file before and after it is taken in."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.register.errors import ImportRefused
from service.register.imports.facts import AssetFacts, AssetFile, RejectedAsset
from service.register.imports.problems import Problem, shortened
from service.register.model import Asset
from service.store.chunks import chunks

LEAST_REMAINING_RATIO = 0.5
"""An import after which fewer than this share of a source's assets remain is refused. Ours."""


def without_claimed(session: Session, file: AssetFile) -> AssetFile:
    """The file without assets whose id belongs to another source in the register already.

    They are rejected with a problem each: two lists that both number from 1 must not overwrite
    each other. Doing this twice changes nothing.
    """
    sources: dict[str, str] = {}
    for codes in chunks([asset.code for asset in file.assets]):
        rows = session.execute(select(Asset.code, Asset.source).where(Asset.code.in_(codes)))
        sources.update((code, source) for code, source in rows)
    claimed = {a.code for a in file.assets if sources.get(a.code, a.source) != a.source}
    if not claimed:
        return file
    rows_of = file.rows_of(claimed)
    rejected = [
        RejectedAsset(asset.code, rows_of[asset.code], (_claim(asset, sources[asset.code]),))
        for asset in file.assets
        if asset.code in claimed
    ]
    taken = tuple(asset for asset in file.assets if asset.code not in claimed)
    venues = {m.venue.key(a.source) for a in taken for m in a.meetings if m.venue}
    runners = {asset.organisation for asset in taken}
    return replace(
        file,
        assets=taken,
        venues={key: venue for key, venue in file.venues.items() if key in venues},
        organisations={name: o for name, o in file.organisations.items() if name in runners},
        rejected=(*file.rejected, *rejected),
        warnings=tuple(w for w in file.warnings if w.line not in _lines(rejected)),
    )


def _lines(rejected: list[RejectedAsset]) -> set[int]:
    return {row.line for asset in rejected for row in asset.rows}


def _claim(asset: AssetFacts, source: str) -> Problem:
    return Problem(
        asset.line,
        "asset_id",
        asset.code,
        f"This id belongs to the source “{shortened(source)}” already, and this row is from "
        f"“{shortened(asset.source)}”. If it is the same asset, write that source here, or import "
        "with --take-over; if not, give it another id.",
    )


def require_enough_good(file: AssetFile, max_reject_ratio: float) -> None:
    """Refuse a file of which too many assets are bad: it is probably the wrong file or layout.

    Raises
    ------
    ImportRefused
        If more than `max_reject_ratio` of its assets are rejected, or all of them.
    """
    bad, good = len(file.rejected), len(file.assets)
    if good and bad <= max_reject_ratio * (bad + good):
        return
    raise ImportRefused(
        f"{bad:,} of {bad + good:,} assets of the file have something wrong; up to "
        f"{max_reject_ratio:.0%} may be left out. Mend the rows that are listed and import the "
        "file again.",
        rejected=bad,
        good=good,
        max_reject_ratio=max_reject_ratio,
    )


@dataclass(frozen=True, slots=True)
class Standing:
    """How many assets the register has, retired ones left out: of the sources at hand, in all."""

    of_sources: int
    in_all: int


def standing(session: Session, sources: Collection[str]) -> Standing:
    """Count the register as it stands in this session."""
    active = select(func.count()).select_from(Asset).where(Asset.is_retired.is_(False))
    of_sources = session.scalar(active.where(Asset.source.in_(sorted(sources))))
    return Standing(of_sources or 0, session.scalar(active) or 0)


def require_enough_left(before: Standing, after: Standing) -> None:
    """Refuse an import that would take half of a source's assets away, or leave none.

    Raises
    ------
    ImportRefused
        With both counts.
    """
    least = LEAST_REMAINING_RATIO * before.of_sources
    if after.of_sources >= least and (after.in_all or not before.in_all):
        return
    raise ImportRefused(
        f"There are {before.of_sources:,} assets from this source and {after.of_sources:,} would "
        "remain. Check that the file is whole; import without --complete to keep what it does not "
        "list, or use --force with the reason.",
        before=before.of_sources,
        after=after.of_sources,
    )

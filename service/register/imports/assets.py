"""Reading an asset file: every row checked, nothing written anywhere."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from geo.gazetteer import Gazetteer
from geo.progress import Progress, Quiet
from seed_data.needs import Taxonomy
from seed_data.needs import load as load_taxonomy
from service.register.imports.asset_rows import Guide, read_asset
from service.register.imports.columns import ASSET_FILE
from service.register.imports.facts import AssetFacts, AssetFile, RejectedAsset
from service.register.imports.ledgers import Ledgers
from service.register.imports.places import MAX_APART_M, lookup_in
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table, read_table
from service.register.vocabulary import Delivery


def read_asset_file(
    file: Path | bytes,
    *,
    gazetteer: Gazetteer,
    today: date,
    max_bytes: int,
    name: str | None = None,
    source: str | None = None,
    max_apart_m: float = MAX_APART_M,
    taxonomy: Taxonomy | None = None,
    progress: Progress | None = None,
) -> AssetFile:
    """Read and check an asset file; `seed_data/README.md` describes its columns.

    Rows with the same `asset_id` are one asset. An asset with anything wrong in any of its rows is
    rejected as a whole, with every problem of every row told at once; the others are kept.

    Parameters
    ----------
    file : Path or bytes
        The file, or what is in it.
    gazetteer : Gazetteer
        Places postcodes, and checks coordinates against them.
    today : date
        The day that `_days` columns count from.
    max_bytes : int
        Largest size read, unpacked.
    name : str, optional
        What to call the file in messages; its own name if it has one.
    source : str, optional
        Stands in for an empty `source` cell; the file's name when not given.
    max_apart_m : float
        How far coordinates may lie from their postcode.
    taxonomy : Taxonomy, optional
        Needs and kinds of group; those shipped with Kith when not given.

    Raises
    ------
    BadImportFile
        If the file cannot be read at all.
    """
    progress = progress or Quiet()
    table = read_table(file, ASSET_FILE, max_bytes=max_bytes, name=name)
    guide = Guide(
        taxonomy=taxonomy or load_taxonomy(),
        lookup=lookup_in(gazetteer),
        today=today,
        source=(source or table.name)[:200],
        max_apart_m=max_apart_m,
    )
    return _checked(table, guide, progress)


def _checked(table: Table, guide: Guide, progress: Progress) -> AssetFile:
    ledgers = Ledgers()
    assets: list[AssetFacts] = []
    rejected: list[RejectedAsset] = []
    warnings: list[Problem] = []
    groups = _by_id(table.rows)
    progress.begin("Checking", len(groups))
    for code, rows in groups.items():
        read = read_asset(rows, guide)
        problems = read.problems
        if read.facts is not None:
            problems = tuple(ledgers.enter(read.facts))
        if problems or read.facts is None:
            rejected.append(RejectedAsset(code, tuple(rows), problems))
        else:
            assets.append(read.facts)
            warnings += [*read.warnings, *_doubts(read.facts)]
        progress.advance(1)
    progress.end()
    return AssetFile(
        table=table,
        assets=tuple(assets),
        venues=ledgers.venues,
        organisations=ledgers.organisations,
        rejected=tuple(rejected),
        warnings=tuple(sorted(warnings, key=lambda warning: warning.line)),
    )


def _by_id(rows: Iterable[Row]) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        code = row.cells.get("asset_id", "")
        # Rows without an id are told one by one: they are not rows of one asset.
        groups.setdefault(code or f"row {row.line}", []).append(row)
    return groups


def _doubts(asset: AssetFacts) -> list[Problem]:
    found = []
    if not asset.needs:
        said = "This serves no need of the list, so it is never suggested. Fill in group_kind."
        found.append(Problem(asset.line, "group_kind", asset.group_kind, said))
    has_venue = any(meeting.venue is not None for meeting in asset.meetings)
    if Delivery.IN_PERSON in asset.deliveries and not has_venue:
        said = "People meet in person, and it is not said where, so no distance can be told."
        found.append(Problem(asset.line, "postcode", "", said))
    return found

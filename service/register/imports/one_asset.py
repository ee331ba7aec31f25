"""One asset from a form, read and checked by the very rules that files are read by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from geo.gazetteer import Gazetteer
from seed_data.needs import load as load_taxonomy
from service.register.imports.asset_rows import Guide, read_asset
from service.register.imports.columns import ASSET_FILE
from service.register.imports.facts import AssetFile
from service.register.imports.ledgers import Ledgers
from service.register.imports.places import lookup_in
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table


def read_one(
    rows: Sequence[Mapping[str, str]], *, gazetteer: Gazetteer, today: date
) -> tuple[AssetFile | None, tuple[Problem, ...]]:
    """A file of this one asset, or None and everything that is wrong with it.

    Parameters
    ----------
    rows : sequence of mapping
        Cells by column, as in an asset file; the facts of the asset itself in the first. A
        problem's `line` is the row's place here, from 0.
    """
    read = tuple(_row(line, cells) for line, cells in enumerate(rows))
    guide = Guide(load_taxonomy(), lookup_in(gazetteer), today, source="the register")
    found = read_asset(read, guide)
    if found.facts is None:
        return None, found.problems
    ledgers = Ledgers()
    problems = tuple(ledgers.enter(found.facts))
    if problems:
        return None, problems
    table = Table("a form", ASSET_FILE, ASSET_FILE.columns, read, "utf-8", ",", ())
    file = AssetFile(
        table=table,
        assets=(found.facts,),
        venues=ledgers.venues,
        organisations=ledgers.organisations,
        rejected=(),
        warnings=found.warnings,
    )
    return file, ()


def _row(line: int, cells: Mapping[str, str]) -> Row:
    tidy = {
        column: cells.get(column, "").replace("\0", " ").strip() for column in ASSET_FILE.columns
    }
    return Row(line, tidy, tuple(tidy.values()))

"""Reading how many people are registered with each practice."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.identity.codes import OdsCode
from service.register.imports.cells import Cells
from service.register.imports.membership import ods_code
from service.register.imports.ods_columns import BY_SEX_AND_AGE, LIST_SIZES
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table, read_table

MOST = 1_000_000
"""Largest list taken as meant: the largest practice of 2026 has under 200,000 people."""

_WHOLE = re.compile(r"\d{1,3}(?:,\d{3})+|\d{1,9}(?:\.0+)?")


@dataclass(frozen=True, slots=True)
class ListSizeFile:
    """List sizes, read and checked. A row without a number is not stated, and says nothing."""

    table: Table
    sizes: Mapping[OdsCode, int]
    rejected: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_list_size_file(
    file: Path | bytes, *, max_bytes: int, name: str | None = None
) -> ListSizeFile:
    """Read list sizes: one row a practice, or NHS Digital's rows by sex and age.

    Of rows by sex and age, the rows for all sexes and all ages are taken where they are there;
    otherwise the parts are added up, never a part and its total.

    Raises
    ------
    BadImportFile
        If the file cannot be read at all.
    """
    table = read_table(file, BY_SEX_AND_AGE, LIST_SIZES, max_bytes=max_bytes, name=name)
    by_part = table.layout is BY_SEX_AND_AGE
    parts: defaultdict[OdsCode, dict[tuple[str, str], int]] = defaultdict(dict)
    rejected: list[Row] = []
    problems: list[Problem] = []
    for row in table.rows:
        cells = Cells(row)
        code = ods_code(cells, "code")
        count = _count(cells, "number_of_patients" if by_part else "list_size")
        part = (row.cells["sex"].upper(), row.cells["age"].upper()) if by_part else (_ALL, _ALL)
        if code is not None and count is not None and parts[code].get(part, count) != count:
            cells.fault(
                "code", f"Another row says {parts[code][part]:,} of it. Keep the right one."
            )
        problems += cells.problems
        if cells.problems:
            rejected.append(row)
        elif code is not None and count is not None:
            parts[code][part] = count
    sizes = {code: whole(counts) for code, counts in parts.items() if counts}
    return ListSizeFile(table, sizes, tuple(rejected), tuple(problems))


_ALL = "ALL"


def whole(counts: Mapping[tuple[str, str], int]) -> int:
    """The whole of a practice's list from its parts by (sex, age), totals not counted twice.

    The total row if there is one; else the ages of all sexes; else the sexes of all ages; else
    every part.
    """
    if (_ALL, _ALL) in counts:
        return counts[_ALL, _ALL]
    for place in (0, 1):
        marginal = [count for part, count in counts.items() if part[place] == _ALL]
        if marginal:
            return sum(marginal)
    return sum(counts.values())


def _count(cells: Cells, column: str) -> int | None:
    text = cells.row.cells[column]
    if not text:
        return None
    count = int(float(text.replace(",", ""))) if _WHOLE.fullmatch(text) else -1
    if 0 <= count <= MOST:
        return count
    cells.fault(column, f"Write a whole number from 0 to {MOST:,}.")
    return None

"""The rows that were not taken, as a file to mend and import again."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from service.register.errors import BadImportFile
from service.register.imports.facts import AssetFile
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table

REASON = "reason"


def write_rejects(
    path: Path, table: Table, rows: Iterable[Row], problems: Iterable[Problem]
) -> int:
    """Write `rows` as they were, with a `reason` column, and return how many there are.

    Comma and UTF-8 with a mark, so that any spreadsheet opens it. No row, no file. A row without a
    problem of its own is there because another row of the same thing has one.

    Raises
    ------
    BadImportFile
        If the file cannot be written.
    """
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        where = f"{problem.column}: " if problem.column else ""
        reasons.setdefault(problem.line, []).append(where + problem.message)
    # A file of rejects may be mended and rejected again: its reasons are then last time's.
    kept = [place for place, title in enumerate(table.titles) if title.strip().lower() != REASON]
    found = sorted(rows, key=lambda row: row.line)
    header = [*(table.titles[place] for place in kept), REASON]
    if found:
        _write(path, [header, *(_line(row, kept, reasons) for row in found)])
    return len(found)


def write_problems(path: Path, problems: Sequence[Problem]) -> int:
    """Write problems alone, for files whose rows are not kept; no problem, no file."""
    lines = [[str(each.line), each.column, each.value, each.message] for each in problems]
    if lines:
        _write(path, [["line", "file", "value", REASON], *lines])
    return len(lines)


def _write(path: Path, lines: Iterable[Sequence[str]]) -> None:
    try:
        with path.open("w", encoding="utf-8-sig", newline="") as file:
            csv.writer(file).writerows(lines)
    except OSError as error:
        raise BadImportFile(
            f"The rejected rows cannot be written to {path.name}. Check the folder and its "
            "permissions."
        ) from error


def rejected_rows(file: AssetFile) -> list[Row]:
    """Every row of every asset that was not taken."""
    return [row for asset in file.rejected for row in asset.rows]


def _line(row: Row, kept: Sequence[int], reasons: Mapping[int, list[str]]) -> list[str]:
    cells = [row.raw[place] if place < len(row.raw) else "" for place in kept]
    said = reasons.get(row.line, ["Nothing is wrong here, but with another row of the same id."])
    return [*cells, " ".join(said)]

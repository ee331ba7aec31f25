"""Reading a table from a file that somebody else made."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from service.register.errors import BadImportFile
from service.register.imports.decoding import text_of, too_large
from service.register.imports.header import Header, Layout, recognise

_DELIMITERS = ",;\t|"
_SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\r?\n', re.IGNORECASE)
_MAX_CELL = 131_072


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table.

    Attributes
    ----------
    line : int
        The row's number as a spreadsheet shows it: the header is 1, blank rows count.
    cells : mapping
        Column to text, blanks around it taken off; empty when the row is too short.
    raw : tuple[str, ...]
        The cells as they were, to be given back.
    surplus : int
        How many filled cells stand beyond the last column of the header.
    """

    line: int
    cells: Mapping[str, str]
    raw: tuple[str, ...]
    surplus: int = 0


@dataclass(frozen=True, slots=True)
class Table:
    """A file read: its rows, and how it was written.

    `titles` is the header as it was; `notes` are sentences for whoever imports.
    """

    name: str
    layout: Layout
    titles: tuple[str, ...]
    rows: tuple[Row, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...]


def read_table(
    source: Path | bytes, *layouts: Layout, max_bytes: int, name: str | None = None
) -> Table:
    """Read a CSV file that has one of `layouts`.

    UTF-8, UTF-16, Windows-1252 and Mac Roman; comma, semicolon, tab or bar; gzip or not. Blank
    rows are left out and counted. Rows shorter than the header are filled up with empty cells.

    Parameters
    ----------
    source : Path or bytes
        The file, or what is in it.
    *layouts : Layout
        What it may be; the first whose required columns are all there is taken.
    max_bytes : int
        Largest size read, unpacked.
    name : str, optional
        What to call the file; its own name if it has one.

    Raises
    ------
    BadImportFile
        If nothing in it can be used. The message says what was expected.
    """
    data = _bytes(source, max_bytes) if isinstance(source, Path) else source
    text, encoding = text_of(data, max_bytes=max_bytes)
    delimiter, start = _delimiter(text, layouts)
    records = _records(text[start:], delimiter)
    filled = ((at, cells) for at, cells in enumerate(records) if _is_filled(cells))
    at, first = next(filled, (0, []))
    header = recognise(first, layouts)
    if header.is_data:
        first, at = list(header.layout.columns), at - 1
    rows = tuple(
        _row(line, cells, header, len(first))
        for line, cells in enumerate(records[at + 1 :], start=at + 2)
        if _is_filled(cells)
    )
    if not rows:
        raise BadImportFile("The file has a header and no rows. Add rows, or choose another file.")
    called = name or (source.name if isinstance(source, Path) else "the file")
    return Table(called, header.layout, tuple(first), rows, encoding, delimiter, header.notes)


def _bytes(path: Path, max_bytes: int) -> bytes:
    try:
        if path.stat().st_size > max_bytes:
            raise too_large(max_bytes)
        return path.read_bytes()
    except OSError as error:
        why = "is a folder" if path.is_dir() else "cannot be read"
        if not path.exists():
            why = "does not exist"
        raise BadImportFile(f"The file {path.name} {why}. Check its name and place.") from error


def _delimiter(text: str, layouts: Sequence[Layout]) -> tuple[str, int]:
    """The delimiter that makes most known columns of the first row, and where the table starts."""
    stated = _SEPARATOR_LINE.match(text)
    if stated:
        return stated[1], stated.end()

    def fit(delimiter: str) -> tuple[int, int]:
        cells = _first_row(text, delimiter)
        known = max(len(set(each.columns) & {each.name(c) for c in cells}) for each in layouts)
        return known, len(cells)

    return max(_DELIMITERS, key=fit), 0


def _first_row(text: str, delimiter: str) -> list[str]:
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        return next((cells for cells in reader if _is_filled(cells)), [])
    except csv.Error:
        return []


def _records(text: str, delimiter: str) -> list[list[str]]:
    csv.field_size_limit(_MAX_CELL)
    records: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for record in reader:
            records.append(record)
    except csv.Error as error:
        raise _unreadable(len(records) + 1, str(error)) from error
    return records


def _unreadable(line: int, fault: str) -> BadImportFile:
    if "field limit" in fault:
        why = f"a cell is longer than {_MAX_CELL:,} characters; a quotation mark may be missing"
    elif "unexpected end" in fault:
        why = "a quotation mark is opened and never closed; the file may be cut short"
    else:
        why = 'a quotation mark stands inside a quoted cell; write it twice ("")'
    return BadImportFile(f"Row {line} cannot be read: {why}.", line=line)


def _is_filled(cells: Sequence[str]) -> bool:
    return any(cell.strip() for cell in cells)


def _row(line: int, cells: list[str], header: Header, width: int) -> Row:
    have = len(cells)
    named = {
        column: cells[place].strip() if place < have else ""
        for column, place in header.places.items()
    }
    surplus = sum(1 for cell in cells[width:] if cell.strip())
    return Row(line, named, tuple(cells), surplus)

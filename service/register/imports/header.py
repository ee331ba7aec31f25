"""Which columns a file has, and which it should have had."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from geo.errors import Json
from service.register.errors import BadImportFile


@dataclass(frozen=True, slots=True)
class Layout:
    """The columns of one kind of file.

    Attributes
    ----------
    what : str
        What the file is, with its article: "an asset file".
    columns : tuple[str, ...]
        Every column that is read, in the publisher's order.
    required : frozenset[str]
        Those that must be there.
    synonyms : mapping
        Other names that columns are known by.
    ignored : frozenset[str]
        Columns that may be there and say nothing to us.
    headerless : bool
        Whether the publisher leaves the header row out; then columns count by place.
    is_ours : bool
        Whether the layout is Kith's own, so that a column it does not know is a slip to be told.
    """

    what: str
    columns: tuple[str, ...]
    required: frozenset[str]
    synonyms: Mapping[str, str] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    headerless: bool = False
    is_ours: bool = False

    def name(self, written: str) -> str:
        """A column's name as this layout has it: "Asset ID" is "asset_id"."""
        name = re.sub(r"[^a-z0-9]+", "_", written.strip().lower()).strip("_")
        return self.synonyms.get(name, name)


@dataclass(frozen=True, slots=True)
class Header:
    """How a first row fits a layout.

    `places` gives the position of each column that is read. `notes` says what is ignored.
    `is_data` tells a first row that is data already, of a layout without header.
    """

    layout: Layout
    places: Mapping[str, int]
    notes: tuple[str, ...] = ()
    is_data: bool = False


def recognise(first_row: Sequence[str], layouts: Sequence[Layout]) -> Header:
    """How `first_row` names the columns of one of `layouts`.

    The first layout whose required columns are all there is taken; then the first without header
    row that has as many columns and none of its names in this row.

    Raises
    ------
    BadImportFile
        If a required column is missing (with the columns expected and the closest guesses), a
        column is there twice, or there is no header at all.
    """
    for layout in layouts:
        names = [layout.name(cell) for cell in first_row]
        if layout.required <= set(names):
            return _header(layout, names, first_row)
    for layout in layouts:
        named = {layout.name(cell) for cell in first_row} & set(layout.columns)
        if layout.headerless and not named and len(first_row) == len(layout.columns):
            places = {column: place for place, column in enumerate(layout.columns)}
            return Header(layout, places, is_data=True)
    raise _missing(first_row, layouts)


def _header(layout: Layout, names: Sequence[str], written: Sequence[str]) -> Header:
    places: dict[str, int] = {}
    notes = []
    for place, name in enumerate(names):
        if not name or name in layout.ignored:
            continue
        if name in places and name in layout.columns:
            raise BadImportFile(
                f"The column “{name}” is there twice, as column {places[name] + 1} and as column "
                f"{place + 1}. Rename or remove one of the two.",
                column=name,
            )
        places[name] = place
        if layout.is_ours and name not in layout.columns:
            notes.append(_ignored(layout, name, written[place]))
    kept = {name: place for name, place in places.items() if name in layout.columns}
    return Header(layout, kept, tuple(notes))


def _ignored(layout: Layout, name: str, written: str) -> str:
    guess = get_close_matches(name, layout.columns, n=1, cutoff=0.75)
    hint = f" Did you mean “{guess[0]}”?" if guess else ""
    return f"The column “{written.strip()}” is not read.{hint}"


def _missing(first_row: Sequence[str], layouts: Sequence[Layout]) -> BadImportFile:
    layout = max(layouts, key=lambda each: len(each.required & {each.name(c) for c in first_row}))
    names = [layout.name(cell) for cell in first_row]
    missing = [column for column in layout.columns if column in layout.required - set(names)]
    if len(missing) == len(layout.required) and not set(names) & set(layout.columns):
        said = f"The first row is not the header of {layout.what}: it has none of its columns. "
    else:
        said = f"This is not yet {layout.what}: {_listed(missing)} missing. "
    spare = {layout.name(cell): cell.strip() for cell in first_row}
    guesses: dict[str, Json] = {}
    for column in missing:
        unread = [name for name in spare if name and name not in layout.columns]
        close = get_close_matches(column, unread, n=1, cutoff=0.7)
        if close:
            guesses[column] = spare[close[0]]
    said += "".join(f"Is “{found}” meant to be “{column}”? " for column, found in guesses.items())
    return BadImportFile(
        said + f"The first row must name the columns: {', '.join(layout.columns)}. "
        f"Of these, {', '.join(c for c in layout.columns if c in layout.required)} must be there.",
        missing=list(missing),
        expected=list(layout.columns),
        guesses=guesses,
    )


def _listed(columns: Sequence[str]) -> str:
    names = [f"“{column}”" for column in columns]
    if len(names) == 1:
        return f"the column {names[0]} is"
    return f"the columns {', '.join(names[:-1])} and {names[-1]} are"

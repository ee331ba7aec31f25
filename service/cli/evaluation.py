"""`kith evaluate`: how notes are read, for any file of them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from service.cli.outcomes import told
from service.cli.progress import Bars
from service.matching.evaluation.rows import predict_row, write
from service.matching.notes.errors import BadNotesFile
from service.matching.notes.reader import NoteReader


def evaluate(
    notes: Annotated[Path, typer.Argument(help="JSON Lines; each row has an id and a note.")],
    out: Annotated[Path, typer.Option(help="Where to write the predictions, a row for each note.")],
) -> None:
    """Read every note of a file and write what was found, in the order of the file.

    Each row has id, needs, shown, kinds, flags, action, facts and seconds. The notes themselves are
    not written.

    Example: kith evaluate notes.jsonl --out predictions.jsonl
    """
    with told():
        rows = notes_of(notes)
        reader = NoteReader()
        # Rules and model are loaded by the first reading, and are no part of the first note's.
        reader.warm()
        predicted = []
        with Bars() as bars:
            bars.begin("Reading notes", len(rows))
            for row in rows:
                predicted.append(predict_row(row, reader))
                bars.advance(1)
        write(out, predicted)
        slowest = max((row["seconds"] for row in predicted), default=0.0)
        Console().print(f"{len(predicted)} notes read, the slowest in {slowest:.2f} s: {out}")


def notes_of(path: Path) -> list[dict[str, Any]]:
    """The rows of a file of notes.

    Raises
    ------
    BadNotesFile
        With the number of the first line that is not a row, and what is wrong with it.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadNotesFile(
            f"{path.name} cannot be read as UTF-8 text. Check the path and the file."
        ) from error
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise BadNotesFile(f"Line {number} is not JSON.", line=number) from error
        if not isinstance(row, dict) or "id" not in row or not isinstance(row.get("note"), str):
            raise BadNotesFile(
                f"Line {number} needs an `id` and a `note` that is text.", line=number
            )
        rows.append(row)
    return rows

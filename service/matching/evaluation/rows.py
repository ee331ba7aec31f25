"""Labelled notes and predictions as plain rows."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from service.matching.notes.model import NoteReading

Row = dict[str, Any]


class Reader(Protocol):
    """Anything that reads a note."""

    def read(self, note: object) -> NoteReading:
        """What the note says."""
        ...


def load(path: Path) -> list[Row]:
    """The rows of a JSON Lines file; blank lines are skipped."""
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def predict_row(row: Mapping[str, Any], reader: Reader) -> Row:
    """One prediction row: needs with confidence, shown, kinds, flags, action, facts, seconds.

    The seconds are of the processor, every thread counted: a busy machine is not a slow reader.
    """
    began = time.process_time()
    reading = reader.read(row["note"])
    seconds = time.process_time() - began
    return {
        "id": row["id"],
        "needs": [n.need for n in reading.needs],
        "shown": list(reading.shown),
        "kinds": list(reading.kinds),
        "flags": {f.flag: f.status.value for f in reading.flags},
        "action": reading.action.value,
        "facts": reading.facts.to_dict(),
        "confidence": {n.need: n.confidence for n in reading.needs},
        "seconds": round(seconds, 5),
    }


def predict(notes_path: Path, out_path: Path, reader: Reader) -> list[Row]:
    """Read every note of a labelled file and write one prediction row each, in order."""
    rows = [predict_row(row, reader) for row in load(notes_path)]
    write(out_path, rows)
    return rows


def write(path: Path, rows: Sequence[Row]) -> None:
    """Rows as JSON Lines."""
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")

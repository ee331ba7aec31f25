"""Compute the vectors of all example sentences again; run after editing one."""

from __future__ import annotations

from pathlib import Path

import service.matching.notes as notes
from service.matching.notes.embedder import open_embedder
from service.matching.notes.rulebook import rulebook
from service.matching.notes.similarity import VECTORS, write_vectors


def main() -> None:
    """Write the vectors beside the rules."""
    folder = Path(str(notes.__file__)).parent / "rules"
    write_vectors(folder / VECTORS, rulebook(), open_embedder())


if __name__ == "__main__":
    main()

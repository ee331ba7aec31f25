"""Reading the files that lie beside this module."""

from __future__ import annotations

import csv
import io
from importlib.resources import files


def data(name: str) -> bytes:
    """The bytes of one shipped file of the example town."""
    return files("seed_data.halton").joinpath(name).read_bytes()


def text(name: str) -> str:
    """The same as text."""
    return data(name).decode("utf-8")


def rows(name: str) -> list[dict[str, str]]:
    """The rows of one shipped CSV file, by column."""
    return list(csv.DictReader(io.StringIO(text(name), newline="")))

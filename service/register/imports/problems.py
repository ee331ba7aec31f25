"""What is wrong with a row, said so that whoever keeps the file can put it right."""

from __future__ import annotations

from dataclasses import dataclass

from geo.errors import Json

_QUOTED = 60
"""Longest value quoted back: enough to find the cell, short enough for a table."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with one cell.

    Attributes
    ----------
    line : int
        The row as a spreadsheet numbers it.
    column : str
        The column's name; empty when the row as a whole is meant.
    value : str
        What stands there, shortened.
    message : str
        What is wrong with it and how to put it right.
    """

    line: int
    column: str
    value: str
    message: str

    def as_json(self) -> dict[str, Json]:
        """The same as a JSON object."""
        return {
            "line": self.line,
            "column": self.column,
            "value": self.value,
            "message": self.message,
        }


def shortened(value: str) -> str:
    """A value fit for a table: on one line, without control characters, not too long."""
    text = "".join(letter if letter.isprintable() else " " for letter in value)
    return text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…"

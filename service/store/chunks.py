"""Long lists in pieces that every database takes as the parameters of one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

CHUNK = 500


def chunks(items: Collection[T], size: int = CHUNK) -> Iterator[list[T]]:
    """`items` in their order, `size` at a time; the last piece may be shorter. None for none."""
    waiting = iter(items)
    while piece := list(islice(waiting, size)):
        yield piece

"""Counting what the database of a town itself is sent."""

from __future__ import annotations

from contextlib import AbstractContextManager

from api_client import Town

from benchmarks import statements


def counted(town: Town) -> AbstractContextManager[list[str]]:
    """As `benchmarks.statements.counted` on the town's database."""
    return statements.counted(town.store.engine)

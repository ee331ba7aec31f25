"""The database for one command: opened, and closed again when the command is done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from service import bootstrap
from service.settings import Settings
from service.store.work import Store


@contextmanager
def opened_store(settings: Settings | None = None) -> Iterator[Store]:
    """The database that the settings name, known to have the shape this version needs."""
    store = bootstrap.ready_store(settings or Settings())
    try:
        yield store
    finally:
        store.engine.dispose()

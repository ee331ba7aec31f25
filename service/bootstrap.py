"""The one place that wires things: settings in, a running Kith's parts out."""

from __future__ import annotations

from importlib import import_module

from sqlalchemy import MetaData

from geo.gazetteer import open_gazetteer
from geo.progress import Progress
from geo.travel import DetourTravel, TravelModel
from seed_data import halton
from service.matching.parameters import MatchParameters
from service.parts import Kith
from service.settings import Settings
from service.store.base import Base
from service.store.engine import make_engine
from service.store.schema import require_current
from service.store.work import Store

_TABLES = (
    "service.identity.model",
    "service.people.model",
    "service.referrals.model",
    "service.register.model",
    "service.register.narrowing",
    "service.store.outbox",
)
"""Modules that declare tables; a test looks for one that is missing here."""


def metadata() -> MetaData:
    """The tables of every room, for migrations and for tests."""
    for module in _TABLES:
        import_module(module)
    return Base.metadata


def open_store(settings: Settings) -> Store:
    """The database that `settings` name; nothing is read or made yet, but its folder."""
    return Store(make_engine(settings.url, pool_size=settings.pool_size))


def ready_store(settings: Settings) -> Store:
    """The same, once it is known to have the shape this version needs.

    Raises
    ------
    StoreOutOfDate
        If it does not; the message says what to run.
    """
    store = open_store(settings)
    require_current(store.engine)
    return store


def wire(settings: Settings, *, progress: Progress | None = None) -> Kith:
    """Everything, wired: the database checked, the gazetteer open (built if it never was)."""
    return Kith(
        settings=settings,
        store=ready_store(settings),
        gazetteer=open_gazetteer(settings.gazetteer_dir, progress=progress),
        travel=example_town_travel(),
        parameters=MatchParameters(),
    )


def example_town_travel() -> TravelModel:
    """Estimated walks and drives, with the Mersey and its bridges known.

    Barriers and crossings are data: today those of the example town. Elsewhere in Britain no
    barrier is known yet, and every journey says that it is an estimate.
    """
    return DetourTravel(barriers=halton.barriers(), crossings=halton.crossings())

"""The one place that wires things: settings in, a running Kith's parts out."""

from __future__ import annotations

import tomllib
from importlib import import_module
from typing import Any

from sqlalchemy import MetaData

from geo.gazetteer import open_gazetteer
from geo.network import (
    NetworkTravel,
    open_network,
    open_timetable,
    read_barriers,
    read_crossings,
)
from geo.progress import Progress
from geo.travel import DetourTravel, TravelModel
from seed_data import halton
from service.matching.errors import BadParameter
from service.matching.notes.reader import NoteReader
from service.matching.notes.wordpiece import vocabulary
from service.matching.parameters import MatchParameters
from service.parts import Kith
from service.settings import Settings
from service.store.base import Base
from service.store.engine import make_engine
from service.store.schema import require_current
from service.store.work import Store

_TABLES = (
    "service.identity.client_model",
    "service.identity.model",
    "service.identity.session_model",
    "service.identity.staff_model",
    "service.people.model",
    "service.referrals.card_model",
    "service.referrals.launch_model",
    "service.referrals.message_model",
    "service.referrals.model",
    "service.referrals.notice_model",
    "service.referrals.offer_model",
    "service.referrals.part_model",
    "service.referrals.shortlist_model",
    "service.referrals.source_model",
    "service.referrals.work_model",
    "service.register.correction_model",
    "service.register.documents",
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
        travel=travel_model(settings, progress=progress),
        parameters=match_parameters(settings),
        reader=ready_reader(),
    )


def ready_reader() -> NoteReader:
    """The reader of notes, once it is known that what it needs is installed.

    A server without it would turn referrals away one by one; this one does not start.

    Raises
    ------
    WordPiecesMissing
        If the list of word pieces is not there; the message says what to run.
    """
    vocabulary()
    return NoteReader()


def match_parameters(settings: Settings) -> MatchParameters:
    """Kith's own parameters, with variety and turns on, changed by the deployment's file.

    Raises
    ------
    UnknownParameter, BadParameter
        If the file cannot be read, names what does not exist, or gives an impossible value.
    """
    changed: dict[str, Any] = {}
    if settings.matching_file is not None:
        try:
            changed = tomllib.loads(settings.matching_file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadParameter(
                "The file of matching parameters cannot be read as TOML. Check KITH_MATCHING_FILE.",
                file=settings.matching_file.name,
            ) from error
    return MatchParameters.from_mapping({"diversify": True, "rotate": True, **changed})


def travel_model(settings: Settings, *, progress: Progress | None = None) -> TravelModel:
    """How people get about: along real streets where an extract is set, else by estimate.

    Barriers and crossings are data: the deployment's, or those of the example town. Where no
    barrier is known, and outside the streets that are known, a journey says that it is an estimate.

    Raises
    ------
    BadGeoFile
        If a file of streets, times, barriers or crossings cannot be used.
    """
    if settings.barriers is None:
        barriers, crossings = halton.barriers(), halton.crossings()
    else:
        barriers = tuple(read_barriers(settings.barriers))
        crossings = tuple(read_crossings(settings.barriers))
    estimate = DetourTravel(barriers=barriers, crossings=crossings)
    if settings.osm_pbf is None:
        return estimate
    folder = settings.network_dir
    streets = open_network(settings.osm_pbf, folder, progress=progress)
    timetable = None
    if settings.gtfs is not None:
        timetable = open_timetable(settings.gtfs, folder, progress=progress)
    return NetworkTravel(streets, estimate, timetable, directory=folder)

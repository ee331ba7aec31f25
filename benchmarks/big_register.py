"""A register of hundreds of thousands of synthetic assets in a SQLite file, made once and kept.

The rows of the register go in by the hundred thousand, without the importer's questions; the
search tables are then made by the register's own `reindex_all`, so that what is measured on the
file is what Kith keeps.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterator
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock
from pathlib import Path
from typing import Any, TypeAlias

from sqlalchemy import Connection, insert, text
from sqlalchemy.orm import Session

from benchmarks.english_postcodes import postcode_points
from benchmarks.synthetic import (
    ACCESS,
    CAPACITY,
    CONDITIONS,
    DAYS,
    DELIVERY,
    KINDS_OF_ASSET,
    LANGUAGES,
    OPEN_TO,
    UNKNOWN,
    SyntheticAssets,
    synthetic_assets,
)
from geo.gazetteer import open_gazetteer
from service import bootstrap
from service.identity.actors import operator
from service.register.imports.example_town import load_example_town
from service.register.indexing import reindex_all
from service.register.vocabulary import AreaKind, Capacity
from service.settings import Settings
from service.store import schema
from service.store.base import Base
from service.store.work import Store

Record: TypeAlias = dict[str, Any]
BATCH = 10_000
FIRST_ID = 100_000
"""Ids of synthetic rows begin above those of the example town, which is in the register too."""

ASSETS_PER_ORGANISATION = 4
"""Assumption: most organisations run one thing, some run many."""


def big_register(
    settings: Settings, n: int, *, seed: int = 0, areas: Collection[str] | None = None
) -> Store:
    """The database that `settings` name, holding the example town and `n` synthetic assets.

    They lie all over England, or in these postcode areas only, such as 'WA'.

    Made when the file is not there; a half-made one never has its name.
    """
    path = Path(settings.url.removeprefix("sqlite:///"))
    if not path.exists():
        partial = path.with_suffix(".partial")
        for left in partial.parent.glob(f"{partial.name}*"):
            left.unlink()
        _make(settings, partial, synthetic_assets(n, *postcode_points(areas), seed=seed))
        partial.rename(path)
    return bootstrap.ready_store(settings)


def _make(settings: Settings, path: Path, assets: SyntheticAssets) -> None:
    said(f"making {path.name}: {len(assets):,} synthetic assets, once")
    store = bootstrap.open_store(
        Settings(var_dir=settings.var_dir, database_url=f"sqlite:///{path}")
    )
    schema.upgrade(store.engine, bootstrap.metadata())
    today = datetime.now(UTC).date()
    gazetteer = open_gazetteer(settings.gazetteer_dir)
    with store.work() as work:
        load_example_town(work, by=operator(), gazetteer=gazetteer, today=today)
    with store.work() as work:
        for name, rows in _tables(assets, today).items():
            timed(f"  {name}", lambda rows=rows, name=name: _fill(work.session, name, rows))
    with store.work() as work:
        timed("  search tables", lambda: reindex_all(work))
    with store.engine.connect() as connection:
        _settle(connection)
    store.engine.dispose()


def _settle(connection: Connection) -> None:
    """Statistics for the planner, and everything in the one file."""
    connection.execute(text("ROLLBACK"))
    connection.execute(text("ANALYZE"))
    connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))


def _fill(session: Session, name: str, rows: Iterator[Record]) -> None:
    table = Base.metadata.tables[name]
    batch: list[Record] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            session.execute(insert(table), batch)
            batch.clear()
    if batch:
        session.execute(insert(table), batch)


def _tables(assets: SyntheticAssets, today: date) -> dict[str, Iterator[Record]]:
    """The register's tables in the order in which their keys allow."""
    return {
        "organisation": _organisations(assets),
        "venue": _venues(assets),
        "asset": _assets(assets, today),
        "asset_need": _needs(assets),
        "schedule": _schedules(assets),
        "area_served": _areas(assets),
    }


def _organisations(assets: SyntheticAssets) -> Iterator[Record]:
    for each in range(0, len(assets), ASSETS_PER_ORGANISATION):
        number = FIRST_ID + each // ASSETS_PER_ORGANISATION
        yield {
            "organisation_id": number,
            "name": f"Synthetic organisation {number}",
            "website": "",
            "is_small": bool(assets.is_small[each]),
            "invented": True,
        }


def _visited(assets: SyntheticAssets, each: int) -> bool:
    return bool(assets.deliveries[each] & 1)


def _venues(assets: SyntheticAssets) -> Iterator[Record]:
    for each in range(len(assets)):
        if not _visited(assets, each):
            continue
        has, lacks = int(assets.access_has[each]), int(assets.access_lacks[each])
        known = dict.fromkeys(_members(ACCESS, has), True)
        known |= dict.fromkeys(_members(ACCESS, lacks), False)
        yield {
            "venue_id": FIRST_ID + each,
            "key": f"synthetic-{each}",
            "name": f"Synthetic venue {each}",
            "address": "",
            "postcode": None,
            "easting_m": float(assets.easting_m[each]),
            "northing_m": float(assets.northing_m[each]),
            "accuracy_m": None,
            "access": known,
        }


def _assets(assets: SyntheticAssets, today: date) -> Iterator[Record]:
    for each in range(len(assets)):
        kind = assets.group_kinds[assets.group_kind[each]]
        capacity, cost = int(assets.capacity[each]), int(assets.cost_pence[each])
        open_to, condition = int(assets.open_to[each]), int(assets.condition[each])
        papers = int(assets.checks_valid_days[each])
        yield {
            "asset_id": FIRST_ID + each,
            "code": f"synthetic-{each:07d}",
            "organisation_id": FIRST_ID + each // ASSETS_PER_ORGANISATION,
            "name": f"Synthetic {kind.replace('_', ' ')} {each}",
            "kind": KINDS_OF_ASSET[assets.kind[each]],
            "group_kind": kind,
            "deliveries": _members(DELIVERY, int(assets.deliveries[each])),
            "min_age": _number(assets.min_age[each]),
            "max_age": _number(assets.max_age[each]),
            "open_to": None if open_to == UNKNOWN else OPEN_TO[open_to],
            "conditions": [] if condition == UNKNOWN else [CONDITIONS[condition]],
            "languages": LANGUAGES[assets.languages[each]].split(";"),
            "routes": ["self", "link_worker", "gp"],
            "cost_pence": None if cost == UNKNOWN else cost,
            "capacity": Capacity.UNKNOWN if capacity == UNKNOWN else CAPACITY[capacity],
            "checks_valid_until": None if papers == UNKNOWN else today + timedelta(days=papers),
            "source": "Kith benchmark",
            "assured_on": _ago(today, int(assets.assured_days_ago[each])),
            "invented": True,
            "is_retired": False,
        }


def _needs(assets: SyntheticAssets) -> Iterator[Record]:
    for each in range(len(assets)):
        for at in range(assets.need_start[each], assets.need_start[each + 1]):
            yield {
                "asset_id": FIRST_ID + each,
                "need": assets.need_ids[assets.need[at]],
                "directness": float(assets.directness[at]),
            }


def _schedules(assets: SyntheticAssets) -> Iterator[Record]:
    for each in range(len(assets)):
        hour = int(assets.starts_hour[each])
        days = ",".join(_members(DAYS, int(assets.days[each])))
        yield {
            "schedule_id": FIRST_ID + each,
            "asset_id": FIRST_ID + each,
            "venue_id": FIRST_ID + each if _visited(assets, each) else None,
            "rule": f"FREQ=WEEKLY;BYDAY={days}",
            "starts_at": clock(hour),
            "ends_at": clock(hour + 2),
        }


def _areas(assets: SyntheticAssets) -> Iterator[Record]:
    for each in range(len(assets)):
        radius = int(assets.serves_m[each])
        if radius == UNKNOWN:
            continue
        circle = radius > 0 and _visited(assets, each)
        yield {
            "asset_id": FIRST_ID + each,
            "kind": AreaKind.RADIUS_M if circle else AreaKind.EVERYWHERE,
            "value": str(radius) if circle else "",
        }


def _members(words: tuple[Any, ...], mask: int) -> list[str]:
    return [str(word) for place, word in enumerate(words) if mask >> place & 1]


def _number(value: int) -> int | None:
    return None if value == UNKNOWN else int(value)


def _ago(today: date, days: int) -> date | None:
    return None if days == UNKNOWN else today - timedelta(days=days)


def timed(what: str, work: Callable[[], object]) -> None:
    """Do it, and say how long it took."""
    start = time.perf_counter()
    work()
    said(f"{what}: {time.perf_counter() - start:.1f} s")


def said(words: str) -> None:
    """Progress goes to standard error, so that tables stay clean."""
    print(words, file=sys.stderr, flush=True)

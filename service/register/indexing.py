"""Keeping the derived tables true: rebuilt for an asset in the transaction that changes it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import Table, delete, exists, func, insert, select
from sqlalchemy.orm import Session

from geo.progress import Progress, Quiet
from service.register.derived_rows import candidate_rows_of, word_rows_of
from service.register.documents import AssetDocument, document_of
from service.register.model import Asset, RegisterVersion, Schedule
from service.register.narrowing import AssetWord, Candidate
from service.register.snapshots import AssetRecord, chunks, records
from service.store.base import utc_now
from service.store.upsert import upsert
from service.store.work import UnitOfWork

CHUNK: Final = 1_000
_CANDIDATE: Final[Table] = Candidate.metadata.tables["candidate"]
_WORD: Final[Table] = AssetWord.metadata.tables["asset_word"]
_DOCUMENT: Final[Table] = AssetDocument.metadata.tables["asset_document"]
_DERIVED: Final = (_CANDIDATE, _WORD, _DOCUMENT)


def touch(work: UnitOfWork) -> None:
    """Count the register's version up: every action of the register does, once or more.

    On PostgreSQL this also makes writers of the register wait for each other.
    """
    insert_or_count = upsert(work.session, RegisterVersion)
    now = utc_now()
    work.session.execute(
        insert_or_count.values(version_id=1, version=1, changed_at=now).on_conflict_do_update(
            index_elements=["version_id"],
            set_={"version": RegisterVersion.version + 1, "changed_at": now},
        )
    )


def reindex(work: UnitOfWork, asset_ids: Collection[int]) -> None:
    """Make the derived rows of these assets anew and count the register's version up.

    To be called, in the same unit of work, by every action that changes an asset or anything that
    is found with it: its needs, schedules, areas, organisation's name, or a venue (see
    `assets_at`). Retired assets and ids that do not exist have no rows afterwards.
    """
    touch(work)
    work.session.flush()
    for ids in chunks(sorted(set(asset_ids)), CHUNK):
        for table in _DERIVED:
            work.session.execute(delete(table).where(table.c.asset_id.in_(ids)))
        _write(work.session, ids)


def reindex_all(work: UnitOfWork, progress: Progress | None = None) -> int:
    """Make every derived row anew; returns how many assets have rows now."""
    told = progress or Quiet()
    touch(work)
    session = work.session
    session.flush()
    for table in _DERIVED:
        session.execute(delete(table))
    total = session.scalar(select(func.count()).select_from(Asset).where(~Asset.is_retired)) or 0
    told.begin("Indexing the register", total)
    for ids in _current_ids(session):
        _write(session, ids)
        told.advance(len(ids))
    told.end()
    return total


def index_once(work: UnitOfWork, progress: Progress | None = None) -> int:
    """Make every derived row, unless there are some: after an upgrade that emptied the tables.

    Returns how many assets were indexed: 0 when nothing had to be done.
    """
    session = work.session
    some = session.scalar(select(exists().where(Asset.asset_id > 0, ~Asset.is_retired)))
    have = [session.scalar(select(exists().select_from(table))) for table in _DERIVED]
    return reindex_all(work, progress) if some and not all(have) else 0


def assets_at(session: Session, venue_ids: Collection[int]) -> list[int]:
    """The assets that meet at any of these venues: to be reindexed when a venue changes."""
    statement = select(Schedule.asset_id).where(Schedule.venue_id.in_(venue_ids)).distinct()
    return sorted(session.scalars(statement))


def assets_of_organisation(session: Session, organisation_id: int) -> list[int]:
    """The assets an organisation runs: to be reindexed when its name changes."""
    statement = select(Asset.asset_id).where(Asset.organisation_id == organisation_id)
    return sorted(session.scalars(statement))


def drift(session: Session) -> int:
    """How many derived rows are missing, differ or should not be there. None is 0.

    Reads the whole register: for `kith db check`, not for a request.
    """
    wrong = 0
    expected_ids: set[int] = set()
    for ids in _current_ids(session):
        expected_ids.update(ids)
        for table, expected in _rows(records(session, ids).values()):
            statement = select(*table.c).where(table.c.asset_id.in_(ids))
            kept = {tuple(row) for row in session.execute(statement)}
            # A row that differs is on both sides: by its key it is counted once.
            key = len(table.primary_key)
            wrong += len({row[:key] for row in kept ^ {tuple(row) for row in expected}})
    for table in _DERIVED:
        counts = select(table.c.asset_id, func.count()).group_by(table.c.asset_id)
        wrong += sum(n for asset_id, n in session.execute(counts) if asset_id not in expected_ids)
    return wrong


def _current_ids(session: Session) -> Iterator[Sequence[int]]:
    """Ids of the assets that are not retired, in order, `CHUNK` at a time."""
    last = 0
    while True:
        statement = (
            select(Asset.asset_id)
            .where(Asset.asset_id > last, ~Asset.is_retired)
            .order_by(Asset.asset_id)
            .limit(CHUNK)
        )
        ids = session.scalars(statement).all()
        if not ids:
            return
        yield ids
        last = ids[-1]


def _write(session: Session, ids: Sequence[int]) -> None:
    current = [each for each in records(session, ids).values() if not each.is_retired]
    for table, rows in _rows(current):
        if rows:
            names = table.columns.keys()
            session.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])


def _rows(current: Iterable[AssetRecord]) -> list[tuple[Table, list[tuple[Any, ...]]]]:
    """The rows of each derived table for these assets, in the order of its columns."""
    candidate_rows: list[tuple[Any, ...]] = []
    word_rows: list[tuple[Any, ...]] = []
    document_rows: list[tuple[Any, ...]] = []
    for record in current:
        candidate_rows.extend(candidate_rows_of(record))
        word_rows.extend(word_rows_of(record))
        document_rows.append((record.snapshot.asset_id, document_of(record.snapshot)))
    rows = (candidate_rows, word_rows, document_rows)
    return [(table, sorted(of)) for table, of in zip(_DERIVED, rows, strict=True)]

"""What waits for the steward, as pages show it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, case, func, select
from sqlalchemy.orm import Session

from service.identity.actors import Actor
from service.identity.roles import Permission
from service.register.correction_model import CorrectedField, Correction, CorrectionState
from service.register.errors import UnknownCorrection
from service.register.model import Asset
from service.register.snapshots import AssetRecord, records

MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """One correction. `record` is its asset as it is now, where that was asked for."""

    correction_id: int
    asset_id: int
    field: CorrectedField
    proposed: str
    how_known: str
    proposed_by: str
    proposed_at: datetime
    version: int
    state: CorrectionState
    record: AssetRecord | None = None


@dataclass(frozen=True, slots=True)
class Queue:
    """A part of the corrections that wait, and how many there are in all."""

    items: tuple[Waiting, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Stale:
    """An asset whose facts nobody has checked for long."""

    asset_id: int
    name: str
    assured_on: date | None
    times_asked: int


def queue(session: Session, *, by: Actor, offset: int = 0) -> Queue:
    """The corrections that wait: that a group has closed first, then the oldest. Five statements.

    Raises
    ------
    NotAllowed
        Without `Permission.REVIEW_CORRECTIONS`.
    """
    by.require(Permission.REVIEW_CORRECTIONS)
    waits = Correction.state == CorrectionState.PROPOSED
    urgent = case((Correction.field == CorrectedField.CLOSED, 0), else_=1)
    rows = session.execute(
        select(Correction, func.count().over())
        .where(waits)
        .order_by(urgent, Correction.proposed_at, Correction.correction_id)
        .limit(MOST_SHOWN)
        .offset(offset)
    ).all()
    total = rows[0][1] if rows else 0
    if not rows and offset:
        total = session.scalar(select(func.count()).select_from(Correction).where(waits)) or 0
    known = records(session, {row.asset_id for row, _ in rows})
    return Queue(tuple(_waiting(row, known.get(row.asset_id)) for row, _ in rows), total)


def correction(session: Session, *, by: Actor, correction_id: int) -> Waiting:
    """One correction, decided or not. Five statements.

    Raises
    ------
    NotAllowed
    UnknownCorrection
    """
    by.require(Permission.REVIEW_CORRECTIONS)
    row = session.get(Correction, correction_id) if 0 < correction_id < 2**31 else None
    if row is None:
        raise UnknownCorrection("There is no such correction.", correction=correction_id)
    return _waiting(row, records(session, [row.asset_id]).get(row.asset_id))


def waiting_for(session: Session, *, by: Actor, asset_id: int) -> tuple[Waiting, ...]:
    """What waits for one asset, the oldest first. One statement.

    Stewards see all of it; everybody else what they proposed themselves.
    """
    statement = select(Correction).where(
        Correction.asset_id == asset_id, Correction.state == CorrectionState.PROPOSED
    )
    if not by.may(Permission.REVIEW_CORRECTIONS):
        statement = statement.where(Correction.proposed_by == by.actor_id)
    rows = session.scalars(statement.order_by(Correction.proposed_at, Correction.correction_id))
    return tuple(_waiting(row, None) for row in rows)


def stale(session: Session, *, by: Actor, before: date, offset: int = 0) -> tuple[list[Stale], int]:
    """Assets not checked since `before`, those never checked first, then the longest ago.

    Of equals those that are asked most, because there the most people meet an old fact. With how
    many there are in all. One statement, two beyond the end.

    Raises
    ------
    NotAllowed
        Without `Permission.EDIT_REGISTER`.
    """
    by.require(Permission.EDIT_REGISTER)
    old = _old(before)
    rows = session.execute(
        select(Asset.asset_id, Asset.name, Asset.assured_on, Asset.times_asked)
        .add_columns(func.count().over())
        .where(old)
        .order_by(
            Asset.assured_on.is_not(None),
            Asset.assured_on,
            Asset.times_asked.desc(),
            Asset.asset_id,
        )
        .limit(MOST_SHOWN)
        .offset(offset)
    ).all()
    total: int = rows[0][4] if rows else 0
    if not rows and offset:
        total = session.scalar(select(func.count()).select_from(Asset).where(old)) or 0
    return [Stale(row[0], row[1], row[2], row[3]) for row in rows], total


def _old(before: date) -> ColumnElement[bool]:
    return ~Asset.is_retired & (Asset.assured_on.is_(None) | (Asset.assured_on < before))


def by_name(session: Session, asset_ids: Collection[int]) -> dict[int, str]:
    """Names of assets, retired ones too. One statement."""
    rows = session.execute(select(Asset.asset_id, Asset.name).where(Asset.asset_id.in_(asset_ids)))
    return {row.asset_id: row.name for row in rows}


def _waiting(row: Correction, record: AssetRecord | None) -> Waiting:
    return Waiting(
        correction_id=row.correction_id,
        asset_id=row.asset_id,
        field=row.field,
        proposed=row.proposed,
        how_known=row.how_known,
        proposed_by=row.proposed_by,
        proposed_at=row.proposed_at,
        version=row.version,
        state=row.state,
        record=record,
    )

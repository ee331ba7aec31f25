"""Changing one asset: assured, retired, full. Permitted, done, written down, or none of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from import_world import TODAY, good, read
from sqlalchemy import select, text

from service.identity.actors import Actor, operator
from service.identity.errors import NotAllowed
from service.identity.model import AuditEvent
from service.identity.roles import PRACTICE_SYSTEM
from service.register import indexing
from service.register.actions import (
    BadChange,
    assure,
    import_assets,
    retire,
    set_capacity,
)
from service.register.errors import UnknownAsset
from service.register.model import Asset, Assurance, RegisterVersion
from service.register.narrowing import Candidate
from service.register.vocabulary import Capacity
from service.store.errors import StoreOutOfDate
from service.store.outbox import OutboxMessage
from service.store.work import Store, UnitOfWork

YESTERDAY = TODAY - timedelta(days=1)
Change = Callable[[UnitOfWork, Actor, int], None]


def assuring(work: UnitOfWork, by: Actor, asset_id: int) -> None:
    assure(work, by=by, asset_id=asset_id, on=YESTERDAY, by_role="telephone call", today=TODAY)


def retiring(work: UnitOfWork, by: Actor, asset_id: int) -> None:
    retire(work, by=by, asset_id=asset_id, reason="the group has ended")


def filling(work: UnitOfWork, by: Actor, asset_id: int) -> None:
    set_capacity(work, by=by, asset_id=asset_id, capacity=Capacity.FULL, places_per_week=0)


CHANGES = [assuring, retiring, filling]


@pytest.fixture
def asset_id(store: Store) -> int:
    """One asset in the register, last checked on the first of October."""
    with store.work() as work:
        file = read(good(assured_on="2026-10-01", assured_by="visit", capacity="open"))
        import_assets(work, by=operator(), file=file)
        work.session.execute(text("DELETE FROM outbox_message"))
        return work.session.scalars(select(Asset.asset_id)).one()


def state(store: Store) -> tuple[object, ...]:
    with store.read() as session:
        asset = session.scalars(select(Asset)).one()
        return (
            (asset.assured_on, asset.is_retired, asset.capacity, asset.places_per_week),
            asset.updated_at,
            session.scalar(select(RegisterVersion.version)),
            sorted(session.scalars(select(Assurance.assured_on))),
            sorted(tuple(row) for row in session.execute(select(*Candidate.__table__.columns))),
        )


def do(store: Store, change: Change, asset_id: int, by: Actor | None = None) -> None:
    with store.work() as work:
        change(work, by or operator(), asset_id)


@pytest.mark.parametrize(
    ("change", "action", "details"),
    [
        (assuring, "asset.assured", {"on": "2026-11-24", "role": "telephone call"}),
        (retiring, "asset.retired", {"reason": "the group has ended"}),
        (filling, "asset.capacity", {"capacity": "full", "places_per_week": 0}),
    ],
)
def test_a_change_is_done_written_down_and_announced(store, asset_id, change, action, details):
    before = state(store)
    do(store, change, asset_id)
    assert state(store) != before
    with store.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == action)).one()
        assert (event.subject, event.details) == (f"asset:{asset_id}", details)
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.topic, message.body) == (action, {"subject": f"asset:{asset_id}"})
        assert indexing.drift(session) == 0


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_cannot_be_written_down_is_not_made(store, asset_id, change):
    before = state(store)
    with store.work() as work:
        work.session.execute(text("ALTER TABLE audit_event RENAME TO audit_away"))
    try:
        with pytest.raises(StoreOutOfDate):
            do(store, change, asset_id)
    finally:
        with store.work() as work:
            work.session.execute(text("ALTER TABLE audit_away RENAME TO audit_event"))
    assert state(store) == before
    with store.read() as session:
        assert session.scalars(select(OutboxMessage)).all() == []


@pytest.mark.parametrize("change", CHANGES)
def test_a_practice_system_changes_nothing(store, asset_id, change):
    before = state(store)
    with pytest.raises(NotAllowed):
        do(store, change, asset_id, Actor("token:1", PRACTICE_SYSTEM))
    assert state(store) == before


@pytest.mark.parametrize("change", CHANGES)
def test_there_must_be_such_an_asset(store, asset_id, change):
    with pytest.raises(UnknownAsset):
        do(store, change, asset_id + 1)
    do(store, retiring, asset_id)
    with pytest.raises(UnknownAsset):
        do(store, change, asset_id)


def test_a_retired_asset_is_found_no_more(store, asset_id):
    do(store, retiring, asset_id)
    with store.read() as session:
        assert session.scalars(select(Candidate)).all() == []


def test_the_same_check_twice_is_one(store, asset_id):
    do(store, assuring, asset_id)
    once = state(store)
    do(store, assuring, asset_id)
    assert state(store) == once


def test_an_older_check_is_kept_and_does_not_make_it_older(store, asset_id):
    old = date(2026, 1, 1)
    with store.work() as work:
        assure(work, by=operator(), asset_id=asset_id, on=old, by_role="visit", today=TODAY)
    with store.read() as session:
        assert session.scalar(select(Asset.assured_on)) == date(2026, 10, 1)
        assert sorted(session.scalars(select(Assurance.assured_on))) == [old, date(2026, 10, 1)]


def test_what_is_known_already_is_not_a_change(store, asset_id):
    before = state(store)
    with store.work() as work:
        set_capacity(work, by=operator(), asset_id=asset_id, capacity=Capacity.OPEN)
    assert state(store) == before


def test_capacity_alone_leaves_the_places(store, asset_id):
    with store.work() as work:
        set_capacity(
            work, by=operator(), asset_id=asset_id, capacity=Capacity.OPEN, places_per_week=3
        )
        set_capacity(work, by=operator(), asset_id=asset_id, capacity=Capacity.FULL)
        asset = work.session.get(Asset, asset_id)
        assert (asset.capacity, asset.places_per_week) == (Capacity.FULL, 3)


@pytest.mark.parametrize("places", [-1, 10_001])
def test_places_have_bounds(store, asset_id, places):
    with pytest.raises(BadChange, match="from 0 to 10,000"), store.work() as work:
        set_capacity(
            work,
            by=operator(),
            asset_id=asset_id,
            capacity=Capacity.OPEN,
            places_per_week=places,
        )


@pytest.mark.parametrize("role", ["", "  ", "x" * 121])
def test_a_check_says_by_what_role(store, asset_id, role):
    with pytest.raises(BadChange, match="by what role"), store.work() as work:
        assure(work, by=operator(), asset_id=asset_id, on=TODAY, by_role=role, today=TODAY)


def test_a_check_is_not_to_come(store, asset_id):
    with pytest.raises(BadChange, match="lies in the past"), store.work() as work:
        tomorrow = TODAY + timedelta(days=1)
        assure(work, by=operator(), asset_id=asset_id, on=tomorrow, by_role="v", today=TODAY)


@pytest.mark.parametrize("reason", [" ", "x" * 301])
def test_retiring_needs_a_reason(store, asset_id, reason):
    with pytest.raises(BadChange, match="Give the reason"), store.work() as work:
        retire(work, by=operator(), asset_id=asset_id, reason=reason)

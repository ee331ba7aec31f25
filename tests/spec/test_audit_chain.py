"""What was done is written with it, and cannot be changed unseen."""

import pytest
from sqlalchemy import delete, func, select, update

from service.identity import audit
from service.identity.actors import operator
from service.identity.model import AuditEvent
from service.store.work import Store


def write_three(store: Store) -> None:
    for number in range(3):
        with store.work() as work:
            audit.record(
                work, by=operator(), action="test.done", subject=f"thing:{number}", details={"n": 1}
            )


def first_break(store: Store) -> int | None:
    with store.read() as session:
        return audit.first_break(session)


def test_an_empty_record_holds(store: Store) -> None:
    assert first_break(store) is None


def test_events_are_numbered_without_gaps_and_the_chain_holds(store: Store) -> None:
    write_three(store)
    with store.read() as session:
        assert list(session.scalars(select(AuditEvent.event_id))) == [1, 2, 3]
    assert first_break(store) is None


def test_work_that_is_undone_leaves_no_gap(store: Store) -> None:
    write_three(store)
    with pytest.raises(RuntimeError, match="stop"), store.work() as work:
        audit.record(work, by=operator(), action="test.done", subject="thing:9")
        raise RuntimeError("stop")
    write_three(store)
    assert first_break(store) is None
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == 6


def test_a_changed_event_shows(store: Store) -> None:
    write_three(store)
    with store.work() as work:
        work.session.execute(
            update(AuditEvent).where(AuditEvent.event_id == 2).values(actor="somebody else")
        )
    assert first_break(store) == 2


@pytest.mark.parametrize(("gone", "seen_at"), [(1, 2), (2, 3), (3, 3)])
def test_a_missing_event_shows_wherever_it_stood(store: Store, gone: int, seen_at: int) -> None:
    write_three(store)
    with store.work() as work:
        work.session.execute(delete(AuditEvent).where(AuditEvent.event_id == gone))
    assert first_break(store) == seen_at

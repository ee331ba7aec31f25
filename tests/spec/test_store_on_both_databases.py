"""Every spec test begins with the same empty tables, whatever the test before it left behind."""

import pytest
from sqlalchemy import func, select

from service.register.model import Organisation
from service.store.work import Store


@pytest.mark.parametrize("visit", ["first", "second"])
def test_a_store_begins_empty_and_counts_from_one(store: Store, visit: str) -> None:
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 0
    with store.work() as work:
        row = Organisation(name=f"Left behind by the {visit} visit")
        work.session.add(row)
        work.session.flush()
        assert row.organisation_id == 1


def test_work_that_was_undone_leaves_no_trace(store: Store) -> None:
    with pytest.raises(RuntimeError, match="halfway"), store.work() as work:
        work.session.add(Organisation(name="Never there"))
        work.session.flush()
        raise RuntimeError("halfway")
    with store.read() as session:
        assert session.scalar(select(func.count()).select_from(Organisation)) == 0


def test_the_two_databases_are_what_they_say(sqlite_store: Store, postgresql_store: Store) -> None:
    assert sqlite_store.engine.dialect.name == "sqlite"
    assert postgresql_store.engine.dialect.name == "postgresql"

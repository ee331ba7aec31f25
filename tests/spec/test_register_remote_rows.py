"""What a process keeps of the register is never behind it, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from register_town import HOME, LONELY, add, add_to, east
from sqlalchemy import text, update

from service.register import first_ring as first_rings
from service.register.areas import Whereabouts
from service.register.candidates import remote_candidates
from service.register.first_ring import first_ring
from service.register.indexing import reindex, reindex_all
from service.register.model import Asset
from service.register.remote_rows import MOST, Kept, keep_rows, kept_rows
from service.register.vocabulary import AreaKind, Delivery

PHONE = (Delivery.PHONE,)
HERE = Whereabouts("WA8", "E06000006", HOME)


def ids(session):
    (found,) = first_ring(session, needs=[LONELY], at=HERE, centre=None, enough=1).rows
    plain = remote_candidates(session, need=LONELY, at=HERE)
    _, first = np.unique(found.asset_id, return_index=True)
    found = found.where(first)
    assert found.asset_id.tolist() == plain.asset_id.tolist()
    assert found.min_age.tolist() == plain.min_age.tolist()
    return found.asset_id.tolist()


def asked(store):
    with store.read() as session:
        return ids(session)


def versions(store):
    with store.read() as session:
        return {need: kept.version for need, kept in kept_rows(session, [LONELY]).items()}


def test_every_change_is_seen_at_once(store):
    assert asked(store) == []
    one = add_to(store, "one", deliveries=PHONE)
    assert asked(store) == [one]
    two = add_to(store, "two", deliveries=PHONE, areas=[(AreaKind.POSTCODE_DISTRICT, "WA8")])
    add_to(store, "three", deliveries=PHONE, areas=[(AreaKind.POSTCODE_DISTRICT, "M1")])
    add_to(store, "near", east(10))
    assert asked(store) == [one, two]
    with store.work() as work:
        work.session.execute(update(Asset).values(min_age=40))
        reindex(work, [one, two])
    assert asked(store) == [one, two]
    with store.work() as work:
        work.session.get_one(Asset, one).is_retired = True
        reindex(work, [one])
    assert asked(store) == [two]


def test_work_that_came_to_nothing_leaves_nothing_behind(store):
    one = add_to(store, "one", deliveries=PHONE)
    with pytest.raises(RuntimeError), store.work() as work:
        two = add(work, "two", deliveries=PHONE)
        assert ids(work.session) == [one, two]
        raise RuntimeError
    assert asked(store) == [one]
    three = add_to(store, "three", deliveries=PHONE)
    assert asked(store) == [one, three]


def test_a_register_that_was_emptied_and_filled_again_is_another(store):
    add_to(store, "one", deliveries=PHONE)
    assert len(asked(store)) == 1
    before = versions(store)
    with store.work() as work:
        work.session.execute(text("DELETE FROM register_version"))
        work.session.execute(update(Asset).values(is_retired=True))
        reindex_all(work)
        assert work.session.scalar(text("SELECT version FROM register_version")) == 1
    assert asked(store) == []
    after = versions(store)
    assert before[LONELY].startswith("1 ")
    assert after[LONELY].startswith("1 ")
    assert before != after


def test_it_is_read_once_for_a_version(store, monkeypatch):
    add_to(store, "one", deliveries=PHONE)
    kept = []
    monkeypatch.setattr(
        first_rings, "keep_rows", lambda session, found: kept.append(found) or keep(session, found)
    )
    keep = keep_rows
    for _ in range(3):
        assert len(asked(store)) == 1
    assert [bool(each) for each in kept] == [True, False, False]
    add_to(store, "two", deliveries=PHONE)
    assert len(asked(store)) == 2
    assert [bool(each) for each in kept] == [True, False, False, True]


def test_the_longest_unused_is_forgotten_in_the_end(store):
    with store.read() as session:
        keep_rows(session, {"a": Kept("1", b"a"), "b": Kept("1", b"b")})
        assert kept_rows(session, ["a", "nothing"]) == {"a": Kept("1", b"a")}
        for number in range(MOST - 1):
            keep_rows(session, {f"n{number}": Kept("1", b"")})
            assert kept_rows(session, ["a"]) == {"a": Kept("1", b"a")}
        assert kept_rows(session, ["b"]) == {}
        keep_rows(session, {"a": Kept("2", b"later")})
        assert kept_rows(session, ["a"]) == {"a": Kept("2", b"later")}


def test_many_at_once_while_it_changes(store):
    add_to(store, "first", deliveries=PHONE)

    def ask(number):
        if number % 4 == 0:
            add_to(store, f"more-{number}", deliveries=PHONE)
        with store.read() as session:
            (rows,) = first_ring(session, needs=[LONELY], at=HERE, centre=None, enough=1).rows
            return len(rows)

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(ask, range(16)))
    assert min(counts) >= 1
    assert len(asked(store)) == 5

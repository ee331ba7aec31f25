"""What a process keeps of the register is never behind it, on either database."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from register_town import HOME, LONELY, add, add_to, east
from sqlalchemy import text, update

from service.register.areas import Whereabouts
from service.register.candidates import remote_candidates
from service.register.indexing import reindex, reindex_all
from service.register.model import Asset
from service.register.remote_rows import MOST, kept_rows, version_of
from service.register.vocabulary import AreaKind, Delivery

PHONE = (Delivery.PHONE,)
HERE = Whereabouts("WA8", "E06000006", HOME)


def ids(session, version):
    found = remote_candidates(session, need=LONELY, at=HERE, version=version)
    plain = remote_candidates(session, need=LONELY, at=HERE)
    assert found.asset_id.tolist() == plain.asset_id.tolist()
    assert found.min_age.tolist() == plain.min_age.tolist()
    return found.asset_id.tolist()


def asked(store):
    with store.read() as session:
        return ids(session, version_of(session))


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
        assert ids(work.session, version_of(work.session)) == [one, two]
        raise RuntimeError
    assert asked(store) == [one]
    three = add_to(store, "three", deliveries=PHONE)
    assert asked(store) == [one, three]


def test_a_register_that_was_emptied_and_filled_again_is_another(store):
    add_to(store, "one", deliveries=PHONE)
    assert len(asked(store)) == 1
    with store.work() as work:
        work.session.execute(text("DELETE FROM register_version"))
        work.session.execute(update(Asset).values(is_retired=True))
        reindex_all(work)
        assert version_of(work.session)[0] == 1
    assert asked(store) == []


def test_it_is_read_once_for_a_version_and_forgotten_in_the_end(store):
    add_to(store, "one", deliveries=PHONE)
    read = []

    def reading(need):
        def read_it():
            read.append(need)
            return need.encode()

        return read_it

    with store.read() as session:
        version = version_of(session)
        for _ in range(3):
            assert kept_rows(session, version, "a", reading("a")) == b"a"
        assert read == ["a"]
        for number in range(MOST):
            kept_rows(session, version, f"n{number}", reading(f"n{number}"))
        kept_rows(session, version, "a", reading("a"))
    assert read.count("a") == 2


def test_many_at_once_while_it_changes(store):
    add_to(store, "first", deliveries=PHONE)

    def ask(number):
        if number % 4 == 0:
            add_to(store, f"more-{number}", deliveries=PHONE)
        with store.read() as session:
            version = version_of(session)
            return len(remote_candidates(session, need=LONELY, at=HERE, version=version))

    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(ask, range(16)))
    assert min(counts) >= 1
    assert len(asked(store)) == 5

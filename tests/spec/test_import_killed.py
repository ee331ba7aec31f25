"""An import that is killed half-way leaves the register as it was."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from import_world import good, many, read
from shared import ROOT
from sqlalchemy import select, text

from service.identity.actors import operator
from service.identity.audit import first_break
from service.register import indexing
from service.register.actions import import_assets
from service.register.imports.writing import BATCH
from service.register.model import Asset
from service.store.engine import make_engine
from service.store.work import Store

COUNT = BATCH * 4

KILLED = """
import os, signal, sys
from geo.progress import Quiet
from import_world import good, many, read
from service.bootstrap import metadata
from service.identity.actors import operator
from service.register.actions import import_assets
from service.store.engine import make_engine
from service.store.work import Store

class Killing(Quiet):
    "Ends this process, as a power cut would, once half of the assets are written."
    what, done, total = "", 0, 0
    def begin(self, what, total):
        self.what, self.done, self.total = what, 0, total
    def advance(self, steps):
        self.done += steps
        if self.what == "Writing" and self.done >= self.total / 2:
            print("half-way", flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

metadata()
file = read(good(name="Changed"), *many({count}))
with Store(make_engine(sys.argv[1])).work() as work:
    import_assets(work, by=operator(), file=file, progress=Killing())
print("finished", flush=True)
"""


def killed_half_way(url: str) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")]),
    }
    ended = subprocess.run(
        [sys.executable, "-c", KILLED.replace("{count}", str(COUNT)), url],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.stdout == "half-way\n", ended.stderr
    assert ended.returncode == -signal.SIGKILL


def rows(store: Store) -> list[tuple[object, ...]]:
    with store.read() as session:
        return sorted(tuple(row) for row in session.execute(select(Asset.asset_id, Asset.name)))


def test_killed_in_the_middle_of_the_transaction_on_sqlite(sqlite_store, tmp_path: Path):
    with sqlite_store.work() as work:
        import_assets(work, by=operator(), file=read(good()))
    before = rows(sqlite_store)
    url = sqlite_store.engine.url.render_as_string(hide_password=False)
    sqlite_store.engine.dispose()
    killed_half_way(url)
    _as_before(Store(make_engine(url)), before)


def test_killed_in_the_middle_of_the_transaction_on_postgresql(postgresql_store):
    with postgresql_store.work() as work:
        import_assets(work, by=operator(), file=read(good()))
    before = rows(postgresql_store)
    killed_half_way(postgresql_store.engine.url.render_as_string(hide_password=False))
    _as_before(postgresql_store, before)


def _as_before(store: Store, before: list[tuple[object, ...]]) -> None:
    assert rows(store) == before == [(1, "Old Kiln Lunch")]
    with store.read() as session:
        if session.get_bind().dialect.name == "sqlite":
            assert session.scalar(text("PRAGMA integrity_check")) == "ok"
        assert indexing.drift(session) == 0
        assert first_break(session) is None
    with store.work() as work:
        report = import_assets(work, by=operator(), file=read(good(name="Changed"), *many(COUNT)))
    assert (report.added, report.changed) == (COUNT, 1)
    store.engine.dispose()


@pytest.mark.parametrize("steps", [1, 3])
def test_an_import_that_fails_late_leaves_nothing(store, steps):
    class Failing:
        def begin(self, what: str, total: int | None) -> None:
            self.left = steps if what == "Writing" else -1

        def advance(self, _steps: int) -> None:
            self.left -= 1
            if self.left == 0:
                raise KeyboardInterrupt

        def end(self) -> None:
            pass

    with pytest.raises(KeyboardInterrupt), store.work() as work:
        import_assets(work, by=operator(), file=read(*many(COUNT)), progress=Failing())
    assert rows(store) == []

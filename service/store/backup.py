"""Copies of the database that can be trusted, taken while it is in use."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import URL, Engine, text

from service.store.errors import StoreError, StoreFull, StoreUnavailable, translated


class BackupRefused(StoreError):
    """The copy would overwrite something, or cannot be made on this machine."""

    slug = "backup-refused"
    title = "No copy was made"


def back_up(engine: Engine, target: Path) -> int:
    """Copy the database to `target` while it is in use; returns the size of the copy in bytes.

    SQLite is copied by its own online backup and the copy is checked; PostgreSQL by `pg_dump` in
    its custom format. The copy appears under its name only when it is whole.

    Raises
    ------
    BackupRefused
        If `target` exists, or `pg_dump` is needed and not installed.
    StoreFull, StoreUnavailable
        If there is no room, or the database or the folder cannot be used.
    """
    if target.exists():
        raise BackupRefused(f"{target.name} exists already. Choose another name.")
    partial = target.with_name(target.name + ".partial")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        if engine.dialect.name == "sqlite":
            _copy_sqlite(engine, partial)
        else:
            _dump_postgresql(engine, partial)
        partial.rename(target)
    except OSError as error:
        raise StoreUnavailable(
            f"The copy could not be written: {error.strerror}. Choose another folder."
        ) from error
    finally:
        partial.unlink(missing_ok=True)
    return target.stat().st_size


def _copy_sqlite(engine: Engine, partial: Path) -> None:
    source = engine.raw_connection()
    copy = sqlite3.connect(partial)
    try:
        raw = source.driver_connection
        if not isinstance(raw, sqlite3.Connection):
            raise StoreUnavailable("The database driver cannot make a copy.")
        raw.backup(copy, pages=4096)
        sound = copy.execute("PRAGMA integrity_check").fetchone()[0]
        if sound != "ok":
            raise StoreUnavailable("The copy failed its own check. Run `kith db check`.")
    except sqlite3.Error as error:
        if "full" in str(error):
            raise StoreFull("The disk is full. Make room and try again.") from error
        raise StoreUnavailable("The database could not be copied.") from error
    finally:
        copy.close()
        source.close()


def _dump_postgresql(engine: Engine, partial: Path) -> None:
    program = shutil.which("pg_dump")
    if program is None:
        raise BackupRefused(
            "pg_dump is not installed here. Install PostgreSQL's client programs, or take the "
            "copy on the database server."
        )
    # The password goes by the environment, because everybody on a machine sees its command lines.
    secret = {} if engine.url.password is None else {"PGPASSWORD": str(engine.url.password)}
    address = URL.create(
        "postgresql",
        username=engine.url.username,
        host=engine.url.host,
        port=engine.url.port,
        database=engine.url.database,
        query=engine.url.query,
    ).render_as_string()
    done = subprocess.run(  # noqa: S603 - a program found on PATH, with no shell
        [program, "--format=custom", f"--file={partial}", f"--dbname={address}"],
        env={**os.environ, **secret},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        # Its complaints are about versions, rights and tables, never about rows.
        why = next(iter(done.stderr.strip().splitlines()), "it did not say why")
        raise StoreUnavailable(f"pg_dump could not copy the database: {why[:200]}.")


def integrity(engine: Engine) -> list[str]:
    """What the database itself finds wrong with its files and keys; empty when nothing is."""
    if engine.dialect.name != "sqlite":
        return []
    with translated(), engine.connect() as connection:
        found = [str(row[0]) for row in connection.execute(text("PRAGMA integrity_check"))]
        keys = connection.execute(text("PRAGMA foreign_key_check")).all()
    wrong = [] if found == ["ok"] else found
    return wrong + [f"{row[0]}: a row points to a missing row of {row[2]}" for row in keys]

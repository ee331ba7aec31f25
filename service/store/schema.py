"""The shape of the database: bringing it up to this version, and saying whether it is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, text

from service.store.errors import StoreOutOfDate, translated

_HERE = Path(__file__).parent / "migrations"


def upgrade(engine: Engine, metadata: MetaData) -> str:
    """Bring the database to this version's shape, in one transaction; returns the revision.

    Running it on a database that is up to date changes nothing, and several processes may run it
    at once: one does the work and the others find it done.

    Raises
    ------
    StoreOutOfDate
        If a newer version of Kith made the database; it is left as it is.
    StoreBusy, StoreFull, StoreUnavailable
        When the database cannot; it is left as it was.
    """
    migrate(engine, metadata, lambda config: command.upgrade(config, "head"))
    return head()


def head() -> str:
    """The newest revision this version of Kith knows."""
    newest = ScriptDirectory(str(_HERE)).get_current_head()
    if newest is None:
        raise StoreOutOfDate("This installation has no migrations. Install Kith again.")
    return newest


def current(engine: Engine) -> str | None:
    """The database's revision; None when Kith has never used it."""
    with translated(), engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def require_current(engine: Engine) -> None:
    """Go no further with a database of another shape.

    Raises
    ------
    StoreOutOfDate
        With what to do: upgrade the database, or install the version of Kith it belongs to.
    """
    found = current(engine)
    if found == head():
        return
    _refuse_newer(found)
    raise StoreOutOfDate(
        "The database is not ready for this version. Run `kith db upgrade`.", database=found
    )


def differences(engine: Engine, metadata: MetaData) -> list[str]:
    """Where the database's shape differs from the tables as declared; empty when it does not."""
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={"compare_type": True, "include_name": ours, "target_metadata": metadata},
        )
        return [str(each) for each in compare_metadata(context, metadata)]


def ours(name: str | None, kind: str, _parents: object) -> bool:
    """Whether a table, column or index is declared by Kith.

    The others are kept by PostGIS or Alembic, or made by a migration on PostgreSQL alone.
    """
    return (kind, name) not in {
        ("table", "spatial_ref_sys"),
        ("table", "alembic_version"),
        ("column", "geom"),
        ("index", "ix_venue_geom"),
    }


def _refuse_newer(found: str | None) -> None:
    known = {script.revision for script in ScriptDirectory(str(_HERE)).walk_revisions()}
    if found is not None and found not in known:
        raise StoreOutOfDate(
            "The database was made by a newer version of Kith. Install that version.",
            database=found,
        )


# Any number of our own that nothing else on the server locks by.
_UPGRADING = 27_700_001


def migrate(engine: Engine, metadata: MetaData, run: Callable[[Config], None]) -> None:
    """Have Alembic do something to the database in one transaction, and nobody else meanwhile."""
    with translated(), engine.execution_options(kith_writes=True).begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL lock_timeout = 0"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _UPGRADING})
            connection.execute(text("SET LOCAL lock_timeout = DEFAULT"))
        _refuse_newer(MigrationContext.configure(connection).get_current_revision())
        run(config_for(connection, metadata))


def config_for(connection: Connection, metadata: MetaData) -> Config:
    """Alembic's own configuration, with the connection it is to use."""
    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes["connection"] = connection
    config.attributes["metadata"] = metadata
    return config

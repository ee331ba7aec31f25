"""`kith db`: the database's shape, copies and health."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from service import bootstrap
from service.cli.outcomes import told
from service.cli.progress import Bars
from service.identity.audit import first_break
from service.register.indexing import drift, index_once
from service.settings import Settings
from service.store import schema
from service.store.backup import back_up, integrity

app = typer.Typer(help="The database: upgrade, copy, check.", no_args_is_help=True)


@app.command(epilog="Example: kith db upgrade")
def upgrade() -> None:
    """Bring the database to the shape of this version. Running it twice changes nothing.

    When the version keeps another search table, that is filled anew from the register.
    """
    with told():
        store = bootstrap.open_store(Settings())
        before = schema.current(store.engine)
        after = schema.upgrade(store.engine, bootstrap.metadata())
        same = "already" if before == after else "now"
        with Bars() as bars, store.work() as work:
            index_once(work, bars)
        Console().print(f"The database is {same} at revision {after}.")


@app.command(epilog="Example: kith db backup var/backup/kith-monday.db")
def backup(
    target: Annotated[Path, typer.Argument(help="File to write; it must not exist.")],
) -> None:
    """Copy the database while it is in use. The copy is checked before it gets its name."""
    with told():
        store = bootstrap.open_store(Settings())
        size = back_up(store.engine, target)
        Console().print(f"{target}: {size:,} bytes.")


@app.command(epilog="Example: kith db check")
def check() -> None:
    """Look for damage: files and keys, shape, the search table, the audit's chain."""
    with told():
        store = bootstrap.open_store(Settings())
        schema.require_current(store.engine)
        wrong = integrity(store.engine)
        wrong += schema.differences(store.engine, bootstrap.metadata())
        with store.read() as session:
            drifted, broken = drift(session), first_break(session)
        if drifted:
            wrong.append(f"{drifted} rows of the search table differ from the register")
        if broken is not None:
            wrong.append(f"the audit's chain does not hold from event {broken} on")
        console = Console()
        for each in wrong:
            console.print(f"[bold red]wrong[/] {each}")
        if wrong:
            raise SystemExit(1)
        console.print("Sound: files, keys, shape, search table and audit chain.")

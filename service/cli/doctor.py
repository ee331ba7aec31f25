"""`kith doctor`: is everything here that Kith needs, and if not, what to do."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import typer
from rich.console import Console
from rich.table import Table

from geo.errors import DomainError
from geo.gazetteer import open_gazetteer
from geo.maps import static_directory
from service import bootstrap
from service.cli.outcomes import told
from service.settings import Settings
from service.store import schema

LEAST_FREE_BYTES = 500_000_000
"""Room that the packed postcodes, a database and its log need to work without worry. Our own."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `advice` is empty when all is well."""

    what: str
    found: str
    advice: str = ""


def doctor(
    json_: bool = typer.Option(False, "--json", help="Print JSON for a machine."),
) -> None:
    """Look at what Kith needs here, and say what to do about what is missing.

    Example: kith doctor
    """
    with told():
        findings = list(examine(Settings()))
        console = Console()
        if json_:
            console.print_json(
                data=[
                    {"what": each.what, "found": each.found, "advice": each.advice}
                    for each in findings
                ]
            )
        else:
            console.print(_table(findings))
        if any(each.advice for each in findings):
            raise SystemExit(1)


def examine(settings: Settings) -> Iterator[Finding]:
    """Each finding, cheapest first; one that fails does not keep the others from being made."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    old = sys.version_info < (3, 11)
    yield Finding("Python", version, "Install Python 3.11 or newer." if old else "")
    yield _disk(settings)
    yield _try("Map scripts", lambda: str(static_directory().name), "Run make demo once.")
    yield _try("Postcodes", lambda: _postcodes(settings), "Run make demo once.")
    yield _try("Database", lambda: _database(settings), "Run `kith db upgrade`.")


def _disk(settings: Settings) -> Finding:
    folder = settings.var_dir if settings.var_dir.exists() else settings.var_dir.absolute().parent
    free = shutil.disk_usage(folder).free
    advice = "Make room: a full disk stops every change." if free < LEAST_FREE_BYTES else ""
    return Finding("Disk", f"{free / 1e9:,.1f} GB free", advice)


def _postcodes(settings: Settings) -> str:
    # A place the packed postcodes must know: Halton's town hall lies in WA8.
    return open_gazetteer(settings.gazetteer_dir).locate("WA8").quality.value


def _database(settings: Settings) -> str:
    store = bootstrap.open_store(settings)
    schema.require_current(store.engine)
    return f"{store.engine.dialect.name}, revision {schema.head()}"


def _try(what: str, look: Callable[[], str], advice: str) -> Finding:
    try:
        return Finding(what, look())
    except DomainError as error:
        return Finding(what, error.message, advice)


def _table(findings: list[Finding]) -> Table:
    table = Table("", "What", "Found", "What to do")
    for each in findings:
        mark = "[red]✗[/]" if each.advice else "[green]✓[/]"
        table.add_row(mark, each.what, each.found, each.advice)
    return table

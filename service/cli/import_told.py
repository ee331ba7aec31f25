"""What an import has to say, as tables on a terminal or as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.errors import DomainError, Json
from service.register.errors import BadImportFile
from service.register.imports.problems import Problem
from service.register.imports.reading import Row
from service.register.imports.reading import Table as FileTable
from service.register.imports.rejects import write_rejects
from service.store.work import Store, UnitOfWork

SHOWN = 50
"""Rows of a table on a terminal; `--rejects` and `--json` have all of them."""


@dataclass(slots=True)
class Telling:
    """One import, to be told when it is over: whether it was done, refused or only tried."""

    title: str
    file: Path
    as_json: bool = False
    dry_run: bool = False
    rejects_to: Path | None = None
    counts: dict[str, Json] = field(default_factory=dict)
    problems: Sequence[Problem] = ()
    warnings: Sequence[Problem] = ()
    notes: Sequence[str] = ()
    refused: DomainError | None = None

    def __post_init__(self) -> None:
        if self.rejects_to is not None and self.rejects_to.resolve() == self.file.resolve():
            raise BadImportFile("--rejects would overwrite the file itself. Give another name.")

    @contextmanager
    def changing(self, store: Store) -> Iterator[UnitOfWork]:
        """A unit of work; a refusal is kept to be told last, and a dry run is undone."""
        try:
            with store.work() as work:
                yield work
                if self.dry_run:
                    work.session.rollback()
        except DomainError as error:
            self.refused = error

    def tell(self, table: FileTable | None, rejected: Sequence[Row]) -> None:
        """Print everything, write the rejected rows, and raise what refused the import.

        Raises
        ------
        DomainError
            What refused it.
        """
        written = self._write_rejects(table, rejected)
        if self.as_json:
            Console().print_json(data=self._json(written))
        else:
            self._print(Console(highlight=False), written, rejected)
        if self.refused is not None:
            raise self.refused

    def _write_rejects(self, table: FileTable | None, rejected: Sequence[Row]) -> int:
        if self.rejects_to is None or table is None:
            return 0
        return write_rejects(self.rejects_to, table, rejected, self.problems)

    def _json(self, written: int) -> dict[str, Json]:
        told: dict[str, Json] = {
            "file": self.file.name,
            "imported": self.refused is None and not self.dry_run,
            "dry_run": self.dry_run,
            **self.counts,
            "problems": [each.as_json() for each in self.problems],
            "warnings": [each.as_json() for each in self.warnings],
            "notes": list[Json](self.notes),
            "rejects_written": written,
        }
        if self.refused is not None:
            error: dict[str, Json] = {"slug": self.refused.slug, "message": self.refused.message}
            told["error"] = {**error, **self.refused.fields}
        return told

    def _print(self, console: Console, written: int, rejected: Sequence[Row]) -> None:
        for note in self.notes:
            console.print(f"[yellow]Note.[/] {escape(note)}")
        _print_problems(console, "Look at these; the rows are taken", self.warnings)
        _print_problems(console, "Put these right; the rows are not taken", self.problems)
        if written:
            path = escape(str(self.rejects_to))
            console.print(f"{written:,} rows to mend and import again: {path}")
        elif rejected:
            console.print("--rejects FILE writes these rows out, to mend and import again.")
        if self.refused is None:
            tried = " (dry run: nothing was changed)" if self.dry_run else ""
            _print_counts(console, f"{self.title}{tried}", self.counts)


def _print_problems(console: Console, title: str, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    table = Table(title=f"{title}: {len(problems):,}", title_justify="left")
    table.add_column("Row", justify="right")
    table.add_column("Column", overflow="fold")
    table.add_column("Value", max_width=24, overflow="fold")
    table.add_column("What to do", overflow="fold")
    for each in problems[:SHOWN]:
        table.add_row(str(each.line), *map(escape, (each.column, each.value, each.message)))
    console.print(table)
    if len(problems) > SHOWN:
        console.print(f"... and {len(problems) - SHOWN:,} more.")


def _print_counts(console: Console, title: str, counts: Mapping[str, Json]) -> None:
    table = Table(title=title, title_justify="left", show_header=False)
    table.add_column()
    table.add_column(justify="right")
    for name, value in counts.items():
        parts = value.items() if isinstance(value, dict) else [("", value)]
        for part, number in parts:
            told = f"{number:,}" if isinstance(number, int) else escape(str(number))
            table.add_row(f"{name} {part}".strip().replace("_", " "), told)
    console.print(table)

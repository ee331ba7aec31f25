"""Progress on a terminal: one bar for each piece of long work."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn


class Bars:
    """A `geo.progress.Progress` drawn on standard error, so that output stays clean."""

    def __init__(self) -> None:
        self._screen = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._screen.add_task("", visible=False)

    def __enter__(self) -> Self:
        self._screen.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._screen.stop()

    def begin(self, what: str, total: int | None) -> None:
        """Start a bar; without a total it only shows that work goes on."""
        self._task = self._screen.add_task(what, total=total)

    def advance(self, steps: int) -> None:
        """Move the bar."""
        self._screen.advance(self._task, steps)

    def end(self) -> None:
        """Fill the bar and put it away."""
        self._screen.remove_task(self._task)
        self._task = self._screen.add_task("", visible=False)

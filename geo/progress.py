"""How long work tells whoever waits that it is moving, whatever screen they sit at."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Told of one piece of work after another. Calls come from one thread, in order."""

    def begin(self, what: str, total: int | None) -> None:
        """A piece of work begins. `total` is its number of steps, None when not known."""

    def advance(self, steps: int) -> None:
        """`steps` more steps of it are done."""

    def end(self) -> None:
        """It is done. Not called when the work fails."""


class Quiet:
    """The null progress: nobody is waiting."""

    def begin(self, what: str, total: int | None) -> None:
        """Do nothing."""

    def advance(self, steps: int) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Do nothing."""

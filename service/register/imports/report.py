"""What became of an import, for whoever asked for it."""

from __future__ import annotations

from dataclasses import dataclass

from service.register.imports.facts import AssetFile


@dataclass(frozen=True, slots=True)
class AssetReport:
    """How an import of assets changed the register.

    Attributes
    ----------
    added, changed, same : int
        Assets that are new, that differ from before, and that were the same already.
    rejected : int
        Assets of the file that were not taken.
    retired : int
        Assets of the same source that the file no longer has; only with `complete`.
    still_retired : int
        Assets of the file that had been retired and stay so.
    in_register : int
        Assets in the register afterwards, without retired ones.
    """

    file: AssetFile
    added: int
    changed: int
    same: int
    rejected: int
    retired: int
    still_retired: int
    in_register: int

    @property
    def counts(self) -> dict[str, int]:
        """The numbers by name."""
        names = ("added", "changed", "same", "rejected", "retired", "still_retired", "in_register")
        return {name: getattr(self, name) for name in names}

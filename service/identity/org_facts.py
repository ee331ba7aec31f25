"""What is said of NHS organisations, and what became of it, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from geo.errors import Json
from geo.point import GridPoint
from service.identity.codes import OdsCode
from service.identity.model import NhsOrgKind


@dataclass(frozen=True, slots=True)
class OrgFacts:
    """One organisation as a publisher states it.

    An empty name or address, and a parent, a point or a list size that is None, leave what the
    register has.
    """

    ods_code: OdsCode
    kind: NhsOrgKind
    name: str = ""
    parent_code: OdsCode | None = None
    address: str = ""
    postcode: str | None = None
    point: GridPoint | None = None
    is_active: bool = True
    opened_on: date | None = None
    closed_on: date | None = None
    list_size: int | None = None


@dataclass(frozen=True, slots=True)
class OrgReport:
    """What became of an import of organisations.

    Attributes
    ----------
    added, changed, same : int
        Organisations of the file, of every kind.
    active : mapping
        Active organisations in the register afterwards, by kind.
    missing : int
        Active practices of the register that the file does not list. They are left as they were,
        unless the file was said to be complete: then they are inactive now.
    """

    added: int
    changed: int
    same: int
    active: Mapping[str, int]
    missing: int

    def as_json(self) -> dict[str, Json]:
        """The same as a JSON object."""
        return {
            "added": self.added,
            "changed": self.changed,
            "same": self.same,
            "active": dict[str, Json](self.active),
            "missing": self.missing,
        }

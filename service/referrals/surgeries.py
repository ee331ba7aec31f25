"""Which practices can take somebody's own request, the nearest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from geo.distance import straight_line_m
from geo.point import GridPoint
from service.identity.codes import OdsCode
from service.identity.colleagues import colleagues
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import Permission

FARTHEST_M: Final = 40_000.0
"""How far away a practice may be to be offered, in a straight line. Our own choice: beyond it,
another area's link workers are the right ones."""

LISTED: Final = 200
"""Practices looked at, the nearest first, or by name where nobody has said where they live."""


@dataclass(frozen=True, slots=True)
class Surgery:
    """A practice as the public knows it.

    `has_link_worker` is whether somebody there looks through new requests in Kith.
    """

    code: OdsCode
    name: str
    address: str
    straight_m: float | None
    has_link_worker: bool


def surgeries_near(session: Session, home: GridPoint | None) -> tuple[Surgery, ...]:
    """The active practices near `home`, nearest first, then by code; at most `LISTED`.

    Straight lines decide the order and nothing else: they are no walk. Those with a link worker in
    Kith come before those without, however near. Without a `home`, by name. A practice whose place
    is not known is only there when `home` is not. Two statements.
    """
    near = select(NhsOrg).where(NhsOrg.kind == NhsOrgKind.PRACTICE, NhsOrg.is_active)
    if home is not None:
        near = near.where(
            NhsOrg.easting_m.between(home.easting_m - FARTHEST_M, home.easting_m + FARTHEST_M),
            NhsOrg.northing_m.between(home.northing_m - FARTHEST_M, home.northing_m + FARTHEST_M),
        )
    rows = [(_straight_m(home, row), row) for row in session.scalars(near)]
    ordered = sorted(
        (each for each in rows if home is None or (each[0] or 0.0) <= FARTHEST_M),
        key=lambda each: (each[0] or 0.0, "" if home else each[1].name, each[1].ods_code),
    )[:LISTED]
    staff = colleagues(session, [row.ods_code for _, row in ordered], Permission.TRIAGE)
    served = frozenset[str]().union(*(each.practices for each in staff))
    found = [
        Surgery(
            OdsCode(row.ods_code),
            row.name,
            row.address,
            metres,
            has_link_worker=row.ods_code in served,
        )
        for metres, row in ordered
    ]
    return tuple(sorted(found, key=lambda each: not each.has_link_worker))


def _straight_m(home: GridPoint | None, row: NhsOrg) -> float | None:
    if home is None or row.easting_m is None or row.northing_m is None:
        return None
    return straight_line_m(home, GridPoint(row.easting_m, row.northing_m))

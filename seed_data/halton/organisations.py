"""The NHS organisations of Halton, as the Organisation Data Service publishes them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache

from geo.point import GridPoint
from seed_data.halton import files


@dataclass(frozen=True, slots=True)
class Organisation:
    """A region, ICB or PCN. `kind` is 'region', 'icb' or 'pcn'; `parent_code` is '' at the top."""

    ods_code: str
    name: str
    kind: str
    parent_code: str


@dataclass(frozen=True, slots=True)
class Practice:
    """A GP practice. Two practices may share a building, and then its postcode and point.

    Attributes
    ----------
    status : str
        'active': no other is shipped.
    patients_2026 : int
        People on its list in 2026.
    pcn_code : str
        Its primary care network in January 2022, the latest published with practices.
    """

    ods_code: str
    name: str
    address: str
    postcode: str
    point: GridPoint
    opened_on: date
    status: str
    patients_2026: int
    pcn_code: str
    icb_code: str
    local_authority: str


@cache
def organisations() -> tuple[Organisation, ...]:
    """Region, ICB and PCNs; a parent always comes before its children."""
    return tuple(Organisation(**row) for row in files.rows("organisations.csv"))


@cache
def practices() -> tuple[Practice, ...]:
    """The 14 practices, by code."""
    return tuple(
        Practice(
            ods_code=row["ods_code"],
            name=row["name"],
            address=row["address"],
            postcode=row["postcode"],
            point=GridPoint(float(row["easting_m"]), float(row["northing_m"])),
            opened_on=date.fromisoformat(row["opened_on"]),
            status=row["status"],
            patients_2026=int(row["patients_2026"]),
            pcn_code=row["pcn_code"],
            icb_code=row["icb_code"],
            local_authority=row["local_authority"],
        )
        for row in files.rows("practices.csv")
    )

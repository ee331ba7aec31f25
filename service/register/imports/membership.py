"""Reading which practices make up which primary care network."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from service.identity.codes import OdsCode
from service.identity.errors import BadOdsCode
from service.identity.model import NhsOrgKind
from service.identity.org_facts import OrgFacts
from service.register.imports.cells import Cells
from service.register.imports.ods_columns import MEMBERSHIP
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table, read_table

UNALLOCATED = frozenset({"U", "", "-"})
"""What stands where a practice is in no network ("U" in NHS Digital's map of January 2022)."""


@dataclass(frozen=True, slots=True)
class MembershipFile:
    """Networks and their practices, read and checked. `unallocated` practices are in none."""

    table: Table
    networks: tuple[OrgFacts, ...]
    members: Mapping[OdsCode, OdsCode]
    unallocated: int
    rejected: tuple[Row, ...]
    problems: tuple[Problem, ...]


def read_membership_file(
    file: Path | bytes, *, max_bytes: int, name: str | None = None
) -> MembershipFile:
    """Read a list of practices with their networks (`practice_code`, `pcn_code`, `pcn_name`).

    A network's parent is the board that most of its practices name, if the file has boards.

    Raises
    ------
    BadImportFile
        If the file cannot be read at all.
    """
    table = read_table(file, MEMBERSHIP, max_bytes=max_bytes, name=name)
    names: dict[OdsCode, str] = {}
    boards: dict[OdsCode, Counter[str]] = {}
    members: dict[OdsCode, OdsCode] = {}
    rejected: list[Row] = []
    problems: list[Problem] = []
    unallocated = 0
    for row in table.rows:
        if row.cells["pcn_code"] in UNALLOCATED:
            unallocated += 1
            continue
        cells = Cells(row)
        practice, network = ods_code(cells, "practice_code"), ods_code(cells, "pcn_code")
        network_name = cells.text("pcn_name", 200)
        if practice in members and members[practice] != network:
            cells.fault("pcn_code", f"The practice is in {members[practice]} too. Keep one row.")
        problems += cells.problems
        if cells.problems or practice is None or network is None:
            rejected.append(row)
            continue
        members[practice] = network
        names.setdefault(network, network_name)
        boards.setdefault(network, Counter())[row.cells.get("stp_code", "")] += 1
    networks = [
        OrgFacts(network, NhsOrgKind.PCN, names[network], parent_code=_board(boards[network]))
        for network in sorted(names)
    ]
    return MembershipFile(
        table, tuple(networks), members, unallocated, tuple(rejected), tuple(problems)
    )


def ods_code(cells: Cells, column: str) -> OdsCode | None:
    """The ODS code in a cell, or None with the reason noted."""
    try:
        return OdsCode(cells.row.cells[column])
    except BadOdsCode as error:
        cells.fault(column, error.message)
        return None


def _board(named: Counter[str]) -> OdsCode | None:
    code = min(named, key=lambda board: (-named[board], board))
    try:
        return OdsCode(code)
    except BadOdsCode:
        return None

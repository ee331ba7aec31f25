"""Reading the prescriber file of the NHS Organisation Data Service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from geo.gazetteer import Gazetteer
from geo.progress import Progress, Quiet
from service.identity.codes import OdsCode
from service.identity.model import NhsOrgKind
from service.identity.org_facts import OrgFacts
from service.register.imports.cells import Cells
from service.register.imports.ods_columns import PRESCRIBERS, PRESCRIBERS_WITH_GAPS
from service.register.imports.practice_rows import PracticeRow, is_practice, read_practice
from service.register.imports.problems import Problem
from service.register.imports.reading import Row, Table, read_table


@dataclass(frozen=True, slots=True)
class PracticeFile:
    """A prescriber file, read and checked.

    Attributes
    ----------
    facts : tuple[OrgFacts, ...]
        Regions, boards and GP practices, parents first.
    rejected : tuple[Row, ...]
        Rows of GP practices that cannot be taken; `problems` says why.
    warnings : tuple[Problem, ...]
        What somebody should look at among active practices.
    other_settings : int
        Rows that are no GP practice (prisons, clinics, care homes): not read further.
    second_role : int
        GP practices that hold another role beside.
    qualities : mapping
        How many active practices' postcodes are live, terminated, unknown, and so on.
    """

    table: Table
    facts: tuple[OrgFacts, ...]
    rejected: tuple[Row, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    other_settings: int
    second_role: int
    qualities: Mapping[str, int]

    @property
    def practices(self) -> tuple[OrgFacts, ...]:
        """The practices alone."""
        return tuple(each for each in self.facts if each.kind is NhsOrgKind.PRACTICE)


def read_practice_file(
    file: Path | bytes,
    *,
    gazetteer: Gazetteer,
    max_bytes: int,
    name: str | None = None,
    progress: Progress | None = None,
) -> PracticeFile:
    """Read epraccur, old style (status A/C/D/P, setting 4) or new (ACTIVE, role RO76).

    With or without header row, with or without ODS's empty columns, gzip or not. Names and
    addresses are kept as published. Closed and dormant practices are kept, as inactive. A practice
    stands at its postcode; when that is not known it has no point, and `warnings` says so.

    Raises
    ------
    BadImportFile
        If the file cannot be read at all.
    """
    progress = progress or Quiet()
    table = read_table(file, PRESCRIBERS, PRESCRIBERS_WITH_GAPS, max_bytes=max_bytes, name=name)
    found: dict[OdsCode, tuple[PracticeRow, Row]] = {}
    rejected: list[Row] = []
    problems: list[Problem] = []
    warnings: list[Problem] = []
    others = 0
    progress.begin("Checking", len(table.rows))
    for row in table.rows:
        progress.advance(1)
        if not is_practice(row.cells["prescribing_setting"]):
            others += 1
            continue
        cells = Cells(row)
        practice = read_practice(cells, gazetteer)
        if practice is not None:
            before, first = found.setdefault(practice.facts.ods_code, (practice, row))
            if before != practice:
                cells.fault("code", f"Row {first.line} says something else of the same code.")
        problems += cells.problems
        if cells.problems:
            rejected.append(row)
        elif practice is not None and practice.facts.is_active:
            warnings += cells.warnings
    progress.end()
    practices = [practice for practice, _ in found.values()]
    return PracticeFile(
        table=table,
        facts=_with_parents(practices),
        rejected=tuple(rejected),
        problems=tuple(problems),
        warnings=tuple(warnings),
        other_settings=others,
        second_role=sum(each.has_second_role for each in practices),
        qualities=Counter(each.quality for each in practices if each.facts.is_active),
    )


def _with_parents(practices: Iterable[PracticeRow]) -> tuple[OrgFacts, ...]:
    """Regions and boards that active practices name, and the practices.

    A board that only closed practices name is a body of former years and nobody's parent now.
    """
    practices = list(practices)
    regions: dict[OdsCode, Counter[OdsCode]] = {}
    for each in practices:
        if each.facts.is_active and each.facts.parent_code is not None:
            named = regions.setdefault(each.facts.parent_code, Counter())
            if each.region is not None:
                named[each.region] += 1
    region_of = {
        board: min(named, key=lambda region: (-named[region], region)) if named else None
        for board, named in regions.items()
    }
    named_regions = {region for region in region_of.values() if region is not None}
    found = [
        *(OrgFacts(code, NhsOrgKind.REGION) for code in sorted(named_regions)),
        *(OrgFacts(code, NhsOrgKind.ICB, parent_code=region_of[code]) for code in sorted(regions)),
    ]
    for each in practices:
        keep = each.facts.parent_code in regions
        found.append(each.facts if keep else replace(each.facts, parent_code=None))
    return tuple(found)

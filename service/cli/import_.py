"""`kith import`: take in what others keep."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from geo.errors import Json
from geo.gazetteer_import import ImportReport, import_postcodes
from service import bootstrap
from service.cli.import_told import Telling
from service.cli.outcomes import told
from service.cli.progress import Bars
from service.identity.actors import operator
from service.identity.practices import (
    import_list_sizes,
    import_membership,
    import_organisations,
)
from service.parts import Kith
from service.register.actions import ImportChoices, import_assets
from service.register.imports.against_register import without_claimed
from service.register.imports.assets import read_asset_file
from service.register.imports.list_sizes import read_list_size_file
from service.register.imports.membership import MembershipFile, read_membership_file
from service.register.imports.practices import PracticeFile, read_practice_file
from service.register.imports.problems import Problem
from service.register.imports.rejects import rejected_rows, write_problems
from service.settings import Settings
from service.store.work import Store, UnitOfWork

app = typer.Typer(help="Take in assets, practices, list sizes, postcodes.", no_args_is_help=True)

File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, or CSV packed with gzip.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Check everything, change nothing.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for a machine.")]
Rejects = Annotated[
    Path | None,
    typer.Option(help="Write the rows that were not taken to this CSV file, with the reasons."),
]
Complete = Annotated[
    bool, typer.Option("--complete", help="The file is all there is: retire what it leaves out.")
]
Force = Annotated[
    str,
    typer.Option(
        metavar="REASON",
        help="Import though too much is bad or would go. The reason is kept in the audit.",
    ),
]


@app.command(epilog="Example: kith import assets groups.csv --dry-run --rejects mend.csv")
def assets(
    file: File,
    source: Annotated[
        str, typer.Option(help="Where rows come from that do not say; else the file's name.")
    ] = "",
    complete: Complete = False,
    take_over: Annotated[
        bool, typer.Option("--take-over", help="Take over ids that belong to another source.")
    ] = False,
    revive: Annotated[
        bool, typer.Option("--revive", help="Bring assets of the file back that were retired.")
    ] = False,
    force: Force = "",
    rejects: Rejects = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take in community assets. Good assets are taken, bad rows are listed with what to do.

    seed_data/README.md describes the columns. The same file twice changes nothing.
    """
    with told():
        settings = Settings()
        telling = Telling("Assets", file, as_json, dry_run, rejects)
        choices = ImportChoices(settings.reject_ratio, complete, take_over, revive, force)
        with Bars() as bars, _opened(settings, bars) as kith:
            found = read_asset_file(
                file,
                gazetteer=kith.gazetteer,
                today=kith.today(),
                max_bytes=settings.max_import_bytes,
                source=source or None,
                progress=bars,
            )
            with telling.changing(kith.store) as work:
                if not take_over:
                    found = without_claimed(work.session, found)
                report = import_assets(
                    work, by=operator(), file=found, choices=choices, progress=bars
                )
                telling.counts = dict[str, Json](report.counts)
        telling.problems, telling.warnings = found.problems, found.warnings
        telling.notes = found.table.notes
        telling.tell(found.table, rejected_rows(found))


@app.command(epilog="Example: kith import practices epraccur.csv --pcn epcn.csv")
def practices(
    file: File,
    pcn: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Which practice is in which primary care network."),
    ] = None,
    published: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Day the file was published.")
    ] = None,
    complete: Complete = False,
    force: Force = "",
    rejects: Rejects = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take in GP practices from the NHS's list of prescribers (epraccur), of either style."""
    with told():
        settings = Settings()
        telling = Telling("Practices", file, as_json, dry_run, rejects)
        ratio, limit = settings.reject_ratio, settings.max_import_bytes
        with Bars() as bars, _opened(settings, bars) as kith:
            found = read_practice_file(
                file, gazetteer=kith.gazetteer, max_bytes=limit, progress=bars
            )
            networks = read_membership_file(pcn, max_bytes=limit) if pcn else None
            telling.counts = _practice_counts(found)
            with telling.changing(kith.store) as work:
                report = import_organisations(
                    work,
                    by=operator(),
                    facts=found.facts,
                    source=found.table.name[:200],
                    source_on=published.date() if published else None,
                    rejected=len(found.rejected),
                    max_reject_ratio=ratio,
                    complete=complete,
                    force_reason=force,
                    progress=bars,
                )
                telling.counts |= report.as_json()
                if networks is not None:
                    telling.counts |= _join(work, networks, ratio)
        telling.problems, telling.warnings = found.problems, found.warnings
        if networks is not None:
            name = networks.table.name
            telling.notes = [f"{name}, row {p.line}: {p.message}" for p in networks.problems]
        telling.tell(found.table, found.rejected)


def _practice_counts(file: PracticeFile) -> dict[str, Json]:
    return {
        "practices_in_file": len(file.practices),
        "with_a_second_role": file.second_role,
        "rows_of_other_settings": file.other_settings,
        "rejected": len(file.rejected),
        "postcodes": dict[str, Json](file.qualities),
    }


def _join(work: UnitOfWork, file: MembershipFile, max_reject_ratio: float) -> dict[str, Json]:
    unknown = import_membership(
        work,
        by=operator(),
        networks=file.networks,
        members=file.members,
        source=file.table.name[:200],
        rejected=len(file.rejected),
        max_reject_ratio=max_reject_ratio,
    )
    return {
        "networks_in_file": len(file.networks),
        "practices_in_no_network": file.unallocated,
        "network_members_not_in_register": len(unknown),
    }


@app.command("list-sizes", epilog="Example: kith import list-sizes gp-reg-pat-prac-all.csv")
def list_sizes(
    file: File, rejects: Rejects = None, dry_run: DryRun = False, as_json: AsJson = False
) -> None:
    """Take in how many people are registered with each practice."""
    with told():
        settings = Settings()
        telling = Telling("List sizes", file, as_json, dry_run, rejects)
        found = read_list_size_file(file, max_bytes=settings.max_import_bytes)
        with _opened_store(settings) as store, telling.changing(store) as work:
            unknown = import_list_sizes(
                work,
                by=operator(),
                sizes=found.sizes,
                source=found.table.name[:200],
                rejected=len(found.rejected),
                max_reject_ratio=settings.reject_ratio,
            )
            telling.counts = {
                "practices_in_file": len(found.sizes),
                "patients_in_file": sum(found.sizes.values()),
                "set": len(found.sizes) - len(unknown),
                "unknown_codes": len(unknown),
            }
            if unknown:
                shown = ", ".join(unknown[:20])
                telling.notes = [f"No practice of the register: {shown}"]
        telling.problems = found.problems
        telling.tell(found.table, found.rejected)


@app.command(epilog="Example: kith import postcodes ONSPD_FEB_2025_UK.csv")
def postcodes(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="ONSPD, NSPL or Code-Point Open; or its folder.")
    ],
    rejects: Rejects = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Take in a published postcode directory: terminated postcodes and area codes become known."""
    with told():
        settings = Settings()
        telling = Telling("Postcodes", file, as_json, dry_run, rejects)
        with Bars() as bars, tempfile.TemporaryDirectory() as spare:
            directory = settings.gazetteer_dir
            if dry_run:
                if directory.exists():
                    shutil.copytree(directory, spare, dirs_exist_ok=True)
                directory = Path(spare)
            report = import_postcodes(file, directory, progress=bars)
        telling.counts = _postcode_counts(report)
        telling.problems = [
            Problem(each.line, each.file, each.value, each.reason) for each in report.rejects
        ]
        if rejects is not None:
            write_problems(rejects, telling.problems)
        telling.tell(None, [])


def _postcode_counts(report: ImportReport) -> dict[str, Json]:
    names = ("read", "live", "terminated", "without_location", "outside", "repeated", "rejected")
    later = ("codes_ignored", "added", "replaced", "retired")
    return {
        "layout": str(report.layout),
        **{name: getattr(report, name) for name in (*names, *later)},
        "areas": ", ".join(report.areas),
        "newest": report.newest_on or "not stated",
    }


@contextmanager
def _opened(settings: Settings, bars: Bars) -> Iterator[Kith]:
    kith = bootstrap.wire(settings, progress=bars)
    try:
        yield kith
    finally:
        kith.store.engine.dispose()


@contextmanager
def _opened_store(settings: Settings) -> Iterator[Store]:
    store = bootstrap.ready_store(settings)
    try:
        yield store
    finally:
        store.engine.dispose()

"""The example town, loaded by the same actions that load a real one."""

from __future__ import annotations

from datetime import date

from geo.gazetteer import Gazetteer
from geo.progress import Progress
from seed_data import halton
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.model import NhsOrgKind
from service.identity.org_facts import OrgFacts
from service.identity.practices import import_organisations
from service.register.actions import import_assets
from service.register.imports.assets import read_asset_file
from service.register.imports.report import AssetReport
from service.store.work import UnitOfWork

SOURCE = "NHS Organisation Data Service, by way of Kith's example town"
MAX_BYTES = 5_000_000
"""Many times the size of the shipped file, which is read with the same care as any other."""


def load_example_town(
    work: UnitOfWork,
    *,
    by: Actor,
    gazetteer: Gazetteer,
    today: date,
    progress: Progress | None = None,
) -> AssetReport:
    """Halton's region, board, networks and practices, and its invented groups, into the register.

    Loading it twice on one day changes nothing; on another day the groups' dates move along.

    Parameters
    ----------
    by : Actor
        Needs `Permission.IMPORT`.
    today : date
        The day from which the groups' dates count.

    Returns
    -------
    AssetReport
        What became of the groups.

    Raises
    ------
    NotAllowed
        If `by` may not import.
    """
    import_organisations(work, by=by, facts=organisation_facts(), source=SOURCE, progress=progress)
    file = read_asset_file(
        halton.assets_csv(),
        gazetteer=gazetteer,
        today=today,
        max_bytes=MAX_BYTES,
        name="halton/assets.csv",
        progress=progress,
    )
    return import_assets(work, by=by, file=file, progress=progress)


def organisation_facts() -> list[OrgFacts]:
    """The NHS organisations of the example town, parents first."""
    parents = [
        OrgFacts(
            OdsCode(each.ods_code),
            NhsOrgKind(each.kind),
            each.name,
            parent_code=OdsCode(each.parent_code) if each.parent_code else None,
        )
        for each in halton.organisations()
    ]
    practices = [
        OrgFacts(
            OdsCode(each.ods_code),
            NhsOrgKind.PRACTICE,
            each.name,
            parent_code=OdsCode(each.pcn_code),
            address=each.address,
            postcode=each.postcode,
            point=each.point,
            is_active=each.status == "active",
            opened_on=each.opened_on,
            list_size=each.patients_2026,
        )
        for each in halton.practices()
    ]
    return [*parents, *practices]

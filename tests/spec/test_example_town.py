"""The example town, loaded by the actions that load a real one."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from import_world import TODAY
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from geo.gazetteer import NullGazetteer
from seed_data import halton
from service.identity.actors import Actor, operator
from service.identity.errors import NotAllowed
from service.identity.model import AuditEvent, NhsOrg, NhsOrgKind
from service.identity.roles import PUBLIC_VISITOR
from service.register import indexing
from service.register.imports.example_town import load_example_town
from service.register.imports.report import AssetReport
from service.register.model import Asset, Organisation, RegisterVersion, Schedule
from service.store.work import Store


def load(store: Store, today=TODAY) -> AssetReport:
    with store.work() as work:
        return load_example_town(work, by=operator(), gazetteer=NullGazetteer(), today=today)


def checked(session: Session) -> dict[str, date | None]:
    rows = session.execute(select(Asset.code, Asset.assured_on))
    return {row.code: row.assured_on for row in rows}


def test_the_town_has_its_practices_networks_board_and_groups(store):
    report = load(store)
    assert (report.added, report.rejected, report.in_register) == (90, 0, 90)
    with store.read() as session:
        orgs = {row.ods_code: row for row in session.scalars(select(NhsOrg))}
        kinds = Counter(row.kind for row in orgs.values())
        assert kinds == {
            NhsOrgKind.PRACTICE: 14,
            NhsOrgKind.PCN: 2,
            NhsOrgKind.ICB: 1,
            NhsOrgKind.REGION: 1,
        }
        assert sum(row.list_size or 0 for row in orgs.values()) == 136_616
        assert all(
            orgs[row.parent_code].kind in {NhsOrgKind.PCN, NhsOrgKind.ICB, NhsOrgKind.REGION}
            for row in orgs.values()
            if row.parent_code
        )
        assert {row.parent_code for row in orgs.values() if row.kind is NhsOrgKind.PRACTICE} == {
            "U79408",
            "U09643",
        }
        assert orgs["N81011"].easting_m == halton.practices()[0].point.easting_m
        assert all(session.scalars(select(Asset.invented)))
        assert all(session.scalars(select(Organisation.invented)))
        assert session.scalar(select(func.count()).select_from(Schedule)) > 90
        assert indexing.drift(session) == 0
        actions = list(session.scalars(select(AuditEvent.action).order_by(AuditEvent.event_id)))
        assert actions == ["practices.imported", "register.imported"]


def test_loading_it_again_on_the_same_day_changes_nothing(store):
    load(store)
    with store.read() as session:
        version = session.scalar(select(RegisterVersion.version))
    report = load(store)
    assert (report.added, report.changed, report.same) == (0, 0, 90)
    with store.read() as session:
        assert session.scalar(select(RegisterVersion.version)) == version


def test_on_another_day_its_dates_move_along(store):
    load(store)
    with store.read() as session:
        before = checked(session)
    load(store, TODAY + timedelta(days=30))
    with store.read() as session:
        after = checked(session)
    moved = {after[code] - day for code, day in before.items() if day is not None}
    assert moved == {timedelta(days=30)}


def test_only_whoever_may_import_loads_it(store):
    with pytest.raises(NotAllowed), store.work() as work:
        load_example_town(
            work, by=Actor("x", PUBLIC_VISITOR), gazetteer=NullGazetteer(), today=TODAY
        )

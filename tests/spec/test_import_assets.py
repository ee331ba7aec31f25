"""What an import does to the register, on both databases."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from import_world import ENDED, RUNCORN, TODAY, WIDNES, WIDNES_AT, good, many, read, read_bytes
from sqlalchemy import Select, func, select, text

from service.identity.actors import Actor, operator
from service.identity.errors import NotAllowed
from service.identity.model import AuditEvent
from service.identity.roles import PUBLIC_VISITOR
from service.register import indexing
from service.register.actions import ImportChoices, import_assets
from service.register.errors import ImportRefused
from service.register.imports.facts import AssetFile
from service.register.imports.report import AssetReport
from service.register.model import (
    AreaServed,
    Asset,
    AssetNeed,
    Assurance,
    Organisation,
    RegisterVersion,
    Schedule,
    Venue,
)
from service.register.narrowing import Candidate
from service.register.packing import unpacked
from service.store.errors import StoreOutOfDate
from service.store.outbox import OutboxMessage
from service.store.work import Store

TABLES = (Organisation, Venue, Asset, AssetNeed, Schedule, AreaServed, Assurance, Candidate)
FULL = {
    "needs": "loneliness_isolation:1;food_insecurity:0.5",
    "areas": "postcode_district:WA8;radius_m:3000",
    "access_yes": "step_free",
    "assured_on": "2026-11-01",
    "capacity": "open",
}


def take(store: Store, file: AssetFile, **choices) -> AssetReport:
    with store.work() as work:
        return import_assets(work, by=operator(), file=file, choices=ImportChoices(**choices))


def everything(store: Store) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the register's tables, with ids and times, as it stands."""
    with store.read() as session:
        return {
            table.__tablename__: sorted(
                tuple(row) for row in session.execute(select(*table.__table__.columns))
            )
            if table is not Asset
            else sorted(
                (row.asset_id, row.code, row.name, str(row.updated_at), str(row))
                for row in session.execute(select(*Asset.__table__.columns))
            )
            for table in TABLES
        }


def names(store: Store, *, retired: bool = False) -> list[str]:
    with store.read() as session:
        query = select(Asset.name).where(Asset.is_retired.is_(retired)).order_by(Asset.name)
        return list(session.scalars(query))


def one(store: Store, query: Select[Any]):
    with store.read() as session:
        return session.scalar(query)


def test_an_import_writes_the_whole_of_an_asset(store):
    report = take(store, read(good(**FULL)))
    assert report.counts == {
        "added": 1,
        "changed": 0,
        "same": 0,
        "rejected": 0,
        "retired": 0,
        "still_retired": 0,
        "in_register": 1,
    }
    with store.read() as session:
        asset = session.scalars(select(Asset)).one()
        venue = session.scalars(select(Venue)).one()
        assert (asset.code, asset.source, asset.assured_on) == (
            "old-kiln-lunch",
            "Test list",
            date(2026, 11, 1),
        )
        assert (venue.postcode, venue.easting_m, venue.access) == (
            WIDNES,
            WIDNES_AT[0],
            {"step_free": True},
        )
        assert {(n.need, n.directness) for n in session.scalars(select(AssetNeed))} == {
            ("loneliness_isolation", 1.0),
            ("food_insecurity", 0.5),
        }
        assert session.scalar(select(func.count()).select_from(Candidate)) == 3
        assert indexing.drift(session) == 0


def test_the_same_file_twice_leaves_the_register_as_it_was(store):
    file = read(*(row | FULL for row in many(5)))
    take(store, file)
    before = everything(store)
    report = take(store, file)
    assert everything(store) == before
    assert (report.added, report.changed, report.same) == (0, 0, 5)


def test_an_asset_is_changed_in_place_and_keeps_its_number(store):
    take(store, read(good(**FULL), *many(2)))
    number = one(store, select(Asset.asset_id).where(Asset.code == "old-kiln-lunch"))
    changed = good(
        **FULL
        | {
            "name": "New Kiln Lunch",
            "needs": "loneliness_isolation:0.9",
            "areas": "everywhere",
            "postcode": RUNCORN,
            "meets_rule": "FREQ=WEEKLY;BYDAY=FR",
            "organisation": "Kiln Trust",
        }
    )
    report = take(store, read(changed, *many(2)))
    assert (report.added, report.changed, report.same) == (0, 1, 2)
    with store.read() as session:
        asset = session.scalars(select(Asset).where(Asset.code == "old-kiln-lunch")).one()
        assert (asset.asset_id, asset.name) == (number, "New Kiln Lunch")
        of = {"asset_id": number}
        assert [n.need for n in session.scalars(select(AssetNeed).filter_by(**of))] == [
            "loneliness_isolation"
        ]
        assert [a.kind for a in session.scalars(select(AreaServed).filter_by(**of))] == [
            "everywhere"
        ]
        [schedule] = session.scalars(select(Schedule).filter_by(**of))
        assert schedule.rule == "FREQ=WEEKLY;BYDAY=FR"
        assert session.get(Venue, schedule.venue_id).postcode == RUNCORN
        assert indexing.drift(session) == 0


def test_what_nothing_is_at_or_run_by_any_more_goes(store):
    take(store, read(good(organisation="Old Trust"), good(2)))
    take(store, read(good(organisation="New Trust", venue_name="New Hall"), good(2)))
    with store.read() as session:
        assert sorted(session.scalars(select(Organisation.name))) == ["Group 2", "New Trust"]
        assert sorted(session.scalars(select(Venue.name))) == ["New Hall", "The Old Kiln"]


def test_good_assets_are_taken_and_bad_ones_told(store):
    report = take(store, read(*many(3), good(kind="?")))
    assert (report.added, report.rejected, names(store)) == (
        3,
        1,
        ["Group 0", "Group 1", "Group 2"],
    )
    assert [problem.column for problem in report.file.problems] == ["kind"]


@pytest.mark.parametrize(("bad", "ratio"), [(3, 0.5), (1, 0.2), (4, 0.9)])
def test_a_file_of_which_too_much_is_bad_changes_nothing(store, bad, ratio):
    take(store, read(good()))
    before = everything(store)
    broken = [good(n, kind="?") for n in range(bad)]
    with pytest.raises(ImportRefused) as caught:
        take(store, read(*broken, *(good(n) for n in range(bad, 4))), max_reject_ratio=ratio)
    assert caught.value.fields["rejected"] == bad
    assert everything(store) == before


def test_just_as_much_bad_as_is_allowed_is_taken(store):
    report = take(store, read(good(1, kind="?"), good(2)), max_reject_ratio=0.5)
    assert (report.added, report.rejected) == (1, 1)


def test_too_much_bad_can_be_forced_with_a_reason_that_is_kept(store):
    file = read(good(1, kind="?"), good(2, kind="?"), good(3))
    report = take(store, file, force_reason="the council's list is being mended")
    assert (report.added, report.rejected) == (1, 2)
    details = one(store, select(AuditEvent.details))
    assert details["forced"] == "the council's list is being mended"
    with pytest.raises(ImportRefused, match="nothing to force"):
        take(store, read(good(kind="?")), force_reason="because")


def test_mended_rows_alone_are_added_to_what_is_there(store):
    take(store, read(*many(3, access_yes="step_free"), good(kind="?")))
    report = take(store, read(good(kind="place")))
    assert (report.added, report.in_register) == (1, 4)
    assert one(store, select(Venue.access)) == {"step_free": True}


def test_a_mended_row_does_not_move_a_venue_from_its_door_to_its_postcode(store):
    take(store, read(*many(3, easting_m="351950", northing_m="387231")))
    take(store, read(good(7)))
    with store.read() as session:
        venue = session.scalars(select(Venue)).one()
        assert (venue.easting_m, venue.accuracy_m) == (351_950, None)


def test_a_whole_file_takes_back_what_it_no_longer_says_of_a_venue(store):
    take(store, read(*many(3, access_yes="step_free", address="Kingsway")))
    take(store, read(*many(3)))
    with store.read() as session:
        venue = session.scalars(select(Venue)).one()
        assert (venue.access, venue.address) == ({}, "")


def test_a_venue_that_changes_is_found_anew_for_every_asset_there(store):
    take(store, read(*many(3)))
    report = take(store, read(good(1, easting_m="352000", northing_m="387231")))
    assert report.same == 1
    with store.read() as session:
        rows = unpacked(b"".join(session.scalars(select(Candidate.facts))))
        assert set(rows["easting_m"].tolist()) == {352_000.0}
        assert indexing.drift(session) == 0


def test_what_a_file_leaves_out_stays_unless_the_file_is_complete(store):
    take(store, read(*many(4)))
    assert take(store, read(*many(3))).in_register == 4
    report = take(store, read(*many(3)), complete=True)
    assert (report.retired, report.in_register) == (1, 3)
    assert names(store, retired=True) == ["Group 3"]
    with store.read() as session:
        assert indexing.drift(session) == 0


def test_a_rejected_asset_is_not_left_out_and_other_sources_are_not_touched(store):
    take(store, read(*many(4), good(8, source="Another list")))
    report = take(store, read(good(0, kind="?"), *many(4)[1:]), complete=True)
    assert (report.retired, report.in_register) == (0, 5)


def test_a_complete_file_that_would_take_half_away_changes_nothing(store):
    take(store, read(*many(10)))
    before = everything(store)
    with pytest.raises(ImportRefused) as caught:
        take(store, read(*many(4)), complete=True)
    assert (caught.value.fields["before"], caught.value.fields["after"]) == (10, 4)
    assert everything(store) == before
    assert take(store, read(*many(5)), complete=True).in_register == 5
    assert take(store, read(*many(1)), complete=True, force_reason="closing").in_register == 1


def test_an_id_of_another_source_is_not_overwritten(store):
    take(store, read(good(1), good(2)))
    other = {"source": "Another list"}
    file = read(good(1, name="Not the same", postcode=ENDED, **other), good(3, **other))
    assert [warning.line for warning in file.warnings] == [2]
    report = take(store, file)
    assert report.file.warnings == ()
    assert names(store) == ["Group 1", "Group 2", "Group 3"]
    [problem] = report.file.problems
    assert "belongs to the source “Test list” already" in problem.message
    assert (problem.line, problem.column) == (2, "asset_id")
    assert take(store, file, take_over=True).changed == 1
    assert "Not the same" in names(store)


def test_a_retired_asset_comes_back_only_when_told_to(store):
    take(store, read(*many(4)))
    take(store, read(*many(3)), complete=True)
    report = take(store, read(*many(4)))
    assert (report.still_retired, report.in_register) == (1, 3)
    report = take(store, read(*many(4)), revive=True)
    assert (report.still_retired, report.in_register) == (0, 4)
    with store.read() as session:
        assert indexing.drift(session) == 0


def test_a_file_makes_a_check_and_capacity_only_fresher(store):
    take(store, read(good(assured_on="2026-11-01", assured_by="call", capacity="full")))
    take(store, read(good(assured_on="2026-10-01", assured_by="call")))
    with store.read() as session:
        asset = session.scalars(select(Asset)).one()
        assert (asset.assured_on, asset.capacity) == (date(2026, 11, 1), "full")
        days = session.scalars(select(Assurance.assured_on).order_by(Assurance.assured_on))
        assert list(days) == [date(2026, 10, 1), date(2026, 11, 1)]


def test_an_example_moves_along_with_the_days(store):
    row = good(assured_days_ago="3", closes_days="10")
    take(store, read(row))
    take(store, read(row, today=TODAY + timedelta(days=7)))
    with store.read() as session:
        asset = session.scalars(select(Asset)).one()
        assert asset.assured_on == TODAY + timedelta(days=4)
        assert asset.closes_on == TODAY + timedelta(days=17)


def test_an_import_is_written_down_and_announced_once(store):
    report = take(store, read(good(postcode=ENDED)))
    with store.read() as session:
        event = session.scalars(select(AuditEvent)).one()
        assert (event.action, event.subject, event.actor) == (
            "register.imported",
            "register",
            "operator",
        )
        assert event.details == {
            "file": "test.csv",
            "sources": ["Test list"],
            **report.counts,
        }
        message = session.scalars(select(OutboxMessage)).one()
        assert (message.topic, message.body) == ("register.imported", {"subject": "register"})
        assert session.scalars(select(RegisterVersion)).one().version > 0


def test_nobody_imports_without_leave(store):
    with pytest.raises(NotAllowed), store.work() as work:
        import_assets(work, by=Actor("anybody", PUBLIC_VISITOR), file=read(good()))
    assert names(store) == []


def test_an_import_that_cannot_be_written_down_changes_nothing(store):
    take(store, read(good()))
    before = everything(store)
    with store.work() as work:
        work.session.execute(text("DROP TABLE audit_event"))
    try:
        with pytest.raises(StoreOutOfDate):
            take(store, read(good(name="Changed"), good(2)))
    finally:
        with store.work() as work:
            AuditEvent.__table__.create(work.session.connection())
    assert everything(store) == before


def test_texts_that_look_like_sql_or_markup_are_texts(store):
    evil: Mapping[str, str] = {
        "name": "Robert'); DROP TABLE asset;--",
        "summary": '<script>alert("x")</script>',
        "venue_name": "=cmd|' /C calc'!A0",
    }
    take(store, read(good(**evil)))
    with store.read() as session:
        asset = session.scalars(select(Asset)).one()
        assert (asset.name, asset.summary) == (evil["name"], evil["summary"])
        assert session.scalar(select(Venue.name)) == evil["venue_name"]


def test_the_longest_values_that_are_taken_fit_the_columns(store):
    longest = {
        "asset_id": "x" * 64,
        "name": "é" * 200,
        "organisation": "o" * 200,
        "cost_note": "c" * 200,
        "assured_on": "2026-01-01",
        "assured_by": "b" * 120,
        "contact": "t" * 300,
        "website": "https://example.org/" + "w" * 270,
        "source": "s" * 200,
        "licence": "l" * 120,
        "venue_name": "v" * 200,
        "address": "a" * 400,
        "conditions": "z" * 40,
        "meets_rule": "FREQ=MONTHLY;INTERVAL=2;BYDAY=" + ",".join(["1MO"] * 42),
        "meets_from": "2026-01-01",
    }
    assert take(store, read(good(**longest))).added == 1


def test_an_old_excel_file_is_like_any_other(store):
    text_ = "asset_id;name;kind;postcode\r\na1;Café – “Tea”;place;WA8 6TR\r\n"
    report = take(store, read_bytes(text_.encode("cp1252")))
    assert report.added == 1
    assert names(store) == ["Café – “Tea”"]

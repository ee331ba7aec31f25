"""A steward's form of one group: added, changed, joined with another, told apart from it."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from import_world import TODAY, WIDNES, good, read, small_gazetteer
from register_town import At, add_to, east
from sqlalchemy import select, text

from service.identity.actors import Actor, operator
from service.identity.errors import NotAllowed
from service.identity.roles import LINK_WORKER, REGISTER_STEWARD
from service.register import indexing
from service.register.actions import BadChange, import_assets, retire
from service.register.actions.assets import free_code, save_asset
from service.register.actions.corrections import Proposal, propose
from service.register.actions.pairs import merge, tell_apart
from service.register.asset_filter import AssetFilter
from service.register.correction_model import AssetPair, CorrectedField, Correction, PairDecision
from service.register.errors import UnknownAsset
from service.register.imports.facts import AssetFile
from service.register.imports.one_asset import read_one
from service.register.model import Asset
from service.register.pair_queries import likely_pairs
from service.register.queries import register_version
from service.register.search import search
from service.store.errors import EditConflict, StoreOutOfDate
from service.store.work import Store

STEWARD = Actor("staff:7", REGISTER_STEWARD)
ASHA = Actor("staff:3", LINK_WORKER)
ROW = {
    "asset_id": "choir", "name": "Harbour Choir", "kind": "association", "group_kind": "lunch_club",
    "postcode": WIDNES, "venue_name": "Hall", "meets_rule": "FREQ=WEEKLY;BYDAY=TU",
    "starts_at": "10:00", "ends_at": "12:00", "delivery": "in_person", "source": "the steward",
}  # fmt: skip


def one(**changes: str) -> AssetFile:
    file, problems = read_one([ROW | changes], gazetteer=small_gazetteer(), today=TODAY)
    assert file is not None, problems
    return file


def saved(
    store: Store, file: AssetFile, seen_at: datetime | None = None, by: Actor = STEWARD
) -> tuple[int, bool]:
    with store.work() as work:
        return save_asset(work, by=by, file=file, seen_at=seen_at)


def changed_at(store: Store, asset_id: int) -> datetime:
    with store.read() as session:
        return session.scalars(select(Asset.updated_at).where(Asset.asset_id == asset_id)).one()


def test_added_and_changed_it_is_found_as_the_form_says(store: Store) -> None:
    asset_id, changed = saved(store, one())
    assert changed
    with store.read() as session:
        assert indexing.drift(session) == 0
        assert search(session, AssetFilter(text="harbour")).total == 1
        before = register_version(session)
    seen = changed_at(store, asset_id)
    assert saved(store, one(), seen) == (asset_id, False)
    with store.read() as session:
        assert session.scalar(text("SELECT count(*) FROM audit_event")) == 1
    assert saved(store, one(name="Quay Choir", starts_at="11:00"), seen) == (asset_id, True)
    with store.read() as session:
        assert indexing.drift(session) == 0
        found = search(session, AssetFilter(text="quay"))
        assert found.items[0].snapshot.meetings[0].says == "Tuesdays, 11:00 to 12:00"
        assert register_version(session) > before
        assert search(session, AssetFilter(text="harbour")).total == 0
        acts = session.scalars(text("SELECT action FROM audit_event ORDER BY event_id")).all()
        assert acts == ["asset.added", "asset.edited"]


def test_what_was_changed_first_is_a_conflict(store: Store) -> None:
    asset_id, _ = saved(store, one())
    seen = changed_at(store, asset_id)
    with pytest.raises(EditConflict):
        saved(store, one(name="Another"))
    with pytest.raises(EditConflict):
        saved(store, one(name="Another"), seen - timedelta(seconds=1))
    saved(store, one(name="First"), seen)
    with pytest.raises(EditConflict):
        saved(store, one(name="Second"), seen)
    with store.work() as work:
        assert free_code(work, "choir") == "choir-2"
        assert free_code(work, "cho") == "cho"
        retire(work, by=STEWARD, asset_id=asset_id, reason="It has ended.")
    with pytest.raises(UnknownAsset):
        saved(store, one(name="Third"), changed_at(store, asset_id))
    with pytest.raises(UnknownAsset):
        saved(store, one(asset_id="nowhere"), seen)


def test_only_a_steward_may_and_without_a_record_nothing_is_kept(store: Store) -> None:
    with pytest.raises(NotAllowed):
        saved(store, one(), by=ASHA)
    with store.work() as work:
        work.session.execute(text("ALTER TABLE audit_event RENAME TO audit_gone"))
    try:
        with pytest.raises(StoreOutOfDate):
            saved(store, one())
    finally:
        with store.work() as work:
            work.session.execute(text("ALTER TABLE audit_gone RENAME TO audit_event"))
    with store.read() as session:
        assert session.scalar(text("SELECT count(*) FROM asset")) == 0


def test_a_later_import_of_the_same_source_goes_on_from_what_the_steward_wrote(
    store: Store,
) -> None:
    with store.work() as work:
        import_assets(work, by=operator(), file=read(good(name="Harbour Choir")))
    with store.read() as session:
        asset = session.scalars(select(Asset)).one()
        code, source, seen = asset.code, asset.source, asset.updated_at
    saved(store, one(asset_id=code, source=source, name="Quay Choir"), seen)
    with store.work() as work:
        report = import_assets(work, by=operator(), file=read(good(name="Harbour Choir")))
    assert (report.changed, report.added) == (1, 0)


@pytest.fixture
def two(store: Store) -> tuple[int, int]:
    first = add_to(store, "choir", east(0), name="Harbour Choir", contact="")
    second = add_to(
        store, "choir-2", east(60), name="The Harbour Choir Group", contact="01632 960999"
    )
    add_to(store, "scouts-1", east(5), name="1st Widnes Scouts")
    add_to(store, "scouts-2", east(5), name="2nd Widnes Scouts")
    add_to(store, "far", At(900.0, 0.0), name="Harbour Choir")
    add_to(store, "nowhere", At(None, None), name="Harbour Choir")
    return first, second


def test_two_that_look_alike_are_shown_until_somebody_has_decided(
    store: Store, two: tuple[int, int]
) -> None:
    with store.read() as session:
        pairs, total = likely_pairs(session, by=STEWARD)
    assert total == 1
    assert (pairs[0].alike.first_id, pairs[0].alike.second_id) == two
    assert (pairs[0].alike.score, pairs[0].alike.apart_m) == (1.0, 60.0)
    with store.work() as work:
        tell_apart(work, by=STEWARD, first_id=two[1], second_id=two[0])
    with store.read() as session:
        assert likely_pairs(session, by=STEWARD) == ((), 0)
        assert session.get_one(AssetPair, two).decision is PairDecision.NOT_SAME
        with pytest.raises(NotAllowed):
            likely_pairs(session, by=ASHA)
    with pytest.raises(EditConflict), store.work() as work:
        merge(work, by=STEWARD, keep_id=two[0], drop_id=two[1])


def test_joined_the_one_goes_on_with_what_only_the_other_said(
    store: Store, two: tuple[int, int]
) -> None:
    said = Proposal(CorrectedField.WHEN, "Mondays", "I go there")
    with store.work() as work:
        waiting = propose(work, by=ASHA, asset_id=two[1], proposal=said)
    with store.work() as work:
        merge(work, by=STEWARD, keep_id=two[0], drop_id=two[1])
    with store.read() as session:
        keep, drop = session.get_one(Asset, two[0]), session.get_one(Asset, two[1])
        assert (keep.contact, keep.name) == ("01632 960999", "Harbour Choir")
        assert (keep.is_retired, drop.is_retired) == (False, True)
        moved = session.get_one(Correction, waiting)
        assert (moved.asset_id, moved.version) == (two[0], 2)
        assert session.get_one(AssetPair, two).kept_id == two[0]
        assert indexing.drift(session) == 0
        assert likely_pairs(session, by=STEWARD) == ((), 0)
    with pytest.raises(UnknownAsset), store.work() as work:
        merge(work, by=STEWARD, keep_id=two[0], drop_id=two[1])


def test_what_cannot_be_joined(store: Store, two: tuple[int, int]) -> None:
    with pytest.raises(NotAllowed), store.work() as work:
        merge(work, by=ASHA, keep_id=two[0], drop_id=two[1])
    with pytest.raises(NotAllowed), store.work() as work:
        tell_apart(work, by=ASHA, first_id=two[0], second_id=two[1])
    with pytest.raises(BadChange), store.work() as work:
        merge(work, by=STEWARD, keep_id=two[0], drop_id=two[0])
    old = add_to(store, "old", east(0), name="Old", min_age=60)
    young = add_to(store, "young", east(0), name="Young", max_age=20)
    with pytest.raises(BadChange, match="ages"), store.work() as work:
        merge(work, by=STEWARD, keep_id=old, drop_id=young)
    with store.read() as session:
        assert not session.get_one(Asset, young).is_retired
        assert session.scalar(text("SELECT count(*) FROM asset_pair")) == 0

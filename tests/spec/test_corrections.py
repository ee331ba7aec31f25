"""Corrections: anybody proposes, a steward decides, and the register changes with its record."""

from __future__ import annotations

from datetime import date

import pytest
from import_world import TODAY
from register_town import HOME, add_to, east
from sqlalchemy import select, text

from service.identity.actors import Actor, visitor
from service.identity.errors import NotAllowed
from service.identity.model import AuditEvent
from service.identity.roles import COMMISSIONER, LINK_WORKER, REGISTER_STEWARD
from service.register import indexing
from service.register.actions import BadChange
from service.register.actions.corrections import (
    MOST_WAITING,
    Proposal,
    Seen,
    accept,
    propose,
    refuse,
    settle,
    withdraw,
)
from service.register.asset_filter import AssetFilter
from service.register.correction_model import CorrectedField, Correction, CorrectionState
from service.register.correction_queries import correction, queue, stale, waiting_for
from service.register.errors import BadCorrection, UnknownAsset, UnknownCorrection
from service.register.facts_in_words import columns_of
from service.register.model import Asset, Assurance
from service.register.search import search
from service.store.errors import EditConflict, StoreOutOfDate
from service.store.work import Store

STEWARD = Actor("staff:7", REGISTER_STEWARD)
ASHA = Actor("staff:3", LINK_WORKER)
TOM = Actor("staff:4", LINK_WORKER)
HOW = "I was there last week"


def say(
    store: Store,
    asset_id: int,
    field: CorrectedField = CorrectedField.CONTACT,
    proposed: str = "Ask for the host, 01632 960999",
    by: Actor = ASHA,
) -> int:
    with store.work() as work:
        return propose(work, by=by, asset_id=asset_id, proposal=Proposal(field, proposed, HOW))


def take(store: Store, correction_id: int, value: str, by: Actor = STEWARD, **more: object) -> None:
    with store.read() as session:
        asset_at = session.scalars(
            select(Asset.updated_at)
            .join(Correction, Correction.asset_id == Asset.asset_id)
            .where(Correction.correction_id == correction_id)
        ).one()
    given: dict[str, object] = {"version": 1, "asset_at": asset_at, "confirmed_by": "visit"} | more
    with store.work() as work:
        accept(
            work,
            by=by,
            correction_id=correction_id,
            seen=Seen(given["version"], given["asset_at"]),  # type: ignore[arg-type]
            value=value,
            confirmed_by=str(given["confirmed_by"]),
            today=TODAY,
        )


def asset_of(store: Store, asset_id: int) -> Asset:
    with store.read() as session:
        found = session.get_one(Asset, asset_id)
        session.expunge(found)
        return found


@pytest.fixture
def choir(store: Store) -> int:
    return add_to(store, "choir", east(100), name="Harbour Choir", assured_on=date(2026, 1, 1))


@pytest.mark.parametrize(
    ("field", "value", "column", "becomes"),
    [
        (CorrectedField.NAME, "Quay  Choir", "name", "Quay Choir"),
        (CorrectedField.SUMMARY, "Songs of the sea.", "summary", "Songs of the sea."),
        (CorrectedField.CONTACT, "", "contact", ""),
        (CorrectedField.WEBSITE, "example.org/choir", "website", "http://example.org/choir"),
        (CorrectedField.COST, "£3.50. Tea is in it", "cost_pence", 350),
    ],
)
def test_accepted_it_is_in_the_register_and_its_search(
    store: Store, choir: int, field: CorrectedField, value: str, column: str, becomes: object
) -> None:
    before = asset_of(store, choir).updated_at
    number = say(store, choir, field, value or "nothing")
    take(store, number, value)
    asset = asset_of(store, choir)
    assert getattr(asset, column) == becomes
    assert asset.assured_on == TODAY
    assert asset.updated_at > before
    with store.read() as session:
        assert indexing.drift(session) == 0
        row = session.get_one(Correction, number)
        assert (row.state, row.version, row.decided_by) == (
            CorrectionState.ACCEPTED, 2, "staff:7",
        )  # fmt: skip
        assert session.scalars(select(Assurance.assured_by)).all() == ["visit"]
        acts = session.scalars(select(AuditEvent.action).order_by(AuditEvent.event_id)).all()
        assert acts == [
            "correction.proposed", "asset.corrected", "asset.assured", "correction.accepted",
        ]  # fmt: skip
        told = str(session.execute(text("SELECT * FROM audit_event")).all())
        assert HOW not in told
        assert "960999" not in told
        if field is CorrectedField.NAME:
            assert search(session, AssetFilter(text="quay")).total == 1


def test_a_group_that_has_closed_leaves_every_list(store: Store, choir: int) -> None:
    number = say(store, choir, CorrectedField.CLOSED, "")
    other = say(store, choir, CorrectedField.NAME, "Quay Choir")
    with store.read() as session:
        first = queue(session, by=STEWARD).items[0]
        assert first.correction_id == number, "what may have closed comes first"
    take(store, number, "")
    with store.read() as session:
        assert search(session, AssetFilter(near=HOME, within_m=5_000)).total == 0
        assert session.get_one(Asset, choir).is_retired
    with pytest.raises(UnknownAsset):
        take(store, other, "Quay Choir")
    with store.work() as work:
        refuse(work, by=STEWARD, correction_id=other, seen_version=1, reason="It has closed.")
    with store.read() as session:
        assert queue(session, by=STEWARD).total == 0


def test_two_who_say_different_things_both_stay_and_the_same_twice_is_one(
    store: Store, choir: int
) -> None:
    first = say(store, choir, by=ASHA)
    assert say(store, choir, by=ASHA) == first
    others = [say(store, choir, proposed="Ask for Jo", by=TOM), say(store, choir, by=visitor())]
    with store.read() as session:
        shown = queue(session, by=STEWARD)
        assert [each.correction_id for each in shown.items] == [first, *others]
        assert shown.items[0].record is not None
        assert shown.items[0].record.snapshot.name == "Harbour Choir"
        mine = waiting_for(session, by=TOM, asset_id=choir)
        assert [each.correction_id for each in mine] == others[:1]
        assert len(waiting_for(session, by=STEWARD, asset_id=choir)) == 3
        assert queue(session, by=STEWARD, offset=20).total == 3


def test_who_may_do_what(store: Store, choir: int) -> None:
    number = say(store, choir, by=visitor())
    for actor in (ASHA, Actor("staff:9", COMMISSIONER), visitor()):
        with pytest.raises(NotAllowed):
            take(store, number, "x", by=actor)
        with pytest.raises(NotAllowed), store.work() as work:
            refuse(work, by=actor, correction_id=number, seen_version=1, reason="no")
        with pytest.raises(NotAllowed), store.work() as work:
            refuse(work, by=actor, correction_id=number, seen_version=1, reason="")
        with pytest.raises(NotAllowed), store.work() as work:
            settle(work, by=actor, correction_id=number, seen_version=1)
        with store.read() as session, pytest.raises(NotAllowed):
            queue(session, by=actor)
        with store.read() as session, pytest.raises(NotAllowed):
            correction(session, by=actor, correction_id=number)
        with store.read() as session, pytest.raises(NotAllowed):
            stale(session, by=actor, before=TODAY)
        with pytest.raises(UnknownCorrection), store.work() as work:
            withdraw(work, by=actor, correction_id=number, seen_version=1)
    mine = say(store, choir, proposed="Ask for Jo", by=ASHA)
    with pytest.raises(UnknownCorrection), store.work() as work:
        withdraw(work, by=TOM, correction_id=mine, seen_version=1)
    with store.work() as work:
        withdraw(work, by=ASHA, correction_id=mine, seen_version=1)
    with pytest.raises(EditConflict), store.work() as work:
        withdraw(work, by=ASHA, correction_id=mine, seen_version=2)
    with store.read() as session:
        found = correction(session, by=STEWARD, correction_id=mine)
        assert found.state is CorrectionState.WITHDRAWN
        with pytest.raises(UnknownCorrection):
            correction(session, by=STEWARD, correction_id=10**12)


def test_what_somebody_decided_or_changed_first_is_a_conflict_and_changes_nothing(
    store: Store, choir: int
) -> None:
    number, other = say(store, choir), say(store, choir, CorrectedField.NAME, "Quay Choir")
    old = asset_of(store, choir).updated_at
    take(store, number, "Ask for Jo")
    with pytest.raises(EditConflict):
        take(store, number, "Ask for Bo")
    with pytest.raises(EditConflict):
        take(store, other, "Quay Choir", asset_at=old)
    with pytest.raises(EditConflict):
        take(store, other, "Quay Choir", version=2)
    asset = asset_of(store, choir)
    assert (asset.contact, asset.name) == ("Ask for Jo", "Harbour Choir")
    take(store, other, "Quay Choir")
    assert asset_of(store, choir).name == "Quay Choir"


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        (CorrectedField.NAME, " ", "Give the name"),
        (CorrectedField.NAME, "n" * 201, "shorten it to 200"),
        (CorrectedField.WEBSITE, "not a site", "Write a web address"),
        (CorrectedField.CONTACT, "a\x07b", "control character"),
        (CorrectedField.COST, "£99999", "at most"),
        (CorrectedField.COST, "free " + "n" * 201, "shorten it to 200"),
    ],
)
def test_what_cannot_be_read_is_refused_and_still_waits(
    store: Store, choir: int, field: CorrectedField, value: str, told: str
) -> None:
    number = say(store, choir, field, "something")
    with pytest.raises(BadCorrection, match=told) as refusal:
        take(store, number, value)
    assert refusal.value.fields["field"] == "value"
    with store.read() as session:
        assert session.get_one(Correction, number).state is CorrectionState.PROPOSED


def test_what_is_missing_or_too_much_is_said(store: Store, choir: int) -> None:
    for field, proposed, how, named in (
        (CorrectedField.NAME, " ", HOW, "proposed"),
        (CorrectedField.NAME, "x" * 1_001, HOW, "proposed"),
        (CorrectedField.CLOSED, "", "\0 ", "how_known"),
        (CorrectedField.CLOSED, "", "h" * 301, "how_known"),
    ):
        with pytest.raises(BadCorrection) as refusal, store.work() as work:
            propose(work, by=ASHA, asset_id=choir, proposal=Proposal(field, proposed, how))
        assert refusal.value.fields["field"] == named
    for gone in (0, -1, choir + 1, 10**15):
        with pytest.raises(UnknownAsset):
            say(store, gone)
    with pytest.raises(BadCorrection, match="own form"):
        take(store, say(store, choir, CorrectedField.WHEN, "Mondays"), "Mondays")
    with pytest.raises(BadChange):
        take(store, say(store, choir), "Ask for Jo", confirmed_by=" ")
    with pytest.raises(BadCorrection, match="reason"), store.work() as work:
        refuse(work, by=STEWARD, correction_id=1, seen_version=1, reason=" ")


def test_only_so_many_wait_for_one_group(store: Store, choir: int) -> None:
    for number in range(MOST_WAITING):
        say(store, choir, proposed=f"Ask for {number}", by=visitor())
    with pytest.raises(BadCorrection, match="So many"):
        say(store, choir, proposed="Ask for one more", by=visitor())


def test_without_its_record_nothing_is_changed(store: Store, choir: int) -> None:
    number = say(store, choir, CorrectedField.NAME, "Quay Choir")
    with store.work() as work:
        work.session.execute(text("ALTER TABLE audit_event RENAME TO audit_gone"))
    try:
        with pytest.raises(StoreOutOfDate):
            take(store, number, "Quay Choir")
        with pytest.raises(StoreOutOfDate):
            say(store, choir, CorrectedField.NAME, "Pier Choir")
    finally:
        with store.work() as work:
            work.session.execute(text("ALTER TABLE audit_gone RENAME TO audit_event"))
    assert asset_of(store, choir).name == "Harbour Choir"
    with store.read() as session:
        assert session.scalars(select(Correction.version)).all() == [1]


def test_what_is_old_comes_first_of_what_was_never_checked(store: Store, choir: int) -> None:
    never = add_to(store, "never", east(10), name="Never", times_asked=1)
    asked = add_to(store, "asked", east(20), name="Asked", times_asked=5)
    old = add_to(store, "old", east(30), name="Old", assured_on=date(2024, 1, 1))
    add_to(store, "fresh", east(40), name="Fresh", assured_on=TODAY)
    add_to(store, "gone", east(50), name="Gone", is_retired=True, index=False)
    with store.read() as session:
        found, total = stale(session, by=STEWARD, before=date(2026, 6, 1))
        assert [each.asset_id for each in found] == [asked, never, old, choir]
        assert total == 4
        assert stale(session, by=STEWARD, before=date(2026, 6, 1), offset=20) == ([], 4)


@pytest.mark.parametrize(
    ("said", "pence", "note"),
    [
        ("free", 0, ""),
        ("Free. Donation welcome", 0, "Donation welcome"),
        ("freely given", None, "freely given"),
        ("£2", 200, ""),
        ("2.50 a week", 250, "a week"),
        ("80p", 80, ""),
        ("pay as you feel", None, "pay as you feel"),
        ("£1.234", None, "£1.234"),
        ("", None, ""),
    ],
)
def test_a_cost_in_words(said: str, pence: int | None, note: str) -> None:
    assert columns_of(CorrectedField.COST, said) == {"cost_pence": pence, "cost_note": note}

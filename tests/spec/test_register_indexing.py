"""The derived tables follow every change of the register, in its own transaction."""

import random

import pytest
from register_town import ACTIVE, HOME, LONELY, NOWHERE, At, add, add_to, east
from sqlalchemy import delete, select, text, update

from geo.progress import Quiet
from service.register.candidates import candidates, remote_candidates
from service.register.documents import AssetDocument
from service.register.indexing import (
    assets_at,
    assets_of_organisation,
    drift,
    index_once,
    reindex,
    reindex_all,
    touch,
)
from service.register.model import Asset, AssetNeed, Organisation, Schedule, Venue
from service.register.narrowing import (
    ACCESS_BITS,
    ANY_NEED,
    AREA_BITS,
    CAPACITY_CODES,
    DAY_BITS,
    DELIVERY_BITS,
    OPEN_TO_CODES,
    PLACE_KNOWN,
    REMOTE_CELL,
    SAYS_LANGUAGES,
    UNKNOWN,
    AssetWord,
    Candidate,
    cell_of,
)
from service.register.queries import register_version
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    Capacity,
    Delivery,
    OpenTo,
    Weekday,
)


def rows(store, table=Candidate):
    columns = table.__table__.columns
    with store.read() as session:
        return sorted(tuple(row) for row in session.execute(select(*columns)))


def drifted(store):
    with store.read() as session:
        return drift(session)


def test_a_row_says_what_can_decide_before_an_asset_is_read(store):
    with store.work() as work:
        number = add(
            work,
            "full",
            east(
                250,
                rule="FREQ=WEEKLY;BYDAY=MO,WE",
                access={AccessFeature.STEP_FREE: True, AccessFeature.HEARING_LOOP: False},
            ),
            needs={LONELY: 0.75},
            areas=[(AreaKind.RADIUS_M, "3000"), (AreaKind.RADIUS_M, "800.0")],
            min_age=50,
            open_to=OpenTo.WOMEN,
            capacity=Capacity.WAITING_LIST,
            languages=["en"],
            opens_on=None,
            times_asked=5,
            times_accepted=4,
        )
    with store.read() as session:
        found = candidates(session, need=LONELY, centre=HOME, outer_m=1000)
    assert len(found) == 1
    said = {name: getattr(found, name)[0] for name in found.__slots__}
    assert said == {
        "asset_id": number,
        "venue_id": said["venue_id"],
        "directness": 0.75,
        "easting_m": HOME.easting_m + 250,
        "northing_m": HOME.northing_m,
        "min_age": 50,
        "max_age": UNKNOWN,
        "open_to": OPEN_TO_CODES[OpenTo.WOMEN],
        "capacity": CAPACITY_CODES[Capacity.WAITING_LIST],
        "opens_day": UNKNOWN,
        "closes_day": UNKNOWN,
        "checks_day": UNKNOWN,
        "assured_day": UNKNOWN,
        "acceptance": 0.8,
        "access_has": ACCESS_BITS[AccessFeature.STEP_FREE],
        "access_lacks": ACCESS_BITS[AccessFeature.HEARING_LOOP],
        "deliveries": DELIVERY_BITS[Delivery.IN_PERSON],
        "days": DAY_BITS[Weekday.MONDAY] | DAY_BITS[Weekday.WEDNESDAY],
        "meets": DAY_BITS[Weekday.MONDAY] | DAY_BITS[Weekday.WEDNESDAY],
        "serves_m": 3000,
        "areas": AREA_BITS[AreaKind.RADIUS_M],
        "routes": 0,
        "cost_pence": UNKNOWN,
        "said": SAYS_LANGUAGES | PLACE_KNOWN,
    }
    assert found.step_free.tolist() == [1]


def test_every_need_and_any_need_at_every_place(store):
    add_to(store, "many", east(0), east(5000), needs=[LONELY, ACTIVE])
    assert [(row[0], row[1]) for row in rows(store)] == [
        (need, cell_of(HOME.easting_m + metres, HOME.northing_m))
        for need in (ANY_NEED, LONELY, ACTIVE)
        for metres in (0, 5000)
    ]


@pytest.mark.parametrize(
    ("deliveries", "at", "places"),
    [
        ((Delivery.IN_PERSON,), east(1), [1]),
        ((), east(1), [1]),
        ((Delivery.IN_PERSON, Delivery.ONLINE), east(1), [0, 1]),
        ((Delivery.ONLINE,), east(1), [0]),
        ((Delivery.PHONE,), None, [0]),
        ((Delivery.IN_PERSON,), NOWHERE, [0]),
        ((Delivery.IN_PERSON,), (east(1), NOWHERE), [0, 1]),
        ((Delivery.ONLINE,), (east(1), NOWHERE), [0]),
        ((), None, [0]),
    ],
)
def test_where_an_asset_is_found(store, deliveries, at, places):
    add_to(store, "one", *(at if isinstance(at, tuple) else (at,)), deliveries=deliveries)
    found = [row for row in rows(store) if row[0] == LONELY]
    assert [row[3] for row in found] == places
    assert [row[1] == REMOTE_CELL for row in found] == [place == 0 for place in places]


def test_an_asset_without_any_schedule_is_still_found(store):
    number = add_to(store, "bare")
    with store.read() as session:
        assert remote_candidates(session, need=LONELY).asset_id.tolist() == [number]


def test_the_days_are_those_of_that_place(store):
    add_to(
        store,
        "two",
        east(0, rule="FREQ=WEEKLY;BYDAY=MO"),
        east(5000, rule="FREQ=WEEKLY;BYDAY=FR"),
        At(None, None, rule="FREQ=WEEKLY;BYDAY=SU"),
        deliveries=(Delivery.IN_PERSON, Delivery.PHONE),
    )
    days = [(row[1] == REMOTE_CELL, row[-1]) for row in rows(store) if row[0] == LONELY]
    assert days == [
        (True, DAY_BITS[Weekday.SUNDAY]),
        (False, DAY_BITS[Weekday.MONDAY]),
        (False, DAY_BITS[Weekday.FRIDAY]),
    ]


def test_a_retired_asset_has_no_rows(store):
    with store.work() as work:
        number = add(work, "gone", east(0))
        add(work, "stays", east(0))
        work.session.get_one(Asset, number).is_retired = True
        reindex(work, [number, 999_999])
    assert {row[2] for row in rows(store)} == {number + 1}
    assert number not in {row[1] for row in rows(store, AssetWord)}
    assert drifted(store) == 0


def test_work_that_fails_leaves_the_index_as_it_was(store):
    add_to(store, "one", east(0))
    before = rows(store)
    with pytest.raises(RuntimeError), store.work() as work:
        work.session.execute(update(Asset).values(min_age=40))
        reindex(work, [1])
        raise RuntimeError
    assert rows(store) == before
    assert drifted(store) == 0


def test_every_change_counts_the_version_up(store):
    def version():
        with store.read() as session:
            return register_version(session)

    assert version() == 0
    add_to(store, "one", east(0))
    first = version()
    assert first == 1
    with store.work() as work:
        touch(work)
    assert version() == first + 1
    with store.work() as work:
        reindex_all(work)
    assert version() == first + 2


def test_who_must_be_reindexed_when_a_venue_or_an_organisation_changes(store):
    one = add_to(store, "one", east(0), organisation="A")
    two = add_to(store, "two", east(0), organisation="B")
    with store.work() as work:
        shared = work.session.scalars(select(Schedule.venue_id)).first()
        work.session.add(Schedule(asset_id=two, venue_id=shared))
        work.session.flush()
        assert assets_at(work.session, [shared]) == [one, two]
        assert assets_at(work.session, []) == []
        assert assets_of_organisation(work.session, 1) == [one]


@pytest.mark.parametrize(
    ("damage", "count"),
    [
        ("DELETE FROM candidate WHERE need = '*'", 2),
        ("UPDATE candidate SET min_age = 7 WHERE asset_id = 1", 2),
        ("UPDATE candidate SET cell = cell + 1 WHERE asset_id = 1", 4),
        ("UPDATE candidate SET asset_id = 77 WHERE asset_id = 1", 4),
        ("UPDATE candidate SET facts = (SELECT max(facts) FROM candidate)", 2),
        ("DELETE FROM asset_document WHERE asset_id = 1", 1),
        ("UPDATE asset_document SET document = '[]' WHERE asset_id = 1", 1),
        ("UPDATE asset_document SET asset_id = 77 WHERE asset_id = 1", 2),
        ("DELETE FROM asset_word WHERE word = 'first'", 1),
        ("UPDATE asset SET is_retired = true WHERE asset_id = 1", 2 + 5 + 1),
    ],
)
def test_drift_counts_what_is_wrong(store, damage, count):
    add_to(store, "first", east(0))
    add_to(store, "second", east(0))
    assert drifted(store) == 0
    with store.work() as work:
        work.session.execute(text(damage))
    assert drifted(store) == count
    with store.work() as work:
        reindex_all(work)
    assert drifted(store) == 0


def test_an_upgrade_that_emptied_a_table_is_made_good_once(store):
    with store.work() as work:
        assert index_once(work) == 0
    add_to(store, "first", east(0))
    kept = rows(store), rows(store, AssetDocument)
    for table in ("candidate", "asset_document"):
        with store.work() as work:
            assert index_once(work) == 0
            work.session.execute(text(f"DELETE FROM {table}"))
            assert index_once(work) == 1
        assert (rows(store), rows(store, AssetDocument)) == kept


class Told(Quiet):
    def __init__(self) -> None:
        self.said = []

    def begin(self, what, total):
        self.said.append(total)

    def advance(self, steps):
        self.said.append(steps)

    def end(self):
        self.said.append("end")


def test_a_full_rebuild_tells_how_far_it_is(store):
    for number in range(3):
        add_to(store, f"g{number}", east(number))
    told = Told()
    with store.work() as work:
        assert reindex_all(work, told) == 3
    assert told.said == [3, 3, "end"]


def random_edit(rng, work, ids):
    """One change of the register, and the assets whose rows must follow it."""
    session = work.session
    asset_id = rng.choice(ids)
    asset = session.get_one(Asset, asset_id)
    match rng.randrange(8):
        case 0:
            return [add(work, f"new-{rng.random()}", east(rng.randrange(9000)), index=False)]
        case 1:
            asset.is_retired = not asset.is_retired
        case 2:
            asset.min_age, asset.capacity = rng.choice([(None, "open"), (18, "full")])
        case 3:
            need = rng.choice([LONELY, ACTIVE, "digital"])
            session.execute(delete(AssetNeed).where(AssetNeed.asset_id == asset_id))
            session.add(AssetNeed(asset_id=asset_id, need=need, directness=rng.choice([0.5, 1.0])))
        case 4:
            venue = rng.choice(session.scalars(select(Venue).order_by(Venue.venue_id)).all())
            venue.easting_m = rng.choice([None, 350_000.0, 351_999.5])
            session.flush()
            return assets_at(session, [venue.venue_id])
        case 5:
            session.execute(delete(Schedule).where(Schedule.asset_id == asset_id))
        case 6:
            asset.deliveries = rng.choice([["online"], ["in_person"], ["in_person", "phone"], []])
        case 7:
            run_by = session.get_one(Organisation, asset.organisation_id)
            run_by.name = f"Trust {rng.random()}"
            session.flush()
            return assets_of_organisation(session, run_by.organisation_id)
    return [asset_id]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_many_small_changes_give_what_a_full_rebuild_gives(store, seed):
    rng = random.Random(seed)
    ids = [
        add_to(store, f"g{number}", east(700 * number), organisation=f"Trust {number % 3}")
        for number in range(6)
    ]
    for _ in range(25):
        with store.work() as work:
            changed = random_edit(rng, work, ids)
            reindex(work, changed)
            ids = sorted({*ids, *changed})
    kept = rows(store), rows(store, AssetWord), rows(store, AssetDocument)
    assert drifted(store) == 0
    with store.work() as work:
        reindex_all(work)
    assert (rows(store), rows(store, AssetWord), rows(store, AssetDocument)) == kept

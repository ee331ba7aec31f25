"""The narrowing table and the searches give what a scan of every asset gives, on both databases."""

import random
from dataclasses import replace

import pytest
import register_scan as scan
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from register_town import ACTIVE, HOME, LONELY, NOWHERE, At, add
from sqlalchemy import select

from geo.distance import straight_lines_m
from geo.point import GridPoint
from service.register.areas import Whereabouts
from service.register.asset_filter import AssetFilter
from service.register.candidates import (
    GROWTH_M,
    MAX_M,
    candidates,
    candidates_of_each,
    growing_rings,
    nearest_assets,
    remote_candidates,
    remote_candidates_of_each,
)
from service.register.first_ring import REACHES_M, first_ring
from service.register.indexing import reindex_all
from service.register.model import Asset
from service.register.narrowing import ANY_NEED, AssetWord, Candidate
from service.register.search import search
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    Weekday,
)

NEEDS = (LONELY, ACTIVE, "digital")
DELIVERIES = [
    (),
    (Delivery.IN_PERSON,),
    (Delivery.IN_PERSON,),
    (Delivery.IN_PERSON, Delivery.PHONE),
    (Delivery.ONLINE,),
]
AREAS = [
    [],
    [(AreaKind.EVERYWHERE, "")],
    [(AreaKind.POSTCODE_DISTRICT, "WA8"), (AreaKind.RADIUS_M, "9000")],
    [(AreaKind.LOCAL_AUTHORITY, "E06000006")],
    [(AreaKind.RADIUS_M, "30000")],
]


def place(rng):
    # Round numbers on purpose: edges of squares, equal distances, the same place twice.
    spread = rng.choice([900, 5_000, 40_000])
    east_m, north_m = (round(rng.uniform(-spread, spread), -2) for _ in range(2))
    access = {each: rng.random() < 0.6 for each in AccessFeature if rng.random() < 0.4}
    rule = rng.choice(["", "FREQ=WEEKLY;BYDAY=MO", "FREQ=WEEKLY;BYDAY=TU,FR", "FREQ=DAILY"])
    return At(east_m, north_m, rule=rule, access=access)


def random_town(work, seed, count=120):
    """Invented assets of every kind there is, the same for the same seed."""
    rng = random.Random(seed)
    for number in range(count):
        at = [place(rng) for _ in range(rng.choice([0, 1, 1, 1, 2, 3]))]
        at += rng.choice([[], [], [], [None], [NOWHERE]])
        ages = rng.choice([(None, None), (18, None), (None, 11), (50, 65)])
        add(
            work,
            f"g{number}",
            *at,
            needs={need: rng.choice([0.5, 1.0]) for need in rng.sample(NEEDS, rng.randint(0, 3))},
            areas=rng.choice(AREAS),
            deliveries=rng.choice(DELIVERIES),
            organisation=f"Trust {number % 7}",
            kind=rng.choice(list(AssetKind)[:3]),
            min_age=ages[0],
            max_age=ages[1],
            cost_pence=rng.choice([None, 0, 200]),
            capacity=rng.choice(list(Capacity)),
            index=False,
        )
    for number in rng.sample(range(1, count + 1), count // 10):
        work.session.get_one(Asset, number).is_retired = True
    reindex_all(work)


@pytest.fixture
def town(store):
    with store.work() as work:
        random_town(work, seed=7)
    return store


centres = st.builds(
    lambda east, north: GridPoint(HOME.easting_m + east, HOME.northing_m + north),
    st.one_of(st.integers(-12_000, 12_000), st.sampled_from([0, 1000, -1000, 500])),
    st.one_of(st.integers(-12_000, 12_000), st.sampled_from([0, 1000, -1000, 500])),
)
radii = st.one_of(st.floats(0, 50_000), st.sampled_from([0.0, 500.0, 1000.0, *GROWTH_M, MAX_M]))
wants = st.builds(
    AssetFilter,
    near=centres,
    within_m=radii,
    needs=st.sampled_from([(), (LONELY,), (LONELY, ACTIVE), NEEDS]),
    wider=st.booleans(),
    district=st.sampled_from([None, "WA8", "L24"]),
    authority=st.sampled_from([None, "E06000006"]),
    days=st.sampled_from([frozenset(), frozenset({Weekday.MONDAY, Weekday.SUNDAY})]),
    age_from=st.sampled_from([None, 11, 30]),
    access=st.sampled_from(
        [
            frozenset(),
            frozenset({AccessFeature.STEP_FREE}),
            frozenset({AccessFeature.STEP_FREE, AccessFeature.SEATING}),
        ]
    ),
    free=st.booleans(),
    kinds=st.sampled_from([frozenset(), frozenset({AssetKind.GIFT})]),
    deliveries=st.sampled_from([frozenset(), frozenset({Delivery.PHONE, Delivery.ONLINE})]),
    free_places=st.sampled_from([False, False, True]),
    limit=st.just(100),
)
BOUNDED = settings(
    max_examples=60,
    deadline=None,
    # The town is read only: one for all examples is right.
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@given(need=st.sampled_from([*NEEDS, ANY_NEED]), centre=centres, outer=radii, inner=radii)
@BOUNDED
def test_no_asset_within_the_radius_is_missing_and_rings_fit_together(
    town, need, centre, outer, inner
):
    inner, outer = sorted((inner, outer))
    with town.read() as session:
        ring = candidates(session, need=need, centre=centre, outer_m=outer, inner_m=inner)
        whole = candidates(session, need=need, centre=centre, outer_m=outer)
        hole = candidates(session, need=need, centre=centre, outer_m=inner)
        needs = () if need == ANY_NEED else (need,)
        there = {
            (record.snapshot.asset_id, each.venue_id)
            for record in scan.every_asset(session)
            if scan.serves(record.snapshot, needs)
            for each in scan.can_be_gone_to(record.snapshot)
            if scan.metres(centre, each.point) <= outer
        }
    pairs = list(zip(whole.asset_id.tolist(), whole.venue_id.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs)
    assert there <= set(pairs)
    parts = [ring] if inner == 0 else [ring, hole]
    got = [
        pair
        for rows in parts
        for pair in zip(rows.asset_id.tolist(), rows.venue_id.tolist(), strict=True)
    ]
    assert sorted(got) == sorted(pairs)
    # Not everything either: nothing is given that is a square or more beyond the box.
    away = straight_lines_m(centre, whole.easting_m, whole.northing_m)
    assert not (away > (outer + 1000) * 1.4143).any()


@given(need=st.sampled_from(NEEDS), centre=centres, count=st.integers(1, 30), within=radii)
@BOUNDED
def test_the_nearest_are_those_of_a_scan_in_its_order(town, need, centre, count, within):
    with town.read() as session:
        found = nearest_assets(session, need=need, centre=centre, count=count, within_m=within)
        expected = scan.nearest(session, need, centre, count, within)
    assert list(zip(found.asset_id.tolist(), found.venue_id.tolist(), strict=True)) == expected
    assert found.distance_m.tolist() == sorted(found.distance_m.tolist())


@given(wanted=wants)
@BOUNDED
def test_a_search_near_a_place_is_a_scan_of_everything(town, wanted):
    with town.read() as session:
        page = search(session, wanted)
        expected = scan.search_near(session, wanted)
    got = [
        (each.reach.value, each.code, each.place.venue_id if each.place else 0)
        for each in page.items
    ]
    assert got == expected[:100]
    assert page.total == len(expected)


def test_remote_candidates_are_those_of_a_scan(town):
    with town.read() as session:
        for need in NEEDS:
            found = remote_candidates(session, need=need)
            expected = [
                record.snapshot.asset_id
                for record in scan.every_asset(session)
                if scan.serves(record.snapshot, (need,))
                and (
                    any(each is not Delivery.IN_PERSON for each in record.snapshot.deliveries)
                    or not scan.can_be_gone_to(record.snapshot)
                    or len(scan.can_be_gone_to(record.snapshot)) < len(record.snapshot.places)
                )
            ]
            assert found.asset_id.tolist() == expected
            assert len(expected) > 0


@given(
    needs=st.lists(st.sampled_from(NEEDS), min_size=1, max_size=3, unique=True),
    centre=centres,
    enough=st.integers(0, 200),
    plenty=st.integers(0, 100),
)
@BOUNDED
def test_the_first_ring_is_the_smallest_with_enough_and_leaves_nothing_out(
    town, needs, centre, enough, plenty
):
    at = Whereabouts("WA8", "E06000006", centre)
    with town.read() as session:
        found = first_ring(session, needs=needs, at=at, centre=centre, enough=enough, plenty=plenty)
        remote = remote_candidates_of_each(session, needs=needs, at=at)
        near = {
            reach_m: candidates_of_each(session, needs=needs, centre=centre, outer_m=reach_m)
            for reach_m in REACHES_M
        }
    complete_m = before = 0
    for reach_m, rows in near.items():
        count = sum(map(len, rows))
        if before >= enough and count > max(enough, plenty):
            break
        complete_m, before = reach_m, count
    assert found.complete_m == complete_m
    expected = near.get(found.complete_m) or [rows.where(rows.asset_id < 0) for rows in remote]
    for rows, placed, elsewhere in zip(found.rows, expected, remote, strict=True):
        pairs = list(zip(rows.asset_id.tolist(), rows.venue_id.tolist(), strict=True))
        those = zip(placed.asset_id.tolist(), placed.venue_id.tolist(), strict=True)
        assert sorted(pair for pair in pairs if pair[1]) == sorted(those)
        assert {asset for asset, venue in pairs if not venue} == set(elsewhere.asset_id.tolist())


def test_several_needs_are_read_as_each_by_itself(town):
    with town.read() as session:
        together = candidates_of_each(session, needs=NEEDS, centre=HOME, outer_m=4_000)
        apart = [candidates(session, need=need, centre=HOME, outer_m=4_000) for need in NEEDS]
    assert [rows.asset_id.tolist() for rows in together] == [
        rows.asset_id.tolist() for rows in apart
    ]


def test_rings_grow_to_the_largest_radius_and_give_each_row_once(town):
    with town.read() as session:
        rings = list(growing_rings(session, need=LONELY, centre=HOME))
        whole = candidates(session, need=LONELY, centre=HOME, outer_m=MAX_M)
    assert [reached for reached, _ in rings] == [*GROWTH_M[:-1], MAX_M]
    assert sorted(n for _, rows in rings for n in rows.asset_id.tolist()) == sorted(
        whole.asset_id.tolist()
    )


WORDS = [
    *("hall", "trust", "example", "g1", "g12", "lonely", "company", "sing"),
    *("digital", "computer", "move", "walking", "xylo", "the"),
]


@given(words=st.lists(st.sampled_from(WORDS), min_size=1, max_size=5).map(" ".join))
@BOUNDED
def test_a_search_by_words_is_a_scan_of_every_word(town, words):
    with town.read() as session:
        page = search(session, AssetFilter(text=words, limit=100))
        expected = scan.search_words(session, words)
    assert [(each.words_matched, each.code) for each in page.items] == expected[:100]
    assert page.total == len(expected)


@pytest.fixture
def twins(sqlite_store, postgresql_store):
    for each in (sqlite_store, postgresql_store):
        with each.work() as work:
            random_town(work, seed=11)
    return sqlite_store, postgresql_store


@given(wanted=wants, text=st.sampled_from(["", "g1", "lonely company", "trust", "digital hall"]))
@BOUNDED
def test_both_databases_give_one_answer(twins, wanted, text):
    answers = []
    for each in twins:
        with each.read() as session:
            near = search(session, replace(wanted, text=text))
            anywhere = search(
                session, replace(wanted, text=text, near=None, within_m=None, wider=False)
            )
        answers.append(
            [
                (page.total, [(one.code, one.reach, one.distance_m) for one in page.items])
                for page in (near, anywhere)
            ]
        )
    assert answers[0] == answers[1]


def test_both_databases_keep_the_same_rows(twins):
    for table in (Candidate, AssetWord):
        kept = []
        for each in twins:
            with each.read() as session:
                kept.append(sorted(map(tuple, session.execute(select(*table.__table__.columns)))))
        assert kept[0] == kept[1]
        assert len(kept[0]) > 200

"""Defects seen in other directories of groups, each held off here.

Those about the radius, the order, areas served, several places, filters, ages and words are in
`test_register_search.py` and `test_register_words.py`; these need a register of their own.
"""

import pytest
from register_town import ACTIVE, HOME, LONELY, NOWHERE, At, add, add_to, east
from sqlalchemy import select, text
from statements import counted

from geo.errors import BadRadius
from geo.point import GridPoint
from service.register.asset_filter import AssetFilter
from service.register.candidates import (
    BY_STRIP,
    candidates,
    nearest_assets,
    remote_candidates,
)
from service.register.first_ring import asked
from service.register.indexing import reindex, reindex_all
from service.register.model import AssetNeed, Schedule, Venue
from service.register.narrowing import ANY_NEED
from service.register.search import search
from service.store.engine import make_engine
from service.store.errors import StoreOutOfDate
from service.store.work import Store


def codes(store, **wanted):
    with store.read() as session:
        return [each.code for each in search(session, AssetFilter(**wanted)).items]


def test_a_crowd_elsewhere_never_starves_a_place(store):
    with store.work() as work:
        for number in range(150):
            name = "Choir singing club for singers"
            add(work, f"far{number}", east(200_000 + number), name=name, index=False)
        add(work, "here", east(300), name="Small choir", index=False)
        reindex_all(work)
    assert codes(store, near=HOME) == ["here"]
    assert codes(store, near=HOME, text="choir singing") == ["here"]
    with store.read() as session:
        found = nearest_assets(session, need=LONELY, centre=HOME, count=10)
    assert found.distance_m.tolist() == [300.0]


def test_of_several_assets_at_one_venue_the_right_one_is_found(store):
    with store.work() as work:
        choir = add(work, "choir", east(100), name="Choir")
        chess = add(work, "chess", name="Chess club", needs=[ACTIVE])
        hall = work.session.scalars(select(Venue.venue_id)).one()
        work.session.add(Schedule(asset_id=chess, venue_id=hall))
        reindex(work, [choir, chess])
    assert codes(store, near=HOME) == ["choir", "chess"]
    assert codes(store, near=HOME, needs=(ACTIVE,)) == ["chess"]
    assert codes(store, near=HOME, text="chess") == ["chess"]


def test_nearest_is_not_everything_in_the_country(store):
    for number, metres in enumerate((49_000, 50_000, 50_001, 120_000)):
        add_to(store, f"g{number}", east(metres))
    with store.read() as session:
        found = nearest_assets(session, need=LONELY, centre=HOME, count=10)
    assert found.distance_m.tolist() == [49_000.0, 50_000.0]


def test_a_change_of_needs_is_found_at_once(store):
    number = add_to(store, "one", east(10))
    assert codes(store, near=HOME, needs=(ACTIVE,)) == []
    with store.work() as work:
        work.session.add(AssetNeed(asset_id=number, need=ACTIVE, directness=0.5))
        reindex(work, [number])
    assert codes(store, near=HOME, needs=(ACTIVE,)) == ["one"]


def plan(store, statements):
    """How the database goes about the statements, as one text; sequential reading is dear."""
    said = []
    explain = "EXPLAIN QUERY PLAN " if store.engine.dialect.name == "sqlite" else "EXPLAIN "
    with store.engine.connect() as connection:
        if store.engine.dialect.name == "postgresql":
            connection.execute(text("SET LOCAL enable_seqscan = off"))
        for statement, parameters in statements:
            rows = connection.exec_driver_sql(explain + statement, parameters)
            said += [str(row[-1]) for row in rows]
    return "\n".join(said)


def test_a_place_is_looked_up_and_not_looked_for(store):
    dialect = store.engine.dialect.name
    parameters = {
        "sqlite": (f'["{LONELY}"]', "[[1,2],[1001,1002]]"),
        "postgresql": ([LONELY], [1, 1001], [2, 1002]),
    }
    ranges = [(0, -5, -5), (1, 1, 2), (2, 1001, 1002)]
    first = asked([LONELY], ["1"], ranges, (10, 20, 2))
    for sent in ((BY_STRIP[dialect], parameters[dialect]), first[dialect]):
        said = plan(store, [sent])
        if dialect == "sqlite":
            assert "SEARCH candidate USING PRIMARY KEY (need=? AND cell>? AND cell<?)" in said
        else:
            assert "Index Scan using pk_candidate" in said
            assert "cell >= strip.low" in said
            assert "Seq Scan on candidate" not in said
        assert "SCAN candidate" not in said


def test_a_word_is_looked_up_and_not_looked_for(sqlite_store):
    add_to(sqlite_store, "one", east(1), name="Choir")
    with sqlite_store.read() as session, counted(session) as sent:
        search(session, AssetFilter(text="choir"))
        search(session, AssetFilter(text="choir", near=HOME))
    words = [each for each in sent if "asset_word" in each]
    assert len(words) == 2
    said = plan(sqlite_store, [(each, ("x",) * each.count("?")) for each in words if "?" in each])
    assert "SEARCH asset_word USING PRIMARY KEY (word>? AND word<?)" in said
    assert "ix_asset_word_asset_id (asset_id=?)" in said
    assert "SCAN asset_word" not in said


@pytest.mark.parametrize(
    "wanted",
    [
        AssetFilter(),
        AssetFilter(text="hall"),
        AssetFilter(near=HOME),
        AssetFilter(near=HOME, text="hall", free_places=True, wider=True),
    ],
)
def test_a_search_takes_as_many_statements_for_many_as_for_one(store, wanted):
    sent_for = []
    add_to(store, "first", east(0))
    for count in (0, 40):
        with store.work() as work:
            for number in range(count):
                add(work, f"g{number}", east(number), NOWHERE, index=False)
            reindex_all(work)
        with store.read() as session, counted(session) as sent:
            search(session, wanted)
        sent_for.append(len(sent))
    assert sent_for[0] == sent_for[1] <= 8


def test_a_need_nobody_serves_and_an_empty_register_give_nothing(store):
    with store.read() as session:
        for need in (LONELY, ANY_NEED, "no such need"):
            assert len(candidates(session, need=need, centre=HOME, outer_m=50_000)) == 0
            assert len(remote_candidates(session, need=need)) == 0
        assert search(session, AssetFilter()).total == 0
        assert search(session, AssetFilter(near=HOME, wider=True, text="choir")).items == ()


def test_a_ring_must_not_be_inside_out(sqlite_store):
    with sqlite_store.read() as session, pytest.raises(BadRadius):
        candidates(session, need=LONELY, centre=HOME, outer_m=1000, inner_m=2000)


@pytest.mark.parametrize("centre", [GridPoint(0, 500), GridPoint(700_000, 1_300_000)])
def test_the_edge_of_the_grid_is_a_place_like_any_other(store, centre):
    east_m, north_m = centre.easting_m - HOME.easting_m, centre.northing_m - HOME.northing_m
    add_to(store, "edge", At(east_m, north_m))
    assert codes(store, near=centre, within_m=0) == ["edge"]
    assert codes(store, near=centre, within_m=50_000) == ["edge"]


def test_a_database_without_the_tables_is_told_as_such(empty_database_url):
    engine = make_engine(empty_database_url)
    with pytest.raises(StoreOutOfDate, match="kith db upgrade"), Store(engine).read() as session:
        candidates(session, need=LONELY, centre=HOME, outer_m=1000)
    engine.dispose()

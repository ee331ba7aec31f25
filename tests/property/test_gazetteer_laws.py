"""Laws of the gazetteer: many is one by one, and an import is what its rule says."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.postcode_twin import Fact, merged
from postcode_files import SOME, keep

from geo.gazetteer import Gazetteer, open_gazetteer
from geo.gazetteer_answer import one_by_one
from geo.gazetteer_build import to_arrays, to_rows
from geo.gazetteer_keys import UNIT_OF, UNITS, keys_of, sector_name
from geo.gazetteer_rows import (
    ENDED_UNKNOWN,
    Rows,
    merge,
    month,
    pack_code,
    settle,
    unpack_code,
)

BOUNDED = settings(max_examples=100, deadline=None)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Gazetteer:
    return open_gazetteer(keep(tmp_path_factory.mktemp("small")))


NEAR_POSTCODES = st.text("WA86TR 71BDSM0Iwa\u00a0.-\x00é", max_size=9)


@BOUNDED
@given(st.lists(st.one_of(NEAR_POSTCODES, st.sampled_from([s[:7] for s in SOME[:7]])), max_size=9))
def test_many_is_one_by_one(small: Gazetteer, texts: list[str]) -> None:
    many, each = small.locate_many(texts), one_by_one(small.locate, texts)
    assert many.qualities.tolist() == each.qualities.tolist()
    assert dict(many.malformed) == dict(each.malformed)
    for ours, theirs in (
        (many.eastings_m, each.eastings_m),
        (many.northings_m, each.northings_m),
        (many.accuracy_m, each.accuracy_m),
    ):
        assert np.array_equal(ours, theirs, equal_nan=True)


TEXTS = [
    f"{outward} {figure}A{last}" for outward in ("M1", "WA8") for figure in "12" for last in "AB"
]
FACTS = st.builds(
    Fact,
    easting=st.sampled_from([400_000, 400_050, 400_100, 400_101, 400_300]),
    northing=st.just(300_000),
    grade=st.sampled_from([10, 50, 60]),
    ended=st.sampled_from([None, None, "1999-12", "2014-03", "unknown"]),
    codes=st.fixed_dictionaries(
        {
            "lads": st.sampled_from([None, "E06000006"]),
            "lsoa21s": st.sampled_from([None, "E01012367", "E01034001"]),
            "lsoa11s": st.none(),
        }
    ),
)
TABLES = st.dictionaries(st.sampled_from(TEXTS), FACTS, max_size=8)


def rows_of(facts: dict[str, Fact]) -> Rows:
    def ended(fact: Fact) -> int:
        if fact.ended in (None, "unknown"):
            return 0 if fact.ended is None else ENDED_UNKNOWN
        return int(fact.ended[:4]) * 12 + int(fact.ended[5:]) - 1

    held = list(facts.values())
    return settle(
        Rows(
            keys_of(list(facts)),
            np.array([fact.easting for fact in held], dtype=np.int32),
            np.array([fact.northing for fact in held], dtype=np.int32),
            np.array([fact.grade for fact in held], dtype=np.uint8),
            np.array([ended(fact) for fact in held], dtype=np.uint16),
            *(
                np.array([pack_code(fact.codes[name] or "") for fact in held], dtype=np.uint32)
                for name in ("lads", "lsoa21s", "lsoa11s")
            ),
            np.zeros(len(held), dtype=bool),
        )
    )


def facts_of(rows: Rows) -> dict[str, Fact]:
    ending = {place: pair for pair, place in UNIT_OF.items()}
    found = {}
    for row, key in enumerate(rows.keys.tolist()):
        ended = int(rows.ended[row])
        found[sector_name(key // UNITS) + ending[key % UNITS]] = Fact(
            int(rows.eastings[row]),
            int(rows.northings[row]),
            int(rows.grades[row]),
            "unknown" if ended == ENDED_UNKNOWN else month(ended),
            {
                name: unpack_code(int(getattr(rows, name)[row]))
                for name in ("lads", "lsoa21s", "lsoa11s")
            },
        )
    return found


@BOUNDED
@given(TABLES, TABLES, st.booleans(), st.sets(st.sampled_from(["lads", "lsoa21s", "lsoa11s"])))
def test_an_import_is_its_rule(
    older: dict[str, Fact], newer: dict[str, Fact], whole_areas: bool, carries: set[str]
) -> None:
    for fact in newer.values():
        # A column that the file lacks is empty in what is read from it.
        fact.codes = {name: c if name in carries else None for name, c in fact.codes.items()}
    held = frozenset(carries)
    result = merge(rows_of(older), rows_of(newer), carries=held, whole_areas=whole_areas)
    expected = merged(older, newer, carries=held, whole_areas=whole_areas)
    assert facts_of(result.rows) == expected
    assert result.added == len(newer.keys() - older.keys())
    assert result.replaced == len(newer.keys() & older.keys())
    assert result.retired == sum(
        expected[text].ended == "unknown" != fact.ended
        for text, fact in older.items()
        if text not in newer
    )


@BOUNDED
@given(TABLES)
def test_packing_keeps_every_row(facts: dict[str, Fact]) -> None:
    assert facts_of(to_rows(to_arrays(rows_of(facts)))) == facts

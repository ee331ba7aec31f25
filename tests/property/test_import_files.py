"""Whatever the bytes, an import answers; whatever the dialect, the words are the same."""

from __future__ import annotations

import csv
import io
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st
from import_world import GOOD, MAX_BYTES, good, many, read, read_bytes, rows_csv

from service.register.errors import BadImportFile
from service.register.imports.columns import ASSET_FILE
from service.register.imports.header import Layout
from service.register.imports.list_sizes import whole
from service.register.imports.reading import read_table
from service.register.imports.rejects import rejected_rows, write_rejects

LAYOUT = Layout("a test file", ("code", "name", "note"), frozenset({"code", "name"}))
bounded = settings(max_examples=100, deadline=None)

# Letters that both encodings of one byte have, and what CSV must quote.
words = st.text(alphabet="abc XYZ09,;|\t\"'\n£é’–", min_size=0, max_size=12).map(
    lambda text: " ".join(text.split(" ")).strip()
)
records = st.lists(st.tuples(words, words, words), min_size=1, max_size=6)


@bounded
@given(
    rows=records,
    delimiter=st.sampled_from(",;\t|"),
    ending=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]),
)
def test_a_table_is_the_same_in_every_dialect(rows, delimiter, ending, encoding):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter, lineterminator=ending)
    writer.writerows([LAYOUT.columns, *rows])
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    try:
        table = read_table(text.getvalue().encode(encoding), LAYOUT, max_bytes=MAX_BYTES)
    except BadImportFile as error:
        assert not filled
        assert "no rows" in error.message
        return
    found = [tuple(row.cells[column] for column in LAYOUT.columns) for row in table.rows]
    assert found == [tuple(cell.strip() for cell in row) for row in filled]


@bounded
@given(data=st.binary(max_size=400))
def test_any_bytes_give_a_table_or_a_sentence(data):
    try:
        table = read_table(data, LAYOUT, max_bytes=MAX_BYTES)
    except BadImportFile as error:
        assert error.message.endswith((".", "?"))
    else:
        assert table.rows


@bounded
@given(
    cells=st.dictionaries(
        st.sampled_from(ASSET_FILE.columns),
        st.text(max_size=30).filter(lambda text: "\0" not in text),
        max_size=12,
    )
)
def test_any_cells_give_an_asset_or_problems_that_say_where(cells):
    try:
        found = read(GOOD | cells, good(1))
    except UnicodeEncodeError:
        return
    except BadImportFile as error:
        assert error.message
        return
    told = [problem for problem in found.problems if problem.line == 2]
    taken = {asset.line for asset in found.assets}
    assert (2 in taken) is not bool(told)
    assert all(problem.column in (*ASSET_FILE.columns, "") for problem in told)
    assert all(problem.message for problem in told)
    assert 3 in taken or cells.get("asset_id") == "group-1" or told


@bounded
@given(bad=st.sets(st.integers(0, 9), min_size=1), delimiter=st.sampled_from(",;"))
def test_mended_rejects_and_the_rest_are_the_whole_file(tmp_path_factory, bad, delimiter):
    rows = many(10)
    broken = [row | {"kind": "?"} if n in bad else row for n, row in enumerate(rows)]
    first = read_bytes(rows_csv(*broken, delimiter=delimiter))
    path = tmp_path_factory.mktemp("rejects") / "mend.csv"
    assert write_rejects(path, first.table, rejected_rows(first), first.problems) == len(bad)
    mended = path.read_bytes().replace(b",?,", b",association,")
    second = read_bytes(mended, name="test.csv")
    assert second.problems == ()
    together = {asset.code for asset in (*first.assets, *second.assets)}
    assert together == {asset.code for asset in read(*rows).assets}
    assert not second.table.notes


def slow_whole(counts: dict[tuple[str, str], int]) -> int:
    """The slow twin: the first of four ways that finds a row, written out."""
    ways = (
        lambda sex, age: sex == age == "ALL",
        lambda sex, age: sex == "ALL",
        lambda sex, age: age == "ALL",
        lambda sex, age: True,
    )
    for way in ways:
        found = [count for (sex, age), count in counts.items() if way(sex, age)]
        if found:
            return sum(found)
    return 0


people = st.lists(
    st.tuples(st.sampled_from(["FEMALE", "MALE"]), st.sampled_from(["0", "1", "95+"])), min_size=1
)


@bounded
@given(people=people, kept=st.sets(st.sampled_from(["parts", "sexes", "ages", "all"]), min_size=1))
def test_a_list_is_as_long_as_it_has_people_whichever_totals_are_published(people, kept):
    counts: dict[tuple[str, str], int] = {}
    if "parts" in kept:
        counts |= Counter(people)
    if "sexes" in kept:
        counts |= {(sex, "ALL"): n for sex, n in Counter(sex for sex, _ in people).items()}
    if "ages" in kept:
        counts |= {("ALL", age): n for age, n in Counter(age for _, age in people).items()}
    if "all" in kept:
        counts["ALL", "ALL"] = len(people)
    assert whole(counts) == slow_whole(counts) == len(people)

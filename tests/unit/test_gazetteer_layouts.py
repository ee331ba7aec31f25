"""Which published layout a file has, told from its first row, and how its cells are read."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest
from postcode_files import (
    NSPL_HEADER,
    ONSPD_HEADER,
    ONSPD_NEW_HEADER,
    SOME,
    code_point,
    onspd_row,
    with_header,
)

from geo.errors import BadGeoFile
from geo.gazetteer_files import files_in
from geo.gazetteer_keys import sector_name
from geo.gazetteer_layouts import Layout, columns_of
from geo.gazetteer_read import REJECTS_KEPT, ReadRows, Source, read_rows
from geo.gazetteer_rows import month, unpack_code
from geo.progress import Quiet


def read(path: Path, layout: Layout | None = None) -> ReadRows:
    return read_rows(Source(files_in(path), layout), "Reading", Quiet())


def only(path: Path) -> dict[str, object]:
    """The single row of a file, in words."""
    rows = read(path).rows
    assert len(rows) == 1
    return {
        "sector": sector_name(int(rows.keys[0]) // 400),
        "place": (int(rows.eastings[0]), int(rows.northings[0])),
        "grade": int(rows.grades[0]),
        "ended": month(int(rows.ended[0])),
        "codes": [
            unpack_code(int(column[0])) for column in (rows.lads, rows.lsoa21s, rows.lsoa11s)
        ],
    }


OLD = {
    "pcd": "WA8 6TR",
    "pcds": "WA8 6TR",
    "dointr": "198001",
    "doterm": "201403",
    "oseast1m": "351899",
    "osnrth1m": "0387231",
    "osgrdind": "8",
    "lsoa11": "E01012367",
}
EXPECTED = {"sector": "WA8 6", "place": (351_899, 387_231), "grade": 80, "ended": "2014-03"}


@pytest.mark.parametrize(
    ("header", "row", "layout", "codes"),
    [
        (
            ONSPD_HEADER,
            {**OLD, "oslaua": "E06000006", "lsoa21": "E01034001"},
            Layout.ONSPD,
            ["E06000006", "E01034001", "E01012367"],
        ),
        (
            NSPL_HEADER,
            {**OLD, "laua": "E06000006"},
            Layout.NSPL,
            ["E06000006", None, "E01012367"],
        ),
        (
            ONSPD_NEW_HEADER,
            {
                "pcd7": "WA8 6TR",
                "pcds": "WA8 6TR",
                "dointr": "198001",
                "doterm": "201403",
                "east1m": "351899",
                "north1m": "387231",
                "gridind": "8",
                "lad25cd": "E06000006",
                "lsoa11cd": "E01012367",
                "lsoa21cd": "E01034001",
            },
            Layout.ONSPD,
            ["E06000006", "E01034001", "E01012367"],
        ),
    ],
)
def test_headers_of_every_age(
    tmp_path: Path,
    header: list[str],
    row: Mapping[str, object],
    layout: Layout,
    codes: list[str | None],
) -> None:
    path = with_header(tmp_path / "file.csv", header, [row])
    assert read(path).columns.layout is layout
    assert only(path) == {**EXPECTED, "codes": codes}


@pytest.mark.parametrize("name", ["pcd", "pcd2", "pcds", "pcd7", "pcd8"])
@pytest.mark.parametrize("written", ["WA8 6TR", "WA86TR", "WA8  6TR"])
def test_every_name_and_way_of_writing_the_postcode(
    tmp_path: Path, name: str, written: str
) -> None:
    header = [name, "doterm", "oseast1m", "osnrth1m"]
    path = with_header(
        tmp_path / "file.csv", header, [{name: written, "oseast1m": 351899, "osnrth1m": 387231}]
    )
    assert only(path)["place"] == (351_899, 387_231)


def test_code_point_open_has_ten_columns_and_no_header(tmp_path: Path) -> None:
    line = '"WA8 6TR",10,351899,387231,"E92000001","E19000001","E18000002","","E06000006","E05"'
    path = code_point(tmp_path / "wa.csv", [line])
    found = read(path)
    assert found.columns.layout is Layout.CODE_POINT_OPEN
    assert found.newest_on is None
    assert only(path) == {
        "sector": "WA8 6",
        "place": (351_899, 387_231),
        "grade": 10,
        "ended": None,
        "codes": ["E06000006", None, None],
    }


def test_code_point_open_with_a_header_row_all_the_same(tmp_path: Path) -> None:
    header = "Postcode,Positional_quality_indicator,Eastings,Northings"
    assert read(code_point(tmp_path / "wa.csv", [header, *SOME])).read == len(SOME)


@pytest.mark.parametrize(
    ("encoding", "before"), [("cp1252", ""), ("utf-8", "\ufeff"), ("cp1252-with-bom", "")]
)
def test_encodings(tmp_path: Path, encoding: str, before: str) -> None:
    text = before + "pcds,doterm,oseast1m,osnrth1m,ward\nWA8\u00a06TR,,351899,387231,Ynys Môn\n"
    if encoding == "cp1252-with-bom":
        raw = b"\xef\xbb\xbf" + text.encode("cp1252")
    else:
        raw = text.encode(encoding)
    path = tmp_path / "file.csv"
    path.write_bytes(raw)
    assert only(path)["place"] == (351_899, 387_231)


def test_gzipped_and_in_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "CSV"
    folder.mkdir()
    (folder / "wa.csv.gz").write_bytes(gzip.compress("\n".join(SOME[:7]).encode()))
    code_point(folder / "m.csv", SOME[7:])
    (folder / "licence.txt").write_text("not postcodes", encoding="utf-8")
    assert [path.name for path in files_in(folder)] == ["m.csv", "wa.csv.gz"]
    assert len(read(folder).rows) == len(SOME)


ROWS_REFUSED = [
    (onspd_row("WA8 OTR"), "WA8 OTR", "figure is needed"),
    (onspd_row(""), "", "is empty"),
    (onspd_row("WA8 6TS", oseast1m="", osnrth1m="387231"), ", 387231", "easting is missing"),
    (onspd_row("WA8 6TS", oseast1m="x"), "x, 0387231", "easting is not a number"),
    (onspd_row("WA8 6TS", oseast1m="951899"), "951899, 0387231", "look swapped"),
    (onspd_row("WA8 6TS", oseast1m="-2.73", osnrth1m="53.38"), "-2.73, 53.38", "degrees"),
    (onspd_row("WA8 6TS", osgrdind="good"), "good", "positional quality"),
    (onspd_row("WA8 6TS", doterm="201413"), "201413", "YYYYMM"),
    (onspd_row("WA8 6TS", doterm="March"), "March", "YYYYMM"),
]


@pytest.mark.parametrize(("row", "value", "reason"), ROWS_REFUSED)
def test_a_bad_row_is_refused_alone_with_line_value_and_reason(
    tmp_path: Path, row: dict[str, object], value: str, reason: str
) -> None:
    rows = [onspd_row("WA8 6TR"), row, onspd_row("WA8 6TT")]
    found = read(with_header(tmp_path / "onspd.csv", ONSPD_HEADER, rows))
    assert len(found.rows) == 2
    assert found.rejected == 1
    reject = found.rejects[0]
    assert (reject.file, reject.line, reject.value) == ("onspd.csv", 3, value)
    assert reason in reject.reason


def test_a_short_row_is_refused(tmp_path: Path) -> None:
    found = read(code_point(tmp_path / "wa.csv", [*SOME, "WA8 6AA,10"]))
    assert found.rejected == 1
    assert found.rejects[0].reason == "The row has 2 columns where 4 are needed."


def test_only_the_first_rejects_are_kept_but_all_are_counted(tmp_path: Path) -> None:
    bad = [f"WA8 6C{'A' if n % 2 else 'B'},10,351899,387231" for n in range(REJECTS_KEPT + 50)]
    found = read(code_point(tmp_path / "wa.csv", [*SOME, *bad]))
    assert found.rejected == REJECTS_KEPT + 50
    assert len(found.rejects) == REJECTS_KEPT


def test_what_else_is_counted(tmp_path: Path) -> None:
    rows = [
        onspd_row("WA8 6TR", dointr="200507"),
        onspd_row("WA8 6TR", oseast1m="351900"),
        onspd_row("BT1 1AA", oseast1m="146000", osnrth1m="530000"),
        onspd_row("BT1 1AB"),
        onspd_row("IM1 1AA", oseast1m="", osnrth1m=""),
        onspd_row("WA8 6TS", oslaua="Halton", lsoa11="", lsoa21="E99999999"),
        onspd_row("WA8 6TT", oseast1m="", osnrth1m="", osgrdind="9"),
    ]
    found = read(with_header(tmp_path / "onspd.csv", ONSPD_HEADER, rows))
    assert (found.read, found.outside, found.repeated, found.rejected) == (7, 3, 1, 0)
    assert found.codes_ignored == 1
    assert found.newest_on == "2005-07"
    # The last of two rows for one postcode counts; no location is no position.
    assert found.rows.eastings.tolist() == [351_900, 351_899, 0]
    assert found.rows.lsoa21s.tolist()[1] == 0


def test_degrees_serve_where_there_are_no_metres(tmp_path: Path) -> None:
    header = ["pcds", "doterm", "lat", "long"]
    rows: Iterable[Mapping[str, object]] = [
        {"pcds": "DG1 1AA", "lat": "55.069708", "long": "-3.609592"},
        {"pcds": "DG1 1AB", "lat": "99.999999", "long": "0.000000"},
        {"pcds": "DG1 1AD", "lat": "-3.609592", "long": "55.069708"},
        {"pcds": "DG1 1AE", "lat": "north", "long": "-3.609592"},
    ]
    found = read(with_header(tmp_path / "onspd.csv", header, rows))
    # ONS's own easting and northing of DG1 1AA (NSPL, November 2021): 297315, 576211.
    assert abs(int(found.rows.eastings[0]) - 297_315) <= 10
    assert abs(int(found.rows.northings[0]) - 576_211) <= 10
    assert int(found.rows.eastings[1]) == 0
    assert ["swapped" in reject.reason for reject in found.rejects] == [True, False]
    assert found.rejected == 2


@pytest.mark.parametrize(
    ("first_row", "layout", "reason"),
    [
        (["WA8 6TR", "WA8 6TR", "x", "y", "z"], None, "no-header"),
        (["WA8 6TR", "10", "351899", "387231"], Layout.ONSPD, "no-header"),
        (["pcds", "oseast1m", "osnrth1m"], None, "header"),
        (["pcds", "doterm"], None, "header"),
        (["name", "address"], None, "header"),
        (["pcds", "doterm", "oseast1m", "osnrth1m"], Layout.CODE_POINT_OPEN, "layout"),
        (["WA8 6TR", "10"], Layout.CODE_POINT_OPEN, "layout"),
    ],
)
def test_layouts_that_are_none(first_row: list[str], layout: Layout | None, reason: str) -> None:
    with pytest.raises(BadGeoFile) as caught:
        columns_of(first_row, layout)
    assert caught.value.fields["reason"] == reason


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("missing.csv", None, "no-file"),
        ("postcodes.zip", b"PK\x03\x04rest", "archive"),
        ("empty.csv", b"", "empty"),
        ("blank.csv", b"\n\n\n", "empty"),
        (
            "cut.csv.gz",
            gzip.compress(b"WA8 6TR,10,351899,387231\n" * 999, mtime=0)[:-20],
            "not-whole",
        ),
        ("plain.csv.gz", b"WA8 6TR,10,351899,387231\n", "not-whole"),
        ("huge-cell.csv", b'WA8 6TR,10,351899,387231\n"' + b"x" * 200_000, "not-csv"),
    ],
)
def test_files_that_cannot_be_read(
    tmp_path: Path, name: str, content: bytes | None, reason: str
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadGeoFile) as caught:
        read(path)
    assert caught.value.fields["reason"] == reason
    assert str(tmp_path) not in caught.value.message


def test_a_folder_without_files(tmp_path: Path) -> None:
    with pytest.raises(BadGeoFile, match=r"holds no \.csv file"):
        files_in(tmp_path)


def test_files_of_different_columns_do_not_mix(tmp_path: Path) -> None:
    with_header(tmp_path / "a.csv", ONSPD_HEADER, [onspd_row("WA8 6TR")])
    row = {"pcds": "WA8 6TS", "oseast1m": "351899", "osnrth1m": "387231", "laua": "E06000006"}
    with_header(tmp_path / "b.csv", NSPL_HEADER, [row])
    with pytest.raises(BadGeoFile, match=r"b\.csv has other columns"):
        read(tmp_path)


def test_metres_with_decimals_are_rounded(tmp_path: Path) -> None:
    path = code_point(tmp_path / "wa.csv", ["WA8 6TR,10,351899.6,387231.0"])
    assert only(path)["place"] == (351_900, 387_231)


def test_a_quality_of_90_means_no_location_whatever_else_is_there(tmp_path: Path) -> None:
    path = code_point(tmp_path / "wa.csv", ["WA8 6TR,90,351899,387231"])
    assert only(path)["place"] == (0, 0)


def test_files_of_different_layouts_do_not_mix(tmp_path: Path) -> None:
    code_point(tmp_path / "a.csv", SOME)
    with_header(tmp_path / "b.csv", ONSPD_HEADER, [onspd_row("WA8 6TR")])
    with pytest.raises(BadGeoFile) as caught:
        read(tmp_path)
    assert caught.value.fields["reason"] == "layout"

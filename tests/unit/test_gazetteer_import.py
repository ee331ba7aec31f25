"""An import changes what the file speaks of and nothing else, or it changes nothing at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from postcode_files import NSPL_HEADER, ONSPD_HEADER, SOME, code_point, keep, onspd_row, with_header

from geo.errors import BadGeoFile
from geo.gazetteer import Located, Quality, open_gazetteer
from geo.gazetteer_import import ImportReport, import_postcodes
from geo.gazetteer_layouts import Layout
from geo.gazetteer_pack import FILE_NAME
from geo.point import GridPoint


def located(directory: Path, text: str) -> Located:
    return open_gazetteer(directory).locate(text)


def import_onspd(directory: Path, *rows: dict[str, object]) -> ImportReport:
    path = with_header(directory / "onspd.csv", ONSPD_HEADER, rows)
    return import_postcodes(path, directory)


def test_rows_replace_their_postcodes_and_leave_the_rest_alone(tmp_path: Path) -> None:
    keep(tmp_path)
    before = {text: located(tmp_path, text).point for text in ("M1 1AA", "SW1A 1AA", "WA8 6TS")}
    report = import_onspd(
        tmp_path,
        onspd_row("WA8 6TR", oseast1m="351905"),
        onspd_row("WA8 6ZZ", doterm="201403"),
        onspd_row("WA8 0DG", doterm="202001", oseast1m="351228", osnrth1m="384067"),
        onspd_row("BT1 1AA"),
    )
    assert report.layout is Layout.ONSPD
    assert (report.read, report.live, report.terminated) == (4, 1, 2)
    assert (report.added, report.replaced, report.retired) == (1, 2, 0)
    assert (report.outside, report.rejected, report.areas) == (1, 0, ("WA",))
    assert report.newest_on == "2020-01"

    moved = located(tmp_path, "WA8 6TR")
    assert moved.point == GridPoint(351_905, 387_231)
    assert (moved.lad, moved.lsoa21) == ("E06000006", "E01012367")
    assert located(tmp_path, "WA8 6ZZ").terminated_on == "2014-03"
    assert located(tmp_path, "WA8 0DG").quality is Quality.TERMINATED
    assert {text: located(tmp_path, text).point for text in before} == before


def test_a_terminated_postcode_that_came_back_is_live(tmp_path: Path) -> None:
    keep(tmp_path)
    import_onspd(tmp_path, onspd_row("WA8 6ZZ", doterm="201403"))
    import_onspd(tmp_path, onspd_row("WA8 6ZZ"))
    assert located(tmp_path, "WA8 6ZZ").quality is Quality.LIVE


def test_code_point_open_lists_whole_areas(tmp_path: Path) -> None:
    keep(tmp_path)
    import_onspd(tmp_path, onspd_row("WA8 6ZZ", doterm="201403"))
    lines = [line for line in SOME if line.startswith("WA") and "0DG" not in line]
    report = import_postcodes(code_point(tmp_path / "wa.csv", lines), tmp_path)
    assert (report.added, report.replaced, report.retired) == (0, 6, 1)

    gone = located(tmp_path, "WA8 0DG")
    assert (gone.quality, gone.terminated_on) == (Quality.TERMINATED, None)
    assert gone.point == GridPoint(351_228, 384_067)
    assert gone.sentence.startswith("WA8 0DG went out of use. ")
    # What was out of use keeps its month, and other areas are not touched.
    assert located(tmp_path, "WA8 6ZZ").terminated_on == "2014-03"
    assert located(tmp_path, "M1 1AA").quality is Quality.LIVE


def test_codes_that_a_layout_lacks_are_kept_unless_the_postcode_moved(tmp_path: Path) -> None:
    keep(tmp_path)
    import_onspd(
        tmp_path,
        *(
            onspd_row(line[:7], oseast1m=line.split(",")[2], osnrth1m=line.split(",")[3])
            for line in SOME[:3]
        ),
    )
    moved = [SOME[0].replace("351899", "351990"), SOME[1].replace("351950", "352950"), *SOME[2:7]]
    import_postcodes(code_point(tmp_path / "wa.csv", moved), tmp_path)
    assert located(tmp_path, "WA8 6TR").lsoa21 == "E01012367"
    assert located(tmp_path, "WA8 6TS").lsoa21 is None
    assert located(tmp_path, "WA8 6TT").lsoa21 == "E01012367"

    nspl = {"pcds": "WA8 6TR", "oseast1m": 351990, "osnrth1m": 387231, "laua": "", "osgrdind": 1}
    other = {**nspl, "pcds": "WA8 6TT", "laua": "E06000006", "lsoa11": "E01012367"}
    import_postcodes(with_header(tmp_path / "nspl.csv", NSPL_HEADER, [nspl, other]), tmp_path)
    # NSPL of 2021 has no 2021 code but does have a column for the authority, empty here.
    assert located(tmp_path, "WA8 6TR").lsoa21 == "E01012367"
    assert located(tmp_path, "WA8 6TR").lad is None


def test_the_stamp_tells_what_was_imported(tmp_path: Path) -> None:
    keep(tmp_path)
    import_onspd(tmp_path, onspd_row("WA8 6TR", dointr="202411"))
    import_postcodes(code_point(tmp_path / "m.csv", [SOME[7]]), tmp_path)
    stamp = open_gazetteer(tmp_path).stamp  # type: ignore[attr-defined]
    assert stamp["imports"] == [
        {"file": "onspd.csv", "layout": "onspd", "postcodes": 1, "newest_on": "2024-11"},
        {"file": "m.csv", "layout": "code-point-open", "postcodes": 1, "newest_on": None},
    ]
    assert stamp["postcodes"] == len(SOME)


@pytest.mark.parametrize(
    ("lines", "level"),
    [
        (["BT1 1AA,10,146000,530000"], "rows"),
        (["WA8 6CR,10,351899,387231", "WA8 6KR,10,351899,387231", SOME[0]], "rows"),
        ([SOME[0], SOME[4]], "live postcodes in WA"),
    ],
)
def test_a_result_with_something_missing_is_refused(
    tmp_path: Path, lines: list[str], level: str
) -> None:
    keep(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    with pytest.raises(BadGeoFile, match="Nothing was changed") as caught:
        import_postcodes(code_point(tmp_path / "wa.csv", lines), tmp_path)
    assert caught.value.fields["reason"] == "verify"
    assert caught.value.fields["level"] == level
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_an_empty_column_of_codes_is_refused(tmp_path: Path) -> None:
    keep(tmp_path)
    with pytest.raises(BadGeoFile, match="LSOA 2021 codes and not one is filled in") as caught:
        import_onspd(tmp_path, onspd_row("WA8 6TR", lsoa21=""))
    assert caught.value.fields["level"] == "lsoa21s"


def test_losing_most_locations_or_codes_is_refused(tmp_path: Path) -> None:
    keep(tmp_path)
    import_onspd(tmp_path, *(onspd_row(line.split(",")[0]) for line in SOME))
    nowhere = [
        onspd_row(line.split(",")[0], oseast1m="", osnrth1m="", osgrdind="9") for line in SOME
    ]
    with pytest.raises(BadGeoFile) as caught:
        import_onspd(tmp_path, *nowhere)
    assert caught.value.fields["level"] == "postcodes with a location"
    assert (caught.value.fields["before"], caught.value.fields["after"]) == (len(SOME), 0)
    codeless = [onspd_row(line.split(",")[0], lsoa21="") for line in SOME[1:]]
    with pytest.raises(BadGeoFile) as caught:
        import_onspd(tmp_path, onspd_row("WA8 6TR"), *codeless)
    assert caught.value.fields["level"] == "postcodes with LSOA 2021 codes"


def test_a_file_in_no_layout_changes_nothing(tmp_path: Path) -> None:
    keep(tmp_path)
    before = (tmp_path / FILE_NAME).read_bytes()
    for content in ("name,address\nx,y\n", "", "WA8 6TR,a,b,c,d\n"):
        path = tmp_path / "other.csv"
        path.write_text(content, encoding="utf-8")
        with pytest.raises(BadGeoFile):
            import_postcodes(path, tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == before


def test_a_gazetteer_already_open_answers_as_before(tmp_path: Path) -> None:
    keep(tmp_path)
    opened = open_gazetteer(tmp_path)
    import_onspd(tmp_path, onspd_row("WA8 6TR", doterm="202001"))
    assert opened.locate("WA8 6TR").quality is Quality.LIVE
    assert located(tmp_path, "WA8 6TR").quality is Quality.TERMINATED

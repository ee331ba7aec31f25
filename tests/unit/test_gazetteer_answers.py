"""Each kind of answer is told from the others, and says what to do about it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from postcode_files import ONSPD_HEADER as HEADER
from postcode_files import keep, onspd_row, with_header

from geo.errors import BadPostcode
from geo.gazetteer import (
    MALFORMED,
    QUALITIES,
    Gazetteer,
    NullGazetteer,
    Quality,
    open_gazetteer,
)
from geo.gazetteer_build import to_arrays, to_rows
from geo.gazetteer_import import import_postcodes
from geo.gazetteer_pack import FILE_NAME, Pack, read_pack
from geo.gazetteer_packed import PackedGazetteer
from geo.point import GridPoint

EVERY_KIND = [
    "WA8 6TR",
    "wa86tr",
    "WA7 1AE",
    "WA8 6ZZ",
    "WA7 2AA",
    "WA8 6",
    "WA8",
    "QQ1 1AA",
    "BT1 1AA",
    "BFPO 58",
    "ZZ99 3VZ",
    "WA8 OTR",
    "",
]


@pytest.fixture
def gazetteer(tmp_path: Path) -> Gazetteer:
    """Eight live postcodes, one of them without a location, and two that are out of use."""
    keep(tmp_path)
    ended = [
        onspd_row("WA8 6ZZ", doterm="201403", oseast1m="351800", osnrth1m="387200"),
        onspd_row("WA7 2AA", doterm="199906", oseast1m="", osnrth1m="", osgrdind="9"),
    ]
    import_postcodes(with_header(tmp_path / "onspd.csv", HEADER, ended), tmp_path)
    return open_gazetteer(tmp_path)


def test_live(gazetteer: Gazetteer) -> None:
    found = gazetteer.locate("wa86tr")
    assert found.quality is Quality.LIVE
    assert found.asked == "wa86tr"
    assert found.point == GridPoint(351_899, 387_231)
    assert found.accuracy_m is not None and found.accuracy_m > 0
    assert (found.terminated_on, found.lsoa21, found.lsoa11, found.lad) == (None,) * 4
    assert found.sentence.startswith("WA8 6TR is in use; most of its addresses are within ")
    assert found._replace(asked="WA8 6TR") == gazetteer.locate("WA8 6TR")


def test_live_without_a_location_has_no_point_and_says_so(gazetteer: Gazetteer) -> None:
    found = gazetteer.locate("WA7 1AE")
    assert (found.quality, found.point, found.accuracy_m) == (Quality.LIVE, None, None)
    assert "location is not published" in found.sentence


def test_terminated_says_the_month_and_where_it_was(gazetteer: Gazetteer) -> None:
    found = gazetteer.locate("WA8 6ZZ")
    assert found.quality is Quality.TERMINATED
    assert found.terminated_on == "2014-03"
    assert found.point == GridPoint(351_800, 387_200)
    assert (found.lsoa21, found.lsoa11, found.lad) == ("E01012367", "E01012367", "E06000006")
    assert "went out of use in 2014-03" in found.sentence

    nowhere = gazetteer.locate("WA7 2AA")
    assert (nowhere.terminated_on, nowhere.point, nowhere.accuracy_m) == ("1999-06", None, None)
    assert "its location is not known" in nowhere.sentence


def test_sector_and_district_are_means_of_live_postcodes(gazetteer: Gazetteer) -> None:
    sector = gazetteer.locate("wa8 6")
    assert sector.quality is Quality.SECTOR
    assert sector.point == GridPoint(351_983, 387_204)
    assert sector.accuracy_m is not None and sector.accuracy_m >= 120
    assert "first part of 3 postcodes" in sector.sentence
    assert sector.lsoa21 is None

    district = gazetteer.locate("WA8")
    assert district.quality is Quality.OUTWARD
    assert district.point in (GridPoint(351_794, 386_419), GridPoint(351_794, 386_420))
    assert district.accuracy_m is not None and district.accuracy_m >= sector.accuracy_m
    assert "first part of 4 postcodes" in district.sentence


def test_a_sector_mean_is_as_rough_as_its_sector(gazetteer: Gazetteer) -> None:
    # Quality 60 in the data: the position of WA7 1AB is only its sector's mean.
    rough, good = gazetteer.locate("WA7 1AB"), gazetteer.locate("WA7 1")
    assert rough.accuracy_m is not None and rough.accuracy_m >= (good.accuracy_m or 0)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("WA8 6AA", "use WA8 6 alone"),
        ("WA8 9AA", "use WA8 alone"),
        ("WA8 9", "use WA8 alone"),
        ("WA86", "use WA8 6 alone"),
        ("WA7 2AB", "use WA7 alone"),
        ("WA7 2", "use WA7 alone"),
        ("QQ1 1AA", "none in use begins like it"),
        ("QQ1", "none in use begins like it"),
        ("BX1 1LT", "is for letters"),
        ("GIR 0AA", "is for letters"),
        ("ZZ99 3VZ", "no fixed abode"),
        ("ZZ99 3WZ", "address not known"),
        ("ZZ99 6CZ", "an address abroad"),
    ],
)
def test_unknown_suggests_and_guesses_nothing(gazetteer: Gazetteer, text: str, hint: str) -> None:
    found = gazetteer.locate(text)
    assert found.quality is Quality.UNKNOWN
    assert (found.point, found.accuracy_m) == (None, None)
    assert hint in found.sentence


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("BT1 1AA", "Northern Ireland"),
        ("bt11aa", "Northern Ireland"),
        ("BT1", "Northern Ireland"),
        ("GY1 1AA", "Guernsey"),
        ("JE2 3", "Jersey"),
        ("IM1 1AA", "the Isle of Man"),
        ("BF1 2AT", "the British Forces Post Office"),
        ("BFPO 58", "the British Forces Post Office"),
        ("bfpo 801.", "the British Forces Post Office"),
        ("FIQQ 1ZZ", "the Falkland Islands"),
        ("GX11 1AA", "Gibraltar"),
    ],
)
def test_not_in_great_britain_is_named(gazetteer: Gazetteer, text: str, where: str) -> None:
    found = gazetteer.locate(text)
    assert found.quality is Quality.NOT_IN_GREAT_BRITAIN
    assert found.point is None
    assert f"belongs to {where}," in found.sentence


@pytest.mark.parametrize("text", ["WA8 OTR", "WA8 6T", "", "BT1 1A€", "BFPO 58 X"])
def test_malformed_raises(gazetteer: Gazetteer, text: str) -> None:
    with pytest.raises(BadPostcode):
        gazetteer.locate(text)
    with pytest.raises(BadPostcode):
        NullGazetteer().locate(text)


def test_things_that_are_no_text_are_malformed(gazetteer: Gazetteer) -> None:
    for thing in (None, 86, float("nan"), b"WA8 6TR"):
        with pytest.raises(BadPostcode):
            gazetteer.locate(thing)  # type: ignore[arg-type]
    many = gazetteer.locate_many([None, 86, "WA8 6TR"])  # type: ignore[list-item]
    assert set(many.malformed) == {0, 1}


def test_many_are_answered_row_by_row(gazetteer: Gazetteer) -> None:
    many = gazetteer.locate_many(EVERY_KIND)
    assert many.qualities.dtype == np.uint8
    assert len(many.eastings_m) == len(many.northings_m) == len(EVERY_KIND)
    for row, text in enumerate(EVERY_KIND):
        if many.qualities[row] == MALFORMED:
            with pytest.raises(BadPostcode, match=many.malformed[row][:20]):
                gazetteer.locate(text)
            continue
        one = gazetteer.locate(text)
        assert QUALITIES[many.qualities[row]] is one.quality
        if one.point is None:
            assert np.isnan([many.eastings_m[row], many.accuracy_m[row]]).all()
        else:
            assert GridPoint(many.eastings_m[row], many.northings_m[row]) == one.point
            assert many.accuracy_m[row] == one.accuracy_m
    assert set(many.malformed) == {11, 12}


def test_many_of_none(gazetteer: Gazetteer) -> None:
    for none in (gazetteer.locate_many([]), NullGazetteer().locate_many([])):
        assert none.eastings_m.shape == none.qualities.shape == (0,)
        assert none.malformed == {}


def test_the_null_gazetteer_knows_nothing_and_says_so() -> None:
    found = NullGazetteer().locate("wa86tr")
    assert (found.quality, found.point) == (Quality.UNKNOWN, None)
    assert found.sentence == "No postcodes are loaded here, so nothing is known of WA8 6TR."
    many = NullGazetteer().locate_many(["WA8 6TR", "nonsense"])
    assert many.qualities.tolist() == [QUALITIES.index(Quality.UNKNOWN), MALFORMED]
    assert list(many.malformed) == [1]


def test_an_answer_cannot_be_changed(gazetteer: Gazetteer) -> None:
    found = gazetteer.locate("WA8 6TR")
    with pytest.raises(AttributeError):
        found.point = None  # type: ignore[misc]


def test_a_sector_whose_postcodes_have_no_location(tmp_path: Path) -> None:
    gazetteer = open_gazetteer(keep(tmp_path, ["WA7 1AE,90,0,0", "WA7 1AF,90,0,0"]))
    found = gazetteer.locate("WA7 1")
    assert (found.quality, found.point, found.accuracy_m) == (Quality.SECTOR, None, None)
    assert found.sentence == (
        "WA7 1 is the first part of 2 postcodes, but their locations are not published."
    )
    many = gazetteer.locate_many(["WA7 1", "WA7 1AE"])
    assert np.isnan(many.eastings_m).all()
    assert [QUALITIES[code] for code in many.qualities] == [Quality.SECTOR, Quality.LIVE]


def test_a_sector_of_which_all_are_out_of_use_is_unknown(tmp_path: Path) -> None:
    keep(tmp_path)
    rows = [onspd_row("WA9 1AA", doterm="201403")]
    import_postcodes(with_header(tmp_path / "onspd.csv", HEADER, rows), tmp_path)
    gazetteer = open_gazetteer(tmp_path)
    assert gazetteer.locate("WA9 1").quality is Quality.UNKNOWN
    assert "none in use begins like it" in gazetteer.locate("WA9 1AB").sentence


def test_an_empty_gazetteer_knows_nothing(tmp_path: Path) -> None:
    rows = to_rows(dict(read_pack_of(keep(tmp_path)).arrays))
    empty = PackedGazetteer(Pack({}, to_arrays(rows.take(np.empty(0, dtype=np.int64)))))
    assert len(empty) == 0
    assert empty.locate("WA8 6TR").quality is Quality.UNKNOWN
    assert empty.locate("WA8").quality is Quality.UNKNOWN
    many = empty.locate_many(["WA8 6TR", "nonsense"])
    assert many.qualities.tolist() == [QUALITIES.index(Quality.UNKNOWN), MALFORMED]


def test_every_page_can_be_touched(tmp_path: Path) -> None:
    pack = read_pack_of(keep(tmp_path))
    size = (tmp_path / FILE_NAME).stat().st_size
    assert 0 < PackedGazetteer(pack).touch() <= size
    assert PackedGazetteer(pack).touch() == sum(array.nbytes for array in pack.arrays.values())


def read_pack_of(directory: Path) -> Pack:
    pack = read_pack(directory)
    assert pack is not None
    return pack

"""Files as people really save them: encodings, delimiters, headers, and what is no CSV at all."""

from __future__ import annotations

import codecs
import gzip

import pytest
from import_world import GOOD, good, read_bytes, rows_csv

from service.register.errors import BadImportFile
from service.register.imports.header import Layout
from service.register.imports.reading import Table, read_table

LAYOUT = Layout(
    "a test file",
    ("code", "name", "note"),
    frozenset({"code", "name"}),
    headerless=False,
    is_ours=True,
)
BY_PLACE = Layout(
    "a file without header", ("code", "name", "note"), frozenset({"code"}), headerless=True
)
TEXT = "code,name,note\na1,Café – “Kith’s”,£5\n"


def read(data: bytes, *layouts: Layout, max_bytes: int = 10_000) -> Table:
    return read_table(data, *(layouts or (LAYOUT,)), max_bytes=max_bytes)


def refusal(data: bytes, *layouts: Layout, max_bytes: int = 10_000) -> BadImportFile:
    with pytest.raises(BadImportFile) as caught:
        read(data, *layouts, max_bytes=max_bytes)
    return caught.value


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (TEXT.encode(), "utf-8"),
        (codecs.BOM_UTF8 + TEXT.encode(), "utf-8"),
        (TEXT.encode("cp1252"), "cp1252"),
        (codecs.BOM_UTF8 + TEXT.encode("cp1252"), "cp1252"),
        (TEXT.encode("mac_roman"), "mac_roman"),
        (TEXT.encode("utf-16"), "utf-16"),
        (TEXT.encode("utf-16-le"), "utf-16"),
        (TEXT.encode("utf-16-be"), "utf-16"),
        (codecs.BOM_UTF16_BE + TEXT.encode("utf-16-be"), "utf-16"),
        (gzip.compress(TEXT.encode(), mtime=0), "utf-8"),
    ],
)
def test_the_same_words_whatever_they_were_saved_as(data, encoding):
    table = read(data)
    assert table.encoding == encoding
    assert dict(table.rows[0].cells) == {"code": "a1", "name": "Café – “Kith’s”", "note": "£5"}


def test_lines_of_two_encodings_in_one_file_are_both_read():
    data = b"code,name\n" + "a1,Café\n".encode() + "a2,Crèche\n".encode("cp1252")
    assert [row.cells["name"] for row in read(data).rows] == ["Café", "Crèche"]


def test_a_byte_that_means_nothing_is_told_at_its_cell():
    data = rows_csv(good(name="The Friends' Caf\x81")).decode().encode("latin-1")
    found = read_bytes(data.replace(b"'", b"\x92"))
    assert [(p.line, p.column) for p in found.problems] == [(2, "name")]
    assert "could not be read" in found.problems[0].message


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman"])
@pytest.mark.parametrize(
    "name", ["Café", "CAFÉ NIÑO", "Crêpes – Tea", "Friends’ Tea", "Tea: £5", "Maître’s"]
)
def test_one_accent_is_enough_to_tell_the_encoding(name, encoding):
    table = read(f"code,name\na1,{name}\n".encode(encoding))
    assert (table.rows[0].cells["name"], table.encoding) in {(name, encoding), (name, "cp1252")}


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_from_the_header(delimiter):
    table = read(f'code{delimiter}name\r\na1{delimiter}"Tea; cake, and more"\r\n'.encode())
    assert table.delimiter == delimiter
    assert table.rows[0].cells["name"] == "Tea; cake, and more"


def test_a_separator_line_of_excel_is_obeyed_and_not_counted():
    table = read(b"sep=;\ncode;name\na1;Tea\n")
    assert (table.rows[0].line, table.rows[0].cells["name"]) == (2, "Tea")


def test_rows_are_numbered_as_a_spreadsheet_shows_them():
    table = read(b'\ncode,name\na1,"two\nlines"\n\n,,\na2,Tea\n')
    assert [(row.line, row.cells["code"]) for row in table.rows] == [(3, "a1"), (6, "a2")]


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_line_ending_is_one(ending):
    table = read(ending.join(["code,name", "a1,Tea", "a2,Cake"]).encode())
    assert [row.line for row in table.rows] == [2, 3]


def test_columns_in_any_order_and_spelling_of_case():
    table = read(b"Note, NAME ,Code\nn,Tea,a1\n")
    assert dict(table.rows[0].cells) == {"code": "a1", "name": "Tea", "note": "n"}


def test_a_short_row_is_filled_up_and_a_long_one_counted():
    table = read(b"code,name,note\na1\na2,Tea,n,extra,\n")
    assert [row.surplus for row in table.rows] == [0, 1]
    assert table.rows[0].cells["name"] == ""


def test_a_column_that_is_not_read_is_told_with_a_guess():
    assert read(b"code,name,noet\na1,Tea,n\n").notes == (
        "The column “noet” is not read. Did you mean “note”?",
    )


def test_a_missing_column_is_named_with_what_was_expected_and_the_closest_guess():
    error = refusal(b"codes,name\na1,Tea\n")
    assert error.fields["missing"] == ["code"]
    assert error.fields["expected"] == ["code", "name", "note"]
    assert error.fields["guesses"] == {"code": "codes"}
    assert "Is “codes” meant to be “code”?" in error.message
    assert "code, name, note" in error.message


def test_a_file_without_a_header_says_so():
    assert "not the header" in refusal(b"a1,Tea\na2,Cake\n").message


def test_a_layout_without_header_is_read_by_place():
    table = read(b"a1,Tea,n\na2,Cake,\n", BY_PLACE)
    assert [(row.line, row.cells["name"]) for row in table.rows] == [(1, "Tea"), (2, "Cake")]
    assert table.titles == ("code", "name", "note")


def test_the_same_column_twice_is_refused():
    error = refusal(b"code,name,Code\na1,Tea,a2\n")
    assert "“code” is there twice, as column 1 and as column 3" in error.message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b" \r\n\n", "empty"),
        (codecs.BOM_UTF8, "empty"),
        (b"code,name\n", "no rows"),
        (b"code,name\n,\n", "no rows"),
        (b"PK\x03\x04rest", "spreadsheet"),
        (b"\xd0\xcf\x11\xe0rest", "old Excel"),
        (b"%PDF-1.7", "PDF"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b'{"a": 1}', "JSON"),
        (gzip.compress(b"PK\x03\x04rest", mtime=0), "spreadsheet"),
        (gzip.compress(TEXT.encode(), mtime=0)[:-12], "cut short"),
        (b"code,name\na1,Te\0a\n", "NUL byte in line 2"),
        (b'code,name\na1,"Tea\na2,Cake\n', "Row 2 cannot be read"),
        (b'code,name\na1,"Tea "and" cake"\n', "write it twice"),
        (b"code,name\na1," + b"x" * 140_000, "longer than 131,072"),
    ],
)
def test_what_cannot_be_read_says_what_it_is(data, said):
    assert said in refusal(data, max_bytes=200_000).message


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_the_limit_holds_for_what_is_packed_too(pack):
    data = pack(b"code,name\n" + b"a1,Tea\n" * 100)
    assert "larger than 100 bytes" in refusal(data, max_bytes=100).message


def test_a_file_over_the_limit_is_not_even_opened(tmp_path):
    path = tmp_path / "large.csv"
    path.write_bytes(b"code,name\n" + b"a1,Tea\n" * 100)
    with pytest.raises(BadImportFile, match="KITH_MAX_IMPORT_BYTES"):
        read_table(path, LAYOUT, max_bytes=100)


def test_a_file_that_is_not_there_is_told_by_name(tmp_path):
    with pytest.raises(BadImportFile, match=r"nothing\.csv does not exist"):
        read_table(tmp_path / "nothing.csv", LAYOUT, max_bytes=100)
    with pytest.raises(BadImportFile, match="is a folder"):
        read_table(tmp_path, LAYOUT, max_bytes=1_000_000)


def test_an_asset_file_in_semicolons_and_cp1252_is_like_any_other():
    row = good(name="Crêpes & Café")
    plain = read_bytes(rows_csv(row))
    foreign = read_bytes(rows_csv(row, delimiter=";").decode().encode("cp1252"))
    assert plain.assets == foreign.assets
    assert plain.assets[0].name == "Crêpes & Café"
    assert plain.assets[0].code == GOOD["asset_id"]

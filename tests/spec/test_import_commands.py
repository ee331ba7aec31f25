"""`kith import` as a steward uses it: what is printed, what is written, how it ends."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from import_world import RUNCORN, good, many, rows_csv, small_gazetteer_folder
from sqlalchemy import URL, select
from typer.testing import CliRunner

from service.bootstrap import metadata, open_store
from service.cli.import_ import app
from service.identity.model import NhsOrg
from service.register.model import Asset
from service.settings import Settings
from service.store import schema

PRACTICES = """code,name,postcode,status,prescribing_setting,high_level_health_geography
N81011,BEVAN GROUP PRACTICE,WA8 6TR,ACTIVE,RO76,QYG
N81019,CASTLEFIELDS,WA7 2HR,ACTIVE,RO76,QYG
N81035,FIR PARK,WA8 9ZX,INACTIVE,RO76,QYG
"""


class Steward:
    """Somebody at a shell, in a folder of their own, with a Kith of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def file(self, name: str, data: bytes | str) -> str:
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return str(path)

    def imports(self, *arguments: str) -> Result:
        return CliRunner().invoke(app, list(arguments))

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        result = self.imports(*arguments, "--json")
        assert result.exit_code == code, result.output
        told: dict[str, Any] = json.loads(result.stdout)
        return told

    def names(self) -> list[str]:
        store = open_store(Settings())
        with store.read() as session:
            found = sorted(session.scalars(select(Asset.name)))
        store.engine.dispose()
        return found

    def practices(self) -> dict[str, int | None]:
        store = open_store(Settings())
        with store.read() as session:
            rows = session.execute(select(NhsOrg.ods_code, NhsOrg.list_size))
            found = {code: size for code, size in rows}  # noqa: C416 - a Row is no pair to mypy
        store.engine.dispose()
        return found


@pytest.fixture
def steward(empty_database_url: URL, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Steward:
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setenv("KITH_VAR_DIR", str(tmp_path / "var"))
    url = empty_database_url.render_as_string(hide_password=False)
    monkeypatch.setenv("KITH_DATABASE_URL", url)
    shutil.copytree(small_gazetteer_folder(), tmp_path / "var" / "gazetteer")
    store = open_store(Settings())
    schema.upgrade(store.engine, metadata())
    store.engine.dispose()
    return Steward(tmp_path)


def test_assets_are_taken_and_counted(steward):
    file = steward.file("groups.csv", rows_csv(*many(3)))
    told = steward.json("assets", file)
    assert told["imported"] is True
    assert (told["file"], told["added"], told["in_register"]) == ("groups.csv", 3, 3)
    assert told["problems"] == told["warnings"] == told["notes"] == []
    assert steward.json("assets", file)["same"] == 3
    assert len(steward.names()) == 3


def test_a_dry_run_says_the_same_and_changes_nothing(steward):
    file = steward.file("groups.csv", rows_csv(*many(3)))
    told = steward.json("assets", file, "--dry-run")
    assert (told["imported"], told["dry_run"], told["added"]) == (False, True, 3)
    assert steward.names() == []
    assert "nothing was changed" in steward.imports("assets", file, "--dry-run").output


def test_rejected_rows_are_told_with_row_column_value_and_remedy(steward):
    rows = [*many(2), good(kind="asociation", postcode="WA8 OTR")]
    result = steward.imports("assets", steward.file("groups.csv", rows_csv(*rows)))
    assert result.exit_code == 0
    lines = [line for line in result.output.splitlines() if line.startswith("│   4 │")]
    assert len(lines) == 2
    assert all(text in lines[0] for text in ("kind", "asociation", "Did you mean “association”?"))
    assert all(text in lines[1] for text in ("postcode", "WA8 OTR", "Did you mean WA8 0TR?"))
    assert "--rejects FILE" in result.output


def test_mending_and_importing_the_rejects_alone_finishes_the_work(steward):
    rows = [*many(2), good(kind="?"), good(venue_name="Ferry Table", postcode=RUNCORN)]
    rejects = steward.folder / "mend.csv"
    told = steward.json(
        "assets",
        steward.file("groups.csv", rows_csv(*rows)),
        "--rejects",
        str(rejects),
    )
    assert (told["added"], told["rejected"], told["rejects_written"]) == (2, 1, 2)
    with rejects.open(encoding="utf-8-sig", newline="") as file:
        kept = list(csv.DictReader(file))
    assert [row["asset_id"] for row in kept] == ["old-kiln-lunch"] * 2
    assert kept[0]["reason"].startswith("kind: “?” is not in the list.")
    assert "Row 4 says “?”" in kept[1]["reason"]
    kept[0]["kind"] = "association"
    told = steward.json("assets", steward.file("mended.csv", rows_csv(*kept)))
    assert (told["added"], told["in_register"], told["notes"]) == (1, 3, [])
    assert steward.names() == ["Group 0", "Group 1", "Old Kiln Lunch"]


def test_a_refused_file_still_tells_everything_and_keeps_its_rejects(steward):
    file = steward.file("groups.csv", rows_csv(good(1, kind="?"), good(2, kind="?"), good(3)))
    rejects = steward.folder / "mend.csv"
    told = steward.json("assets", file, "--rejects", str(rejects), code=65)
    assert (told["imported"], told["error"]["slug"]) == (False, "import-refused")
    assert len(told["problems"]) == told["rejects_written"] == 2
    assert rejects.exists()
    assert steward.names() == []
    result = steward.imports("assets", file)
    assert result.exit_code == 65
    assert "2 of 3 assets" in result.stderr
    assert steward.json("assets", file, "--force", "we know")["added"] == 1


def test_options_reach_the_import(steward):
    steward.json("assets", steward.file("a.csv", rows_csv(*many(4, source=""))))
    some = steward.file("b.csv", rows_csv(*many(3, source="")))
    assert (
        "belongs to the source “a.csv”"
        in steward.json("assets", some, code=65)["problems"][0]["message"]
    )
    told = steward.json("assets", some, "--source", "a.csv", "--complete")
    assert (told["same"], told["retired"]) == (3, 1)
    whole = steward.file("c.csv", rows_csv(*many(4, source="a.csv")))
    assert steward.json("assets", whole)["still_retired"] == 1
    assert steward.json("assets", whole, "--revive")["in_register"] == 4
    other = steward.file("d.csv", rows_csv(*many(4, source="Another list")))
    assert steward.json("assets", other, code=65)["error"]["slug"] == "import-refused"
    assert steward.json("assets", other, "--take-over")["changed"] == 4


def test_what_is_printed_for_a_person(steward):
    rows = [*many(60), *(good(n, kind="?") for n in range(100, 160))]
    file = steward.file("groups.csv", rows_csv(*(row | {"noet": "x"} for row in rows)))
    rejects = steward.folder / "mend.csv"
    printed = steward.imports("assets", file, "--rejects", str(rejects)).output
    assert "Note. The column “noet” is not read." in printed
    assert "... and 10 more." in printed
    assert "60 rows to mend and import again" in printed
    assert "in register" in printed


def test_rejects_that_cannot_be_written_are_told(steward):
    file = steward.file("groups.csv", rows_csv(good(kind="?"), good(2)))
    result = steward.imports("assets", file, "--rejects", str(steward.folder / "no" / "mend.csv"))
    assert result.exit_code == 65
    assert "mend.csv cannot" in result.stderr or "cannot be written" in result.stderr


def test_the_file_itself_is_never_overwritten(steward):
    file = steward.file("groups.csv", rows_csv(good(kind="?"), good(2)))
    result = steward.imports("assets", file, "--rejects", file)
    assert result.exit_code == 65
    assert "overwrite" in result.stderr
    assert Path(file).read_bytes() == rows_csv(good(kind="?"), good(2))


def test_the_wrong_file_is_told_with_the_columns_expected(steward):
    result = steward.imports("assets", steward.file("practices.csv", PRACTICES))
    assert result.exit_code == 65
    assert "not yet an asset file" in result.stderr
    assert "asset_id, name, kind, group_kind" in result.stderr.replace("\n", " ")
    assert steward.imports("assets", str(steward.folder / "none.csv")).exit_code == 65


def test_practices_networks_and_list_sizes(steward):
    pcn = steward.file(
        "pcn.csv", "practice_code,pcn_code,pcn_name\nN81011,U79408,WIDNES PCN\nN81019,U,-\n"
    )
    told = steward.json(
        "practices",
        steward.file("epraccur.csv", PRACTICES),
        "--pcn",
        pcn,
        "--published",
        "2026-02-03",
    )
    assert (told["practices_in_file"], told["active"]) == (3, {"icb": 1, "practice": 2})
    assert told["postcodes"] == {"live": 2}
    assert (told["networks_in_file"], told["practices_in_no_network"]) == (1, 1)
    sizes = steward.file("sizes.csv", "code,list_size_2026\nN81011,14549\nZ99999,5\n")
    told = steward.json("list-sizes", sizes)
    assert (told["set"], told["unknown_codes"]) == (1, 1)
    assert "Z99999" in told["notes"][0]
    assert steward.practices() == {
        "N81011": 14_549,
        "N81019": None,
        "N81035": None,
        "QYG": None,
        "U79408": None,
    }


def test_a_dry_run_of_practices_and_list_sizes_changes_nothing(steward):
    file = steward.file("epraccur.csv", PRACTICES)
    assert steward.json("practices", file, "--dry-run")["added"] == 4
    assert steward.practices() == {}
    sizes = steward.file("sizes.csv", "code,list_size\nN81011,14549\n")
    refused = steward.imports("list-sizes", sizes, "--json")
    assert json.loads(refused.stdout)["error"]["slug"] == "organisations-refused"
    assert refused.exit_code != 0
    steward.json("practices", file)
    assert steward.json("list-sizes", sizes, "--dry-run")["set"] == 1
    assert steward.practices()["N81011"] is None


def test_rejected_practices_are_written_out(steward):
    file = steward.file("epraccur.csv", PRACTICES.replace("WA7 2HR,ACTIVE", "WA7 2HR,OPEN"))
    rejects = steward.folder / "mend.csv"
    told = steward.json("practices", file, "--rejects", str(rejects))
    assert [(p["line"], p["column"], p["value"]) for p in told["problems"]] == [
        (3, "status", "OPEN")
    ]
    assert rejects.read_text(encoding="utf-8-sig").splitlines()[1].startswith("N81019,")


def test_postcodes_are_passed_on_to_the_gazetteer(steward):
    header = "pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind,laua,lsoa11\n"
    file = steward.file(
        "nspl.csv", header + "WA8 9ZX,198001,,351100,387100,1,E06000006,E01012369\n"
    )
    rejects = steward.folder / "mend.csv"
    told = steward.json("postcodes", file, "--dry-run", "--rejects", str(rejects))
    assert not rejects.exists()
    assert (told["added"], told["live"], told["areas"]) == (1, 1, "WA")
    groups = steward.file("groups.csv", rows_csv(good(postcode="WA8 9ZX")))
    assert steward.json("assets", groups, code=65)["problems"][0]["column"] == "postcode"
    steward.json("postcodes", file)
    assert steward.json("assets", groups)["added"] == 1


def test_postcodes_that_cannot_be_read_are_written_out(steward):
    header = "pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind,laua,lsoa11\n"
    rows = [
        f"WA8 9{a}{b},198001,,351100,387100,1,E06000006,E01012369\n"
        for a in "ABDEFGHJLN"
        for b in "ABDEFGHJLN"
    ]
    bad = "WIDNES,198001,,351100,387100,1,E06000006,E01012369\n"
    rejects = steward.folder / "mend.csv"
    file = steward.file("nspl.csv", header + "".join(rows) + bad)
    told = steward.json("postcodes", file, "--rejects", str(rejects))
    assert (told["added"], told["rejected"]) == (100, 1)
    with rejects.open(encoding="utf-8-sig", newline="") as kept:
        [row] = csv.DictReader(kept)
    assert (row["line"], row["value"]) == ("102", "WIDNES")


@pytest.mark.parametrize("command", ["assets", "practices", "list-sizes", "postcodes"])
def test_every_command_shows_an_example(command):
    assert f"Example: kith import {command}" in CliRunner().invoke(app, [command, "--help"]).output

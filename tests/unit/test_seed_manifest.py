"""Every shipped data file is known, and is what the manifest says."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

import seed_data
from seed_data import manifest
from seed_data.errors import SeedDataBroken

ROOT = Path(seed_data.__file__).parent


@pytest.fixture
def copy(tmp_path):
    target = tmp_path / "seed_data"
    shutil.copytree(ROOT, target, ignore=shutil.ignore_patterns("__pycache__"))
    return target


def test_the_files_are_those_of_the_manifest():
    assert manifest.faults() == ()


def test_every_entry_says_where_it_came_from():
    for entry in manifest.load():
        assert entry.nature in {"fact", "invented", "drawn", "own"}
        assert entry.title and entry.source and entry.licence and entry.as_of
        assert entry.rows >= 1
        assert len(entry.sha256) == 64


def test_facts_of_others_carry_their_attribution():
    entries = {entry.path: entry for entry in manifest.load()}
    assert "Open Government Licence v3.0" in entries["halton/practices.csv"].attribution
    assert "Contains OS data" in entries["halton/practices.csv"].attribution
    assert "Contains OS data" in entries["halton/assets.csv"].attribution
    assert entries["halton/assets.csv"].nature == "invented"
    assert len(manifest.attributions()) == len(set(manifest.attributions())) >= 2


def test_rows_are_counted_by_the_kind_of_file():
    rows = {entry.path: entry.rows for entry in manifest.load()}
    assert rows["halton/practices.csv"] == 14
    assert rows["needs.toml"] == 8 + 38 + 80 + 8
    assert rows["halton/crossings.toml"] == 5
    assert rows["halton/boundary.geojson"] == 1


def test_a_changed_file_is_found_and_can_be_written_again(copy):
    with (copy / "halton" / "note.txt").open("a") as file:
        file.write("One more sentence.\n")
    (fault,) = manifest.faults(copy)
    assert fault.startswith("halton/note.txt was changed")
    manifest.write(copy)
    assert manifest.faults(copy) == ()


def test_a_new_file_needs_an_entry_by_hand(copy):
    (copy / "halton" / "extra.csv").write_text("a\n1\n")
    assert manifest.faults(copy) == (
        "halton/extra.csv is not in the manifest. Add an entry for it.",
    )
    with pytest.raises(SeedDataBroken) as broken:
        manifest.write(copy)
    assert broken.value.fields == {"files": ["halton/extra.csv"]}


def test_a_missing_file_is_named(copy):
    (copy / "halton" / "water.geojson").unlink()
    assert manifest.faults(copy) == ("halton/water.geojson is in the manifest and not there.",)


def test_writing_keeps_what_people_wrote(copy):
    before = json.loads((copy / "manifest.json").read_text())
    manifest.write(copy)
    assert json.loads((copy / "manifest.json").read_text()) == before


def test_the_command_says_so_when_all_is_well(capsys):
    assert manifest.main(["--check"]) == 0
    assert "are as the manifest says" in capsys.readouterr().out

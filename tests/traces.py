"""Requirement tables: each published requirement that is ours, and the test that holds it."""

from __future__ import annotations

import csv
import re
import tomllib
from pathlib import Path

from shared import ROOT

NOT_APPLICABLE = "not applicable, because "
OPEN = "open, because "


def trace(name: str) -> dict[str, str]:
    """All rows of a table of ours, by requirement id."""
    text = (ROOT / "tests" / "conformance" / name).read_text(encoding="utf-8")
    found: dict[str, str] = {}
    for section in tomllib.loads(text).values():
        for requirement, held in section.items():
            assert requirement not in found, requirement
            found[requirement] = held
    return found


def published(path: Path, *actors: str) -> dict[str, tuple[str, str]]:
    """Page and strength of each published requirement of any of these actors, by id."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        return {
            row["ID*"]: (row["URL*"].rpartition("/")[2], row["Conformance*"].strip())
            for row in csv.DictReader(file)
            if {each.strip() for each in row["Actors*"].split(",")} & set(actors)
        }


def check(held: dict[str, str]) -> None:
    """Each row names a test that is there, or says why there is none."""
    for requirement, says in held.items():
        if says.startswith((NOT_APPLICABLE, OPEN)):
            assert len(says.partition("because ")[2].split()) >= 4, (requirement, says)
            continue
        path, _, name = says.partition("::")
        file = ROOT / path
        assert file.is_file(), (requirement, says)
        text = file.read_text(encoding="utf-8")
        assert re.search(rf"^def {re.escape(name)}\(", text, re.MULTILINE), (requirement, says)

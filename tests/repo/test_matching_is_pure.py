"""Matching is plain data in and plain data out: no database, no web, no clock, no chance."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest
from shared import ROOT

MODULES = sorted((ROOT / "service" / "matching").glob("*.py"))


def test_matching_loads_neither_a_database_nor_a_web_framework():
    names = [f"service.matching.{path.stem}" for path in MODULES if path.stem != "__init__"]
    code = (
        f"import sys, {', '.join(names)}\n"
        "print(*sorted({'sqlalchemy', 'fastapi', 'folium'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == ""


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_matching_reads_no_clock_and_draws_no_lots(path: Path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    imported = {each.module or "" for each in nodes if isinstance(each, ast.ImportFrom)}
    for node in nodes:
        if isinstance(node, ast.Import):
            imported |= {alias.name for alias in node.names}
    forbidden = {"random", "secrets", "uuid", "os", "socket", "time", "sqlalchemy", "fastapi"}
    assert {name.split(".")[0] for name in imported}.isdisjoint(forbidden)
    called = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    assert called.isdisjoint({"now", "utcnow", "perf_counter", "default_rng"})
    assert "date.today" not in path.read_text(encoding="utf-8")

"""Nothing happens at import; every table is known; the wheel holds what it should."""

from __future__ import annotations

import ast
import importlib.util
import json
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
from shared import ROOT
from tracked import tracked

from service import bootstrap

PACKAGES = ("geo", "seed_data", "service")

WATCHED = """
import gc, json, pkgutil, sys
from importlib import import_module
seen = []
def hook(event, args):
    if event in ("socket.connect", "socket.bind", "sqlite3.connect", "subprocess.Popen",
                 "os.mkdir", "os.remove", "os.rename", "urllib.Request"):
        seen.append([event, str(args)[:200]])
    elif event == "open" and isinstance(args[0], str):
        path, mode = args[0], args[1]
        writes = isinstance(mode, str) and any(letter in mode for letter in "wax+")
        ours = path.startswith(ROOT) and "/.venv/" not in path
        code = path.endswith((".py", ".pyc", ".so")) or ".pyc." in path
        if (writes and not code) or (ours and not code):
            seen.append([event, path])
names = []
for package in ("geo", "seed_data", "service"):
    found = import_module(package)
    names += [each.name for each in pkgutil.walk_packages(found.__path__, package + ".")
              if ".migrations." not in each.name]
sys.addaudithook(hook)
for name in names:
    import_module(name)
from fastapi import FastAPI
from pydantic_settings import BaseSettings
from sqlalchemy import Engine
made = [type(each).__name__ for each in gc.get_objects()
        if isinstance(each, (Engine, FastAPI, BaseSettings))]
print(json.dumps({"modules": len(names), "seen": seen, "made": made}))
"""


def test_importing_everything_opens_nothing_and_makes_nothing() -> None:
    code = f"ROOT = {str(ROOT) + '/'!r}\n{WATCHED}"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-B", "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["modules"] > 150
    assert told["seen"] == []
    assert told["made"] == []


def test_the_command_line_starts_without_what_it_does_not_need() -> None:
    """Maps, frames and the HTTP framework cost seconds; help needs none of them."""
    code = "import service.cli.app, sys; print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    for heavy in ("folium", "geopandas", "pandas", "playwright", "pyogrio"):
        assert f"'{heavy}'" not in done.stdout, heavy


def modules_with_tables() -> set[str]:
    found = set()
    for path in tracked(".py"):
        parts = path.relative_to(ROOT).with_suffix("").parts
        if parts[0] not in PACKAGES:
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Assign | ast.AnnAssign):
                targets = node.targets if isinstance(node, ast.Assign) else [node.target]
                if any(getattr(each, "id", "") == "__tablename__" for each in targets):
                    found.add(".".join(parts))
    return found


def test_bootstrap_knows_every_module_that_declares_a_table() -> None:
    assert modules_with_tables() == set(bootstrap._TABLES)
    assert len(bootstrap.metadata().tables) >= 15


def test_the_wheel_is_configured_to_hold_the_three_packages() -> None:
    document = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = document["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert sorted(wheel["packages"]) == sorted(PACKAGES)
    assert document["project"]["name"] == "kith"
    assert document["project"]["scripts"] == {"kith": "service.cli.app:run"}


def test_the_wheel_holds_every_file_of_the_packages_and_nothing_else(tmp_path: Path) -> None:
    if importlib.util.find_spec("hatchling") is None:
        pytest.skip("hatchling is not installed: the wheel cannot be built here")
    code = f"from hatchling.build import build_wheel; print(build_wheel({str(tmp_path)!r}))"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    with zipfile.ZipFile(tmp_path / done.stdout.split()[-1]) as wheel:
        names = set(wheel.namelist())
    tops = {name.split("/")[0] for name in names}
    (about,) = tops - set(PACKAGES)
    assert about.endswith(".dist-info")
    kept = {str(path.relative_to(ROOT)) for path in tracked()}
    expected = {name for name in kept if name.split("/")[0] in PACKAGES}
    assert expected - names == set()
    static = (
        "geo/maps/static/",
        "service/matching/notes/static/",
        "service/web/static/vendor/",
    )
    extra = {
        name
        for name in names - expected
        if not name.startswith((f"{about}/", *static)) and (ROOT / name).exists()
    }
    untracked = {name for name in extra if not name.endswith(".py")}
    assert untracked == set()

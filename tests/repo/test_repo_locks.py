"""The locks: no address, one version of each package, all that is declared, each for a reason."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from shared import ROOT

LOCKS = ("requirements.lock", "requirements-dev.lock")
PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^ ;\\]+)", re.MULTILINE)


def pyproject() -> dict[str, Any]:
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def locked(name: str) -> dict[str, str]:
    text = (ROOT / name).read_text(encoding="utf-8")
    return {canonicalize_name(package): version for package, version in PINNED.findall(text)}


def test_both_locks_have_the_same_version_of_what_they_share() -> None:
    app, dev = (locked(name) for name in LOCKS)
    assert len(app) > 40
    assert set(app) <= set(dev)
    assert {name: version for name, version in app.items() if dev[name] != version} == {}


def test_the_locks_hold_all_that_is_declared_in_the_range_that_is_declared() -> None:
    document = pyproject()
    declared = {
        "requirements.lock": document["project"]["dependencies"],
        "requirements-dev.lock": [
            *document["project"]["dependencies"],
            *document["dependency-groups"]["dev"],
        ],
    }
    for name, requirements in declared.items():
        versions = locked(name)
        for text in requirements:
            requirement = Requirement(text)
            found = versions.get(canonicalize_name(requirement.name))
            assert found is not None, f"{name} has no {requirement.name}"
            assert requirement.specifier.contains(found, prereleases=True), f"{text}: {found}"


@pytest.mark.parametrize(
    "name", [*LOCKS, "docker/build.lock", "package-lock.json", "tests/npm/package-lock.json"]
)
def test_a_lock_names_no_address(name: str) -> None:
    path = ROOT / name
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"https?://|--index|--find-links|\"resolved\"", text)


@pytest.mark.parametrize("name", [*LOCKS, "docker/build.lock"])
def test_everything_locked_has_its_digest(name: str) -> None:
    blocks = re.split(r"\n(?=[A-Za-z0-9])", (ROOT / name).read_text(encoding="utf-8").strip())
    for block in blocks:
        if PINNED.match(block):
            assert "--hash=sha256:" in block, block.splitlines()[0]


def test_every_dependency_says_why_it_is_there() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    document = pyproject()
    for requirement in (
        *document["project"]["dependencies"],
        *document["dependency-groups"]["dev"],
    ):
        assert re.search(rf'"{re.escape(requirement)}",\s+# \S.{{10,}}', text), requirement


def test_no_dependency_is_declared_twice_and_all_are_in_order_of_nothing_hidden() -> None:
    document = pyproject()
    names = [
        canonicalize_name(Requirement(text).name)
        for text in (*document["project"]["dependencies"], *document["dependency-groups"]["dev"])
    ]
    assert len(set(names)) == len(names)
    assert "optional-dependencies" not in document["project"]


def test_the_python_that_is_asked_for_is_one_number_everywhere() -> None:
    document = pyproject()
    assert document["project"]["requires-python"] == ">=3.11"
    assert document["tool"]["mypy"]["python_version"] == "3.11"
    assert 'target-version = "py311"' in (ROOT / "ruff.toml").read_text(encoding="utf-8")
    assert "sys.version_info < (3, 11)" in (ROOT / "Makefile").read_text(encoding="utf-8")

"""How the declared front-end files reach the folder they are served from."""

from __future__ import annotations

import json
import shutil
import sys

import pytest
from shared import ROOT

from geo.maps.errors import MapInstallFailed
from geo.maps.files import FROM_NPM, OWN, STATIC
from geo.maps.install import copy_files, find_npm, fingerprint, install


@pytest.fixture
def checkout(tmp_path):
    """A copy of what decides about the installed files, with the packages already there."""
    root = tmp_path / "checkout"
    root.mkdir()
    shutil.copy(ROOT / "package-lock.json", root)
    (root / "node_modules").mkdir()
    shutil.copy(ROOT / "package-lock.json", root / "node_modules" / ".installed")
    return root


def _installed(root, static):
    for name in (*FROM_NPM, *OWN):
        (static / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(STATIC / name, static / name)
    (static / ".installed").write_text(fingerprint(root))


def test_nothing_is_done_when_all_is_up_to_date(checkout, tmp_path, monkeypatch):
    static = tmp_path / "static"
    _installed(checkout, static)
    monkeypatch.setenv("PATH", "")
    assert install(checkout, static) is False


@pytest.mark.parametrize("gone", ["leaflet.js", "map.js", ".installed"])
def test_a_file_that_went_missing_is_copied_again(gone, checkout, tmp_path):
    static = tmp_path / "static"
    _installed(checkout, static)
    (static / gone).unlink()
    for origin in FROM_NPM.values():
        (checkout / "node_modules" / origin).parent.mkdir(parents=True, exist_ok=True)
        (checkout / "node_modules" / origin).write_text(origin)
    assert install(checkout, static) is True
    assert (static / "leaflet.js").read_text() == "leaflet/dist/leaflet.js"
    assert install(checkout, static) is False


def test_packages_of_another_lock_file_are_fetched_again(checkout, tmp_path, monkeypatch):
    static = tmp_path / "static"
    _installed(checkout, static)
    (checkout / "node_modules" / ".installed").write_text("{}")
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    # Without npm the attempt to install shows as this failure.
    with pytest.raises(MapInstallFailed, match="npm was not found"):
        install(checkout, static)


def test_npm_beside_python_is_found_when_the_machine_has_none(tmp_path, monkeypatch):
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\n")
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    assert find_npm() == npm


def test_a_changed_lock_file_changes_the_fingerprint(checkout):
    before = fingerprint(checkout)
    lock = checkout / "package-lock.json"
    lock.write_text(lock.read_text() + "\n")
    assert fingerprint(checkout) != before


def test_an_installed_kith_says_that_it_needs_a_checkout_for_this(tmp_path):
    with pytest.raises(MapInstallFailed, match="checkout"):
        fingerprint(tmp_path)


def test_a_file_that_a_package_no_longer_has_is_named(tmp_path):
    with pytest.raises(MapInstallFailed, match=r"leaflet/gone\.js"):
        copy_files(tmp_path, {"gone.js": "leaflet/gone.js"}, tmp_path / "static")


def test_the_lock_file_names_no_host_and_checks_every_package():
    text = (ROOT / "package-lock.json").read_text()
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all("integrity" in entry for name, entry in packages.items() if name)


def test_every_declared_version_is_exact():
    declared = json.loads((ROOT / "package.json").read_text())
    versions = {**declared["dependencies"], **declared["devDependencies"]}
    assert all(version.replace(".", "").isdigit() for version in versions.values())

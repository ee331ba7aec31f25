"""The files of the repository, as git knows them."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from shared import ROOT


def tracked(*suffixes: str) -> list[Path]:
    """Files with one of these endings (all without any); a skip where there is no git."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
        ).stdout.split("\0")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no git, or not a git repository")
    paths = [ROOT / name for name in listed if name.endswith(suffixes or ("",))]
    return [path for path in paths if path.is_file()]

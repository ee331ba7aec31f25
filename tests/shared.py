"""Where the tests find the published files that Kith never copies."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def shared_path(relative: str) -> Path:
    """The shared file or folder, or a skip that names it when this machine does not have it."""
    base = Path(os.environ.get("KITH_SHARED", ROOT.parent / "shared"))
    path = base / relative
    if not path.exists():
        pytest.skip(f"shared file not present: {relative}")
    return path

"""Arrays worked out once from a file, kept beside each other, and mapped into memory.

Each file's arrays have a folder of their own, named after what they hold and the file's digest. It
is filled under another name and renamed whole, so that a reader finds all of it or nothing,
however many processes build at once and whichever of them is killed. A new edition of a file gets
a new folder; folders of old editions may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.network.faults import CacheUnusable

Arrays: TypeAlias = "Mapping[str, NDArray[Any]]"

_PART = ".part-"
_NAMES = "arrays.json"
_STALE_S = 3600
"""A half-filled folder older than this was left by a process that was killed."""


def file_digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def cached(directory: Path, kind: str, stamp: str, build: Callable[[], Arrays]) -> Arrays:
    """The arrays of that kind and stamp, built first if they are not there yet.

    Parameters
    ----------
    directory : Path
        Made if need be.
    kind : str
        What they are, for people who look into the folder: "streets", "timetable".
    stamp : str
        All that the arrays depend on; anything else in it means other arrays.
    build : callable
        Makes them. Called at most once, and not at all when they are there.

    Returns
    -------
    mapping of name to ndarray
        Read-only and mapped into memory.

    Raises
    ------
    CacheUnusable
        If the folder cannot be written.
    """
    home = directory / f"{kind}-{hashlib.sha256(stamp.encode()).hexdigest()[:20]}"
    found = _read(home)
    if found is not None:
        return found
    arrays = build()
    try:
        _write(home, arrays)
    except OSError as fault:
        raise CacheUnusable(
            "What was read from the file cannot be kept in the folder set for it: "
            f"{fault.strerror or 'it cannot be written'}. Choose a folder that can be written.",
            folder=directory.name,
        ) from fault
    found = _read(home)
    if found is None:
        raise CacheUnusable(
            "What was just stored could not be read again. Check the disk.", folder=directory.name
        )
    return found


def _read(home: Path) -> Arrays | None:
    try:
        names: list[str] = json.loads((home / _NAMES).read_text(encoding="utf-8"))
        return {name: np.load(home / f"{name}.npy", mmap_mode="r") for name in names}
    except (OSError, ValueError, EOFError):
        return None


def _write(home: Path, arrays: Arrays) -> None:
    home.parent.mkdir(parents=True, exist_ok=True)
    _sweep(home.parent)
    part = Path(tempfile.mkdtemp(prefix=f"{home.name}{_PART}", dir=home.parent))
    try:
        for name, array in arrays.items():
            with (part / f"{name}.npy").open("wb") as file:
                np.save(file, array)
                file.flush()
                os.fsync(file.fileno())
        (part / _NAMES).write_text(json.dumps(sorted(arrays)), encoding="utf-8")
        part.chmod(0o755)
        if home.exists() and _read(home) is None:
            shutil.rmtree(home, ignore_errors=True)
        # Where another process was quicker its folder stays: both hold the same.
        _rename(part, home)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _rename(part: Path, home: Path) -> None:
    try:
        part.rename(home)
    except OSError:
        if not home.exists():
            raise


def _sweep(directory: Path) -> None:
    for part in directory.glob(f"*{_PART}*"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE_S:
                shutil.rmtree(part, ignore_errors=True)

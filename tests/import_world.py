"""Small asset files and a small real gazetteer for the tests of imports."""

from __future__ import annotations

import atexit
import csv
import io
import shutil
import tempfile
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path

from geo.gazetteer import Gazetteer, open_gazetteer
from geo.gazetteer_default import store
from geo.gazetteer_read import Source, read_rows
from geo.progress import Quiet
from service.register.imports.assets import read_asset_file
from service.register.imports.facts import AssetFile

TODAY = date(2026, 11, 25)
MAX_BYTES = 10_000_000

WIDNES = "WA8 6TR"
RUNCORN = "WA7 2HR"
ENDED = "WA8 9ZZ"
WITHOUT_LOCATION = "WA8 9ZY"
UNKNOWN = "WA8 9ZX"
WIDNES_AT = (351_899, 387_231)
RUNCORN_AT = (354_179, 382_509)

_NSPL = f"""pcds,dointr,doterm,oseast1m,osnrth1m,osgrdind,laua,lsoa11
{WIDNES},198001,,{WIDNES_AT[0]},{WIDNES_AT[1]},1,E06000006,E01012369
{RUNCORN},198001,,{RUNCORN_AT[0]},{RUNCORN_AT[1]},1,E06000006,E01012382
{ENDED},198001,201905,351000,387000,1,E06000006,E01012369
{WITHOUT_LOCATION},198001,,,,9,E06000006,
"""
"""WA8 6TR and WA7 2HR are as in Code-Point Open; the other two postcodes do not exist."""


def _neighbours() -> str:
    # A postcode's accuracy is taken from the eight live ones nearest to it.
    around = ((WIDNES_AT, "WA8 5A"), (RUNCORN_AT, "WA7 5A"))
    return "".join(
        f"{start}{letter},198001,,{east + 20 * step},{north + 90},1,E06000006,\n"
        for (east, north), start in around
        for step, letter in enumerate("ABDEFGHJ")
    )


@cache
def small_gazetteer_folder() -> Path:
    """A folder with a packed gazetteer of a few postcodes, gone when the tests are over."""
    folder = Path(tempfile.mkdtemp(prefix="kith-gazetteer-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    source = folder / "nspl.csv"
    source.write_text(_NSPL + _neighbours(), encoding="utf-8")
    rows = read_rows(Source([source]), "reading", Quiet()).rows
    source.unlink()
    store(folder, rows, [], Quiet())
    return folder


@cache
def small_gazetteer() -> Gazetteer:
    """A packed gazetteer: two live postcodes, one ended in May 2019, one without a location."""
    return open_gazetteer(small_gazetteer_folder())


GOOD: Mapping[str, str] = {
    "asset_id": "old-kiln-lunch",
    "name": "Old Kiln Lunch",
    "kind": "association",
    "group_kind": "lunch_club",
    "delivery": "in_person",
    "venue_name": "The Old Kiln",
    "postcode": WIDNES,
    "meets_rule": "FREQ=WEEKLY;BYDAY=TU",
    "starts_at": "12:00",
    "ends_at": "14:00",
    "source": "Test list",
    "invented": "true",
}


def rows_csv(*rows: Mapping[str, str], delimiter: str = ",") -> bytes:
    """Rows as a CSV file whose header has every column that any row has."""
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode()


def good(number: int | None = None, **changes: str) -> dict[str, str]:
    """A row that nothing is wrong with, changed as a test needs; `number` makes it another."""
    if number is None:
        return {**GOOD, **changes}
    return {**GOOD, "asset_id": f"group-{number}", "name": f"Group {number}", **changes}


def many(count: int, **changes: str) -> list[dict[str, str]]:
    """So many assets with nothing wrong."""
    return [good(number, **changes) for number in range(count)]


def read(*rows: Mapping[str, str], today: date = TODAY, name: str = "test.csv") -> AssetFile:
    """The asset file made of these rows, read and checked."""
    return read_bytes(rows_csv(*rows), today=today, name=name)


def read_bytes(data: bytes, *, today: date = TODAY, name: str = "test.csv") -> AssetFile:
    """An asset file read and checked."""
    return read_asset_file(
        data, gazetteer=small_gazetteer(), today=today, max_bytes=MAX_BYTES, name=name
    )

"""Postcode files on disk: which there are, in what encoding, row by row."""

from __future__ import annotations

import codecs
import csv
import gzip
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, BinaryIO, cast

from geo.errors import BadGeoFile

_CHUNK = 1 << 20
_REPORT_EVERY = 20_000


def files_in(source: Path) -> list[Path]:
    """The CSV files (also gzipped) that `source` is or holds, in order of name.

    Raises
    ------
    BadGeoFile
        If there is no such file or folder, none inside, or it is an archive or a workbook.
    """
    if source.is_dir():
        files = [path for path in source.iterdir() if path.name.endswith((".csv", ".csv.gz"))]
        if not files:
            raise BadGeoFile(
                f"The folder {source.name} holds no .csv file. Name the folder that does.",
                reason="no-file",
                file=source.name,
            )
        return sorted(files)
    if not source.is_file():
        raise BadGeoFile(
            f"There is no file {source.name}. Check its name and folder.",
            reason="no-file",
            file=source.name,
        )
    with source.open("rb") as file:
        if file.read(2) == b"PK":
            raise BadGeoFile(
                f"{source.name} is an archive or a workbook. Unpack it, or save it as CSV.",
                reason="archive",
                file=source.name,
            )
    return [source]


def size_of(files: Sequence[Path]) -> int:
    """Bytes of all the files: the steps that `rows_of` reports."""
    return sum(path.stat().st_size for path in files)


def rows_of(path: Path, advance: Callable[[int], None]) -> Iterator[tuple[int, list[str]]]:
    """The rows of one CSV file with their line numbers from 1, blank lines left out.

    UTF-8 with or without a byte-order mark, or else Windows-1252. `advance` is told the bytes
    read since it was last told.

    Raises
    ------
    BadGeoFile
        If the file is not text, or a row cannot be told from the next.
    """
    told = 0
    with _opened(path) as (text, position):
        reader = csv.reader(text)
        try:
            for count, row in enumerate(reader):
                if row:
                    yield reader.line_num, row
                if count % _REPORT_EVERY == 0:
                    told, before = position(), told
                    advance(told - before)
        except (csv.Error, EOFError, gzip.BadGzipFile) as fault:
            raise BadGeoFile(
                f"{path.name} cannot be read as CSV after line {reader.line_num}. "
                "Is it whole, and was it saved as CSV?",
                reason="not-csv",
                file=path.name,
                line=reader.line_num,
            ) from fault
    advance(path.stat().st_size - told)


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[str], Callable[[], int]]]:
    encoding = _encoding(path)
    with path.open("rb") as raw:
        plain = _unpacked(path, raw)
        yield io.TextIOWrapper(plain, encoding, errors="replace", newline=""), raw.tell


def _unpacked(path: Path, raw: BinaryIO) -> BinaryIO:
    return cast(BinaryIO, gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw


def _encoding(path: Path) -> str:
    """`utf-8-sig` if every byte fits it, `cp1252` if not."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as raw:
            plain = _unpacked(path, raw)
            while chunk := plain.read(_CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return "cp1252"
    except (EOFError, gzip.BadGzipFile) as fault:
        raise BadGeoFile(
            f"{path.name} is not a whole gzip file. Download it again.",
            reason="not-whole",
            file=path.name,
        ) from fault
    return "utf-8-sig"

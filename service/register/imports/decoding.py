"""From the bytes of a file to its text: compressed or not, in whichever encoding it was saved."""

from __future__ import annotations

import codecs
import gzip
import io
import zlib

from service.register.errors import BadImportFile

_GZIP = b"\x1f\x8b"
_SAVE_AS_CSV = "Open it in the program that made it and save it as “CSV UTF-8”."
_SIGNATURES = (
    (b"PK\x03\x04", "a spreadsheet or zip archive (.xlsx, .ods, .zip)", _SAVE_AS_CSV),
    (b"\xd0\xcf\x11\xe0", "an old Excel or Word file (.xls, .doc)", _SAVE_AS_CSV),
    (b"%PDF", "a PDF", "Ask its publisher for the table as CSV."),
    (b"PAR1", "a Parquet file", "Save it as CSV first."),
    (b"SQLite format 3", "a database", "Export the table as CSV first."),
    (b"<", "a web page or XML", "If it was downloaded, download it again and look at it first."),
    (b"{", "JSON", "Save it as CSV first."),
    (b"[{", "JSON", "Save it as CSV first."),
)
"""How files that are given by mistake begin, what they are, and what to do about it."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 65_536
_USUAL = {
    **dict.fromkeys("áàâäãåçéèêëíìîïñóòôöõøúùûüýÿæœß\xa0°½¼¾©®™…•", 1),
    **dict.fromkeys("‘’“”–—£€ÉÑ", 3),
}
"""What stands beside ASCII in British text, and how much it says. A detector for all languages took
a single stray byte for another alphabet; here only two encodings are possible."""


def text_of(data: bytes, *, max_bytes: int) -> tuple[str, str]:
    """The text of a file and the name of the encoding it was in.

    Gzip is undone. A byte order mark decides between UTF-8 and UTF-16, unless what follows is not
    valid UTF-8: then, and without a mark, text is UTF-8 where it can be and Windows-1252 (or Mac
    Roman, when that reads better) where it cannot, line by line, because lists are often put
    together from several files. Bytes that no encoding explains become U+FFFD, so that the row
    they are in can be told.

    Raises
    ------
    BadImportFile
        If the file is empty, larger than `max_bytes` (once unpacked), damaged, or no text at all.
    """
    data = _unpacked(data, max_bytes)
    if not data.strip(b" \t\r\n\0" + codecs.BOM_UTF8):
        raise BadImportFile("The file is empty. Choose the file again, or export it again.")
    for signature, what, remedy in _SIGNATURES:
        if data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(signature):
            raise BadImportFile(f"This is {what}, not a CSV file. {remedy}", looks_like=what)
    text, encoding = _decoded(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise BadImportFile(
            f"The file is not plain text: there is a NUL byte in line {line}. "
            "It may be damaged, or not a CSV file. Export it again as “CSV UTF-8”.",
            line=line,
        )
    return text, encoding


def _unpacked(data: bytes, max_bytes: int) -> bytes:
    if data.startswith(_GZIP):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(max_bytes + 1)
        except (EOFError, OSError, zlib.error) as error:
            raise BadImportFile(
                "The file is compressed (gzip) and damaged or cut short. Copy or download it again."
            ) from error
    if len(data) > max_bytes:
        raise too_large(max_bytes)
    return data


def too_large(max_bytes: int) -> BadImportFile:
    """The error for a file over the limit, which is a setting."""
    return BadImportFile(
        f"The file is larger than {max_bytes:,} bytes. Split it, or raise KITH_MAX_IMPORT_BYTES.",
        max_bytes=max_bytes,
    )


def _decoded(data: bytes) -> tuple[str, str]:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            data = data[len(mark) :]
            if encoding != "utf-8":
                return data.decode(encoding, errors="replace"), "utf-16"
            break
    else:
        without_mark = _unmarked_utf16(data)
        if without_mark:
            return data.decode(without_mark, errors="replace"), "utf-16"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return _single_bytes(data)


def _unmarked_utf16(data: bytes) -> str | None:
    """UTF-16 without its mark: in English text every other byte is NUL."""
    sample = data[:2_000]
    if len(sample) < 4 or len(data) % 2:
        return None
    first, second = (half.count(0) / len(half) for half in (sample[::2], sample[1::2]))
    if max(first, second) < 0.6 or min(first, second) > 0.1:
        return None
    return "utf-16-be" if first > second else "utf-16-le"


def _single_bytes(data: bytes) -> tuple[str, str]:
    lines = data.splitlines(keepends=True)
    foreign = [line for line in lines if not line.isascii()]
    odd = [line for line in foreign if not _is_utf8(line)]
    encoding = _guess(odd)
    text = "".join(
        line.decode("utf-8") if _is_utf8(line) else line.decode(encoding, errors="replace")
        for line in lines
    )
    return text, encoding if len(odd) == len(foreign) else f"utf-8 and {encoding}"


def _guess(lines: list[bytes]) -> str:
    """Windows-1252 or Mac Roman: whichever makes more characters that British text has."""
    sample = b"".join(lines)[:_SAMPLE_BYTES]

    def likely(encoding: str) -> int:
        text = sample.decode(encoding, errors="replace")
        return sum(_USUAL.get(letter, 0) for letter in text)

    return "mac_roman" if likely("mac_roman") > likely("cp1252") else "cp1252"


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""What a postcode looks like, and how typed text is tidied before anybody looks at it.

The shapes and letters are those of Royal Mail's Programmers' Guide and BS 7666. All 2,902 outward
codes and all inward letters of Code-Point Open (November 2025) and NSPL (November 2021) obey them.
"""

from __future__ import annotations

import re

INWARD_LETTERS = "ABDEFGHJLNPQRSTUWXYZ"
"""The last two characters are never C, I, K, M, O or V: they are too easily misread."""

OUTWARD = (
    r"(?:[A-Z][0-9]"
    r"|[A-Z][0-9][0-9]"
    r"|[A-Z][A-HK-Y][0-9]"
    r"|[A-Z][A-HK-Y][0-9][0-9]"
    r"|[A-Z][0-9][ABCDEFGHJKPSTUW]"
    r"|[A-Z][A-HK-Y][0-9][ABEHMNPRVWXY])"
)
"""The six shapes of the first part: M1, M60, WA8, WA14, W1A, SW1A."""

CANONICAL = re.compile(rf"(?:{OUTWARD} [0-9][{INWARD_LETTERS}]{{2}}|GIR 0AA)")
CANONICAL_PARTIAL = re.compile(rf"(?:{OUTWARD}|GIR)(?: [0-9])?")

_BLANKS = re.compile(r"[\s\u200b\u2060\ufeff]+")
_AROUND = re.compile(r"^[\s\x00\u200b\u2060\ufeff]+|[\s\x00\u200b\u2060\ufeff.,;]+$")


def trimmed(text: str) -> str:
    """`text` in capitals, without blanks, trailing dots or commas around it.

    Every kind of blank counts, also the non-breaking space and the invisible marks that pasting
    from a web page or a spreadsheet brings, and the NUL that pads fixed-width files.
    """
    return _AROUND.sub("", text).upper()


def compact(text: str) -> str:
    """`trimmed`, and without the blanks inside: "wa8  6tr." is "WA86TR"."""
    return _BLANKS.sub("", trimmed(text))


def single_spaced(text: str) -> str:
    """`trimmed`, and with one plain space wherever there are blanks inside."""
    return _BLANKS.sub(" ", trimmed(text))


def as_full(letters: str) -> str | None:
    """A compact text as a full postcode with its one space, or None when it is not one."""
    spaced = f"{letters[:-3]} {letters[-3:]}"
    return spaced if CANONICAL.fullmatch(spaced) else None


def as_partial(text: str) -> str | None:
    """A text as a district ("WA8") or sector ("WA8 6"), or None when it is neither.

    Written together, the longest first part wins: "WA86" is district WA86. Where that is no
    shape of a first part, the last figure is the sector's: "SW1A1" is "SW1A 1".
    """
    spaced = single_spaced(text)
    if CANONICAL_PARTIAL.fullmatch(spaced):
        return spaced
    split = f"{spaced[:-1]} {spaced[-1:]}"
    return split if CANONICAL_PARTIAL.fullmatch(split) else None


def area_of(text: str) -> str:
    """The letters that a postcode or part of one begins with: "WA" of "WA8 6TR"."""
    if text.startswith("GIR"):
        return "GIR"
    return text[:2] if text[1:2].isalpha() else text[:1]

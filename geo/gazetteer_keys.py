"""Postcodes as whole numbers, so that a million of them sort and compare as one array.

A key is `sector * UNITS + unit`. `sector` packs the first part (four characters in base 37, short
ones padded on the right) and the figure after it; `unit` is which of the 400 possible endings.
Keys are decimal-free, so the sector of a key is `key // UNITS` and its district `key // DISTRICT`.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from geo.postcode_shape import INWARD_LETTERS

Keys: TypeAlias = "NDArray[np.int64]"

UNITS = len(INWARD_LETTERS) ** 2
DISTRICT = UNITS * 10
BASE = 37
_ALPHABET = " 0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_FIRST_LETTER = _ALPHABET.index("A")
_GAP = len(_ALPHABET)
_STRANGE = _GAP + 1
_WIDTH = len("SW1A 1AA") + 1
"""One more than the longest, so that what is too long shows."""

UNIT_OF = {
    first + second: place
    for place, (first, second) in enumerate((a, b) for a in INWARD_LETTERS for b in INWARD_LETTERS)
}
"""The 400 endings ("TR") and their numbers."""


def sector_key(sector: str) -> int:
    """The number of a sector in its one written form ("WA8 6")."""
    outward, _, figure = sector.partition(" ")
    key = 0
    for letter in outward.ljust(4):
        key = key * BASE + _ALPHABET.index(letter)
    return key * 10 + int(figure)


def sector_name(key: int) -> str:
    """The sector ("WA8 6") of a number that `sector_key` gave."""
    outward, figure = divmod(key, 10)
    return f"{outward_name(outward)} {figure}"


def outward_name(key: int) -> str:
    """The district ("WA8") of a sector's number divided by ten."""
    letters = ""
    for _ in range(4):
        key, letter = divmod(key, BASE)
        letters = _ALPHABET[letter] + letters
    return letters.rstrip()


def areas(keys: Keys) -> Keys:
    """A number for the postcode area (WA, M) of each key: equal areas, equal numbers."""
    first_two = keys // (DISTRICT * BASE**2)
    second = first_two % BASE
    return np.where(second >= _FIRST_LETTER, first_two, first_two - second)


def area_name(area: int) -> str:
    """The letters ("WA") of a number that `areas` gave."""
    first, second = divmod(area, BASE)
    return (_ALPHABET[first] + _ALPHABET[second]).strip()


def keys_of(texts: Sequence[str]) -> Keys:
    """The keys of those texts that are plainly postcodes, and -1 for all others.

    Plainly means: five to seven letters and figures in either case, with nothing else but at most
    one space (or non-breaking space) before the last three. Everything else, good or bad, is left
    to `Postcode.parse`. A key says nothing about the shape of the first part: a shape that does
    not exist matches no sector.

    Parameters
    ----------
    texts : sequence of str, length n

    Returns
    -------
    ndarray, shape (n,), int64
    """
    letters = np.array(texts, dtype=f"U{_WIDTH}").reshape(-1)
    if not letters.size:
        return np.empty(0, dtype=np.int64)
    lengths = np.strings.str_len(letters)
    points = letters.view(np.uint32)
    codes = np.take(_codes(), points, mode="clip")
    good = (lengths >= 5) & (lengths < _WIDTH)
    ends = np.arange(0, codes.size, _WIDTH) + np.where(good, lengths, 5)
    gap, figure = codes[ends - 4], codes[ends - 3]
    first, second = _inward()[codes[ends - 2]], _inward()[codes[ends - 1]]
    outward_lengths = lengths - 3 - (gap == _GAP)
    good &= (outward_lengths >= 2) & (outward_lengths <= 4)
    good &= (figure >= 1) & (figure <= 10) & (first >= 0) & (second >= 0)

    outwards = codes.reshape(-1, _WIDTH)
    sectors = np.zeros(len(letters), dtype=np.int32)
    for place in range(4):
        inside = place < outward_lengths
        code = np.where(inside, outwards[:, place], 0)
        good &= ((code > 0) & (code < _GAP)) == inside
        sectors = sectors * BASE + code
    units = first * len(INWARD_LETTERS) + second
    keys = (sectors * 10 + figure - 1).astype(np.int64) * UNITS + units
    return np.where(good, keys, -1)


@cache
def _codes() -> NDArray[np.uint8]:
    """Code point to place in the alphabet, `_GAP` for the two kinds of space, `_STRANGE` for
    what no postcode has (the last entry stands for all beyond), and 0 for nothing."""
    table = np.full(0xA0 + 2, _STRANGE, dtype=np.uint8)
    for place, letter in enumerate(_ALPHABET):
        table[ord(letter)] = table[ord(letter.lower())] = place
    table[0x20] = table[0xA0] = _GAP
    table[0] = 0
    return table


@cache
def _inward() -> NDArray[np.int32]:
    """Place in the alphabet to place among the inward letters; -1 for the rest."""
    table = np.full(_STRANGE + 1, -1, dtype=np.int32)
    for place, letter in enumerate(INWARD_LETTERS):
        table[_ALPHABET.index(letter)] = place
    return table

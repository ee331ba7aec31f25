"""How groups and freshness look: every colour is paired with a shape, every ring with words.

Nobody has to tell colours apart: the shape says the same thing, also on a black-and-white print.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Ring(StrEnum):
    """The line around a mark, which tells how lately its facts were checked."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


@dataclass(frozen=True, slots=True)
class Mark:
    """A colour and a shape that belong together.

    Attributes
    ----------
    colour : str
        `#rrggbb`, at least 4.5:1 on white, so it may also be used for text.
    shape : str
        What a person would call the shape ("triangle").
    outline : str
        SVG path data, drawn around the origin inside a box of 18 by 18.
    """

    colour: str
    shape: str
    outline: str


_COLOURS = ("#005eb8", "#b02a1c", "#00703c", "#7c2855", "#855800", "#4b2e83", "#006a80", "#3d4551")
_SHAPES = (
    ("circle", "M0-8A8 8 0 1 1 0 8A8 8 0 1 1 0-8Z"),
    ("square", "M-7-7H7V7H-7Z"),
    ("triangle", "M0-9L8.6 6.5H-8.6Z"),
    ("diamond", "M0-9.5L8.5 0L0 9.5L-8.5 0Z"),
    ("star", "M0-9.5L2.5-3.2L9-2.9L4-1.3L4 1.3L5.6 7.7L0 4.1L-5.6 7.7L-4 1.3L-9-2.9L-2.5-3.2Z"),
    ("cross", "M-3-8.5H3V-3H8.5V3H3V8.5H-3V3H-8.5V-3H-3Z"),
    ("pointing-down triangle", "M0 9L8.6-6.5H-8.6Z"),
    ("hourglass", "M-7.5-8H7.5L2 0L7.5 8H-7.5L-2 0Z"),
)
DISTINCT_MARKS = len(_COLOURS) * len(_SHAPES)


def mark(position: int) -> Mark:
    """The mark of the group at `position` in a sheet's list of groups, counted from 0.

    The first eight differ in colour and in shape. After that colours meet new shapes, so that the
    first 64 (`DISTINCT_MARKS`) are all different; then they begin again.

    Notes
    -----
    Contrast was computed with the WCAG 2.2 formula; a test repeats it.
    """
    turn = position // len(_COLOURS)
    shape, outline = _SHAPES[(position + turn) % len(_SHAPES)]
    return Mark(_COLOURS[position % len(_COLOURS)], shape, outline)

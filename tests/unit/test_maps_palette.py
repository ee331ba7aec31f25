"""Marks are told apart by colour and by shape, and are dark enough for paper and for text."""

from __future__ import annotations

import pytest

from geo.maps.palette import DISTINCT_MARKS, mark

GROUNDS = {"paper": "#ffffff", "land": "#faf8f3", "outside": "#e7e4dc", "water": "#c3dcec"}


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _contrast(one: str, two: str) -> float:
    light, dark = sorted((_luminance(one), _luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("position", range(8))
def test_every_colour_is_readable_as_text_on_white_and_as_a_shape_on_any_ground(position):
    colour = mark(position).colour
    assert _contrast(colour, GROUNDS["paper"]) >= 4.5
    assert min(_contrast(colour, ground) for ground in GROUNDS.values()) >= 3


def test_the_first_eight_marks_share_neither_colour_nor_shape():
    marks = [mark(position) for position in range(8)]
    assert len({item.colour for item in marks}) == len({item.shape for item in marks}) == 8


def test_no_two_of_the_distinct_marks_are_alike_and_then_they_begin_again():
    marks = [mark(position) for position in range(DISTINCT_MARKS)]
    assert len(set(marks)) == DISTINCT_MARKS
    assert mark(DISTINCT_MARKS) == marks[0]

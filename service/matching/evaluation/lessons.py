"""From labelled notes to what the networks learn from: lessons on needs, danger and kinds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from service.matching.evaluation.learning import Lesson
from service.matching.evaluation.metrics import SERIOUS
from service.matching.notes import needs as need_reading
from service.matching.notes.hearing import ANY_DANGER, MARK
from service.matching.notes.reader import Heard, kind_odds_by_rules
from service.matching.notes.rulebook import Rulebook

Row = Mapping[str, Any]
_EXAMPLE_WEIGHT = 0.3
"""An example sentence names one need and says nothing sure of others, so it counts for less."""
_EXAMPLE_DANGER_WEIGHT, _EXAMPLE_ORDINARY_WEIGHT = 0.3, 0.9
"""Half of the example sentences are dangers, which far fewer short notes are in life."""


def examples(book: Rulebook) -> list[dict[str, Any]]:
    """The example sentences of the rules as rows; `of` says which label they teach."""
    needs = [
        {"note": text, "expected_needs": [need], "red_flags": {}, "of": "both"}
        for need, texts in book.need_examples.items()
        for text in texts
    ]
    dangers = [
        {"note": text, "expected_needs": [], "red_flags": {flag: "current"}, "of": "danger"}
        for flag, texts in book.flag_examples.items()
        for text in texts
    ]
    ordinary = [
        {"note": text, "expected_needs": [], "red_flags": {}, "of": "danger"}
        for text in book.ordinary_examples
    ]
    return [{**row, "acceptable_needs": []} for row in (*needs, *dangers, *ordinary)]


def need_lesson(row: Row, heard: Heard, book: Rulebook) -> Lesson | None:
    """What one note teaches about needs; None where it teaches nothing of them."""
    if heard.seen is None or row.get("of") == "danger":
        return None
    names = list(book.need_examples)
    expected = set(row["expected_needs"])
    fine = expected | set(row["acceptable_needs"])
    right = np.array([[n in expected for n in names], [n in fine for n in names]], np.float32)
    weights = book.settings["rules"]
    table = need_reading.features(heard.evidence, book, heard.priors)
    odds = need_reading.weigh(table, weights["main"], weights["accept"], book)
    return Lesson(
        heard.seen.vectors.astype(np.float16),
        heard.seen.stems | {MARK + mark for mark in heard.need_marks},
        right,
        np.full_like(right, _EXAMPLE_WEIGHT if "of" in row else 1.0),
        np.array([[odds[n][1] for n in names], [odds[n][0] for n in names]], np.float32),
        _pointed(row.get("words", {}), row["note"], heard, names),
    )


def danger_lesson(row: Row, heard: Heard, book: Rulebook) -> Lesson | None:
    """What one note teaches about danger that a clinician must see now."""
    if heard.seen is None:
        return None
    names = [*book.flag_examples, ANY_DANGER]
    serious = {flag for flag, status in row["red_flags"].items() if status in SERIOUS}
    right = np.array([[n in serious or (n == ANY_DANGER and bool(serious)) for n in names]])
    words = {f: text for f, text in row.get("danger_words", {}).items() if f in serious}
    if words:
        words[ANY_DANGER] = next(iter(words.values()))
    return Lesson(
        heard.seen.vectors.astype(np.float16),
        heard.seen.stems | {MARK + mark for mark in heard.danger_marks},
        right.astype(np.float32),
        np.full(right.shape, _danger_weight(row, is_danger=bool(serious)), np.float32),
        np.zeros(right.shape, np.float32),
        _pointed(words, row["note"], heard, names),
    )


def _danger_weight(row: Row, *, is_danger: bool) -> float:
    if "of" not in row:
        return 1.0
    return _EXAMPLE_DANGER_WEIGHT if is_danger else _EXAMPLE_ORDINARY_WEIGHT


def kind_lesson(row: Row, heard: Heard, names: Sequence[str]) -> Lesson | None:
    """What one note teaches about kinds of group; None where no labeller named any."""
    if heard.seen is None or not row.get("connected_kinds"):
        return None
    right = np.array([[kind in row["connected_kinds"] for kind in names]], np.float32)
    odds = kind_odds_by_rules(heard)
    return Lesson(
        heard.seen.vectors.astype(np.float16),
        heard.seen.stems | {MARK + mark for mark in heard.need_marks},
        right,
        np.ones_like(right),
        np.array([[odds[kind] for kind in names]], np.float32),
        np.zeros((len(heard.seen.places), len(names)), np.float32),
    )


def _pointed(
    words: Mapping[str, str], note: str, heard: Heard, names: Sequence[str]
) -> np.ndarray[Any, np.dtype[np.float32]]:
    """1 for each piece inside the words that the labeller pointed at, (P, N)."""
    places = heard.seen.places if heard.seen else ()
    pointed = np.zeros((len(places), len(names)), np.float32)
    spans = {n: (note.find(words[n]), note.find(words[n]) + len(words[n])) for n in words}
    for row, place in enumerate(places):
        if place is None:
            continue
        token = heard.read_order[place[0]].tokens[place[1]]
        for name, (start, end) in spans.items():
            if words[name] and start >= 0 and token.start < end and start < token.end:
                pointed[row, names.index(name)] = 1.0
    return pointed

"""What small networks, fitted to labelled notes, hear in a note: needs, danger, kinds, and where.

MiniLM gives each piece of a word a vector that knows its neighbours. For each need (danger, kind) a
network looks at all of them, decides which matter (attention) and weighs what it sees; words, pairs
of words and the phrases that the rules met add their own weight. `python -m benchmarks.notes_learn`
fits them to the notes in `benchmarks/data`; the weights are `hearing.npz` beside the rules.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.lib.npyio import NpzFile
from numpy.typing import NDArray

from service.matching.notes.embedder import Embedder
from service.matching.notes.wordpiece import MAX_TOKENS, pieces_of
from service.matching.notes.words import Token, stem

WEIGHTS = "hearing.npz"
ANY_DANGER = "any"
"""The danger network's name for "a clinician must see this, whichever danger it is"."""
MARK = "~"
"""Stands before a phrase of the rules among the words, so that no word of a note is one."""
Array = NDArray[np.float32]
Place = tuple[int, int]
"""A sentence's place among those read, and a word's place in it."""
_ROOM = MAX_TOKENS - 2


@dataclass(frozen=True, slots=True)
class Window:
    """Sentences read at once: the ids of their pieces, and for each piece the word it is of.

    The marks at the ends and the stops between sentences are of no word (None).
    """

    ids: tuple[int, ...]
    words: tuple[Place | None, ...]


@dataclass(frozen=True, slots=True)
class Seen:
    """A note as the networks take it: a row of `vectors` and a place for each piece."""

    vectors: Array
    places: tuple[Place | None, ...]
    stems: frozenset[str]


@dataclass(frozen=True, slots=True)
class Heard:
    """One name's log-odds, one for each question asked of it, and the word that mattered most."""

    odds: tuple[float, ...]
    place: Place


@dataclass(frozen=True)
class Network:
    """Fitted weights for N names and K questions about each, by R voices whose mean is taken.

    `first` (R, 384, H) and `first_bias` (R, H) turn a piece's vector into H features; `ask`
    (R, N, H) says which pieces matter to each name; `weigh` (R, K, N, H) and `bias` (K, N) judge
    what was looked at; `words` (V, K, N) is added for each of the V known stems, pairs of stems and
    marks. `rules_share` (K) is what the log-odds by rules alone count beside all this.
    """

    names: tuple[str, ...]
    vocabulary: Mapping[str, int]
    first: Array
    first_bias: Array
    ask: Array
    weigh: Array
    bias: Array
    words: Array
    rules_share: Array

    def hear(self, seen: Seen, marks: AbstractSet[str]) -> dict[str, Heard]:
        """What is heard of each name in one note; `marks` are the phrases the rules met."""
        said = seen.stems | {MARK + mark for mark in marks}
        known = sorted(self.vocabulary[word] for word in said if word in self.vocabulary)
        odds = self.bias + self.words[known].sum(axis=0)
        mattered = np.zeros((len(seen.vectors), len(self.names)), np.float32)
        for first, first_bias, ask, weigh in zip(
            self.first, self.first_bias, self.ask, self.weigh, strict=True
        ):
            features = np.tanh(_product(seen.vectors, first) + first_bias)
            asked = _product(features, ask.T)
            attention = np.exp(asked - asked.max(axis=0))
            attention /= attention.sum(axis=0)
            looked = _product(attention.T, features)
            odds = odds + (weigh * looked).sum(axis=2) / len(self.first)
            mattered += attention
        where = _most(mattered, seen.places)
        return {
            name: Heard(tuple(map(float, odds[:, n])), where[n])
            for n, name in enumerate(self.names)
        }


_ONE_THREAD = 4 * 65_536
"""Multiplications up to which OpenBLAS keeps a product on one thread (its interface/gemm.c)."""


def _product(left: Array, right: Array) -> Array:
    """`left @ right` in pieces so small that one thread does each.

    The library behind `@` wakes all of its threads for a larger product, and on a machine that is
    busy with other requests waiting for them takes four times as long as the work.
    """
    rows = max(2, _ONE_THREAD // right.size)
    padded = np.pad(left, ((0, -len(left) % rows), (0, 0)))
    parts = padded.reshape(-1, rows, left.shape[1]) @ right
    product: Array = parts.reshape(len(padded), -1)[: len(left)]
    return product


def _most(attention: Array, places: Sequence[Place | None]) -> list[Place]:
    """For each name the word on which most of its attention falls."""
    words = sorted({place for place in places if place is not None})
    at = {word: row for row, word in enumerate(words)}
    taken = np.zeros((len(words), attention.shape[1]))
    for row, place in zip(attention, places, strict=True):
        if place is not None:
            taken[at[place]] += row
    return [words[row] for row in taken.argmax(axis=0)]


def look(sentences: Sequence[Sequence[Token]], embedder: Embedder) -> Seen | None:
    """The sentences of one note as the networks take them; None without a model or words."""
    windows = list(cut(sentences))
    if not windows or not embedder.is_available:
        return None
    return Seen(
        np.vstack(embedder.pieces([w.ids for w in windows])),
        tuple(place for window in windows for place in window.words),
        frozenset(stems_of(sentences)),
    )


def cut(sentences: Sequence[Sequence[Token]]) -> Iterator[Window]:
    """The sentences in windows as long as the model reads at once, whole where they fit."""
    start, end, stop = (pieces_of(mark)[0] for mark in ("[CLS]", "[SEP]", "."))
    ids: list[int] = []
    words: list[Place | None] = []

    def closed() -> Window:
        return Window((start, *ids, end), (None, *words, None))

    for number, sentence in enumerate(sentences):
        found = [(p, (number, w)) for w, t in enumerate(sentence) for p in pieces_of(t.norm)]
        if ids and len(ids) + 1 + len(found) > _ROOM:
            yield closed()
            ids, words = [], []
        if ids:
            ids.append(stop)
            words.append(None)
        for piece, place in found:
            if len(ids) == _ROOM:
                yield closed()
                ids, words = [], []
            ids.append(piece)
            words.append(place)
    if any(words):
        yield closed()


def stems_of(sentences: Sequence[Sequence[Token]]) -> set[str]:
    """The stems of a note and the pairs of stems that stand side by side, joined by `_`."""
    found: set[str] = set()
    for sentence in sentences:
        row = [stem(token.norm) for token in sentence]
        found.update(row)
        found.update(f"{a}_{b}" for a, b in pairwise(row))
    return found


@lru_cache(maxsize=3)
def load_network(about: Literal["needs", "danger", "kinds"]) -> Network:
    """The weights shipped with the rules; of needs it is asked whether main, whether acceptable."""
    with _kept() as held:
        listed = str(held[f"{about}.vocabulary"]).split("\n")
        return Network(
            names=tuple(str(held[f"{about}.names"]).split("\n")),
            vocabulary={word: number for number, word in enumerate(listed)},
            **{
                name: held[f"{about}.{name}"].astype(np.float32)
                for name in ("first", "first_bias", "ask", "weigh", "bias", "words", "rules_share")
            },
        )


def learned_from() -> str:
    """The digest of the notes that the kept weights were learned from."""
    with _kept() as held:
        return str(held["learned_from"])


def _kept() -> NpzFile:
    """The file of weights; an array is unpacked when it is asked for."""
    kept = files("service.matching.notes") / "rules" / WEIGHTS
    return NpzFile(io.BytesIO(kept.read_bytes()), own_fid=True, allow_pickle=False)

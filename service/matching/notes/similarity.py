"""How near a note's sentences are in meaning to the example sentences of needs and red flags."""

from __future__ import annotations

import hashlib
import io
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import numpy as np

from service.matching.notes.embedder import SHA256, Embedder, Vectors
from service.matching.notes.rulebook import Rulebook
from service.matching.notes.words import stem, tokenize

VECTORS = "example_vectors.npz"


@dataclass(frozen=True, slots=True)
class Nearness:
    """Similarity by name (0 to 1) with the index of the sentence that was nearest.

    `apart` says for each sentence how far it is nearer to this name than to the others on average.
    """

    score: float
    sentence: int
    apart: tuple[float, ...] = ()


class MeaningIndex:
    """The examples of the rulebook as vectors, computed once with the embedder given.

    Needs are read by nearest examples. Red flags are read by kernel ridge regression on the flag
    examples against ordinary sentences, because what separates "a drawer full of tablets" from
    "a drawer full of wool" is small in distance and large in consequence.
    """

    def __init__(self, book: Rulebook, embedder: Embedder) -> None:
        self.embedder = embedder
        texts = example_texts(book)
        vectors = _kept_vectors(texts) if embedder.is_available else None
        if vectors is None:
            vectors = _rounded(embedder.embed(texts))
        cut = iter(np.split(vectors, np.cumsum(_counts(book))[:-1]))
        self._needs = {need: next(cut) for need in book.need_examples}
        flagged = {flag: next(cut) for flag in book.flag_examples}
        ordinary = [next(cut), *self._needs.values()]
        self._flag_names = list(flagged)
        self._examples = np.vstack([*flagged.values(), *ordinary])
        self._weights = _fit_flags(flagged, self._examples)
        alarming = [t for told in book.flag_examples.values() for t in told]
        needy = [t for told in book.need_examples.values() for t in told]
        self._odds = _word_odds(alarming, [*book.ordinary_examples, *needy])

    def needs(self, sentences: Vectors) -> dict[str, Nearness]:
        """Nearness to every need: mean of the two nearest examples, best sentence."""
        if not len(sentences):
            return {name: Nearness(0.0, 0) for name in self._needs}
        near = np.stack([_nearest(sentences, rows, 2) for rows in self._needs.values()])
        apart = near - near.mean(axis=0)
        return {
            name: Nearness(
                float(max(0.0, row.max())), int(row.argmax()), tuple(map(float, apart[i]))
            )
            for i, (name, row) in enumerate(zip(self._needs, near, strict=True))
        }

    def danger(
        self, sentences: Vectors, words: Sequence[Sequence[str]]
    ) -> tuple[str, Nearness] | None:
        """The likeliest red flag of the most alarming sentence; None for no sentences.

        The score adds what speaks for any flag: that something is wrong is surer than what it is.
        About 0 for ordinary sentences and 1 for the examples themselves. A second opinion must
        agree: where the words alone (`words`, by sentence) speak rather for an ordinary sentence,
        the score is 0.
        """
        if not len(sentences):
            return None
        scores = _kernel(_products(sentences, self._examples)) @ self._weights
        agrees = [self._alarm(said) >= _LEAST_ALARM for said in words]
        total = np.where(agrees, np.clip(scores, 0.0, None).sum(axis=1), 0.0)
        at = int(total.argmax())
        return self._flag_names[int(scores[at].argmax())], Nearness(float(total[at]), at)

    def _alarm(self, words: Sequence[str]) -> float:
        """Log-odds of danger from the words alone, each counted once."""
        return sum(self._odds.get(word, 0.0) for word in {stem(w) for w in words})


def example_texts(book: Rulebook) -> list[str]:
    """Every example sentence in the order in which vectors are kept."""
    groups = [*book.need_examples.values(), *book.flag_examples.values(), book.ordinary_examples]
    return [text for group in groups for text in group]


def _counts(book: Rulebook) -> list[int]:
    groups = [*book.need_examples.values(), *book.flag_examples.values(), book.ordinary_examples]
    return [len(group) for group in groups]


def _rounded(vectors: Vectors) -> Vectors:
    """As kept on disk, so that fresh and kept vectors give the same reading."""
    return vectors.astype(np.float16).astype(np.float32)


def digest(texts: Sequence[str]) -> str:
    """What the kept vectors were computed from: the sentences and the model."""
    return hashlib.sha256("\n".join([SHA256, *texts]).encode()).hexdigest()


def _kept_vectors(texts: Sequence[str]) -> Vectors | None:
    """The vectors shipped with the rules, or None when a sentence has been edited since."""
    kept = files("service.matching.notes") / "rules" / VECTORS
    if not kept.is_file():
        return None
    with np.load(io.BytesIO(kept.read_bytes()), allow_pickle=False) as data:
        if str(data["digest"]) != digest(texts):
            return None
        vectors: Vectors = data["vectors"].astype(np.float32)
    return vectors


def write_vectors(path: Path, book: Rulebook, embedder: Embedder) -> None:
    """Compute and keep the vectors of all examples; run after editing an example sentence."""
    texts = example_texts(book)
    vectors = embedder.embed(texts).astype(np.float16)
    np.savez_compressed(path, digest=np.array(digest(texts)), vectors=vectors)


_WIDTH, _PENALTY = 3.0, 0.1
"""Kernel width and ridge penalty, chosen on the project's own sentences (see the decision)."""
_LEAST_ALARM = 1.0
"""Log-odds of danger that the words of a sentence must reach (naive Bayes, even prior)."""


def _word_odds(alarming: Sequence[str], plain: Sequence[str]) -> dict[str, float]:
    """By stem, how much likelier it is in sentences of danger; words met once say nothing."""
    heard, other = _counts_of(alarming), _counts_of(plain)
    return {
        word: math.log((heard[word] + 0.5) / (len(alarming) + 1))
        - math.log((other[word] + 0.5) / (len(plain) + 1))
        for word in sorted(heard | other)
        if heard[word] + other[word] >= 2
    }


def _counts_of(texts: Sequence[str]) -> Counter[str]:
    return Counter(word for text in texts for word in {stem(t.norm) for t in tokenize(text)})


def _kernel(products: Vectors) -> Vectors:
    kernel: Vectors = np.exp(_WIDTH * (products - 1.0)).astype(np.float32)
    return kernel


def _products(sentences: Vectors, examples: Vectors) -> Vectors:
    """The product of each sentence with each example.

    Row by row and on one thread: the library behind `@` wakes all of its threads for it, and on a
    machine that is busy with other requests waiting for them takes thirty times as long.
    """
    return np.stack([np.einsum("j,kj->k", each, examples) for each in sentences])


def _fit_flags(flagged: Mapping[str, Vectors], examples: Vectors) -> Vectors:
    """Weights so that an example of a flag scores 1 for it and every other sentence 0."""
    target = np.zeros((len(examples), len(flagged)))
    start = 0
    for column, vectors in enumerate(flagged.values()):
        target[start : start + len(vectors), column] = 1.0
        start += len(vectors)
    kernel = _kernel(examples @ examples.T).astype(np.float64)
    weights: Vectors = np.linalg.solve(kernel + _PENALTY * np.eye(len(examples)), target).astype(
        np.float32
    )
    return weights


def _nearest(sentences: Vectors, examples: Vectors, best_of: int) -> Vectors:
    """For each sentence the mean product with its `best_of` nearest examples."""
    similar = np.sort(_products(sentences, examples), axis=1)
    nearest: Vectors = similar[:, -best_of:].mean(axis=1)
    return nearest

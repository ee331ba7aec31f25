"""Fits the networks of `hearing` to labelled notes, on numpy and one processor, in some minutes.

Logistic loss for every name and question, attention drawn to the words that a labeller pointed at,
Adam, dropout, and penalties that hold what few notes bear out towards nothing. The gradient is by
hand: it is short, a test holds it against differences, and a library for it would weigh more than
all of Kith.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

from service.matching.notes.hearing import MARK, Network

Array = NDArray[np.float32]
Parameters = dict[str, Array]
_EPSILON = 1e-6
_MOST_PIECES = 160


@dataclass(frozen=True, slots=True)
class Lesson:
    """One note as a network learns from it.

    `vectors` (P, 384) a row a piece; `words` its stems and marks; `right` (K, N) what is true of
    each name, `weight` (K, N) how much that counts, `rules` (K, N) log-odds by rules alone;
    `pointed` (P, N) is 1 where the labeller pointed at the piece for the name.
    """

    vectors: Array
    words: frozenset[str]
    right: Array
    weight: Array
    rules: Array
    pointed: Array


@dataclass(frozen=True, slots=True)
class Course:
    """How a network is taught. The sizes were chosen on notes that no network had learned from.

    `voices` fits from different beginnings speak together: their mean errs less than each.
    `least_stem` and `least_mark` notes must hold a word for it to count; `penalty` holds weights
    down, `stem_penalty`, `phrase_penalty` and `mark_penalty` those of words, of single phrases and
    of "a strong phrase for this need"; `point` is what attention beside the words costs.
    """

    features: int
    epochs: int
    dropout: float
    point: float
    least_stem: int
    least_mark: int
    stem_penalty: float
    phrase_penalty: float
    mark_penalty: float
    first_bias: float
    penalty: float = 1e-3
    inner_penalty: float = 1e-4
    rate: float = 2e-3
    batch: int = 64
    voices: int = 1


NEEDS = Course(192, 25, 0.45, 0.05, 4, 4, 4e-3, 4e-3, 1e-3, 0.0)
DANGER = Course(128, 35, 0.5, 0.5, 5, 3, 1e-2, 4e-3, 1e-3, -3.0, voices=3)
KINDS = Course(96, 20, 0.45, 0.0, 5, 4, 1e-2, 1e-2, 2e-3, 0.0)
_TOKEN_DROPOUT = 0.1
_WARM_STEPS = 50
_HELD = 640.0
"""Penalties are told for this many notes' loss: with more notes each counts for less."""


def vocabulary_of(lessons: Iterable[Lesson], course: Course) -> dict[str, int]:
    """The stems, pairs and marks that enough notes hold, in order."""
    counts = Counter(word for lesson in lessons for word in lesson.words)
    least = {True: course.least_mark, False: course.least_stem}
    kept = sorted(w for w, n in counts.items() if n >= least[w.startswith(MARK)])
    return {word: number for number, word in enumerate(kept)}


@dataclass(frozen=True)
class Voice:
    """One fit: the words it knows and its weights, as `Network` names them without the R axis."""

    vocabulary: dict[str, int]
    held: Parameters


def learn(
    lessons: Sequence[Lesson],
    course: Course,
    voice: int = 0,
    tell: Callable[[int, float], None] = lambda epoch, loss: None,
) -> Voice:
    """One voice fitted to the lessons; the same lessons, course and number give the same voice.

    Parameters
    ----------
    lessons : sequence of Lesson
        At least one batch of them.
    course : Course
    voice : int
        Decides the beginning and the order.
    tell : callable
        Is told each epoch's number and its mean loss.
    """
    vocabulary = vocabulary_of(lessons, course)
    source = np.random.default_rng(voice)
    held = _start(source, lessons[0].right.shape, len(vocabulary), course)
    penalties = _penalties(vocabulary, course)
    steps = course.epochs * (len(lessons) // course.batch)
    adam = _Adam(held)
    for epoch in range(course.epochs):
        order = source.permutation(len(lessons))
        total = 0.0
        for at in range(0, len(lessons) - course.batch + 1, course.batch):
            batch = Batch([lessons[i] for i in order[at : at + course.batch]], vocabulary)
            loss, gradient = loss_and_gradient(held, batch, course, source)
            for name, penalty in penalties.items():
                gradient[name] += 2 * penalty * _HELD / len(lessons) * held[name]
            adam.step(held, gradient, _rate(adam.steps, steps, course.rate))
            total += loss
        tell(epoch + 1, total / max(1, len(lessons) // course.batch))
    return Voice(vocabulary, held)


def together(voices: Sequence[Voice], names: Sequence[str]) -> Network:
    """Voices fitted to the same lessons as one network; `names` are the lessons' N columns."""
    alone = ("first", "first_bias", "ask", "weigh")
    shared = ("bias", "words", "rules_share")
    return Network(
        names=tuple(names),
        vocabulary=voices[0].vocabulary,
        **{name: np.stack([voice.held[name] for voice in voices]) for name in alone},
        **{name: np.mean([voice.held[name] for voice in voices], axis=0) for name in shared},
    )


def _start(
    source: np.random.Generator, shape: tuple[int, ...], words: int, course: Course
) -> Parameters:
    questions, names = shape

    def some(*size: int, spread: float = 0.1) -> Array:
        return (source.normal(size=size) * spread).astype(np.float32)

    return {
        "first": some(384, course.features, spread=0.05),
        "first_bias": np.zeros(course.features, np.float32),
        "ask": some(names, course.features),
        "weigh": some(questions, names, course.features),
        "bias": np.full((questions, names), course.first_bias, np.float32),
        "words": np.zeros((words, questions, names), np.float32),
        "rules_share": np.ones(questions, np.float32),
    }


def _penalties(vocabulary: Mapping[str, int], course: Course) -> dict[str, Array]:
    def of(word: str) -> float:
        if not word.startswith(MARK):
            return course.stem_penalty
        return course.mark_penalty if "!" in word else course.phrase_penalty

    words = np.array([of(word) for word in vocabulary], np.float32)
    inner = np.float32(course.inner_penalty)
    return {
        "first": np.array(inner),
        "ask": np.array(inner),
        "weigh": np.array(course.penalty, np.float32),
        "words": words[:, None, None],
    }


def _rate(step: int, steps: int, rate: float) -> float:
    """Rises over the first steps, then falls along a cosine to nothing."""
    if step < _WARM_STEPS:
        return rate * step / _WARM_STEPS
    done = (step - _WARM_STEPS) / max(1, steps - _WARM_STEPS)
    return rate * 0.5 * (1 + math.cos(math.pi * min(1.0, done)))


class _Adam:
    """Adam (Kingma and Ba, 2015) with its usual constants."""

    def __init__(self, held: Parameters) -> None:
        self.steps = 0
        self._mean = {name: np.zeros_like(value) for name, value in held.items()}
        self._square = {name: np.zeros_like(value) for name, value in held.items()}

    def step(self, held: Parameters, gradient: Parameters, rate: float) -> None:
        """Move `held` in place."""
        self.steps += 1
        for name, slope in gradient.items():
            mean, square = self._mean[name], self._square[name]
            mean += 0.1 * (slope - mean)
            square += 0.001 * (slope * slope - square)
            fair = mean / (1 - 0.9**self.steps)
            size = np.sqrt(square / (1 - 0.999**self.steps)) + 1e-8
            held[name] -= (rate * fair / size).astype(np.float32)


class Batch:
    """Some lessons side by side: pieces one below the other, attention filled up to the longest.

    Pieces after the first `_MOST_PIECES` of a note are left out: few notes have as many.
    """

    def __init__(self, lessons: Sequence[Lesson], vocabulary: Mapping[str, int]) -> None:
        sizes = np.array([min(len(lesson.vectors), _MOST_PIECES) for lesson in lessons])
        names = lessons[0].right.shape[1]
        self.real = np.arange(sizes.max()) < sizes[:, None]
        self.note = np.repeat(np.arange(len(lessons)), sizes)
        self.pieces = np.vstack([lesson.vectors[:_MOST_PIECES] for lesson in lessons]).astype(
            np.float32
        )
        self.pointed = np.zeros((*self.real.shape, names), np.float32)
        self.pointed[self.real] = np.vstack([lesson.pointed[:_MOST_PIECES] for lesson in lessons])
        self.right = np.stack([lesson.right for lesson in lessons])
        self.weight = np.stack([lesson.weight for lesson in lessons])
        self.rules = np.stack([lesson.rules for lesson in lessons])
        rows, columns = [], []
        for row, lesson in enumerate(lessons):
            known = sorted(vocabulary[w] for w in lesson.words if w in vocabulary)
            rows += [row] * len(known)
            columns += known
        self.words = csr_array(
            (np.ones(len(rows), np.float32), (rows, columns)), shape=(len(lessons), len(vocabulary))
        )


def loss_and_gradient(
    held: Parameters, batch: Batch, course: Course, source: np.random.Generator | None
) -> tuple[float, Parameters]:
    """Mean loss of a batch and its slope for each parameter; no dropout without a `source`."""
    count, size = len(batch.real), batch.pieces.shape[1]
    keep = 1 - course.dropout
    real, seen, words = batch.real, batch.pieces, batch.words
    hidden = np.ones((count, 1, held["first"].shape[1]), np.float32)
    if source is not None:
        stays = source.random(real.shape) >= _TOKEN_DROPOUT
        real = real & (stays | (real.sum(axis=1, keepdims=True) < 4))
        stay = (source.random((count, size)) < keep).astype(np.float32) / np.float32(keep)
        seen = seen * stay[batch.note]
        hidden = (source.random(hidden.shape) < keep).astype(np.float32) / np.float32(keep)
        words = words.copy()
        words.data = words.data * (source.random(len(words.data)) < keep) / np.float32(keep)

    raw = np.zeros((*batch.real.shape, hidden.shape[2]), held["first"].dtype)
    raw[batch.real] = np.tanh(seen @ held["first"] + held["first_bias"])
    features = raw * hidden
    asked = np.where(real[..., None], features @ held["ask"].T, -1e9)
    attention = np.exp(asked - asked.max(axis=1, keepdims=True))
    attention /= attention.sum(axis=1, keepdims=True)
    looked = np.einsum("bpn,bph->bnh", attention, features, optimize=True)
    shape = held["words"].shape
    said = (words @ held["words"].reshape(shape[0], -1)).reshape(count, *shape[1:])
    odds = np.einsum("bnh,knh->bkn", looked, held["weigh"], optimize=True)
    odds = odds + held["bias"] + said + batch.rules * held["rules_share"][:, None]

    losses = np.logaddexp(0, odds) - batch.right * odds
    hit = (attention * batch.pointed).sum(axis=1)
    points = batch.pointed.any(axis=1)
    missed = np.where(points, -np.log(hit + _EPSILON), 0.0)
    loss = float((losses * batch.weight).sum() + course.point * missed.sum()) / count

    slope = (1 / (1 + np.exp(-odds)) - batch.right) * batch.weight / count
    to_looked = np.einsum("bkn,knh->bnh", slope, held["weigh"], optimize=True)
    to_attention = np.einsum("bnh,bph->bpn", to_looked, features, optimize=True)
    pull = np.where(points, course.point / (hit + _EPSILON) / count, 0.0)
    to_attention -= batch.pointed * pull[:, None, :]
    mean = (attention * to_attention).sum(axis=1, keepdims=True)
    to_asked = attention * (to_attention - mean)
    to_features = np.einsum("bpn,bnh->bph", attention, to_looked, optimize=True)
    to_features += to_asked @ held["ask"]
    to_raw = (to_features * hidden * (1 - raw * raw))[batch.real]
    return loss, {
        "first": seen.T @ to_raw,
        "first_bias": to_raw.sum(axis=0),
        "ask": np.einsum("bpn,bph->nh", to_asked, features, optimize=True),
        "weigh": np.einsum("bkn,bnh->knh", slope, looked, optimize=True),
        "bias": slope.sum(axis=0),
        "words": (words.T @ slope.reshape(count, -1)).reshape(shape),
        "rules_share": (slope * batch.rules).sum(axis=(0, 2)),
    }

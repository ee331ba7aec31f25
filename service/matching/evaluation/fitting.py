"""Fits the few weights of `reading.toml` to labelled notes; run by hand when rules change.

Logistic regression with a small penalty, by Newton steps on numpy: nine weights, a few hundred
notes at most, so nothing heavier is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.matching.notes import needs as need_reading
from service.matching.notes.reader import NoteReader
from service.matching.notes.rulebook import rulebook

NAMES = (
    "bias",
    "rules",
    "strong",
    "many",
    "meaning",
    "stands_out",
    "brought",
    "requested",
    "early",
)
Array = NDArray[np.float64]


def table(
    rows: Sequence[Mapping[str, Any]], reader: NoteReader
) -> tuple[Array, Array, Array, Array]:
    """Features (notes x needs, 9), offsets, and labels "acceptable" and "expected"."""
    x, offset, fine, main = [], [], [], []
    for row in rows:
        heard = reader.hear(row["note"])
        values = need_reading.features(heard.evidence, heard.nearness, rulebook(), heard.priors)
        for need, one in values.items():
            x.append([one[name] for name in NAMES])
            offset.append(one["prior"])
            main.append(float(need in row["expected_needs"]))
            fine.append(float(main[-1] or need in row["acceptable_needs"]))
    return np.array(x), np.array(offset), np.array(fine), np.array(main)


def fit(
    x: Array, offset: Array, y: Array, needs: Sequence[str]
) -> tuple[dict[str, float], dict[str, float]]:
    """Weights by name and an extra bias by need, strongly held to zero, for labels `y`.

    `needs` are the need ids in the order in which the rows of each note stand.
    """
    one_hot = np.tile(np.eye(len(needs)), (len(x) // len(needs), 1))
    full = np.hstack([x, one_hot])
    ridge = np.concatenate([[1e-6], np.full(x.shape[1] - 1, 2.0), np.full(len(needs), 6.0)])
    weights = np.zeros(full.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-(full @ weights + offset)))
        gradient = full.T @ (y - chance) - ridge * weights
        curvature = (full * (chance * (1 - chance))[:, None]).T @ full + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if float(np.abs(step).max()) < 1e-8:
            break
    shared = {n: round(float(w), 2) for n, w in zip(NAMES, weights, strict=False)}
    single = {n: round(float(w), 2) for n, w in zip(needs, weights[len(NAMES) :], strict=True)}
    return shared, {n: w for n, w in single.items() if abs(w) >= 0.1}

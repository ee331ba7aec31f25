"""Fits the few weights of the rules in `reading.toml` to labelled notes; run by hand.

Logistic regression with a small penalty, by Newton steps on numpy: seven weights and a bias by
need, so nothing heavier is wanted. `python -m benchmarks.notes_fit` prints the result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from service.matching.notes import needs as need_reading
from service.matching.notes.reader import NoteReader
from service.matching.notes.rulebook import rulebook

MAIN = (
    "bias",
    "rules",
    "strong",
    "many",
    "requested",
    "early",
)
ACCEPT = (*MAIN, "brought")
FIXED = {"denied": -1.5, "prior": 1.0}
RIDGE, RIDGE_BY_NEED = 1.0, 6.0
Array = NDArray[np.float64]
Table = dict[str, dict[str, float]]
Weights = dict[str, Any]


def tables(rows: Sequence[Mapping[str, Any]], reader: NoteReader) -> list[Table]:
    """The features of each note, before companions are weighed."""
    heard = [reader.hear(row["note"]) for row in rows]
    return [need_reading.features(h.evidence, rulebook(), h.priors) for h in heard]


def fit(rows: Sequence[Mapping[str, Any]], features: Sequence[Table]) -> tuple[Weights, Weights]:
    """Weights for "main need" and then, with what main needs bring, for "acceptable".

    Parameters
    ----------
    rows : sequence of mapping
        Labelled notes.
    features : sequence of Table
        From `tables`, in the same order; `brought` is written into them.
    """
    expected = [set(row["expected_needs"]) for row in rows]
    fine = [e | set(row["acceptable_needs"]) for e, row in zip(expected, rows, strict=True)]
    main = _weights(features, expected, MAIN)
    for table in features:
        need_reading.weigh(table, main, {}, rulebook())
    return main, _weights(features, fine, ACCEPT)


def out_of_fold(
    rows: Sequence[Mapping[str, Any]], features: Sequence[Table], *, folds: int = 6, seed: int = 0
) -> list[dict[str, tuple[float, float]]]:
    """For each note, the log-odds (acceptable, main) by weights fitted without its fold."""
    fold = np.random.default_rng(seed).permutation(len(rows)) % folds
    found: list[dict[str, tuple[float, float]]] = [{} for _ in rows]
    for one in range(folds):
        kept = np.flatnonzero(fold != one).tolist()
        main, accept = fit([rows[i] for i in kept], [features[i] for i in kept])
        for i in np.flatnonzero(fold == one).tolist():
            found[i] = need_reading.weigh(features[i], main, accept, rulebook())
    return found


def _weights(features: Sequence[Table], right: Sequence[set[str]], names: Sequence[str]) -> Weights:
    needs = list(features[0])
    x = np.array([[one[n] for n in names] for table in features for one in table.values()])
    offset = np.array(
        [
            sum(one[n] * weight for n, weight in FIXED.items())
            for table in features
            for one in table.values()
        ]
    )
    y = np.array([float(n in good) for good in right for n in needs])
    shared, single = logistic(x, offset, y, len(needs))
    by_need = {n: round(float(w), 2) for n, w in zip(needs, single, strict=True)}
    return {
        **{n: round(float(w), 2) for n, w in zip(names, shared, strict=True)},
        **FIXED,
        "by_need": {n: w for n, w in by_need.items() if abs(w) >= 0.1},
    }


def logistic(x: Array, offset: Array, y: Array, groups: int) -> tuple[Array, Array]:
    """Weights for the columns of `x` and an extra bias by group, both held towards zero.

    The first column of `x` is the bias and is not held. Row i belongs to group `i % groups`.
    """
    full = np.hstack([x, np.tile(np.eye(groups), (len(x) // groups, 1))])
    ridge = np.concatenate([[1e-6], np.full(x.shape[1] - 1, RIDGE), np.full(groups, RIDGE_BY_NEED)])
    weights = np.zeros(full.shape[1])
    for _ in range(40):
        chance = 1 / (1 + np.exp(-(full @ weights + offset)))
        gradient = full.T @ (y - chance) - ridge * weights
        curvature = (full * (chance * (1 - chance))[:, None]).T @ full + np.diag(ridge)
        step = np.linalg.solve(curvature, gradient)
        weights += step
        if float(np.abs(step).max()) < 1e-8:
            break
    return weights[: x.shape[1]], weights[x.shape[1] :]

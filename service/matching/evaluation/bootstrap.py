"""Intervals by resampling notes; two readers are compared on the same resamples."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RESAMPLES = 2000


def interval(values: Sequence[float], *, seed: int = 7) -> tuple[float, float]:
    """The 95% percentile interval of the mean; (0, 0) for no values."""
    if not values:
        return (0.0, 0.0)
    data = np.asarray(values, dtype=float)
    draws = np.random.default_rng(seed).integers(0, len(data), (RESAMPLES, len(data)))
    low, high = np.percentile(data[draws].mean(axis=1), [2.5, 97.5])
    return (round(float(low), 4), round(float(high), 4))


def difference(
    ours: Sequence[float], theirs: Sequence[float], *, seed: int = 7
) -> tuple[float, float]:
    """The 95% interval of the paired difference of means; both must be over the same notes."""
    if len(ours) != len(theirs):
        raise ValueError("A paired comparison needs the same notes on both sides.")
    return interval([a - b for a, b in zip(ours, theirs, strict=True)], seed=seed)

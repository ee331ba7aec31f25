"""Typing noise: the same slips for the same note every time."""

from __future__ import annotations

import random
import string


def with_typing_noise(text: str, ratio: float, seed: str) -> str:
    """`text` with each letter damaged with probability `ratio`.

    A third of the damage drops the letter, a third adds a random letter after it, a third replaces
    it. The generator is seeded by `seed` (the row's id), so equal input gives equal output.
    """
    source = random.Random(seed)  # noqa: S311 - repeatable noise, not a secret
    out: list[str] = []
    for char in text:
        if not char.isalpha() or source.random() >= ratio:
            out.append(char)
            continue
        kind = source.random()
        if kind < 1 / 3:
            continue
        letter = source.choice(string.ascii_lowercase)
        out.append(char + letter if kind < 2 / 3 else letter)
    return "".join(out)

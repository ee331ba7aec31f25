"""Single sentences that tell one need, or only sound like it, by half.

A sentence belongs to the build half or the held-out half by a hash of its text.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path

from service.matching.evaluation.danger import Half, half_of
from service.matching.evaluation.rows import Reader


@dataclass(frozen=True, slots=True)
class Said:
    """One sentence and the need it tells; `tells` is false when it only sounds like it."""

    need: str
    text: str
    tells: bool
    half: Half


def sentences_of(path: Path) -> list[Said]:
    """Every sentence of a TOML file with `said` by need and a table `not_said`, in file order."""
    data = tomllib.loads(path.read_text("utf-8"))
    others = data.pop("not_said")
    said = [Said(n, t, True, half_of(t)) for n, held in data.items() for t in held["said"]]
    return said + [Said(n, t, False, half_of(t)) for n, held in others.items() for t in held]


def shown_ratio(said: list[Said], reader: Reader) -> float:
    """The share of sentences for which their need is shown; 0 for no sentences."""
    shown = sum(one.need in reader.read(one.text).shown for one in said)
    return shown / max(1, len(said))

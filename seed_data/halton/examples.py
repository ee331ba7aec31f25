"""What is invented: the community groups, one referral and one note."""

from __future__ import annotations

import json

from geo.errors import Json
from seed_data.halton import files


def assets_csv() -> bytes:
    """The invented groups in the asset file format that `seed_data/README.md` describes."""
    return files.data("assets.csv")


def referral() -> dict[str, Json]:
    """One invented referral, in the shape the API takes. A fresh copy each time."""
    document: dict[str, Json] = json.loads(files.text("referral.json"))
    return document


def note() -> str:
    """An invented GP's note about the same person, for reading needs out of words."""
    return files.text("note.txt").strip()

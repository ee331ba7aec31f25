"""The ids under which assets stand in the directory that other systems read."""

from __future__ import annotations

import re
from typing import Final

_SHAPE: Final = re.compile(r"[A-Za-z0-9.-]{1,64}")
"""What a FHIR id may be made of."""
_PREFIX: Final = "asset-"
_DIGITS: Final = 10
"""Of a number that a database can hold, one more."""


def listed_id(code: str, asset_id: int) -> str:
    """The id of an asset: its code, or its number where the code is longer or has other signs."""
    fits = _SHAPE.fullmatch(code) is not None and not _numbered(code)
    return code if fits else f"{_PREFIX}{asset_id}"


def listed_number(identity: str) -> int | None:
    """The number of an asset that stands under it; None for one under its code."""
    return int(identity.removeprefix(_PREFIX)) if _numbered(identity) else None


def _numbered(identity: str) -> bool:
    number = identity.removeprefix(_PREFIX)
    return (
        identity.startswith(_PREFIX) and number.isascii() and number.isdigit() and len(number) < 10
    )

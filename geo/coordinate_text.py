"""Numbers as people and files write them in coordinate columns."""

from __future__ import annotations

import math
import re

from geo.errors import BadCoordinate

_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")


def number(value: object, name: str) -> float | None:
    """The number that `value` stands for, or None when nothing is there.

    None, an empty or blank text, and NaN (what data frames put for an empty cell) are nothing.
    A typographic minus sign is a minus sign, and commas that stand exactly at the thousands
    are dropped. A decimal comma is refused, not guessed at.

    Parameters
    ----------
    value : object
        A number, a text, or nothing.
    name : str
        What the number is ("easting"), for the error's sentence.

    Raises
    ------
    BadCoordinate
        If something is there and it is not a finite number; `fields["reason"]` is
        `not-a-number`.
    """
    if value is None:
        return None
    if isinstance(value, str):
        text = value.strip().replace("\N{MINUS SIGN}", "-")
        if not text:
            return None
        if _THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
    elif isinstance(value, bool) or not hasattr(value, "__float__"):
        raise _fault(name)
    else:
        text = str(value)
    try:
        found = float(text)
    except ValueError:
        raise _fault(name) from None
    if math.isnan(found) and not isinstance(value, str):
        return None
    if not math.isfinite(found):
        raise _fault(name)
    return found


def _fault(name: str) -> BadCoordinate:
    return BadCoordinate(
        f"The {name} is not a number. Write it in figures, with a point for decimals.",
        reason="not-a-number",
        field=name,
    )

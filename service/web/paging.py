"""Where in a list a page begins."""

from __future__ import annotations


def offset_of(text: str) -> int:
    """A number from an address; what is none, or too large to be one, is the beginning."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 7 else 0

"""Answers that need not be sent again: tags of what they were made from (RFC 9110, section 13)."""

from __future__ import annotations

import hashlib
from importlib.metadata import version

from fastapi import Request


def tag_of(*parts: object) -> str:
    """A weak tag of everything an answer depends on; this version of Kith is always part of it."""
    digest = hashlib.sha256(repr((version("kith"), *parts)).encode()).hexdigest()
    return f'W/"{digest[:32]}"'


def has_it(request: Request, tag: str) -> bool:
    """Whether the sender says it has this answer already, or any at all (`*`)."""
    given = request.headers.getlist("if-none-match")
    known = {each.strip().removeprefix("W/") for line in given for each in line.split(",")}
    return "*" in known or tag.removeprefix("W/") in known

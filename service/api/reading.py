"""What a request got wrong, told without repeating what was sent."""

from __future__ import annotations

from dataclasses import dataclass

from fastapi.exceptions import RequestValidationError

from geo.errors import Json

MOST_TOLD = 50
"""Errors listed in one answer; a body can have thousands, and nobody mends them one by one."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """The errors of one request. `malformed` when the body is not JSON at all."""

    malformed: bool
    errors: list[Json]


def whats_wrong(error: RequestValidationError) -> Wrong:
    """Where each error is and what to do about it.

    The value itself is left out: it may be a name, a number or a note.
    """
    found = error.errors()
    malformed = any(each["type"] == "json_invalid" for each in found)
    listed: list[Json] = [
        {"where": where_is(each["loc"]), "what": _sentence(each)} for each in found[:MOST_TOLD]
    ]
    return Wrong(malformed, listed)


def where_is(location: tuple[int | str, ...]) -> str:
    """A path as people write it: `body.needs[0]`, `query.within_m`, `header.idempotency-key`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


_SENTENCES = {
    "missing": "This is needed and was not given.",
    "extra_forbidden": "There is no such field. Check its spelling, or leave it out.",
    "json_invalid": "The body is not JSON from about this character on.",
}


def _sentence(found: dict[str, object]) -> str:
    kind, message = str(found["type"]), str(found["msg"])
    if kind in _SENTENCES:
        return _SENTENCES[kind]
    return message.removeprefix("Value error, ").rstrip(".") + "."

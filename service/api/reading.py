"""What a request got wrong, told without repeating what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message

from fastapi.exceptions import RequestValidationError

from geo.errors import Json
from service.api.errors import BadRequest, BodyNotJson, NotJsonType, RequestError
from service.api.v1.fields import PATTERNS

MOST_TOLD = 50
"""Errors listed in one answer; a body can have thousands, and nobody mends them one by one."""


def whats_wrong(error: RequestValidationError, content_type: str) -> RequestError:
    """The error of a whole request: where each thing is and what to do about it.

    The value itself is left out: it may be a name, a number or a note.
    """
    found = error.errors()
    for each in found:
        if each["type"] == "json_invalid":
            return BodyNotJson(
                "The body could not be read as JSON. Check commas, quotes and brackets, from "
                f"about character {int(each['loc'][-1]) + 1} on.",
                character=int(each["loc"][-1]) + 1,
            )
        if each["loc"] == ("body",) and each["type"] != "missing" and not is_json(content_type):
            return NotJsonType("Send JSON, with `Content-Type: application/json`.")
    listed: list[Json] = [
        {"where": where_is(each["loc"]), "what": _sentence(each)} for each in found[:MOST_TOLD]
    ]
    detail = "One thing is" if len(found) == 1 else f"{len(found)} things are"
    return BadRequest(
        f"{detail} wrong with the request. Each is listed with where it is and what to do.",
        errors=listed,
    )


def is_json(content_type: str) -> bool:
    """Whether a body of this type is read as JSON: application/json, or any +json of it."""
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def where_is(location: tuple[int | str, ...]) -> str:
    """A path as people write it: `body.needs[0]`, `query.within_m`, `header.idempotency-key`."""
    path = ""
    for part in location:
        if isinstance(part, int):
            path += f"[{part}]"
        else:
            path += f".{part}" if path else part
    return path


_OBJECT = "Send a JSON object, in braces."
_NUMBER = "Write a number."
_WHOLE = "Write a whole number, without quotes."
# By pydantic's kinds of error; what stands in braces comes with the error.
_SENTENCES = {
    "missing": "This is needed and was not given.",
    "extra_forbidden": "There is no such field. Check its spelling, or leave it out.",
    "model_attributes_type": _OBJECT,
    "model_type": _OBJECT,
    "dict_type": _OBJECT,
    "list_type": "Send a list, in square brackets.",
    "string_type": "Send text, in quotes.",
    "bool_type": "Write true or false, without quotes.",
    "bool_parsing": "Write true or false.",
    "int_type": _WHOLE,
    "int_from_float": _WHOLE,
    "int_parsing": "Write a whole number.",
    "int_parsing_size": "Write a smaller number.",
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "too_long": "Give at most {max_length}.",
    "string_too_long": "Write at most {max_length} characters.",
    "string_too_short": "Write at least {min_length} character.",
    "string_unicode": "There is half a character in it that no text has. Take it out.",
    "greater_than": "Use a number above {gt:,}.",
    "greater_than_equal": "Use {ge:,} or more.",
    "less_than_equal": "Use {le:,} or less.",
    "enum": "Use one of: {expected}.",
}


def _sentence(found: Mapping[str, object]) -> str:
    kind, context = str(found["type"]), found.get("ctx")
    known = context if isinstance(context, dict) else {}
    if kind == "string_pattern_mismatch":
        return PATTERNS.get(str(known.get("pattern")), "This is not written as it should be.")
    if kind in _SENTENCES:
        return _SENTENCES[kind].format(**{key: _plain(value) for key, value in known.items()})
    return str(found["msg"]).removeprefix("Value error, ").rstrip(".") + "."


def _plain(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value.replace("'", "").replace(" or ", ", ") if isinstance(value, str) else value

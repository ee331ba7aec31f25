"""Whether a resource has the shape of R4: its elements, their kinds, and texts to be kept."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from service.api.fhir.rules.findings import Findings, Resource

TYPES: Final = (
    "ServiceRequest",
    "Task",
    "Patient",
    "Practitioner",
    "PractitionerRole",
    "Organization",
    "HealthcareService",
    "Condition",
    "Consent",
)
"""The resources that a referral is made of."""

DEEPEST: Final = 40
"""Levels of a resource: the deepest of UK Core has a dozen."""
LONGEST_TEXT: Final = 20_000
"""Characters of one text, as in Kith's own API."""

_MOST: Final = 10**15

_TEXTS: Final = {
    "model_field_validation.missing": ("required", "This is needed and was not given."),
    "missing": ("required", "This is needed and was not given."),
    "extra_forbidden": ("structure", "There is an element here that the resource does not have."),
    "value_error": ("value", "This is not written as FHIR writes it."),
    "string_pattern_mismatch": ("value", "This is not written as FHIR writes it."),
    "string_too_long": ("too-long", "This is too long."),
    "string_too_short": ("value", "This is empty. Leave the element out instead."),
    "too_short": ("value", "This list is empty. Leave the element out instead."),
}
_OTHERWISE: Final = ("structure", "This is not the kind of value that belongs here.")


def check_shape(resource: Resource, at: str, found: Findings) -> None:
    """Note whatever of `resource`, which stands at `at`, is not R4.

    Codes are not looked at: the models that are used here take any.
    """
    kind = resource.get("resourceType")
    if kind not in TYPES:
        found.add(
            "not-supported",
            f"{at}.resourceType" if "." in at else "resourceType",
            f"Kith takes {', '.join(TYPES)} of a referral, and no other resource.",
        )
        return
    check_r4(resource, at, found)


def check_r4(resource: Resource, at: str, found: Findings) -> None:
    """The same for a resource of any type of R4."""
    kind = str(resource.get("resourceType"))
    if not check_texts(resource, at, found):
        return
    # Here, because the models take a tenth of a second to load, and most of Kith needs none.
    from fhir.resources.R4B import get_fhir_model_class

    try:
        model = get_fhir_model_class(kind).model_validate(resource)
        _check_no_json_in_texts(resource, model, at, found)
    except ValidationError as error:
        for each in error.errors(include_input=False, include_url=False, include_context=False):
            code, text = _TEXTS.get(each["type"], _OTHERWISE)
            where = each["loc"][:-1] if each["type"] == "extra_forbidden" else each["loc"]
            found.add(code, path(at, where), text)
    except (AttributeError, KeyError, ValueError, TypeError, RecursionError, OverflowError):
        found.add("structure", at, "This could not be read as a resource of R4.")


def _check_no_json_in_texts(resource: Resource, model: BaseModel, at: str, found: Findings) -> None:
    """Note texts that the models have read as JSON and taken for the element that belongs there."""
    texts = [where for where, text in _texts(resource) if text.lstrip().startswith("{")]
    if not texts:
        return
    read = model.model_dump()
    for where in texts:
        value: Any = read
        for part in where:
            inside = part < len(value) if isinstance(part, int) else part in value
            value = value[part] if inside else ""
        if not isinstance(value, str):
            code, text = _OTHERWISE
            found.add(code, path(at, where), text)


def _texts(
    value: Any,  # noqa: ANN401 - any JSON
    where: tuple[int | str, ...] = (),
) -> Iterator[tuple[tuple[int | str, ...], str]]:
    if isinstance(value, str):
        yield where, value
    elif isinstance(value, dict | list):
        for key, each in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _texts(each, (*where, key))


def warm() -> None:
    """Load the models of every type, so that the first request does not wait for them."""
    from fhir.resources.R4B import get_fhir_model_class

    for kind in TYPES:
        try:
            get_fhir_model_class(kind).model_validate({"resourceType": kind})
        except ValidationError:
            continue


def path(at: str, location: tuple[int | str, ...]) -> str:
    """A place in a resource as FHIRPath: `Patient.name[0].family`.

    Names that R4 does not have are left out: they may be anything somebody typed.
    """
    for part in location:
        if isinstance(part, int):
            at += f"[{part}]"
        elif part.replace("_", "").isalnum() and part.isascii() and len(part) <= 40:
            at += f".{part}"
    return at


def check_texts(resource: Resource, at: str, found: Findings) -> bool:
    """Note texts that cannot be kept, numbers without end, and nesting without end.

    Returns whether nothing was noted.
    """
    before = len(found.issues)
    waiting: list[tuple[Any, str, int]] = [(resource, at, 0)]
    while waiting:
        value, where, depth = waiting.pop()
        if depth > DEEPEST:
            found.add("structure", at, f"This is nested more than {DEEPEST} levels deep.")
            break
        if isinstance(value, str):
            _text(value, where, found)
        elif isinstance(value, float | int) and not -_MOST <= value <= _MOST:
            found.add("value", where, "This number is too large.")
        elif isinstance(value, list):
            waiting += [(each, f"{where}[{n}]", depth + 1) for n, each in enumerate(value)]
        elif isinstance(value, dict):
            for key, each in value.items():
                _text(key, where, found)
                waiting.append((each, path(where, (key,)), depth + 1))
    return len(found.issues) == before


def _text(value: str, where: str, found: Findings) -> None:
    if len(value) > LONGEST_TEXT and not where.endswith((".data", ".div")):
        found.add("too-long", where, f"Keep a text under {LONGEST_TEXT:,} characters.")
    if any((ord(c) < 32 and c not in "\t\n\r") or 0xD800 <= ord(c) <= 0xDFFF for c in value):
        found.add("value", where, "There is a character in it that no text has. Take it out.")

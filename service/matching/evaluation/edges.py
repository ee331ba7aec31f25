"""Behaviour notes: action, needs, flags, facts and time all right, or a list of what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from service.matching.evaluation.metrics import SERIOUS

Row = Mapping[str, Any]


def faults(expected: Row, predicted: Row, notice: str = "") -> list[str]:
    """What a prediction gets wrong of a behaviour note; empty when it passes.

    Parameters
    ----------
    expected : mapping
        The `expected` object of the row.
    predicted : mapping
        A prediction row.
    notice : str
        The sentence shown with the action, looked at for the fallback "language not supported".
    """
    if expected.get("fallback") and predicted["action"] == "ask_for_more":
        return [] if "not supported" in notice.lower() else ["fallback without its sentence"]
    wrong: list[str] = []
    if predicted["action"] != expected["action"]:
        wrong.append(f"action {predicted['action']}, not {expected['action']}")
    missing = set(expected.get("needs_include", ())) - set(predicted["needs"][:5])
    wrong += [f"need {need} not in the first five" for need in sorted(missing)]
    shown = set(expected.get("needs_exclude", ())) & set(predicted["shown"])
    wrong += [f"need {need} shown" for need in sorted(shown)]
    flags = predicted["flags"]
    wrong += [f"flag {f} not current" for f in expected["flags"] if flags.get(f) != "current"]
    given = {f"{flag}:{status}" for flag, status in flags.items()}
    wrong += [f"flag {f} returned" for f in set(expected.get("flags_exclude", ())) & given]
    allowed = set(expected.get("flags_ok", ()))
    wrong += [
        f"flag {flag} not expected"
        for flag, status in flags.items()
        if status in SERIOUS and flag not in expected["flags"] and f"{flag}:{status}" not in allowed
    ]
    for key, value in expected.get("facts", {}).items():
        if not _agrees(key, value, predicted["facts"].get(key)):
            wrong.append(f"fact {key} is {predicted['facts'].get(key)!r}, not {value!r}")
    if predicted["seconds"] > expected.get("max_seconds", 2):
        wrong.append(f"took {predicted['seconds']} s")
    return wrong


def _agrees(key: str, wanted: object, got: object) -> bool:
    """Equal, or for safe contact: forbids at least every channel asked for."""
    if key == "safe_contact" and isinstance(got, str):
        return all(channel in got for channel in str(wanted).removeprefix("no ").split(" or "))
    return got == wanted

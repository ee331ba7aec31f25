"""What the rules find wrong, each with its element and never with what was sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from service.api.fhir.errors import Issue

MOST_TOLD: Final = 50
"""Issues told of one request: whoever sends more wrong things mends these first."""

Resource = dict[str, Any]


class Findings:
    """Issues as they are found, in the order of the rules."""

    def __init__(self) -> None:
        self.issues: list[Issue] = []

    def add(self, code: str, at: str, text: str, *, severity: str = "error") -> None:
        """Note one more; beyond `MOST_TOLD` none is kept."""
        issue = Issue(code, text, at, severity)
        if len(self.issues) < MOST_TOLD and issue not in self.issues:
            self.issues.append(issue)

    @property
    def errors(self) -> tuple[Issue, ...]:
        """Those that stand in the way."""
        return tuple(each for each in self.issues if each.severity == "error")


def rows(resource: Any, name: str) -> Iterator[tuple[int, Resource]]:  # noqa: ANN401 - any JSON
    """The objects of a list of a resource, with their places; nothing where there is no list."""
    found = resource.get(name) if isinstance(resource, dict) else None
    if isinstance(found, list):
        for place, each in enumerate(found):
            if isinstance(each, dict):
                yield place, each


def child(resource: Any, name: str) -> Resource:  # noqa: ANN401 - any JSON
    """An object below a resource; an empty one where there is none."""
    found = resource.get(name) if isinstance(resource, dict) else None
    return found if isinstance(found, dict) else {}


def text_of(resource: Any, name: str) -> str:  # noqa: ANN401 - any JSON
    """A text below a resource; empty where there is none, or where it is something else."""
    found = resource.get(name) if isinstance(resource, dict) else None
    return found if isinstance(found, str) else ""


def texts_of(resource: Any, name: str) -> list[str]:  # noqa: ANN401 - any JSON
    """The texts of a list of a resource; none where there is no list."""
    found = resource.get(name) if isinstance(resource, dict) else None
    return [each for each in found if isinstance(each, str)] if isinstance(found, list) else []


def codings(concept: Any) -> Iterator[tuple[int, str, str]]:  # noqa: ANN401 - any JSON
    """Place, system and code of each coding of a concept."""
    for place, coding in rows(concept, "coding"):
        yield place, text_of(coding, "system"), text_of(coding, "code")

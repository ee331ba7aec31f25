"""Why somebody is referred: needs by their codes, and the words of whoever refers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Final

from seed_data import needs as need_list
from service.api.fhir.parse.flags import words_of_flags
from service.api.fhir.parse.gathered import Gathered
from service.api.fhir.rules.findings import Resource, child, codings, rows, text_of
from service.api.fhir.systems import NEED, SNOMED

BY_CODE_ONLY: Final = "Referred by codes alone, none of which says what the person needs."
"""The words kept of a referral that has neither a known code nor any words."""


def needs_of(found: Gathered) -> tuple[str, ...]:
    """Needs by code, in the order sent, each once: first those of the request itself."""
    needs: list[str] = []
    for concept in _concepts(found):
        for _, system, code in codings(concept):
            needs += needs_by_code().get((system, code), ())
    return tuple(dict.fromkeys(needs))


def words_of(found: Gathered) -> str:
    """What was said in words: notes and reasons, each once, in the order sent.

    What a code means that Kith cannot place is said by its display, so that it is read as words.
    """
    request = found.request.resource
    parts = [text_of(each, "text") for _, each in rows(request, "note")]
    parts += [text_of(concept, "text") for concept in _concepts(found)]
    for each in found.conditions:
        parts += [text_of(note, "text") for _, note in rows(each.resource, "note")]
    parts.append(text_of(request, "patientInstruction"))
    parts += words_of_flags(found)
    parts += _displays(_concepts(found))
    tidy = dict.fromkeys(part.strip() for part in parts if part.strip())
    return "\n".join(tidy) or ("" if needs_of(found) else BY_CODE_ONLY)


def _concepts(found: Gathered) -> Sequence[Resource]:
    of_request = [each for _, each in rows(found.request.resource, "reasonCode")]
    return [*of_request, *(child(each.resource, "code") for each in found.conditions)]


def _displays(concepts: Iterable[Resource]) -> list[str]:
    told = []
    for concept in concepts:
        known = any((system, code) in needs_by_code() for _, system, code in codings(concept))
        if not known and not text_of(concept, "text"):
            told += [text_of(each, "display") for _, each in rows(concept, "coding")]
    return told


@cache
def needs_by_code() -> Mapping[tuple[str, str], tuple[str, ...]]:
    """Needs by system and code: Kith's own, and those SNOMED ids that somebody has verified."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for need in need_list.load().needs.values():
        found[(NEED, need.id)] = (need.id,)
        for each in need.verified_snomed:
            pair = (SNOMED, each.code)
            found[pair] = (*found.get(pair, ()), need.id)
    return found

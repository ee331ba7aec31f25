"""Why a text is not a postcode, in a sentence, and which postcode was probably meant."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations, product

from geo.errors import BadPostcode
from geo.postcode_elsewhere import code_abroad, stand_in
from geo.postcode_shape import (
    INWARD_LETTERS,
    OUTWARD,
    as_full,
    as_partial,
    compact,
    single_spaced,
    trimmed,
)

EXAMPLE = "WA8 6TR"

LOOKALIKES = {
    "0": "O",
    "O": "0",
    "1": "IL",
    "I": "1",
    "L": "1",
    "2": "Z",
    "Z": "2",
    "5": "S",
    "S": "5",
    "8": "B",
    "B": "8",
}
"""Characters that are mistaken for each other in type and in handwriting."""

MAX_LOOKALIKES = 2
"""More than two mistaken characters in seven is a different postcode, not a slip."""

QUOTED_CHARACTERS = 8
"""A longer text is not quoted back: what is pasted in the wrong field may be a name or a note."""

SEARCHED_CHARACTERS = 64
"""In a longer text no postcode is looked for: it is a note, and none of it is repeated."""

_ONE_SHORT = re.compile(rf"{OUTWARD} ?[0-9][A-Z]")
_WITHIN = re.compile(rf"\b{OUTWARD} ?[0-9][{INWARD_LETTERS}]{{2}}\b")


def explain(text: object, *, partial: bool = False) -> BadPostcode:
    """The error for a text that is no full postcode (or, with `partial`, no part of one).

    Always returns an error: call it only for what has been found wanting.
    """
    if not isinstance(text, str):
        return BadPostcode("A postcode must be text, such as " + EXAMPLE + ".", reason="not-text")
    letters = compact(text)
    reason, said = _fault(single_spaced(text), partial=partial)
    suggestion = None if partial else suggest(text)
    quoted = f"“{trimmed(text)}” " if 0 < len(trimmed(text)) <= QUOTED_CHARACTERS else "That text "
    hint = f" Did you mean {suggestion}?" if suggestion else ""
    if not letters:
        return BadPostcode(said, reason=reason)
    return BadPostcode(quoted + said + hint, reason=reason, suggestion=suggestion)


def suggest(text: str) -> str | None:
    """The one postcode that `text` is a slip of, or None when none or several fit.

    A slip is punctuation inside ("WA8-6TR"), words around it ("Widnes WA8 6TR"), or up to two
    characters mistaken for others that look like them ("WA8 OTR" for WA8 0TR). The fewest
    changes win; if two postcodes need equally few, nothing is suggested.
    """
    if len(text) > SEARCHED_CHARACTERS:
        return None
    within = {as_full(compact(found)) for found in _WITHIN.findall(trimmed(text))}
    if len(within) == 1:
        return within.pop()
    letters = re.sub(r"[^A-Z0-9]", "", compact(text))
    if not 5 <= len(letters) <= 7:
        return None
    for changes in range(MAX_LOOKALIKES + 1):
        found = set(_changed(letters, changes))
        if found:
            return found.pop() if len(found) == 1 else None
    return None


def _changed(letters: str, changes: int) -> Iterator[str]:
    places = [place for place, letter in enumerate(letters) if letter in LOOKALIKES]
    for chosen in combinations(places, changes):
        for others in product(*(LOOKALIKES[letters[place]] for place in chosen)):
            tried = list(letters)
            for place, other in zip(chosen, others, strict=True):
                tried[place] = other
            spaced = as_full("".join(tried))
            if spaced is not None:
                yield spaced


def _fault(spaced: str, *, partial: bool) -> tuple[str, str]:
    """The reason and the rest of the sentence after the quoted text."""
    letters = compact(spaced)
    if not letters:
        return "empty", f"The postcode is empty. Write one, such as {EXAMPLE}, or leave it out."
    elsewhere = code_abroad(letters)
    if elsewhere is not None:
        return "outside-britain", f"belongs to {elsewhere} and is not a postcode in Great Britain."
    meaning = stand_in(letters)
    if meaning is not None:
        return "stand-in", f"is the NHS's code for {meaning}, not a place. Leave the postcode out."
    if re.search(r"[^A-Z0-9]", letters):
        return "character", "has a character that no postcode has. Use only letters and figures."
    if partial and as_full(letters) is not None:
        return "full", "is a full postcode where only its first part is wanted."
    if partial:
        return "shape", "is not the first part of a postcode, such as WA8 or WA8 6."
    if as_partial(letters) is not None:
        return "partial", f"is only the first part of a postcode. Add the rest, as in {EXAMPLE}."
    if len(letters) < 5 or _ONE_SHORT.fullmatch(spaced):
        return "too-short", f"is too short for a postcode. Write all of it, as in {EXAMPLE}."
    if len(letters) > 7:
        return "too-long", "is too long for a postcode, which has at most seven characters."
    return _misplaced(letters)


def _misplaced(letters: str) -> tuple[str, str]:
    outward, inward = letters[:-3], letters[-3:]
    if not outward[0].isalpha():
        return "letter-needed", f"begins with {outward[0]}, but a postcode begins with a letter."
    for letter in inward[1:]:
        if letter.isdigit():
            return (
                "letter-needed",
                f"has the figure {letter} where a letter is needed: the last two characters of a "
                "postcode are letters.",
            )
    if not inward[0].isdigit():
        return (
            "figure-needed",
            f"has the letter {inward[0]} where a figure is needed: the third character from the "
            "end of a postcode is a figure.",
        )
    for letter in inward[1:]:
        if letter not in INWARD_LETTERS:
            return (
                "inward-letter",
                f"has the letter {letter} near its end, where C, I, K, M, O and V never stand.",
            )
    if not any(letter.isdigit() for letter in outward):
        return "figure-needed", f"has no figure in its first part, {outward}."
    return "shape", f"has the first part {outward}, which no postcode has. Check it: WA8, M1, W1A."

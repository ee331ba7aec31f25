"""What stands where a postcode should: a postcode, a part of one, or another kind of code."""

from __future__ import annotations

from dataclasses import dataclass

from geo import postcode_faults
from geo.postcode_elsewhere import NOT_BRITAIN_BY_AREA, code_abroad, stand_in
from geo.postcode_shape import area_of, as_full, as_partial, compact, single_spaced


@dataclass(frozen=True, slots=True)
class Reading:
    """A text that a gazetteer can answer about.

    Attributes
    ----------
    name : str
        Its one written form: "WA8 6TR", "WA8 6", "WA8", "BFPO 58".
    is_full : bool
        Whether it is a whole postcode.
    elsewhere : str | None
        Where it belongs when that is not in Great Britain ("Northern Ireland").
    stands_for : str | None
        What an NHS pseudo-postcode says ("no fixed abode").
    """

    name: str
    is_full: bool = False
    elsewhere: str | None = None
    stands_for: str | None = None


def read(text: str) -> Reading:
    """Tell what `text` is.

    Raises
    ------
    BadPostcode
        If it is none of these; the message says what is wrong.
    """
    if not isinstance(text, str):
        raise postcode_faults.explain(text)
    letters = compact(text)
    meaning = stand_in(letters)
    if meaning is not None:
        return Reading(f"{letters[:4]} {letters[4:]}", stands_for=meaning)
    abroad = code_abroad(letters)
    if abroad is not None:
        return Reading(single_spaced(text), elsewhere=abroad)
    full = as_full(letters)
    name = full or as_partial(text)
    if name is None:
        raise postcode_faults.explain(text)
    return Reading(name, is_full=full is not None, elsewhere=NOT_BRITAIN_BY_AREA.get(area_of(name)))

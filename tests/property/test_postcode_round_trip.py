"""Whatever way a postcode is written, it is read as the one it is; and nothing else is."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from geo.errors import BadPostcode
from geo.gazetteer_keys import (
    UNIT_OF,
    UNITS,
    area_name,
    areas,
    keys_of,
    outward_name,
    sector_key,
    sector_name,
)
from geo.gazetteer_rows import pack_code, unpack_code
from geo.postcode import PartialPostcode, Postcode
from geo.postcode_shape import INWARD_LETTERS

BOUNDED = settings(max_examples=100, deadline=None)
LETTERS = string.ascii_uppercase
SECOND = "".join(letter for letter in LETTERS if letter not in "IJZ")
OUTWARDS = st.one_of(
    st.from_regex(r"[A-Z][0-9]", fullmatch=True),
    st.from_regex(r"[A-Z][0-9][0-9]", fullmatch=True),
    st.from_regex(rf"[A-Z][{SECOND}][0-9]", fullmatch=True),
    st.from_regex(rf"[A-Z][{SECOND}][0-9][0-9]", fullmatch=True),
    st.from_regex(r"[A-Z][0-9][ABCDEFGHJKPSTUW]", fullmatch=True),
    st.from_regex(rf"[A-Z][{SECOND}][0-9][ABEHMNPRVWXY]", fullmatch=True),
)
INWARDS = st.from_regex(rf"[0-9][{INWARD_LETTERS}]{{2}}", fullmatch=True)
POSTCODES = st.builds(lambda outward, inward: f"{outward} {inward}", OUTWARDS, INWARDS)
BLANKS = st.sampled_from(["", " ", "  ", "\u00a0", "\t", "\u2009"])


@BOUNDED
@given(POSTCODES, BLANKS, BLANKS, BLANKS, st.sampled_from(["", ".", ",", ";", " ."]), st.booleans())
def test_every_way_of_writing(
    text: str, before: str, between: str, after: str, ending: str, is_lower: bool
) -> None:
    written = before + text.replace(" ", between) + after + ending
    found = Postcode.parse(written.lower() if is_lower else written)
    assert found == Postcode(text)
    assert Postcode.parse(found.text) == found
    assert PartialPostcode.parse(found.outward).text == found.outward
    assert PartialPostcode.parse(found.sector).text == found.sector
    assert found.text.startswith(found.area)


@BOUNDED
@given(st.text(max_size=9))
@example("WA8 6TR\x00")
@example("WA8\x006TR")
@example("ſ1 1AA")
@example("WA8 6Tß")
def test_keys_are_only_given_to_what_parses(text: str) -> None:
    key = int(keys_of([text])[0])
    if key < 0:
        return
    name = sector_name(key // UNITS)
    ending = next(pair for pair, place in UNIT_OF.items() if place == key % UNITS)
    try:
        assert Postcode.parse(text).text == name + ending
    except BadPostcode:
        # A key may name a first part of no known shape: no gazetteer has such a sector.
        with pytest.raises(BadPostcode):
            PartialPostcode(name)


@BOUNDED
@given(st.lists(POSTCODES, max_size=20))
def test_keys_go_both_ways(texts: list[str]) -> None:
    keys = keys_of(texts)
    assert keys_of([text.lower().replace(" ", "") for text in texts]).tolist() == keys.tolist()
    for text, key in zip(texts, keys.tolist(), strict=True):
        assert sector_name(key // UNITS) == text[:-2]
        assert sector_key(text[:-2]) == key // UNITS
        assert outward_name(key // UNITS // 10) == text[:-4]
        assert UNIT_OF[text[-2:]] == key % UNITS
    assert [area_name(number) for number in areas(keys).tolist()] == [
        Postcode(text).area for text in texts
    ]


@BOUNDED
@given(st.from_regex(r"[A-Z][0-9]{8}", fullmatch=True))
def test_area_codes_go_both_ways(code: str) -> None:
    packed = pack_code(code)
    assert packed is not None
    assert packed < 2**32
    assert unpack_code(packed) == (None if code.endswith("99999999") else code)


@BOUNDED
@given(st.text(max_size=12))
def test_other_texts_are_no_area_codes(text: str) -> None:
    packed = pack_code(text)
    assert packed is None or packed == 0 or unpack_code(packed) == text


@BOUNDED
@given(st.text(max_size=40))
def test_every_refusal_is_a_sentence(text: str) -> None:
    try:
        found = Postcode.parse(text)
    except BadPostcode as fault:
        assert fault.message.endswith((".", "?"))
        suggestion = fault.fields.get("suggestion")
        assert suggestion is None or Postcode(str(suggestion)).text == suggestion
    else:
        assert found.text in text.upper() or len(text) > 4

"""What is a postcode, what is not, and whether the person is told why."""

from __future__ import annotations

import pytest

from geo.errors import BadPostcode
from geo.postcode import PartialPostcode, Postcode


@pytest.mark.parametrize(
    ("text", "outward", "area"),
    [
        ("M1 1AA", "M1", "M"),
        ("M60 1NW", "M60", "M"),
        ("CR2 6XH", "CR2", "CR"),
        ("DN55 1PT", "DN55", "DN"),
        ("W1A 1HQ", "W1A", "W"),
        ("EC1A 1BB", "EC1A", "EC"),
        ("GIR 0AA", "GIR", "GIR"),
    ],
)
def test_the_six_shapes_and_girobank(text: str, outward: str, area: str) -> None:
    postcode = Postcode.parse(text)
    assert (postcode.text, postcode.outward, postcode.area) == (text, outward, area)
    assert f"{postcode.outward} {postcode.inward}" == postcode.text == str(postcode)
    assert postcode.sector == text[:-2]


@pytest.mark.parametrize(
    "written",
    [
        "WA8 6TR",
        "wa8 6tr",
        "WA86TR",
        " wa8  6tr ",
        "wa8\u00a06tr",
        "WA8\u20096TR",
        "\ufeffWA8 6TR",
        "W A 8 6 T R",
        "WA8 6TR.",
        "WA8 6TR,",
        "WA8 6TR;  ",
        "WA8 6TR\t\n",
        "WA8 6TR\x00\x00",
        "wA8  6Tr.,",
    ],
)
def test_writing_does_not_matter(written: str) -> None:
    assert Postcode.parse(written) == Postcode("WA8 6TR")


@pytest.mark.parametrize(
    ("written", "reason", "suggestion"),
    [
        ("WA8 OTR", "figure-needed", "WA8 0TR"),
        ("WA8 ITR", "figure-needed", "WA8 1TR"),
        ("SWIA 1AA", "figure-needed", "SW1A 1AA"),
        ("WAB 6TR", "figure-needed", "WA8 6TR"),
        ("0X1 1AA", "letter-needed", "OX1 1AA"),
        ("W1O 1AA", "shape", "W10 1AA"),
        ("WA8 6T5", "letter-needed", "WA8 6TS"),
        ("WA8-6TR", "character", "WA8 6TR"),
        ("Widnes WA8 6TR", "too-long", "WA8 6TR"),
        ("WA8 6CR", "inward-letter", None),
        ("WA8 6RM", "inward-letter", None),
        ("WA8 66R", "letter-needed", None),
        ("W86TRX", "figure-needed", None),
        ("WAA 6TR", "figure-needed", None),
        ("8WA 6TR", "letter-needed", None),
        ("WI18 6TR", "shape", None),
        ("WA8 6T", "too-short", None),
        ("WA86T", "too-short", None),
        ("W", "too-short", None),
        ("WA8", "partial", None),
        ("WA8 6", "partial", None),
        ("WA8 6TRX1", "too-long", None),
        ("WA8 6T€", "character", None),
        ("", "empty", None),
        (" .\u00a0", "empty", None),
        ("ZZ99 3VZ", "stand-in", None),
        ("BFPO 58", "outside-britain", None),
        ("ASCN 1ZZ", "outside-britain", None),
    ],
)
def test_what_is_wrong_is_said(written: str, reason: str, suggestion: str | None) -> None:
    with pytest.raises(BadPostcode) as caught:
        Postcode.parse(written)
    fault = caught.value
    assert fault.fields["reason"] == reason
    assert fault.fields.get("suggestion") == suggestion
    assert fault.message.endswith((".", "?"))
    if suggestion is not None:
        assert f"Did you mean {suggestion}?" in fault.message


def test_nothing_is_suggested_when_two_postcodes_fit() -> None:
    # The figure may be a mistaken I or a mistaken L, and both make a postcode.
    with pytest.raises(BadPostcode) as caught:
        Postcode.parse("11 1AA")
    assert caught.value.fields["suggestion"] is None


def test_a_long_text_is_not_repeated() -> None:
    note = "Mrs Example of Runcorn, 999 000 0344, lives alone"
    with pytest.raises(BadPostcode) as caught:
        Postcode.parse(note)
    assert "943" not in caught.value.message
    assert "943" not in str(caught.value.fields)
    with pytest.raises(BadPostcode) as caught:
        Postcode.parse(note + " " + "x" * 50 + " WA8 6TR")
    assert caught.value.fields["suggestion"] is None


@pytest.mark.parametrize("thing", [None, 12, 1.5, b"WA8 6TR", ["WA8 6TR"]])
def test_only_text_is_read(thing: object) -> None:
    with pytest.raises(BadPostcode) as caught:
        Postcode.parse(thing)  # type: ignore[arg-type]
    assert caught.value.fields["reason"] == "not-text"


@pytest.mark.parametrize("text", ["wa8 6tr", "WA86TR", "WA8  6TR", "WA8 6TR ", "WA8 6CR"])
def test_a_postcode_cannot_be_made_of_anything_else(text: str) -> None:
    with pytest.raises(BadPostcode):
        Postcode(text)


@pytest.mark.parametrize("letter", "CIKMOV")
def test_letters_that_never_stand_at_the_end(letter: str) -> None:
    for text in (f"WA8 6{letter}R", f"WA8 6T{letter}"):
        with pytest.raises(BadPostcode):
            Postcode.parse(text)


@pytest.mark.parametrize(
    ("written", "outward", "sector"),
    [
        ("wa8", "WA8", None),
        ("WA8 6", "WA8", "WA8 6"),
        ("wa8\u00a06.", "WA8", "WA8 6"),
        ("WA86", "WA86", None),
        ("SW1A1", "SW1A", "SW1A 1"),
        ("sw1a  1", "SW1A", "SW1A 1"),
        ("M1", "M1", None),
        ("GIR", "GIR", None),
    ],
)
def test_parts(written: str, outward: str, sector: str | None) -> None:
    part = PartialPostcode.parse(written)
    assert (part.outward, part.sector) == (outward, sector)
    assert part.text == str(part) == (sector or outward)
    assert part.area == Postcode.parse(f"{part.outward} 0AA").area


@pytest.mark.parametrize(
    ("written", "reason"),
    [("WA8 6TR", "full"), ("WA", "shape"), ("WA8 66", "shape"), ("", "empty"), ("8WA", "shape")],
)
def test_parts_that_are_none(written: str, reason: str) -> None:
    with pytest.raises(BadPostcode) as caught:
        PartialPostcode.parse(written)
    assert caught.value.fields["reason"] == reason
    with pytest.raises(BadPostcode):
        PartialPostcode(written)

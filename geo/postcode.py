"""UK postcodes, whole and in part, as types that cannot hold a bad value."""

from __future__ import annotations

from dataclasses import dataclass

from geo import postcode_faults
from geo.postcode_shape import (
    CANONICAL,
    CANONICAL_PARTIAL,
    area_of,
    as_full,
    as_partial,
    compact,
)


@dataclass(frozen=True, slots=True, order=True)
class Postcode:
    """A full postcode in its one written form: capitals, one space ("WA8 6TR").

    Well formed, which is not to say that it exists: ask a gazetteer. Covers the six shapes of the
    United Kingdom and the Crown Dependencies, and GIR 0AA. Ordered as text.

    Raises
    ------
    BadPostcode
        If `text` is not already in that form. `parse` tidies what a person typed.
    """

    text: str

    def __post_init__(self) -> None:
        if not CANONICAL.fullmatch(self.text):
            raise postcode_faults.explain(self.text)

    @classmethod
    def parse(cls, text: str) -> Postcode:
        """Read a postcode as people write it.

        Case, spaces anywhere (also none, several, or non-breaking ones) and a trailing dot,
        comma or semicolon make no difference. Nothing else is put right: a letter O where a
        figure must stand is refused, and `fields["suggestion"]` holds the postcode that was
        probably meant, when exactly one fits.

        Raises
        ------
        BadPostcode
            If it is not a full postcode. The message says what is wrong and how to put it right;
            `fields["reason"]` is one of `not-text`, `empty`, `too-short`, `partial`, `too-long`,
            `character`, `figure-needed`, `letter-needed`, `inward-letter`, `shape`,
            `stand-in` (the NHS's ZZ99 codes) or `outside-britain` (BFPO numbers and the codes of
            the overseas territories, which are not UK postcodes).
        """
        if isinstance(text, str):
            found = as_full(compact(text))
            if found is not None:
                return cls(found)
        raise postcode_faults.explain(text)

    @property
    def outward(self) -> str:
        """The first part, the district: "WA8"."""
        return self.text[:-4]

    @property
    def inward(self) -> str:
        """The last three characters: "6TR"."""
        return self.text[-3:]

    @property
    def sector(self) -> str:
        """District and the figure after it: "WA8 6"."""
        return self.text[:-2]

    @property
    def area(self) -> str:
        """The letters it begins with: "WA"."""
        return area_of(self.text)

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True, order=True)
class PartialPostcode:
    """The district or sector of a postcode, when the rest is not known or not to be told.

    `text` is "WA8" or "WA8 6". Ordered as text.

    Raises
    ------
    BadPostcode
        If `text` is not already in that form.
    """

    text: str

    def __post_init__(self) -> None:
        if not CANONICAL_PARTIAL.fullmatch(self.text):
            raise postcode_faults.explain(self.text, partial=True)

    @classmethod
    def parse(cls, text: str) -> PartialPostcode:
        """Read a district ("wa8") or sector ("WA8 6") as people write it.

        Written without a space the longest possible district wins, so "WA86" is district WA86
        and "SW1A1" is sector SW1A 1. A full postcode is refused: take its `outward` or `sector`.

        Raises
        ------
        BadPostcode
            If it is neither; `fields["reason"]` as for `Postcode.parse`, or `full`.
        """
        if isinstance(text, str):
            found = as_partial(text)
            if found is not None:
                return cls(found)
        raise postcode_faults.explain(text, partial=True)

    @property
    def outward(self) -> str:
        """The district: "WA8"."""
        return self.text.partition(" ")[0]

    @property
    def sector(self) -> str | None:
        """The sector ("WA8 6"), or None when only the district is known."""
        return self.text if " " in self.text else None

    @property
    def area(self) -> str:
        """The letters it begins with: "WA"."""
        return area_of(self.text)

    def __str__(self) -> str:
        return self.text

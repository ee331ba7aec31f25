"""The NHS number: ten digits, the last of which checks the others."""

from __future__ import annotations

from typing import Self

from nhs_number.validate import is_valid

from service.people.errors import BadNhsNumber


class NhsNumber(str):
    """A number that passes the modulus 11 check, without blanks.

    Raises
    ------
    BadNhsNumber
        If it is not ten digits (blanks and hyphens between them are dropped), all ten are the
        same, or the check digit is wrong. The number itself is not repeated in the error.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Tidy and check the text."""
        digits = "".join(text.split()).replace("-", "")
        if not (digits.isascii() and digits.isdigit() and len(digits) == 10):
            raise BadNhsNumber(
                "An NHS number has ten digits. Check it, or leave it out.",
                field="person.nhs_number",
            )
        if len(set(digits)) == 1:
            # Ten equal digits pass the check, and are what people type to get past a form.
            raise BadNhsNumber(
                "Ten equal digits are not anybody's NHS number. Leave it out if it is not known.",
                field="person.nhs_number",
            )
        if not is_valid(digits):
            raise BadNhsNumber(
                "The check digit of this NHS number does not fit, so a digit is wrong. "
                "Check it, or leave it out.",
                field="person.nhs_number",
            )
        return super().__new__(cls, digits)

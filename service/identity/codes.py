"""Codes that cannot hold a bad value."""

from __future__ import annotations

import re
from typing import Self

from service.identity.errors import BadOdsCode

# NHS ODS: letters and digits, 3 (some ICBs and regions) to 10 (sites, newer organisations).
_ODS = re.compile(r"[A-Z0-9]{3,10}")


class OdsCode(str):
    """An organisation's code from the NHS Organisation Data Service, upper case.

    Raises
    ------
    BadOdsCode
        If the text, without blanks around it, is not 3 to 10 letters and digits.
    """

    __slots__ = ()

    def __new__(cls, text: str) -> Self:
        """Tidy and check the text."""
        code = str(text).strip().upper()
        if not _ODS.fullmatch(code):
            raise BadOdsCode(
                "An ODS code is 3 to 10 letters and digits, such as N81011. Check the practice "
                "code and try again.",
                field="practice",
            )
        return super().__new__(cls, code)

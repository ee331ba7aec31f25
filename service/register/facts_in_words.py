"""One fact of an asset as a person writes it: read strictly, refused in a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from service.register.correction_model import CorrectedField
from service.register.errors import BadCorrection
from service.register.imports.asset_rows import MAX_PENCE
from service.register.imports.cells import Cells
from service.register.imports.reading import Row
from service.register.imports.words import web_address

DIRECT: Final = frozenset(
    {
        CorrectedField.NAME,
        CorrectedField.SUMMARY,
        CorrectedField.CONTACT,
        CorrectedField.WEBSITE,
        CorrectedField.COST,
        CorrectedField.CLOSED,
    }
)
"""What can be taken over as it is written; the rest is put into the asset's own form."""

_LONGEST: Final = {
    CorrectedField.NAME: 200,
    CorrectedField.SUMMARY: 1_000,
    CorrectedField.CONTACT: 300,
}
_AMOUNT: Final = re.compile(
    r"£ ?(\d{1,5})(?:\.(\d{2}))?(?!\.?\d)|(\d{1,5})\.(\d{2})(?!\.?\d)|(\d{1,3}) ?p\b"
)
_FREE: Final = re.compile(r"free\b", re.IGNORECASE)


def columns_of(field: CorrectedField, text: str) -> Mapping[str, object]:
    """The columns of an asset that a fact in words sets.

    A cost begins with "free" or an amount, and the rest is its note; without either the amount is
    not known. An empty text takes the fact away, except for the name.

    Raises
    ------
    BadCorrection
        If it cannot be read; the field is `value`.
    """
    said = " ".join(text.split())
    if field is CorrectedField.COST:
        return _cost(said)
    cells = Cells(Row(1, {field.value: said}, (said,)))
    if field is CorrectedField.WEBSITE:
        read = web_address(cells, field.value, 290)
    else:
        read = cells.text(field.value, _LONGEST[field])
    if cells.problems:
        raise BadCorrection(cells.problems[0].message, field="value")
    if field is CorrectedField.NAME and not read:
        raise BadCorrection("Give the name that people call it by.", field="value")
    return {field.value: read}


def _cost(said: str) -> Mapping[str, object]:
    free, amount = _FREE.match(said), _AMOUNT.match(said)
    pence: int | None = None
    end = 0
    if free:
        pence, end = 0, free.end()
    elif amount:
        pounds, hundredths = amount[1] or amount[3], amount[2] or amount[4]
        pence = int(amount[5]) if amount[5] else int(pounds) * 100 + int(hundredths or 0)
        end = amount.end()
    note = said[end:].lstrip(" .,;:-–").strip()
    if pence is not None and pence > MAX_PENCE:
        raise BadCorrection(f"A session costs at most £{MAX_PENCE // 100:,}.", field="value")
    if len(note) > 200:
        raise BadCorrection(
            f"The note on cost is {len(note)} characters long; shorten it to 200.", field="value"
        )
    return {"cost_pence": pence, "cost_note": note}

"""Codes that people write in a postcode's place though no place in Great Britain has them."""

from __future__ import annotations

import re

NOT_BRITAIN_BY_AREA = {
    "BT": "Northern Ireland",
    "GY": "Guernsey",
    "JE": "Jersey",
    "IM": "the Isle of Man",
    "BF": "the British Forces Post Office",
}
"""Postcode areas of the usual shape that no map of Great Britain holds."""

TERRITORIES = {
    "ASCN": "Ascension Island",
    "BBND": "the British Indian Ocean Territory",
    "BIQQ": "the British Antarctic Territory",
    "FIQQ": "the Falkland Islands",
    "GX11": "Gibraltar",
    "PCRN": "the Pitcairn Islands",
    "SIQQ": "South Georgia and the South Sandwich Islands",
    "STHL": "Saint Helena",
    "TDCU": "Tristan da Cunha",
    "TKCA": "the Turks and Caicos Islands",
}
"""Single codes of overseas territories; all but Gibraltar's (1AA) end in 1ZZ."""

POST_ONLY = {
    "BX": "for letters to large organisations",
    "XX": "for parcels sent back to shops",
    "GIR": "for letters to Girobank",
}
"""Areas that Royal Mail made for post alone: nobody lives there."""

NHS_STAND_INS = {
    "1WZ": "Scotland, address not stated",
    "2WZ": "Northern Ireland, address not stated",
    "3CZ": "England, address not stated",
    "3GZ": "Wales, address not stated",
    "3VZ": "no fixed abode",
    "3WZ": "address not known",
}
"""Endings of the NHS's ZZ99 pseudo-postcodes (NHS Data Dictionary, Hospital Episode Statistics
field HOMEADD). Other endings are countries abroad."""

_TERRITORY = re.compile(rf"({'|'.join(TERRITORIES)})1(?:ZZ|AA)")
_BFPO = re.compile(r"BFPO(?:C/O)?\d{0,4}")
_STAND_IN = re.compile(r"ZZ99(\d[A-Z]Z)")


def code_abroad(letters: str) -> str | None:
    """Where a compact code (no blanks, capitals) belongs that stands in a postcode's place.

    Knows BFPO numbers and the single codes of the overseas territories; None for all else. The
    areas of ordinary shape are in `NOT_BRITAIN_BY_AREA`.
    """
    if _BFPO.fullmatch(letters):
        return NOT_BRITAIN_BY_AREA["BF"]
    territory = _TERRITORY.fullmatch(letters)
    return TERRITORIES[territory[1]] if territory else None


def stand_in(letters: str) -> str | None:
    """What the NHS's pseudo-postcode says ("no fixed abode"), or None when it is not one."""
    found = _STAND_IN.fullmatch(letters)
    return NHS_STAND_INS.get(found[1], "an address abroad") if found else None

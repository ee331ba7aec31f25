"""Where a person sets out from, and when a postcode cannot say."""

from __future__ import annotations

from geo.errors import BadPostcode
from geo.gazetteer import Gazetteer, Located, Quality
from geo.postcode import PartialPostcode, Postcode
from service.people.errors import BadPlace

_USABLE = {Quality.LIVE, Quality.TERMINATED, Quality.SECTOR, Quality.OUTWARD}


def home_of(text: str, gazetteer: Gazetteer) -> Located:
    """Where this postcode, or first part of one, lies.

    A terminated postcode is used: people go on giving the one they have had for years. A live one
    without a position gives no point, and so no distances; neither do the ZZ99 codes, by which the
    NHS writes "no fixed abode", because a person without a home is to be matched like anybody
    (see `service.referrals.setting_out`).

    Raises
    ------
    BadPostcode
        If it is not shaped like a postcode.
    BadPlace
        If it is and does not exist, or lies outside Great Britain.
    """
    located = gazetteer.locate(text)
    if located.quality not in _USABLE and not is_stand_in(text):
        raise BadPlace(located.sentence, field="postcode", quality=located.quality.value)
    return located


def is_stand_in(text: str) -> bool:
    """Whether it is one of the NHS's ZZ99 codes, such as that for no fixed abode."""
    return text.strip().upper().startswith("ZZ99")


def as_written(text: str) -> str:
    """A postcode, or the first part of one, in the one way it is kept: `WA8 6TR`, `WA8 6`, `WA8`.

    The stand-ins that `home_of` takes are kept too.

    Raises
    ------
    BadPostcode
        If it is neither.
    """
    try:
        return Postcode.parse(text).text
    except BadPostcode as error:
        if error.fields.get("reason") == "stand-in":
            together = "".join(text.split()).upper()
            return f"{together[:-3]} {together[-3:]}"
        try:
            return PartialPostcode.parse(text).text
        except BadPostcode:
            # What is wrong with it as a whole one says more.
            raise error from None


def district_of(text: str) -> str:
    """The district of a postcode or of the first part of one, such as WA8; "" for ZZ99 codes.

    Raises
    ------
    BadPostcode
        If it is neither.
    """
    if is_stand_in(text):
        return ""
    try:
        return Postcode.parse(text).outward
    except BadPostcode:
        return PartialPostcode.parse(text).outward


def nearest_written(text: str, gazetteer: Gazetteer) -> str | None:
    """As much of a postcode as can be used, for whoever must not lose a referral over it.

    The whole one where it is known; else its sector, `WA7 9`; else its district, `WA7`; None when
    even that cannot be placed, or when it is not shaped like a postcode at all.
    """
    try:
        whole = as_written(text)
    except BadPostcode:
        return None
    outward, _, inward = whole.partition(" ")
    for part in dict.fromkeys((whole, f"{outward} {inward[:1]}".strip(), outward)):
        try:
            home_of(part, gazetteer)
        except (BadPlace, BadPostcode):
            continue
        return part
    return None

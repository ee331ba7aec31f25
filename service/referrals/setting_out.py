"""Where journeys are measured from when it is not, or must not be, somebody's home."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from geo.errors import BadPostcode
from geo.gazetteer import Gazetteer, Located, Quality
from geo.point import GridPoint
from service.identity.model import NhsOrg
from service.people.facts import SetsOut
from service.people.places import home_of, is_stand_in

SAID: Final = {
    SetsOut.HOME: "",
    SetsOut.PRACTICE: "Measured from the practice, because no home address is known.",
    SetsOut.NOT_MEASURED: (
        "This address is protected, so nothing is measured from it. Only home visits, the "
        "telephone and online groups are looked for."
    ),
}
"""What must be said beside every distance, or in place of one."""


def sets_out(postcode: str | None, *, protected: bool) -> SetsOut:
    """What distances are measured from for somebody with this postcode.

    Who has no postcode, or one of the NHS's ZZ99 codes ("no fixed abode"), is helped best by what
    is near the practice they go to. A protected address is never measured from, and the practice
    in its place would only seem to be near it.
    """
    if protected:
        return SetsOut.NOT_MEASURED
    return SetsOut.PRACTICE if postcode is None or is_stand_in(postcode) else SetsOut.HOME


@dataclass(frozen=True, slots=True)
class Surgery:
    """Where a practice is, as far as it is known."""

    postcode: str | None
    point: GridPoint | None

    @classmethod
    def of(cls, practice: NhsOrg) -> Surgery:
        """That of a practice that was read."""
        if practice.easting_m is None or practice.northing_m is None:
            return cls(practice.postcode, None)
        return cls(practice.postcode, GridPoint(practice.easting_m, practice.northing_m))


def surgery_of(session: Session, code: str) -> Surgery | None:
    """That of the practice with a code; None when there is none. One statement."""
    practice = session.get(NhsOrg, code)
    return None if practice is None else Surgery.of(practice)


def set_out(
    gazetteer: Gazetteer, *, postcode: str | None, surgery: Surgery | None, how: SetsOut
) -> Located | None:
    """The place to search from; None when it is not known.

    For a protected address the practice, by which `person_facts` judges areas served and nothing
    else.

    Raises
    ------
    BadPostcode, BadPlace
        If the person's postcode cannot be used.
    """
    if how is SetsOut.HOME:
        return None if postcode is None else home_of(postcode, gazetteer)
    if surgery is None:
        return None
    located = _by_postcode(surgery.postcode, gazetteer)
    if surgery.point is None:
        return located
    if located is None:
        postcode = surgery.postcode or ""
        return Located(postcode, Quality.LIVE, surgery.point, None, None, None, None, "")
    return located._replace(point=surgery.point)


def _by_postcode(postcode: str | None, gazetteer: Gazetteer) -> Located | None:
    try:
        located = None if postcode is None else gazetteer.locate(postcode)
    except BadPostcode:
        return None
    return None if located is None or located.point is None else located

"""Where journeys are measured from when it is not, or must not be, somebody's home."""

from __future__ import annotations

from typing import Final

from sqlalchemy import select
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


def set_out(
    session: Session, gazetteer: Gazetteer, *, postcode: str | None, practice: str, how: SetsOut
) -> Located | None:
    """The place to search from; None when it is not known.

    For a protected address the practice, by which `person_facts` judges areas served and nothing
    else. One statement, none for a home.

    Raises
    ------
    BadPostcode, BadPlace
        If the person's postcode cannot be used.
    """
    if how is SetsOut.HOME:
        return None if postcode is None else home_of(postcode, gazetteer)
    return _practice(session, gazetteer, practice)


def _practice(session: Session, gazetteer: Gazetteer, code: str) -> Located | None:
    row = session.execute(
        select(NhsOrg.postcode, NhsOrg.easting_m, NhsOrg.northing_m).where(NhsOrg.ods_code == code)
    ).one_or_none()
    if row is None:
        return None
    located = _by_postcode(row.postcode, gazetteer)
    if row.easting_m is None or row.northing_m is None:
        return located
    point = GridPoint(row.easting_m, row.northing_m)
    if located is None:
        return Located(row.postcode or "", Quality.LIVE, point, None, None, None, None, "")
    return located._replace(point=point)


def _by_postcode(postcode: str | None, gazetteer: Gazetteer) -> Located | None:
    try:
        located = None if postcode is None else gazetteer.locate(postcode)
    except BadPostcode:
        return None
    return None if located is None or located.point is None else located

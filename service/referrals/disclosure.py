"""What each level of disclosure tells a group: one pure function, and nothing else decides it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from geo.errors import Json
from seed_data import needs as need_list
from service.people.levels import DisclosureLevel

THROUGH_LINK_WORKER: Final = "Through the link worker"
"""Contact when the person's own must not be used, for whatever reason: the reason is not told."""

_ACCESS: Final = ("access_needed", "wheelchair", "mobility_difficulty", "languages")
_TEN_DIGITS: Final = re.compile(r"\d(?:[ -]?\d){9}")


@dataclass(frozen=True, slots=True)
class PersonShared:
    """The person as far as a disclosure may draw on it. There is no NHS number to leak."""

    given_name: str
    family_name: str
    telephone: str = ""
    email: str = ""
    reach_by: str = ""
    address_protected: bool = False


@dataclass(frozen=True, slots=True)
class ReferralShared:
    """The referral as far as a disclosure may draw on it.

    Attributes
    ----------
    facts : mapping
        Circumstances as they are kept; only access needs and languages are taken.
    needs : tuple of str
        Codes of the needs that this group serves: others are none of its business.
    goals : tuple of str
        Hopes that belong to those needs.
    safe_contact : str
        Not empty when the person must not be contacted in some way.
    """

    facts: Mapping[str, Json]
    needs: tuple[str, ...] = ()
    goals: tuple[str, ...] = ()
    safe_contact: str = ""


def disclosed(
    level: DisclosureLevel, person: PersonShared, referral: ReferralShared
) -> dict[str, Json]:
    """The fields a recipient gets at this level, with their values.

    Never an NHS number, a diagnosis, the note, a risk, another group or the practice's record,
    because none of them can be passed in. A goal in which ten digits stand together is left out:
    they may be an NHS number. Fields with nothing in them are left out too.

    Notes
    -----
    The levels are those of the governance standard's section 3: signpost, nothing; introduction,
    name, contact and access needs; full, need and goal as well.
    """
    if level is DisclosureLevel.SIGNPOST:
        return {}
    told: dict[str, Json] = {
        "name": f"{person.given_name} {person.family_name}".strip(),
        **_contact(person, referral),
        **{key: referral.facts[key] for key in _ACCESS if referral.facts.get(key)},
    }
    if level is DisclosureLevel.FULL:
        known = need_list.load().needs
        told["needs"] = [known[each].label for each in referral.needs if each in known]
        told["goals"] = [each for each in referral.goals if not _TEN_DIGITS.search(each)]
    return {key: value for key, value in told.items() if value}


def _contact(person: PersonShared, referral: ReferralShared) -> dict[str, Json]:
    if person.address_protected or referral.safe_contact:
        return {"contact": THROUGH_LINK_WORKER}
    if not person.telephone and not person.email:
        return {"contact": THROUGH_LINK_WORKER}
    return {
        "telephone": person.telephone,
        "email": person.email,
        "reach_by": person.reach_by,
    }

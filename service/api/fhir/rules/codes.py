"""Lists of codes that are checked here, because no validator of shapes does.

Sources: UK Core 2.x code systems NHSNumberVerificationStatusEngland and EthnicCategoryEngland with
their older spellings, the FHIR R4 value sets of Task and ServiceRequest, BaRS.
"""

from __future__ import annotations

from typing import Final

from service.api.fhir.systems import ETHNIC_CATEGORY, NHS_NUMBER_STATUS

_UKCORE: Final = "https://fhir.hl7.org.uk/CodeSystem"

_NUMBER_STATUS: Final = frozenset(f"0{number}" for number in range(1, 9))
NHS_NUMBER_STATUSES: Final = {
    NHS_NUMBER_STATUS: _NUMBER_STATUS,
    f"{_UKCORE}/UKCore-NHSNumberVerificationStatusWales": _NUMBER_STATUS | {"nn"},
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor": frozenset({"NI"}),
    f"{_UKCORE}/UKCore-NHSNumberVerificationStatus": frozenset(
        {
            "number-present-and-verified",
            "number-present-but-not-traced",
            "trace-required",
            "trace-attempted",
            "trace-needs-to-be-resolved",
            "trace-in-progress",
            "number-not-present-and-trace-not-required",
            "trace-postponed",
            "number-present-and-traced-using-welsh-nhs-ar",
        }
    ),
}
_ENGLAND: Final = "A B C D E F G H J K L M N P R S Z 99"
_WALES: Final = "A B D E F G H J K L M N P R S T Z"
_OLDER: Final = (
    "A B C C2 C3 CA CB CC CD CE CF CG CH CJ CK CL CM CN CP CQ CR CS CT CU CV CW CX CY D E F G GA "
    "GB GC GD GE GF H J K L LA LB LC LD LE LF LG LH LJ LK M N P PA PB PC PD PE R S SA SB SC SD SE Z"
)
ETHNIC_CATEGORIES: Final = {
    ETHNIC_CATEGORY: frozenset(_ENGLAND.split()),
    f"{_UKCORE}/UKCore-EthnicCategoryWales": frozenset(_WALES.split()),
    f"{_UKCORE}/UKCore-EthnicCategory": frozenset(_OLDER.split()),
}

GENDERS: Final = frozenset({"male", "female", "other", "unknown"})
PRIORITIES: Final = frozenset({"routine", "urgent", "asap", "stat"})
TASK_STATUSES: Final = frozenset(
    {
        "draft",
        "requested",
        "accepted",
        "rejected",
        "cancelled",
        "in-progress",
        "on-hold",
        "failed",
        "completed",
        "entered-in-error",
    }
)
"""The codes of R4 without `ready` and `received`, as in the Gravity workflow."""

REJECTIONS: Final = frozenset(
    {"21", "22", "23", "24", "26", "27", "31", "32", "40", "41", "42", "99"}
)
"""BaRS dos-rejected-reasons."""

_TURN: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 2, 3, 4, 0, 6, 7, 8, 9, 5),
    (2, 3, 4, 0, 1, 7, 8, 9, 5, 6),
    (3, 4, 0, 1, 2, 8, 9, 5, 6, 7),
    (4, 0, 1, 2, 3, 9, 5, 6, 7, 8),
    (5, 9, 8, 7, 6, 0, 4, 3, 2, 1),
    (6, 5, 9, 8, 7, 1, 0, 4, 3, 2),
    (7, 6, 5, 9, 8, 2, 1, 0, 4, 3),
    (8, 7, 6, 5, 9, 3, 2, 1, 0, 4),
    (9, 8, 7, 6, 5, 4, 3, 2, 1, 0),
)
_SHUFFLE: Final = (
    (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    (1, 5, 7, 6, 2, 8, 3, 0, 9, 4),
    (5, 8, 0, 3, 7, 9, 6, 1, 4, 2),
    (8, 9, 1, 6, 0, 4, 3, 5, 2, 7),
    (9, 4, 5, 3, 1, 2, 6, 8, 7, 0),
    (4, 2, 8, 6, 5, 7, 3, 9, 0, 1),
    (2, 7, 9, 3, 8, 0, 6, 4, 1, 5),
    (7, 0, 4, 6, 9, 1, 3, 2, 5, 8),
)


def is_snomed_id(code: str) -> bool:
    """Whether this has the form of a SNOMED CT id: 6 to 18 digits, the last Verhoeff's check digit.

    Whether such a concept exists cannot be told offline.
    """
    if not (code.isascii() and code.isdigit() and 6 <= len(code) <= 18) or code[0] == "0":
        return False
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = _TURN[check][_SHUFFLE[place % 8][int(digit)]]
    return check == 0

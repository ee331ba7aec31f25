"""The words the register may use, as closed lists.

Every enumeration here is stored as its value and shown as its label; absent means unknown, and
unknown is never read as yes.
"""

from __future__ import annotations

from enum import StrEnum


class AssetKind(StrEnum):
    """The six kinds of asset of asset-based community development (Kretzmann & McKnight, 1993)."""

    ASSOCIATION = "association"
    INSTITUTION = "institution"
    GIFT = "gift"
    PLACE = "place"
    EXCHANGE = "exchange"
    STORY = "story"


class Delivery(StrEnum):
    """How a person takes part."""

    IN_PERSON = "in_person"
    ONLINE = "online"
    PHONE = "phone"
    HOME_VISIT = "home_visit"

    @property
    def is_remote(self) -> bool:
        """Whether the person need not leave home."""
        return self is not Delivery.IN_PERSON


class AccessFeature(StrEnum):
    """What a person may need the place to have. Recorded as yes, no, or not stated."""

    STEP_FREE = "step_free"
    ACCESSIBLE_TOILET = "accessible_toilet"
    HEARING_LOOP = "hearing_loop"
    SIGN_LANGUAGE = "sign_language"
    QUIET_SPACE = "quiet_space"
    BLUE_BADGE_PARKING = "blue_badge_parking"
    DEMENTIA_FRIENDLY = "dementia_friendly"
    SEATING = "seating"


class Gender(StrEnum):
    """The gender a person states. Not stated is None, and is unknown."""

    FEMALE = "female"
    MALE = "male"
    NON_BINARY = "non_binary"


class OpenTo(StrEnum):
    """Whom a group's sessions are for. Not stated is None."""

    EVERYONE = "everyone"
    WOMEN = "women"
    MEN = "men"


class Capacity(StrEnum):
    """Whether a group can take somebody now."""

    OPEN = "open"
    WAITING_LIST = "waiting_list"
    FULL = "full"
    UNKNOWN = "unknown"


class ReferralRoute(StrEnum):
    """Who may send a person to a group."""

    SELF = "self"
    LINK_WORKER = "link_worker"
    GP = "gp"


class AreaKind(StrEnum):
    """How the area a group serves is described."""

    EVERYWHERE = "everywhere"
    POSTCODE_DISTRICT = "postcode_district"
    LOCAL_AUTHORITY = "local_authority"
    RADIUS_M = "radius_m"


class Weekday(StrEnum):
    """Days as RFC 5545 writes them."""

    MONDAY = "MO"
    TUESDAY = "TU"
    WEDNESDAY = "WE"
    THURSDAY = "TH"
    FRIDAY = "FR"
    SATURDAY = "SA"
    SUNDAY = "SU"

"""The one table from Kith's errors to the page a person sees."""

from __future__ import annotations

from dataclasses import dataclass

from geo import errors as geo_errors
from geo.errors import DomainError
from geo.maps import errors as map_errors
from seed_data.errors import SeedDataError
from service.identity import errors as identity_errors
from service.insights.errors import InsightError
from service.matching.errors import MatchingError
from service.people.errors import PersonError
from service.referrals.errors import LaunchOver, ReferralError
from service.register import errors as register_errors
from service.store import errors as store_errors

# The nearest class in an error's own line of descent decides, as in the API's table.
STATUS: dict[type[DomainError], int] = {
    geo_errors.GeoError: 422,
    geo_errors.GazetteerMissing: 503,
    geo_errors.GazetteerOutdated: 503,
    map_errors.MapError: 500,
    map_errors.MapFilesMissing: 503,
    identity_errors.IdentityError: 422,
    identity_errors.NotSignedIn: 401,
    identity_errors.BadToken: 401,
    identity_errors.NotAllowed: 403,
    identity_errors.BadForm: 403,
    identity_errors.SignInFailed: 403,
    identity_errors.SignInMisconfigured: 503,
    identity_errors.NotFound: 404,
    identity_errors.TooMany: 429,
    InsightError: 422,
    MatchingError: 422,
    PersonError: 422,
    register_errors.RegisterError: 422,
    register_errors.UnknownAsset: 404,
    register_errors.UnknownCorrection: 404,
    ReferralError: 422,
    LaunchOver: 410,
    SeedDataError: 500,
    store_errors.StoreError: 503,
    store_errors.StoreFull: 507,
    store_errors.EditConflict: 409,
}

RETRY_AFTER_S = 2


@dataclass(frozen=True, slots=True)
class Told:
    """What a page of a problem says, by its status."""

    heading: str
    advice: str


ADVICE: dict[int, Told] = {
    400: Told(
        "The address or the form could not be read",
        "Go back and try again. If you typed the address, check it.",
    ),
    401: Told("Sign in first", "Sign in, and you come back to where you were."),
    403: Told(
        "This is not possible",
        "If you think it should be, ask whoever leads your team.",
    ),
    404: Told(
        "Nothing is at this address",
        "It may never have been there, it may be gone, or it may not be for your role. Check the "
        "address, or begin again at the first page.",
    ),
    405: Told("That is not possible here", "Go back and try again."),
    409: Told(
        "Somebody changed this first",
        "Go back, reload the page to see what they changed, and decide again.",
    ),
    410: Told(
        "This link no longer works",
        "Go back to where you found it and open it from there again.",
    ),
    413: Told(
        "That is too much at once",
        "Nothing was saved. Go back: your browser still has what you typed. Send less of it.",
    ),
    422: Told("Something must be put right", "Go back, change it and try again."),
    429: Told("Too many at once", "Nothing is lost. Wait a little and try again."),
    500: Told(
        "Something went wrong",
        "This is a fault of Kith and not yours. It has been written down. Nothing was saved. Go "
        "back and try again; if it happens again, tell whoever runs Kith the number below.",
    ),
    503: Told(
        "Kith cannot do this at the moment",
        "Nothing was saved. Go back and try again in a minute.",
    ),
}


def status_of(error: type[DomainError]) -> int:
    """The status of a class of error; 500 for one that nobody has placed."""
    for ancestor in error.__mro__:
        if ancestor in STATUS:
            return STATUS[ancestor]
    return 500


def told(status: int) -> Told:
    """What is said of a status; one that is not in the table is told as the nearest that is."""
    if status in ADVICE:
        return ADVICE[status]
    return ADVICE[503 if status > 500 else 500 if status == 500 else 400]

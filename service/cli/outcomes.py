"""The one table from Kith's errors to exit codes, and how an error is told on a terminal."""

from __future__ import annotations

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from geo import errors as geo_errors
from geo.errors import DomainError
from geo.maps import errors as map_errors
from seed_data.errors import SeedDataError
from service.identity import errors as identity_errors
from service.identity.practices import OrganisationsRefused
from service.insights import errors as insight_errors
from service.matching.errors import MatchingError
from service.matching.notes.errors import NoteError, WordPiecesMissing
from service.people.errors import PersonError
from service.referrals.errors import ReferralError
from service.register import errors as register_errors
from service.settings import BadSettings
from service.store import errors as store_errors

# The numbers are those of BSD's sysexits(3), which shells and schedulers know.
EXIT: dict[type[DomainError], int] = {
    geo_errors.GeoError: 65,
    geo_errors.GazetteerMissing: 69,
    identity_errors.IdentityError: 64,
    OrganisationsRefused: 65,
    identity_errors.NotSignedIn: 77,
    identity_errors.BadToken: 77,
    identity_errors.NotAllowed: 77,
    identity_errors.NotFound: 66,
    geo_errors.GazetteerOutdated: 69,
    map_errors.MapError: 70,
    map_errors.MapFilesMissing: 69,
    map_errors.MapInstallFailed: 69,
    BadSettings: 78,
    insight_errors.InsightError: 65,
    insight_errors.MapNotWritten: 74,
    MatchingError: 65,
    NoteError: 65,
    WordPiecesMissing: 69,
    PersonError: 65,
    ReferralError: 65,
    register_errors.RegisterError: 65,
    register_errors.UnknownAsset: 66,
    register_errors.UnknownCorrection: 66,
    store_errors.StoreError: 69,
    SeedDataError: 70,
    store_errors.BadStoreAddress: 78,
    store_errors.StoreBusy: 75,
    store_errors.StoreFull: 74,
    store_errors.EditConflict: 75,
}

INTERRUPTED = 130


def exit_code(error: type[DomainError]) -> int:
    """The exit code of a class of error: the nearest ancestor in the table decides; 70 if none."""
    for ancestor in error.__mro__:
        if ancestor in EXIT:
            return EXIT[ancestor]
    return 70


@contextmanager
def told() -> Iterator[None]:
    """Tell an error of ours as a sentence on standard error, and leave with its exit code."""
    try:
        yield
    except DomainError as error:
        console = Console(stderr=True, highlight=False)
        console.print(f"[bold red]{error.title}.[/] ", end="")
        console.print(error.message, markup=False)
        raise SystemExit(exit_code(type(error))) from error
    except KeyboardInterrupt:
        # Who presses twice is told the same: from here on there is nothing left to stop.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        sys.stderr.write("\nStopped. Nothing that was not finished has been kept.\n")
        raise SystemExit(INTERRUPTED) from None

"""The example town: Halton, where the Mersey divides Widnes (north) from Runcorn (south).

Practices and postcodes are facts, outlines are drawn for Kith, and groups and the referral are
invented.
"""

from seed_data.halton.examples import assets_csv, note, referral
from seed_data.halton.organisations import Organisation, Practice, organisations, practices
from seed_data.halton.outlines import barriers, boundary, crossings, water

LOCAL_AUTHORITY = "E06000006"
"""GSS code of Halton."""

__all__ = [
    "LOCAL_AUTHORITY",
    "Organisation",
    "Practice",
    "assets_csv",
    "barriers",
    "boundary",
    "crossings",
    "note",
    "organisations",
    "practices",
    "referral",
    "water",
]

"""What can be wrong with streets, timetables and crossings that come from files."""

from __future__ import annotations

from geo.errors import BadGeoFile, GeoError


class BadNetworkFile(BadGeoFile):
    """A street file is missing, broken, or holds nothing that can be walked on."""

    slug = "network-file-invalid"
    title = "The streets could not be read"


class BadTimetable(BadGeoFile):
    """A timetable is missing a table or a column, or contradicts itself."""

    slug = "timetable-invalid"
    title = "The timetable could not be read"


class BadTravelFile(BadGeoFile):
    """A file of barriers or crossings cannot be read as it stands."""

    slug = "travel-file-invalid"
    title = "The rivers or crossings could not be read"


class CacheUnusable(GeoError):
    """What was worked out from a file cannot be kept in the folder set for it."""

    slug = "travel-cache-unusable"
    title = "The streets could not be stored"


class OutsideNetwork(GeoError):
    """A place is too far from every street of the network to say anything from there."""

    slug = "outside-network"
    title = "That place is outside the street network"

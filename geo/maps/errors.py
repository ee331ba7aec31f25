"""What can go wrong between a map sheet and the page it becomes."""

from __future__ import annotations

from geo.errors import GeoError


class MapError(GeoError):
    """A map could not be drawn as asked."""

    slug = "map-error"
    title = "The map could not be drawn"


class BadMapSheet(MapError):
    """The sheet contradicts itself, or carries something that has no place on a page."""

    slug = "map-sheet-invalid"
    title = "The map cannot be drawn from that"


class BadMapPolicy(MapError):
    """A nonce, base path or tile origin would open a hole in the page's security policy."""

    slug = "map-policy-invalid"
    title = "The map's security settings cannot be used"


class MapFilesMissing(MapError):
    """The scripts and styles that maps need have not been installed on this machine."""

    slug = "map-files-missing"
    title = "The map's own files are not installed"


class UnknownMapFile(MapError):
    """A drawn map asks for a script, style or picture that Kith does not serve itself."""

    slug = "map-file-unknown"
    title = "The map asked for a file from elsewhere"


class MapInstallFailed(MapError):
    """The scripts and styles that maps need could not be installed."""

    slug = "map-install-failed"
    title = "The map's files could not be installed"

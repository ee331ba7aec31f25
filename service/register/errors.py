"""What can be wrong with what the register is asked or given."""

from __future__ import annotations

from geo.errors import DomainError


class RegisterError(DomainError):
    """The register could not do what was asked."""

    slug = "register-error"
    title = "The register could not do that"


class UnknownNeed(RegisterError):
    """A need code is not one of the taxonomy's."""

    slug = "need-unknown"
    title = "That need is not in the list"


class NoNeeds(RegisterError):
    """No need was given, so nothing can be matched."""

    slug = "needs-missing"
    title = "Say what the person needs"


class UnknownAsset(RegisterError):
    """There is no such asset, or it has been retired."""

    slug = "asset-unknown"
    title = "No such group"


class BadFilter(RegisterError):
    """A filter of a search cannot be read."""

    slug = "filter-invalid"
    title = "A filter could not be read"


class BadImportFile(RegisterError):
    """A file cannot be imported at all: nothing of it was taken."""

    slug = "import-file-invalid"
    title = "The file could not be imported"


class ImportRefused(RegisterError):
    """The file was read, and taking it would do harm: nothing of it was taken."""

    slug = "import-refused"
    title = "Nothing was imported"


class UnknownCorrection(RegisterError):
    """There is no such correction, or it is not this person's to see."""

    slug = "correction-unknown"
    title = "No such correction"


class BadCorrection(RegisterError):
    """A correction cannot be taken, or cannot be decided, as it was asked for."""

    slug = "correction-invalid"
    title = "That could not be done with this correction"

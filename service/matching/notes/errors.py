"""What can be wrong with a note or with the rules that read it."""

from __future__ import annotations

from geo.errors import DomainError


class NoteError(DomainError):
    """A note could not be read as given."""

    slug = "note-invalid"
    title = "The note could not be read"


class NoteNotText(NoteError):
    """Something other than text was given as a note."""

    slug = "note-not-text"
    title = "A note must be text"


class NoteTooLong(NoteError):
    """The note is longer than any letter Kith reads."""

    slug = "note-too-long"
    title = "The note is too long"


class RulesInvalid(NoteError):
    """A file of reading rules breaks its own format."""

    slug = "reading-rules-invalid"
    title = "The reading rules could not be used"


class WordPiecesMissing(NoteError):
    """The list of word pieces that the reader needs is not installed."""

    slug = "word-pieces-missing"
    title = "Notes cannot be read here"


class BadNotesFile(NoteError):
    """A file of notes is not rows of JSON with an id and a note."""

    slug = "notes-file-invalid"
    title = "The file of notes cannot be read"

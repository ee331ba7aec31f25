"""What can be wrong with a referral."""

from __future__ import annotations

from geo.errors import DomainError


class ReferralError(DomainError):
    """The referral could not be taken or changed."""

    slug = "referral-error"
    title = "The referral could not be taken"


class KeyReused(ReferralError):
    """The same idempotency key came with a different request."""

    slug = "idempotency-key-reused"
    title = "This key was used for another request"


class BadKey(ReferralError):
    """The idempotency key is too long, or has characters that cannot be kept."""

    slug = "idempotency-key-invalid"
    title = "That idempotency key cannot be used"


class BadClosing(ReferralError):
    """A danger sign cannot be closed without a named person and a reason."""

    slug = "flag-closing-incomplete"
    title = "The danger sign stays open"


class NoteUnclear(ReferralError):
    """Neither needs nor a note from which one can be read were given."""

    slug = "note-unclear"
    title = "Say more about what the person needs"

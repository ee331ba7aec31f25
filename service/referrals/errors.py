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


class NobodyNear(ReferralError):
    """No practice that Kith knows is near enough to take somebody's own request."""

    slug = "nobody-near"
    title = "Nobody here is near you"


class BadMove(ReferralError):
    """The referral or offer cannot go there from where it stands."""

    slug = "move-not-possible"
    title = "That cannot be done now"


class BadReason(ReferralError):
    """The move needs a reason from its list."""

    slug = "reason-incomplete"
    title = "Give a reason"


class BadEntry(ReferralError):
    """Something typed into the record is missing or out of range."""

    slug = "entry-invalid"
    title = "Check what you entered"


class NoConsent(ReferralError):
    """Nothing may be told to this recipient at this level."""

    slug = "consent-not-live"
    title = "There is no consent for this"


class AlreadyOffered(ReferralError):
    """The person has an open offer with this group."""

    slug = "already-offered"
    title = "This group has been asked already"


class SafeguardingOpen(ReferralError):
    """A safeguarding concern is live and nobody has been told."""

    slug = "safeguarding-not-escalated"
    title = "Escalate the safeguarding concern first"


class FlagOpen(ReferralError):
    """A danger sign is open: no group until a clinician has seen it."""

    slug = "danger-sign-open"
    title = "A clinician must see this first"


class BadAddress(ReferralError):
    """Changes cannot be told at that address."""

    slug = "webhook-address-invalid"
    title = "That address cannot be used"


class LaunchOver(ReferralError):
    """A link from another system was used before, is too old, or never was one."""

    slug = "launch-over"
    title = "This link no longer works"

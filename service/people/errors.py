"""What can be wrong with what is said of a person."""

from __future__ import annotations

from geo.errors import DomainError


class PersonError(DomainError):
    """Something said of the person cannot be right."""

    slug = "person-error"
    title = "Check the person's details"


class BadNhsNumber(PersonError):
    """The number fails the NHS number's own check."""

    slug = "nhs-number-invalid"
    title = "That is not an NHS number"


class BadName(PersonError):
    """What should be a name cannot be one, or says too little to know a person by."""

    slug = "name-invalid"
    title = "Say who it is"


class BadFacts(PersonError):
    """A circumstance cannot be read, or two contradict each other."""

    slug = "facts-invalid"
    title = "Check the person's circumstances"


class BadBirthDate(PersonError):
    """The birth date lies in the future, or longer ago than anybody has lived."""

    slug = "birth-date-invalid"
    title = "That birth date cannot be right"


class BadConsent(PersonError):
    """Consent is neither recorded as given nor explained."""

    slug = "consent-incomplete"
    title = "Consent is not recorded"


class BadPlace(PersonError):
    """The postcode is well formed and cannot be used as a starting point."""

    slug = "postcode-not-usable"
    title = "That postcode cannot be used"


class BadJoin(PersonError):
    """Two records cannot be joined, or the joining cannot be undone."""

    slug = "join-not-possible"
    title = "These records were not joined"

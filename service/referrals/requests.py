"""What a referral asks, as plain data, before anything is kept."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass
from datetime import date

from geo.errors import Json
from service.identity.codes import OdsCode
from service.people.circumstances import OLDEST, age_on
from service.people.errors import BadBirthDate, BadConsent, BadFacts
from service.people.nhs_number import NhsNumber
from service.referrals.errors import BadKey
from service.register.vocabulary import ReferralRoute

_KEY = re.compile(r"[\x21-\x7e]{1,120}")


@dataclass(frozen=True, slots=True)
class PersonGiven:
    """Who is referred, as far as the sender said."""

    nhs_number: NhsNumber | None = None
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None

    def check(self, today: date, stated_age: Json) -> None:
        """Refuse a birth date that nobody can have, or that does not fit the age stated.

        Raises
        ------
        BadBirthDate
            If it lies in the future or over `OLDEST` years ago.
        BadFacts
            If the age stated is more than a year off: one of the two is somebody else's.
        """
        if self.birth_date is None:
            return
        if self.birth_date > today:
            raise BadBirthDate(
                "The birth date lies in the future. Check it.", field="person.birth_date"
            )
        age = age_on(self.birth_date, today)
        if age > OLDEST:
            raise BadBirthDate(
                f"The birth date lies over {OLDEST} years ago. Check the year.",
                field="person.birth_date",
            )
        if isinstance(stated_age, int) and abs(stated_age - age) > 1:
            raise BadFacts(
                "The age and the birth date do not fit together. Check both, or leave the age out.",
                field="facts.age",
            )


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """Whether the person agreed to be referred, who asked them, and when.

    Raises
    ------
    BadConsent
        If consent was not given and no reason is stated, or the day lies in the future.
    """

    given: bool
    asked_on: date
    taken_by: str = ""
    how: str = ""
    reason_not_given: str = ""

    def check(self, today: date) -> None:
        """Refuse what cannot be kept as a record of consent."""
        if not self.given and not self.reason_not_given.strip():
            raise BadConsent(
                "If the person did not agree, say why the referral is made all the same.",
                field="consent.reason_not_given",
            )
        if self.asked_on > today:
            raise BadConsent(
                "The day consent was given lies in the future. Check the date.",
                field="consent.on",
            )


@dataclass(frozen=True, slots=True)
class ReferralRequest:
    """One request for a referral. `needs` are codes, the most important first, no repeats.

    `route` is who sends the person: some groups take people by one route only.
    """

    practice: OdsCode
    person: PersonGiven
    consent: ConsentGiven
    needs: tuple[str, ...]
    facts: dict[str, Json]
    postcode: str | None = None
    reason: str = ""
    referrer_name: str = ""
    referrer_role: str = ""
    route: ReferralRoute = ReferralRoute.GP

    def digest(self) -> str:
        """SHA-256 of all that was asked: equal requests have equal digests."""
        person, consent = self.person, self.consent
        parts: list[Json] = [
            str(self.practice),
            [
                person.nhs_number,
                person.given_name,
                person.family_name,
                _day(person.birth_date),
            ],
            [
                consent.given,
                _day(consent.asked_on),
                consent.taken_by,
                consent.how,
                consent.reason_not_given,
            ],
            list(self.needs),
            self.facts,
            self.postcode,
            self.reason,
            [self.referrer_name, self.referrer_role],
        ]
        # Only where it is not the usual one, so that digests kept before there were routes hold.
        if self.route is not ReferralRoute.GP:
            parts.append(self.route.value)
        text = json.dumps(parts, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()


def request_key(key: str | None, digest: str, today: date) -> str:
    """What makes a repeat of a request recognisable.

    The sender's own key when there is one. Without one the request itself is the key for a day:
    long enough for every retry, short enough that the same person may be referred again next month
    in the same words.

    Raises
    ------
    BadKey
        If the sender's key is empty, longer than 120 characters, or not printable ASCII.
    """
    if key is None:
        return f"same:{today.isoformat()}:{digest}"
    if not _KEY.fullmatch(key):
        raise BadKey(
            "An idempotency key is 1 to 120 printable characters without blanks; a UUID is best.",
            header="Idempotency-Key",
        )
    return f"key:{key}"


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()

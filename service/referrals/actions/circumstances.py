"""What is known of a person's circumstances, put right by somebody who has asked them."""

from __future__ import annotations

from datetime import date

from geo.errors import BadPostcode, Json
from geo.gazetteer import Gazetteer, Located
from service.identity.actors import Actor
from service.people.circumstances import person_facts
from service.people.errors import BadFacts, BadPlace
from service.people.places import as_written, home_of
from service.referrals.opening import in_hand, person_of, words, written
from service.store.work import UnitOfWork

LONGEST_WARNING = 200


def set_circumstances(
    work: UnitOfWork,
    *,
    by: Actor,
    referral_id: str,
    seen_version: int,
    facts: dict[str, Json],
    postcode: str,
    safe_contact: str,
    gazetteer: Gazetteer,
    today: date,
) -> int:
    """Keep the circumstances, the place to set out from and the warning, as the whole of each.

    Parameters
    ----------
    facts : dict
        As `person_facts` reads them; a key that is left out is not known.
    postcode : str
        A postcode or its first part; empty when it is not known.
    safe_contact : str
        What must not be sent to the person, in words; empty when nothing is known.

    Returns
    -------
    int
        The referral's new version.

    Raises
    ------
    NotAllowed, NotFound, EditConflict, BadMove, BadEntry
    BadFacts, BadPlace
        If matching could not use what is given; `field` is the parameter or the key of `facts`.
        Nothing is kept.
    """
    referral = in_hand(work, by, referral_id, seen_version=seen_version)
    person = person_of(work.session, referral)
    place, home = _place(postcode, gazetteer)
    try:
        person_facts(facts, today=today, home=home, birth_date=person.birth_date)
    except BadFacts as error:
        field = str(error.fields.get("field", "")).removeprefix("facts.")
        raise BadFacts(error.message, field=field) from error
    referral.facts = dict(facts)
    referral.safe_contact = words(
        safe_contact, field="safe_contact", longest=LONGEST_WARNING, least=0
    )
    if place != referral.postcode:
        referral.postcode = person.postcode = place
    return written(work, referral, by=by, what="circumstances_changed")


def _place(postcode: str, gazetteer: Gazetteer) -> tuple[str | None, Located | None]:
    if not postcode.strip():
        return None, None
    try:
        place = as_written(postcode)
    except BadPostcode as error:
        raise BadPlace(error.message, field="postcode") from error
    return place, home_of(place, gazetteer)

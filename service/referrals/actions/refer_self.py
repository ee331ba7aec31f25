"""Taking somebody's own request for help, from the public form."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

from geo.gazetteer import Gazetteer
from geo.point import GridPoint
from service.identity.actors import Actor
from service.identity.codes import OdsCode
from service.identity.errors import UnknownPractice
from service.identity.model import NhsOrg, NhsOrgKind
from service.identity.roles import SELF_REFERRER
from service.matching.notes.model import NoteReading
from service.people.errors import BadConsent
from service.people.places import home_of
from service.referrals.actions.contacts import Reach, checked_reach
from service.referrals.actions.refer import refer
from service.referrals.crisis_words import may_mean_danger
from service.referrals.errors import BadEntry, NobodyNear
from service.referrals.kinds import Urgency
from service.referrals.lifecycle import ReferralState
from service.referrals.model import Referral
from service.referrals.opening import person_of, words
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.referrals.surgeries import surgeries_near
from service.register.vocabulary import ReferralRoute
from service.store.work import UnitOfWork

LONGEST_WORDS: Final = 4_000
"""Characters of somebody's own words: two pages, and nobody has to be brief about trouble."""
LONGEST_CARE: Final = 200

READ_FIRST: Final = (
    "Somebody asked for help themselves, in words that may mean danger. Read them now and ring "
    "the person before anything else."
)


@dataclass(frozen=True, slots=True)
class HelpAsked:
    """What somebody asks for themselves.

    Attributes
    ----------
    needs : tuple of str
        Codes of what they ticked.
    words : str
        Their own words; may be empty when something is ticked.
    name : str
        What to call them; may be empty.
    reach : Reach
        A number or an address is needed: nobody can be helped who cannot be reached.
    care : str
        What must not be done when they are contacted; empty when they said nothing.
    good_time : str
        When it is a good time; empty when they did not say.
    postcode : str
        Theirs, or one near them; may be empty when a practice is named.
    practice : OdsCode or None
        Their surgery; None for one that is not listed, or not known.
    agreed : bool
        That what they wrote may be kept and read by a link worker.
    """

    needs: tuple[str, ...]
    words: str
    name: str
    reach: Reach
    care: str
    good_time: str
    postcode: str
    practice: OdsCode | None
    agreed: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """What became of it: where it went, and whether it was there already."""

    referral_id: str
    practice_name: str
    repeated: bool


def refer_self(
    work: UnitOfWork,
    *,
    by: Actor,
    asked: HelpAsked,
    gazetteer: Gazetteer,
    today: date,
    key: str | None = None,
    reading: NoteReading | None = None,
) -> Asked:
    """Take a request for help from the person themselves: once, however often it is sent.

    Anybody may ask. It goes to the inbox of the practice that is named. Where none is, it goes to
    the nearest active practice at which somebody looks through new requests; where there is none
    of those, to the nearest active practice within `FARTHEST_M`. What is read from the words is
    kept as for any referral; words that may mean danger and that the reading did not take for a
    danger sign make it urgent, so that it is read first.

    Parameters
    ----------
    by : Actor
        Whoever is at the form. What they may do elsewhere does not matter, and nothing can be read
        back with what is given here.
    key : str, optional
        The form's own key: the same form twice is one request.
    reading : NoteReading, optional
        What was read from `asked.words`, before this work began.

    Raises
    ------
    BadEntry
        If nothing was said, the person cannot be reached, or a text is too long.
    BadConsent
        If they did not agree: then nothing is kept.
    BadPostcode, BadPlace
        If the postcode cannot be used.
    UnknownPractice
        If the practice that is named is not there, or is closed.
    NobodyNear
        If none is named, and none is near or nothing says where that would be.
    KeyReused
        If the form was sent before and says something else now.
    """
    _check(asked)
    reach = checked_reach(asked.reach)
    home = home_of(asked.postcode, gazetteer).point if asked.postcode.strip() else None
    practice = _practice(work, asked.practice, home)
    once = Actor(by.actor_id, SELF_REFERRER, frozenset({OdsCode(practice.ods_code)}))
    received = refer(
        work,
        by=once,
        request=_request(asked, OdsCode(practice.ods_code), today),
        gazetteer=gazetteer,
        today=today,
        key=key,
        reading=reading,
    )
    if not received.repeated:
        _add(work, received.referral_id, asked, reach)
    return Asked(received.referral_id, practice.name, received.repeated)


def _request(asked: HelpAsked, practice: OdsCode, today: date) -> ReferralRequest:
    given, _, family = " ".join(asked.name.split()).rpartition(" ")
    return ReferralRequest(
        practice=practice,
        person=PersonGiven(given_name=given or family, family_name=family if given else ""),
        consent=ConsentGiven(True, today, taken_by="the person", how="form for the public"),
        needs=asked.needs,
        facts={},
        postcode=asked.postcode.strip() or None,
        reason=_reason(asked),
        referrer_role="the person themself",
        route=ReferralRoute.SELF,
    )


def _check(asked: HelpAsked) -> None:
    if not asked.agreed:
        raise BadConsent(
            "Tick the box if we may pass this on. If not, nothing is sent.", field="agreed"
        )
    if not asked.needs and not asked.words.strip():
        raise BadEntry("Tick what would help, or tell us in your own words.", field="needs")
    words(asked.words, field="words", longest=LONGEST_WORDS, least=0)
    words(asked.name, field="name", longest=120, least=0)
    words(asked.good_time, field="good_time", longest=200, least=0)
    if not asked.reach.telephone.strip() and not asked.reach.email.strip():
        raise BadEntry("Give us a phone number or an e-mail address.", field="telephone")


def _practice(work: UnitOfWork, named: OdsCode | None, home: GridPoint | None) -> NhsOrg:
    session = work.session
    if named is not None:
        org = session.get(NhsOrg, named)
        if org is None or org.kind is not NhsOrgKind.PRACTICE or not org.is_active:
            raise UnknownPractice("That surgery is not here. Choose another.", field="surgery")
        return org
    if home is None:
        raise NobodyNear(
            "Tell us your postcode or your doctor’s surgery, so that we know who can help.",
            field="postcode",
        )
    near = surgeries_near(session, home)
    if not near:
        raise NobodyNear(
            "Nobody who works with us is near you. Ask at your doctor’s surgery for a link worker: "
            "there is one in most places.",
            field="postcode",
        )
    return session.get_one(NhsOrg, near[0].code)


def _reason(asked: HelpAsked) -> str:
    parts = [asked.words.strip()]
    if asked.good_time.strip():
        parts.append(f"(A good time to reach them: {asked.good_time.strip()})")
    return "\n".join(part for part in parts if part)


def _add(work: UnitOfWork, referral_id: str, asked: HelpAsked, reach: Reach) -> None:
    """What the form knows beyond a practice's request: how to reach them, and with what care."""
    session = work.session
    referral = session.get_one(Referral, referral_id)
    person = person_of(session, referral)
    person.telephone, person.email = reach.telephone, reach.email
    person.reach_by = reach.reach_by
    cares = [part for part in (referral.safe_contact, asked.care.strip()) if part]
    referral.safe_contact = "; ".join(dict.fromkeys(cares))[:LONGEST_CARE]
    if may_mean_danger(asked.words):
        referral.urgency = Urgency.URGENT
        if referral.state is not ReferralState.TRIAGE_FIRST:
            referral.state_reason = READ_FIRST
    session.flush()

"""Referrals of every kind in the example town, for tests of what is told of them as FHIR."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from api_client import Api, Town
from sqlalchemy import select
from town import WIDNES

from service.identity.actors import Actor, operator
from service.identity.codes import OdsCode
from service.identity.roles import LINK_WORKER, PRACTICE_SYSTEM
from service.people.levels import DisclosureLevel
from service.people.model import Person
from service.people.nhs_number import NhsNumber
from service.referrals.actions import refer
from service.referrals.actions.consents import record_consent
from service.referrals.actions.contacts import (
    ContactGiven,
    Reach,
    record_contact,
    set_reach,
)
from service.referrals.actions.offers import expire_offers, offer, send
from service.referrals.actions.outcomes import close, leave, no_suitable_asset
from service.referrals.actions.plan import GoalGiven, agree_plan, set_goal
from service.referrals.actions.replies import Reply, record_reply
from service.referrals.actions.safeguarding import raise_concern
from service.referrals.actions.triage import accept, give_back
from service.referrals.exchange import THEMSELF
from service.referrals.kinds import ContactMode, ContactOutcome
from service.referrals.lifecycle import OfferState
from service.referrals.model import Referral
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.referrals.source_model import ReferralIdentifier, ReferralSource
from service.store.base import utc_now

BASE = "/fhir/R4"
NHS_NUMBER = "https://fhir.nhs.uk/Id/nhs-number"
LOCAL = "https://practice.example/Id/referral"
ANN = Actor("staff:1", LINK_WORKER, frozenset({WIDNES}))
NUMBER = "9990000344"

SENT: dict[str, Any] = {
    "ServiceRequest": {
        "status": "active",
        "intent": "order",
        "priority": "urgent",
        "authoredOn": "2026-03-02T10:00:00+00:00",
        "reasonCode": [
            {
                "coding": [
                    {
                        "system": "http://snomed.info/sct",
                        "code": "267076002",
                        "display": "Feeling lonely",
                    }
                ],
                "text": "Lonely since she moved",
            },
            {"text": "Would like to sing again"},
        ],
        "note": [{"text": "Prefers mornings."}],
    },
    "Task": {"status": "requested", "intent": "order", "authoredOn": "2026-03-02T10:05:00+00:00"},
    "Patient": {
        "gender": "female",
        "name": [
            {"use": "official", "family": "Larkrise", "given": ["Nora", "Jane"], "prefix": ["Mrs"]}
        ],
        "telecom": [{"system": "phone", "value": "07700 900456", "use": "mobile"}],
        "address": [{"use": "home", "line": ["2 Example Lane"], "postalCode": "WA8 6TR"}],
        "extension": [
            {
                "url": "https://fhir.hl7.org.uk/StructureDefinition/Extension-UKCore-EthnicCategory",
                "valueCodeableConcept": {
                    "coding": [
                        {
                            "system": "https://fhir.hl7.org.uk/CodeSystem/UKCore-EthnicCategory",
                            "code": "A",
                        }
                    ]
                },
            }
        ],
    },
    "Practitioner": {"name": [{"family": "Marshwick", "given": ["Lena"], "prefix": ["Dr"]}]},
    "PractitionerRole": {"telecom": [{"system": "phone", "value": "01632 960123", "use": "work"}]},
    "Organization": {
        "name": "Far Away Surgery",
        "identifier": [
            {"system": "https://fhir.nhs.uk/id/ods-organization-code", "value": "Z99991"}
        ],
    },
    "Condition": [
        {"code": {"text": "Lonely since she moved"}},
        {"code": {"text": "Walks less than she would like"}},
    ],
    "Consent": {"dateTime": "2026-03-02T09:55:00+00:00"},
    "Flag": [
        {
            "status": "active",
            "category": [
                {
                    "coding": [
                        {
                            "system": "https://fhir.nhs.uk/CodeSystem/flag-categories-bars",
                            "code": "SS",
                        }
                    ]
                }
            ],
            "code": {"text": "A dog that bites."},
        }
    ],
}
"""What a practice's system may have sent; written here for the tests."""


@dataclass
class World:
    """The town, and one link worker who does what the tests need."""

    town: Town
    ids: dict[str, str] = field(default_factory=dict)

    def refer(self, name: str, **changes) -> str:
        """One more referral of Widnes, kept under `name`; returns its id."""
        given: dict[str, Any] = {
            "practice": WIDNES,
            "person": PersonGiven(NhsNumber(NUMBER), "Nora", "Larkrise", date(1952, 4, 17)),
            "consent": ConsentGiven(True, self.today - timedelta(days=2), "GP", "asked"),
            "needs": ("loneliness_isolation", "transport"),
            "facts": {},
            "postcode": "WA8 6TR",
            "reason": "On her own since last spring.",
            "referrer_name": "Dr Lena Marshwick",
            "referrer_role": "General practitioner",
        }
        request = ReferralRequest(**{**given, **changes})
        with self.town.store.work() as work:
            taken = refer(
                work,
                by=Actor("token:1", PRACTICE_SYSTEM, frozenset({OdsCode(request.practice)})),
                request=request,
                gazetteer=self.town.kith.gazetteer,
                today=self.today,
                key=name.replace(" ", "-"),
            )
        self.ids[name] = taken.referral_id
        return taken.referral_id

    @property
    def today(self) -> date:
        """The day in Britain."""
        return self.town.kith.today()

    def version(self, referral_id: str) -> int:
        """The referral's version as it is now."""
        with self.town.store.read() as session:
            return session.scalars(
                select(Referral.version).where(Referral.referral_id == referral_id)
            ).one()

    def person(self, referral_id: str) -> str:
        """The id of the referral's person."""
        with self.town.store.read() as session:
            return session.scalars(
                select(Referral.person_id).where(Referral.referral_id == referral_id)
            ).one()

    def do(self, action, referral_id: str, *, seen: bool = True, **more):
        """One action of the link worker's."""
        if seen:
            more["seen_version"] = self.version(referral_id)
        with self.town.store.work() as work:
            return action(work, by=ANN, referral_id=referral_id, **more)

    def accepted(self, name: str, **changes) -> str:
        """A referral that was taken on."""
        referral_id = self.refer(name, **changes)
        self.do(accept, referral_id)
        return referral_id

    def contacted(self, name: str, **changes) -> str:
        """A referral whose person was spoken to."""
        referral_id = self.accepted(name, **changes)
        contact = ContactGiven(utc_now(), ContactMode.TELEPHONE, ContactOutcome.SPOKE, note="Said.")
        self.do(record_contact, referral_id, seen=False, contact=contact, today=self.today)
        return referral_id

    def sent(self, referral_id: str, asset_id: int, *, today: date | None = None) -> str:
        """An offer to a group that was told to it; returns its id."""
        day = today or self.today
        yes = ConsentGiven(True, day, "Ann", "telephone")
        level = DisclosureLevel.FULL
        more: dict[str, Any] = {"asset_id": asset_id, "level": level, "today": day}
        self.do(record_consent, referral_id, seen=False, consent=yes, **more)
        made = self.do(offer, referral_id, seen=False, asset_ids=[asset_id], level=level, today=day)
        self.do(send, referral_id, seen=False, offer_id=made[0], today=day)
        offer_id: str = made[0]
        return offer_id

    def heard(self, referral_id: str, offer_id: str, to: OfferState, **more) -> None:
        """A reply of the group, as heard by telephone."""
        reply = Reply(to, self.today, **more)
        self.do(
            record_reply,
            referral_id,
            seen=False,
            offer_id=offer_id,
            reply=reply,
            today=self.today,
        )

    def brought(self, referral_id: str, sent: dict[str, Any] | None = None) -> None:
        """As if it had come as FHIR, with what the sender knew."""
        with self.town.store.work() as work:
            work.session.add(
                ReferralSource(
                    referral_id=referral_id, channel="fhir", client="token:1", sent=sent or SENT
                )
            )
            for kind in ("ServiceRequest", "Task"):
                work.session.add(
                    ReferralIdentifier(
                        referral_id=referral_id,
                        practice_code=WIDNES,
                        kind=kind,
                        system=LOCAL,
                        value=f"{kind}-{referral_id[:8]}",
                    )
                )

    def protect(self, referral_id: str) -> None:
        """The person's address is protected from now on."""
        self.do(
            set_reach,
            referral_id,
            reach=Reach("07700 900123", "", "telephone", address_protected=True),
        )


def everything(town: Town) -> World:
    """Referrals in every state, offers in every state, and every kind of person."""
    world = World(town)
    world.refer("received")
    world.refer(
        "no number", person=PersonGiven(None, "Ada", "Fen", date(1970, 1, 2)), postcode=None
    )
    world.refer("nobody named", person=PersonGiven(), referrer_name="", referrer_role="", reason="")
    world.refer("own request", referrer_name="", referrer_role=THEMSELF)
    world.refer(
        "no consent",
        consent=ConsentGiven(False, world.today, "GP", "asked", "Could not be asked"),
    )
    fhir = world.contacted("by fhir")
    world.brought(fhir)
    world.accepted("accepted")
    back = world.refer("returned")
    world.do(give_back, back, reason="needs_clinical_care", text="See the GP", today=world.today)
    contacted = world.contacted("contacted")
    _plan(world)
    hold = world.contacted("hold")
    world.sent(hold, 1)
    held = world.sent(hold, 2)
    world.heard(hold, held, OfferState.ACCEPTED)
    world.do(raise_concern, hold, seen=False, concern="Somebody takes her money.")
    none = world.contacted("no asset")
    world.do(no_suitable_asset, none, reason="too_far")
    gone = world.contacted("withdrawn")
    world.do(leave, gone, reason="other", text="Prefers her church", today=world.today)
    _offers(world, contacted)
    for name, with_group in (("closed", True), ("closed alone", False)):
        done = world.contacted(name)
        if with_group:
            group = world.sent(done, 3)
            world.heard(done, group, OfferState.ACCEPTED)
            world.heard(done, group, OfferState.FIRST_ATTENDED)
        world.do(close, done, outcome="goals_met", today=world.today)
    # A person of their own: protection is theirs in every referral.
    alone = world.contacted(
        "protected", person=PersonGiven(NhsNumber("9990000018"), "Iris", "Reed", date(1960, 5, 6))
    )
    world.brought(alone)
    world.protect(alone)
    return world


def _plan(world: World) -> None:
    planned = world.contacted("planned")
    world.do(set_goal, planned, seen=False, goal=GoalGiven("To sing again"), today=world.today)
    world.do(
        agree_plan,
        planned,
        agreed_on=world.today,
        agreed_with="Nora",
        review_on=None,
        today=world.today,
    )


def _offers(world: World, referral_id: str) -> None:
    long_ago = world.today - timedelta(days=60)
    expired = world.sent(referral_id, 4, today=long_ago)
    with world.town.store.work() as work:
        expire_offers(work, by=operator(), today=world.today)
    world.ids["offer expired"] = expired
    steps: dict[str, list[tuple[OfferState, dict[str, Any]]]] = {
        "sent": [],
        "accepted": [(OfferState.ACCEPTED, {})],
        "declined": [(OfferState.DECLINED, {"reason": "22"})],
        "declined otherwise": [(OfferState.DECLINED, {"reason": "99", "text": "Closed in May"})],
        "waitlisted": [(OfferState.ACCEPTED, {}), (OfferState.WAITLISTED, {"place_in_list": 2})],
        "first attended": [(OfferState.ACCEPTED, {}), (OfferState.FIRST_ATTENDED, {})],
        "attending": [
            (OfferState.ACCEPTED, {}),
            (OfferState.FIRST_ATTENDED, {}),
            (OfferState.ATTENDING, {"sessions": 4}),
        ],
        "goal met": [
            (OfferState.ACCEPTED, {}),
            (OfferState.FIRST_ATTENDED, {}),
            (OfferState.ENDED, {"reason": "goal_met", "sessions": 6}),
        ],
        "stopped": [
            (OfferState.ACCEPTED, {}),
            (OfferState.FIRST_ATTENDED, {}),
            (OfferState.ENDED, {"reason": "stopped"}),
        ],
        "withdrawn": [(OfferState.WITHDRAWN, {"reason": "changed_mind"})],
    }
    for number, (name, moves) in enumerate(steps.items(), start=5):
        offer_id = world.sent(referral_id, number)
        world.ids[f"offer {name}"] = offer_id
        for to, more in moves:
            world.heard(referral_id, offer_id, to, **more)


def polled(api: Api, since: str, count: int = 100) -> list[dict[str, Any]]:
    """Every page of the Tasks that changed after `since`, resources that match only."""
    found: list[dict[str, Any]] = []
    path = f"{BASE}/Task?_lastUpdated=gt{since}&_count={count}&_include=Task:focus"
    while path:
        answer = api.get(path)
        assert answer.status_code == 200, answer.text
        bundle = answer.json()
        found += [
            entry["resource"]
            for entry in bundle.get("entry", [])
            if entry["search"]["mode"] == "match"
        ]
        links = {link["relation"]: link["url"] for link in bundle["link"]}
        path = links.get("next", "").removeprefix("http://kith.test")
    return found


def protected_person(world: World) -> Person:
    """The person whose address is protected."""
    with world.town.store.read() as session:
        person = session.get_one(Person, world.person(world.ids["protected"]))
        session.expunge(person)
        return person

"""A register of 5,000 groups, 250 people, and one of them with some of everything."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import time_machine
from api_client import Api
from case_world import TODAY, WORKER, case
from copies import copy_assets, copy_referral
from inbox_people import DANGER, IVO
from town import WIDNES, token_for
from web_world import Browser, Web

from service.identity.actors import visitor
from service.identity.sessions import Limits
from service.identity.sign_in import Vouched, complete
from service.identity.staff import DEVELOPMENT
from service.people.levels import DisclosureLevel
from service.referrals.actions.consents import record_consent
from service.referrals.actions.contacts import ContactGiven, record_contact
from service.referrals.actions.letters import write_message
from service.referrals.actions.offers import offer
from service.referrals.actions.outcomes import record_measure
from service.referrals.actions.plan import GoalGiven, add_goal_action, set_goal
from service.referrals.actions.safeguarding import raise_concern, record_risk
from service.referrals.actions.shortlist import set_shortlist
from service.referrals.kinds import ContactMode, ContactOutcome
from service.referrals.measures.scoring import Instrument
from service.referrals.requests import ConsentGiven
from service.register.actions.corrections import Proposal, propose
from service.register.correction_model import CorrectedField
from service.store.base import utc_now

ASSETS, PEOPLE = 5_000, 250
NOTE = "On her own since her husband died last spring. Would like company, used to sing in a choir."
NEEDS = ("debt_money", "housing")
"""Stated, beside those that are read from the note."""


@dataclass(frozen=True)
class FullCase:
    """What is there, by number or id.

    Attributes
    ----------
    one : str
        A referral with a shortlist, groups asked and told of, goals, risks, contacts, a letter.
    endangered, guarded : str
        One with an open danger sign, not triaged; one with a live safeguarding concern.
    """

    one: str
    endangered: str
    guarded: str
    offer: str
    goal: int
    concern: int
    letter: int
    correction: int


def full_case(web: Web) -> FullCase:
    """Fill a town of the test's own; takes some seconds."""
    one = case(web, note=NOTE, needs=NEEDS)
    with web.store.work() as work:
        copy_assets(work, 56)
        copy_referral(work, one, PEOPLE - 1)
    endangered = case(web, triaged=False, note=DANGER, needs=(), person=IVO)
    guarded = case(web, note="Would like to garden.", needs=())
    assert web.scalar("SELECT count(*) FROM asset") >= ASSETS
    by, yes = web.actor(WORKER), ConsentGiven(True, TODAY, "Ann", "telephone")
    with web.store.work() as work:
        set_shortlist(work, by=by, referral_id=one, ticked=[1, 2, 3], shown=[1, 2, 3])
        for asset_id in (4, 5):
            record_consent(
                work,
                by=by,
                referral_id=one,
                asset_id=asset_id,
                level=DisclosureLevel.FULL,
                consent=yes,
                today=TODAY,
            )
        asked = offer(
            work,
            by=by,
            referral_id=one,
            asset_ids=[4, 5],
            level=DisclosureLevel.FULL,
            today=TODAY,
        )
        offer(
            work,
            by=by,
            referral_id=one,
            asset_ids=[6],
            level=DisclosureLevel.SIGNPOST,
            today=TODAY,
        )
        spoke = ContactGiven(utc_now(), ContactMode.TELEPHONE, ContactOutcome.SPOKE, note="Sang.")
        record_contact(work, by=by, referral_id=one, contact=spoke, today=TODAY)
        goal = set_goal(work, by=by, referral_id=one, goal=GoalGiven("Sing again"), today=TODAY)
        add_goal_action(work, by=by, referral_id=one, goal_id=goal, what="Ring the choir")
        record_risk(work, by=by, referral_id=one, risk="Falls", today=TODAY)
        record_measure(
            work,
            by=by,
            referral_id=one,
            instrument=Instrument.ONS4,
            answers={"happy": 4},
            taken_on=TODAY,
            today=TODAY,
        )
        letter = write_message(work, by=by, referral_id=one, today=TODAY)
        concern = raise_concern(work, by=by, referral_id=guarded, concern="Bruises on both arms")
        said = Proposal(CorrectedField.CONTACT, "Ask for Ann", "I run it")
        correction = propose(work, by=visitor(), asset_id=1, proposal=said)
    return FullCase(one, endangered, guarded, asked[0], goal, concern, letter, correction)


def kept_form(web: Web) -> tuple[Browser, str]:
    """The page of a form that was sent too late, in the browser of whoever signed in again."""
    late = web.browser(WORKER)
    with time_machine.travel(utc_now() + timedelta(minutes=-45), tick=False):
        late.cookies["kith"] = web.session(WORKER)
        late.get("/break-glass")
    late.post("/break-glass", {"referral": "x", "reason": "No food."}, csrf=late.csrf())
    with web.store.work() as work:
        late.cookies["kith"] = complete(
            work,
            vouched=Vouched(DEVELOPMENT, WORKER, "", ""),
            browser=late.cookies["kith"],
            limits=Limits(),
            adds_staff=False,
        )
    return late, f"/kept/{web.scalar('SELECT kept_id FROM kept_form')}"


def launch_link(web: Web) -> str:
    """A link that a practice's system had made, for a form that is filled in."""
    api = Api(web.town, token_for(web.store, WIDNES))
    made = api.post("/v1/launches", json={"practice": str(WIDNES)})
    return str(made.json()["url"]).removeprefix("http://kith.test")

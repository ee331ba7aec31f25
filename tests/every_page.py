"""Every page that a browser can open, each with somebody who may and something to see there.

`PAGES` has one entry or more for each address of the application that answers with a page; the
tests that go through it compare it with the application, so that a new page cannot be forgotten.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

import httpx
from api_client import Api
from case_world import GP, LEAD, TODAY, WORKER, case, spoke, version, web_day
from inbox_people import DANGER, IVO, LONELY, NORA, NORAH, ODA, received
from town import WIDNES, token_for
from web_world import Browser, Web

from service.identity import kept_forms
from service.identity.actors import visitor
from service.identity.kept_forms import Typed
from service.register.actions.corrections import Proposal, propose
from service.register.correction_model import CorrectedField

STEWARD, COMMISSIONER, NOBODY = "steward-halton", "commissioner-halton", ""
NOTE = "On her own since her husband died last spring. Would like company, used to sing in a choir."
QUESTION = "Which language does she speak at home?"


@dataclass(frozen=True)
class Page:
    """One look: the address as the application names it, what comes after it, and who looks."""

    route: str
    who: str
    query: str = ""


def _of(who: str, *pages: str) -> tuple[Page, ...]:
    found = (each.partition("?") for each in pages)
    return tuple(Page(path, who, mark + query) for path, mark, query in found)


R = "/referrals/{referral_id}"
PAGES = (
    *_of(
        NOBODY,
        "/",
        "/help",
        "/problems",
        "/problems/{slug}",
        "/register?need=loneliness_isolation&near=practice-N81011",
        "/register?text=zzzz",
        "/register/map?at=1&at=2&whole=yes",
        "/register/{asset_id:int}",
        "/register/{asset_id:int}/correct",
        "/sign-in",
        "/sign-in?next=%2Fstart&why=page",
        "/sign-in/begin",
        "/development-sign-in/authorise",
        "/sign-in/return",
        "/signed-out",
        "/v1/practices/{ods}/map",
    ),
    *_of(
        GP,
        "/start",
        "/refer",
        "/refer/{referral_id}",
        "/refer/{asked}",
        "/refer/{flagged}",
        "/refer/{flagged}/danger/{flag}",
        "/sent",
        "/launch/{secret}",
    ),
    *_of(
        WORKER,
        "/start",
        "/me",
        "/inbox",
        "/inbox?whose=mine&state=out_of_scope",
        "/caseload",
        "/people",
        "/kept/{kept_id}",
        R,
        f"{R}?free=yes&day=MO",
        f"{R}/map?{{at}}&whole=yes",
        f"{R}/compare",
        f"{R}/what-if",
        f"{R}/print",
        f"{R}/ask",
        f"{R}/offers",
        f"{R}/offers/{{offer_id}}",
        f"{R}/sharing",
        f"{R}/circumstances",
        f"{R}/contacts",
        f"{R}/plan",
        f"{R}/plan/about",
        f"{R}/plan/agreed",
        f"{R}/plan/goals/new",
        f"{R}/plan/goals/{{goal_id}}",
        f"{R}/plan/goals/{{goal_id}}/actions",
        f"{R}/plan/risks",
        f"{R}/plan/concerns/new",
        f"{R}/plan/concerns/{{concern_id}}",
        f"{R}/outcomes",
        *(f"{R}/outcomes/{{measure:{name}}}" for name in
          ("ons4", "loneliness", "swemwbs", "mycaw", "pam")),
        f"{R}/letter",
        f"{R}/letter/{{message_id}}",
        f"{R}/letter/{{sent_id}}",
        f"{R}/letter/{{message_id}}/preview",
        f"{R}/closing",
        f"{R}/triage",
        "/referrals/{flagged}/triage",
        "/referrals/{twice}/triage",
        "/referrals/{flagged}/triage/danger/{flag}",
        "/referrals/{flagged}/triage/return",
        "/referrals/{flagged}/triage/more",
        "/referrals/{twice}/people",
        f"{R}/people",
    ),
    *_of(
        LEAD,
        "/caseload?who=all",
        "/break-glass",
        "/audit/referral/{referral_id}",
    ),
    *_of(
        STEWARD,
        "/register/{asset_id:int}",
        "/steward",
        "/steward/assets/new",
        "/steward/assets/{asset_id:int}",
        "/steward/corrections/{correction_id:int}",
        "/steward/duplicates",
    ),
    *_of(
        COMMISSIONER,
        "/start",
        "/maps",
        "/maps/{ods}",
        "/maps/{ods}/map?need=&within=2&whole=yes",
        "/maps/{ods}?need=debt_money&within=1",
    ),
)  # fmt: skip
"""What is looked at."""

NAMES = {"asked": "referral_id", "flagged": "referral_id", "twice": "referral_id",
         "sent_id": "message_id"}  # fmt: skip
"""Names of this list for the application's own: another referral at the same address."""


def route_of(page: Page) -> str:
    """The address as the application writes it."""
    path = re.sub(r"\{measure:\w+\}", "{measure}", page.route)
    return re.sub(r"\{(\w+)\}", lambda found: "{" + NAMES.get(found[1], found[1]) + "}", path)


def address_of(page: Page, values: dict[str, str]) -> str:
    """The address as a browser opens it."""
    path = re.sub(r"\{measure:(\w+)\}", r"\1", page.route) + page.query
    return re.sub(r"\{(\w+)(?::int)?\}", lambda found: values[found[1]], path)


def world(web: Web) -> dict[str, str]:
    """Fill the town (a copy of one's own) with something for every page; what stands for what."""
    kith = web.town.kith
    one = case(web, note=NOTE, needs=())
    values = {
        "referral_id": one,
        "flagged": received(kith, IVO, DANGER),
        "asked": received(kith, ODA, LONELY),
        "flag": "suicide_selfharm",
        "asset_id": "1",
        "ods": str(WIDNES),
        "slug": "store-busy",
    }
    received(kith, NORA, key="first")
    values["twice"] = received(kith, NORAH, "Wants company, and has not been out for weeks.")
    worker = web.browser(WORKER)
    _send(worker, f"/referrals/{values['asked']}/triage/more", {"question": QUESTION})
    values |= _worked_on(web, worker, one)
    values |= _register(web)
    web.run("UPDATE referral SET next_action = 'Ring', next_action_on = '2020-01-01'"
            " WHERE referral_id = :i", i=one)  # fmt: skip
    lead = web.browser("link-worker-runcorn")
    reason = "She rang from the station and there is no food at home."
    _send(lead, "/break-glass", {"referral": one, "reason": reason})
    return values


def launched(web: Web) -> str:
    """The secret of a link that opens the form, once."""
    api = Api(web.town, token_for(web.store, WIDNES))
    sent = {"practice": str(WIDNES), "postcode": "WA8 0DQ", "reason": NOTE,
            "person": {"given_name": "Nora", "family_name": "Larkrise"}}  # fmt: skip
    return api.post("/v1/launches", json=sent).json()["url"].rsplit("/", 1)[1]


def kept(web: Web, secret: str) -> str:
    """A form of the link worker's that waits for them in the browser of this session."""
    typed = Typed("/break-glass", (("referral", "none"), ("reason", NOTE)))
    with web.store.work() as work:
        return kept_forms.keep(work, staff_id=web.staff[WORKER], secret=secret, typed=typed)


def _worked_on(web: Web, worker: Browser, one: str) -> dict[str, str]:
    start = f"/referrals/{one}"
    spoke(worker, one, note="Talked about singing.", next_action="Ring the choir")
    worker.get(start)
    groups = [int(each) for each in re.findall(r'id="group-(\d+)"', worker.page)][:3]
    picked = {"shown": groups, "asset": groups, "then": "offers"}
    assert worker.post(f"{start}/shortlist", picked).status_code == 303
    asking = {"version": version(web, one), "level": "introduction", "asset": groups[:1],
              "how": "telephone", "answer_days": "14", f"agreed-{groups[0]}": "yes",
              **web_day(TODAY, "asked_on")}  # fmt: skip
    worker.get(f"{start}/ask")
    assert worker.post(f"{start}/ask", asking).status_code == 303
    worker.get(start)
    frame = re.search(r'<iframe src="[^"]*/map\?([^"]+)"', worker.page)
    assert frame, "there is a map beside the list"
    about = {"what_matters": "My garden, and Sundays.", "strengths": "Knits"}
    _send(worker, f"{start}/plan/about", about)
    goal = {"hope": "Sing in company", "importance": "9", "confidence": "4"}
    _send(worker, f"{start}/plan/goals/new", goal)
    number = str(web.scalar("SELECT goal_id FROM goal"))
    _send(worker, f"{start}/plan/goals/{number}/actions", {"what": "Ring the choir"})
    _send(worker, f"{start}/plan/risks", {"answer": "risk", "risk": "Falls on stairs"})
    _send(worker, f"{start}/plan/concerns/new", {"concern": "Afraid of a neighbour"})
    for happy, days in (("4", 30), ("7", 1)):
        taken = web_day(TODAY - timedelta(days=days), "taken_on")
        _send(worker, f"{start}/outcomes/ons4", {"happy": happy, "satisfied": "6", **taken})
    first = _send(worker, f"{start}/letter", {}).headers["Location"]
    worker.get(f"{first}/preview")
    assert worker.post(f"{first}/send", worker.hidden()).status_code == 303
    draft = _send(worker, f"{start}/letter", {}).headers["Location"]
    return {
        "offer_id": str(web.scalar("SELECT offer_id FROM offer")),
        "at": frame[1].replace("&amp;", "&"),
        "goal_id": number,
        "concern_id": str(web.scalar("SELECT concern_id FROM safeguarding_concern")),
        "sent_id": first.rsplit("/", 1)[1],
        "message_id": draft.rsplit("/", 1)[1],
    }


def _register(web: Web) -> dict[str, str]:
    said = Proposal(CorrectedField.CONTACT, "Ask for the host", "I run it")
    with web.store.work() as work:
        number = propose(work, by=visitor(), asset_id=1, proposal=said)
    web.run("UPDATE asset SET name = 'Ferry Table Lunch' WHERE asset_id = 19")
    web.run("UPDATE asset SET assured_on = :day WHERE asset_id = 3", day=date(2024, 1, 9))
    return {"correction_id": str(number)}


def _send(browser: Browser, path: str, form: dict) -> httpx.Response:
    assert browser.get(path).status_code == 200, path
    answer = browser.post(path, browser.hidden() | form)
    assert answer.status_code == 303, (path, answer.text)
    return answer

"""What the pictures show: invented people whom the example town's staff work with, form by form.

Everything is done through the pages themselves, so that nothing is shown that cannot be done.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from playwright.sync_api import Browser, BrowserContext, Page, StorageState

from service.parts import BRITAIN

STAFF = {
    "practice": "Dr Lena Marshwick",
    "worker": "Asha Brightwater",
    "elsewhere": "Tom Fennimore",
    "lead": "Grace Oakhollow",
    "steward": "Colin Wayfarer",
    "commissioner": "Priya Estuary",
}
NOTE = (
    "On her own since her husband died last spring. Would like company in the daytime. She used to "
    "sing in a choir. Worries about the heating bill."
)
DANGER = "Low since he lost his job. Says he has thought of ending his life this week."
LONELY = "Lives alone since the move and sees nobody. Would like to get out more."
COMPANY = "Would like company, and has not been out for weeks."
QUESTION = "Which language does she speak at home, and would she like somebody to come along?"
WRONG = "Fridays from 10:30 to 12:30, not Tuesdays"


@dataclass
class Case:
    """Who is signed in, and the numbers of what was made: `{nora}` in a picture's path."""

    browser: Browser
    address: str
    kept: dict[str, StorageState] = field(default_factory=dict)
    made: dict[str, str] = field(default_factory=dict)

    def context(self, who: str, **options: object) -> BrowserContext:
        """A window in which this person is signed in; nobody when `who` is empty."""
        if who and who not in self.kept:
            context = self.browser.new_context()
            page = context.new_page()
            page.goto(f"{self.address}/sign-in/begin")
            page.get_by_role("button", name=f"Be {STAFF[who]}").click()
            page.wait_for_url("**/start")
            self.kept[who] = context.storage_state()
            context.close()
        return self.browser.new_context(
            storage_state=self.kept.get(who),
            locale="en-GB",
            **options,  # type: ignore[arg-type]
        )

    def page(self, who: str) -> Page:
        """A page of theirs."""
        return self.context(who).new_page()

    def send(self, page: Page, path: str, answers: Mapping[str, str], button: str) -> None:
        """Open a form, fill it in and send it."""
        page.goto(self.address + path)
        fill(page, answers)
        with page.expect_navigation():
            page.get_by_role("button", name=button, exact=True).first.click()
        if page.title().startswith("Error"):
            raise SystemExit(f"{path}: {page.locator('.nhsuk-error-summary').inner_text()}")


def fill(page: Page, answers: Mapping[str, str]) -> None:
    """Answer fields by their names, whatever they are."""
    for name, value in answers.items():
        at = page.locator(f"main [name='{name}']").first
        kind = at.evaluate("at => at.type")
        if kind in {"radio", "checkbox"}:
            page.locator(f"main [name='{name}'][value='{value}']").check()
        elif kind == "select-one":
            at.select_option(value)
        else:
            at.fill(value)


def on(name: str, day: date) -> dict[str, str]:
    """A day as a form asks for it."""
    return {f"{name}-day": str(day.day), f"{name}-month": str(day.month),
            f"{name}-year": str(day.year)}  # fmt: skip


def play(case: Case) -> None:
    """From four referrals to a letter, with a question, a danger sign and a wrong entry."""
    practice, today = case.page("practice"), datetime.now(BRITAIN).date()
    for key, who, note in (
        ("nora", "Nora Larkrise 2 5 1948", NOTE),
        ("ivo", "Ivo Thistlewood 28 2 1990", DANGER),
        ("oda", "Oda Fernshaw 30 11 1971", LONELY),
        ("norah", "Norah Larkrise 2 5 1948", COMPANY),
    ):
        answers = {"who": who, "postcode": "WA8 6TR", "note": note, "agreed": "true"}
        case.send(practice, "/refer", answers, "Send the referral")
        case.made[key] = practice.url.rsplit("/", 1)[1]
    _taken_on(case, case.page("worker"), today)
    reason = "On the phone with her now: she has no food, and does not know whom to ask."
    asked = {"referral": case.made["nora"], "reason": reason}
    case.send(case.page("elsewhere"), "/break-glass", asked, "Open it for one hour")
    said = {"field": "when", "proposed": WRONG, "how_known": "I help there every week"}
    case.send(case.page(""), "/register/1/correct", said, "Send this")
    steward = case.page("steward")
    steward.goto(f"{case.address}/steward")
    link = steward.locator("a[href*='/steward/corrections/']").first.get_attribute("href") or ""
    case.made["correction"] = link.rsplit("/", 1)[1]


def _taken_on(case: Case, page: Page, today: date) -> None:
    start = f"/referrals/{case.made['nora']}"
    asking = {"question": QUESTION}
    case.send(page, f"/referrals/{case.made['oda']}/triage/more", asking, "Ask the practice")
    soon = on("next_action_on", today + timedelta(days=3))
    case.send(page, f"{start}/triage", {"urgency": "soon", **soon}, "Accept")
    spoke = {"mode": "telephone", "outcome": "spoke", "happened_at": "00:01",
             "note": "Would love to sing again. Buses are no trouble, evenings are.",
             "next_action": "Ring the choir", **soon}  # fmt: skip
    case.send(page, f"{start}/contacts", spoke, "Save the contact")
    about = {"what_matters": "My garden, and Sundays with other people.",
             "strengths": "Sings\nKnits\nKnows everybody in the road"}  # fmt: skip
    case.send(page, f"{start}/plan/about", about, "Save")
    goal = {"hope": "Sing in company once a week", "importance": "9", "confidence": "6"}
    case.send(page, f"{start}/plan/goals/new", goal, "Save the goal")
    case.send(page, f"{start}/plan/risks", {"answer": "none"}, "Save the answer")
    first = {"satisfied": "4", "worthwhile": "5", "happy": "3", "anxious": "6"}
    case.send(page, f"{start}/outcomes/ons4", first, "Save")
    page.goto(case.address + start)
    for number in range(2):
        page.get_by_role("checkbox", name="Shortlist").nth(number).check()
    with page.expect_navigation():
        page.get_by_role("button", name="Ask them").click()
    page.get_by_label("Introduction", exact=True).check()
    page.get_by_label("Yes, ask them").nth(0).check()
    page.get_by_label("No, do not").nth(1).check()
    page.get_by_label("By telephone").check()
    with page.expect_navigation():
        page.get_by_role("button", name="Write this down and ask the groups").click()
    link = page.locator(f"a[href*='{start}/offers/']").first.get_attribute("href") or ""
    case.made["offer"] = link.split("/offers/")[1].split("?")[0].split("#")[0]
    page.goto(f"{case.address}{start}/plan")
    goals = page.locator(f"a[href*='{start}/plan/goals/']")
    links = [each.get_attribute("href") or "" for each in goals.all()]
    case.made["goal"] = next(
        each.split("/goals/")[1].split("/")[0] for each in links if "/new" not in each
    )
    case.send(page, f"{start}/letter", {}, "Compose a message")
    case.made["letter"] = page.url.rsplit("/", 1)[1]

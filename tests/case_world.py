"""A referral of Nora Larkrise that a link worker has taken on, for tests of the pages about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from sqlalchemy import event
from web_world import Browser, Web

from service.identity.codes import OdsCode
from service.people.nhs_number import NhsNumber
from service.referrals.actions import refer
from service.referrals.actions.triage import accept
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.store.base import utc_now

WORKER, OTHER, LEAD = "link-worker-widnes", "link-worker-runcorn", "lead-halton"
GP = "practice-widnes"
WIDNES = OdsCode("N81011")
TODAY = utc_now().date()


def case(web: Web, *, triaged: bool = True, note: str = "", **changes: object) -> str:
    """One more referral of Widnes; returns its id."""
    given: dict[str, object] = {
        "practice": WIDNES,
        "person": PersonGiven(NhsNumber("9990000344"), "Nora", "Larkrise", date(1952, 4, 17)),
        "consent": ConsentGiven(True, date(2026, 1, 5), "GP", "in person"),
        "needs": ("loneliness_isolation",),
        "facts": {},
        "postcode": "WA8 6TR",
        "reason": note,
        "referrer_name": "Dr Lena Marshwick",
    }
    request = ReferralRequest(**{**given, **changes})  # type: ignore[arg-type]
    parts = web.town.kith
    with web.store.work() as work:
        taken = refer(
            work,
            by=web.actor(GP),
            request=request,
            gazetteer=parts.gazetteer,
            today=parts.today(),
            key=None,
            reading=parts.read_note(note),
        )
    if triaged:
        with web.store.work() as work:
            accept(work, by=web.actor(WORKER), referral_id=taken.referral_id, seen_version=1)
    return taken.referral_id


def spoke(browser: Browser, referral_id: str, **changes: str):
    """Write down, through the page, that the two spoke; returns the answer."""
    browser.get(f"/referrals/{referral_id}/contacts")
    now = browser.page
    at = now.split('id="happened_at"')[1].split('value="')[1].split('"')[0]
    today = web_day(TODAY, "happened_on")
    form = {"mode": "telephone", "outcome": "spoke", "happened_at": at, **today, **changes}
    return browser.post(f"/referrals/{referral_id}/contacts", form)


def web_day(day: date, name: str) -> dict[str, str]:
    """A day as a form sends it."""
    return {
        f"{name}-day": str(day.day),
        f"{name}-month": str(day.month),
        f"{name}-year": str(day.year),
    }


def version(web: Web, referral_id: str) -> int:
    """The referral's version as it is now."""
    return web.scalar("SELECT version FROM referral WHERE referral_id = :id", id=referral_id)


def state(web: Web, referral_id: str) -> str:
    """The referral's stage as it is now."""
    return web.scalar("SELECT state FROM referral WHERE referral_id = :id", id=referral_id)


@contextmanager
def statements(web: Web) -> Iterator[list[str]]:
    """Every statement sent to the database while the block runs."""
    sent: list[str] = []

    def note(_connection, _cursor, statement, *_rest) -> None:
        if not statement.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(" ".join(statement.split()))

    engine = web.store.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(engine, "before_cursor_execute", note)

"""No page takes more than twelve statements, with 5,000 groups and a caseload of 250.

Every page that the application has, on both databases, counted by the database's own driver, so
that what goes past SQLAlchemy counts too. The search for groups is in it, with five needs. One
statement more, once a minute, marks a session as used: the sessions here are new.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict

from api_client import Town
from case_world import GP, LEAD, WORKER
from full_case import FullCase, full_case, kept_form, launch_link
from page_routes import pages_of
from sent_statements import counted
from web_world import Browser, Web, with_staff

pytest_plugins = ("web_fixtures",)

MOST, MOST_TO_SIGN_IN = 12, 14
"""A refused attempt to sign in is no page of the workspace or register: it is counted by the place
it came from and by everybody's, and written down."""
STEWARD = "steward-halton"
OF_A_REFERRAL = (
    "", "?how=in_person", "/ask?asset=1", "/circumstances", "/closing", "/compare", "/contacts",
    "/letter", "/letter/{letter}", "/letter/{letter}/preview", "/map?at=1.1", "/offers",
    "/offers/{offer}", "/outcomes", "/outcomes/ons4", "/people", "/plan", "/plan/about",
    "/plan/agreed", "/plan/concerns/new", "/plan/goals/new", "/plan/goals/{goal}",
    "/plan/goals/{goal}/actions", "/plan/risks", "/print", "/sharing", "/triage", "/what-if",
)  # fmt: skip
"""What a link worker opens of the referral that has some of everything."""

ELSEWHERE = (
    (WORKER, "/referrals/{guarded}"),
    (WORKER, "/referrals/{guarded}/plan"),
    (WORKER, "/referrals/{guarded}/plan/concerns/{concern}"),
    (WORKER, "/referrals/{endangered}"),
    (WORKER, "/referrals/{endangered}/triage"),
    (WORKER, "/referrals/{endangered}/triage/danger/suicide_selfharm"),
    (WORKER, "/referrals/{endangered}/triage/more"),
    (WORKER, "/referrals/{endangered}/triage/return"),
    (WORKER, "/start"),
    (WORKER, "/me"),
    (WORKER, "/inbox"),
    (WORKER, "/inbox?signs=open&whose=nobody&practice=N81011"),
    (WORKER, "/caseload"),
    (WORKER, "/people"),
    (WORKER, "/refer"),
    (LEAD, "/caseload?who=all&from=200"),
    (LEAD, "/break-glass"),
    (LEAD, "/audit/referral/{one}"),
    (GP, "/sent"),
    (GP, "/refer"),
    (GP, "/refer/{one}"),
    (GP, "/refer/{endangered}/danger/suicide_selfharm"),
    (STEWARD, "/register?need=loneliness_isolation&need=debt_money&near=practice-N81011&text=lunch"
              "&day=TU&access=step_free&free=yes"),
    (STEWARD, "/register?near=group-3&within=20"),
    (STEWARD, "/register?text=lunch"),
    (STEWARD, "/register/map?at=1&at=2&near=practice-N81011"),
    (STEWARD, "/register/1"),
    (STEWARD, "/register/1/correct"),
    (STEWARD, "/steward"),
    (STEWARD, "/steward/assets/new"),
    (STEWARD, "/steward/assets/1"),
    (STEWARD, "/steward/corrections/{correction}"),
    (STEWARD, "/maps"),
    (STEWARD, "/maps/N81011"),
    (STEWARD, "/maps/N81011?need=bereavement&need=debt_money"),
    (STEWARD, "/maps/N81011/map"),
    ("", "/"),
    ("", "/help"),
    ("", "/problems"),
    ("", "/problems/not-found"),
    ("", "/register?near=practice-N81011&need=loneliness_isolation&text=lunch"),
    ("", "/register/1"),
    ("", "/sign-in"),
    ("", "/signed-out"),
)  # fmt: skip

SIGNING_IN = {
    "/sign-in/begin",
    "/sign-in/return",
    "/development-sign-in/authorise",
    "/development-sign-in/.well-known/openid-configuration",
    "/development-sign-in/jwks",
}
"""Steps of signing in, which answer nothing by themselves without a server of one's own: what is
counted is the refusal."""


WITH_FEW_GROUPS = "/steward/duplicates"
"""Compares every two groups that are close: 5,000 in one town are more pairs than any register has.
Counted before the town is filled."""


def asked(web: Web, case: FullCase) -> Iterator[tuple[Browser, str]]:
    """Every page, by somebody who may open it."""
    browsers = {who: web.browser(who) for who in (WORKER, LEAD, GP, STEWARD)} | {"": web.browser()}
    values = asdict(case)
    for end in OF_A_REFERRAL:
        yield browsers[WORKER], f"/referrals/{case.one}{end.format(**values)}"
    for who, path in ELSEWHERE:
        yield browsers[who], path.format(**values)
    for path in sorted(SIGNING_IN):
        yield browsers[""], path
    yield browsers[GP], launch_link(web)
    # Last, because it moves the clock.
    yield kept_form(web)


def template_of(pages: list[str], path: str) -> str:
    """The page that an address is of, the most particular."""
    bare = path.split("?")[0]
    fits = [each for each in pages if re.fullmatch(re.sub(r"\{[^}]+\}", "[^/]+", each), bare)]
    assert fits, path
    return min(fits, key=lambda each: each.count("{"))


def test_every_page_takes_twelve_statements_at_most(own_town: Town) -> None:
    web = with_staff(own_town)
    opened, too_many = {WITH_FEW_GROUPS}, {}
    pages = [path for method, path in pages_of(web.app) if method == "GET"]

    def ask(browser: Browser, path: str) -> None:
        with counted(web.town) as sent:
            answer = browser.get(path)
        page = template_of(pages, path)
        assert answer.status_code in (200, 303) or page in SIGNING_IN, (path, answer.text)
        if len(sent) > (MOST_TO_SIGN_IN if page in SIGNING_IN else MOST):
            too_many[path] = (len(sent), sent)
        opened.add(page)

    ask(web.browser(STEWARD), WITH_FEW_GROUPS)
    for browser, path in asked(web, full_case(web)):
        ask(browser, path)
    assert opened == set(pages), "a page that nobody has counted"
    assert not too_many, {path: count for path, (count, _) in too_many.items()}

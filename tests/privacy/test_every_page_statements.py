"""No page takes more than twelve statements, with 5,000 groups and a caseload of 250.

Counted by SQLite itself, so that what goes past SQLAlchemy counts too. The search for groups is
counted apart: it has tests of its own, and what is here is what the page adds to it.
"""

from __future__ import annotations

import re

import pytest
from api_client import Town
from case_world import GP, LEAD, WORKER, case
from copies import copy_assets, copy_referral
from sent_statements import counted
from web_world import Browser, Web, with_staff

pytest_plugins = ("web_fixtures",)

MOST = 12
NOTE = "On her own since her husband died last spring. Would like company, used to sing in a choir."
OF_THE_SEARCH = re.compile(
    r"FROM (json_each|candidate|remote_candidate|asset_need|schedule|area_served|asset_document)\b"
    r"|^SELECT asset\.asset_id, asset\.code|FROM asset_shown"
)
PARTS = (
    "/compare", "/print", "/ask", "/offers", "/sharing", "/circumstances", "/contacts", "/plan",
    "/plan/about", "/plan/agreed", "/plan/goals/new", "/plan/risks", "/plan/concerns/new",
    "/outcomes", "/outcomes/ons4", "/letter", "/closing", "/triage", "/people",
)  # fmt: skip


@pytest.fixture
def full(broken_town: Town) -> tuple[Web, str]:
    """A register of 5,000 groups, and 250 people whom one link worker works with."""
    web = with_staff(broken_town)
    one = case(web, note=NOTE, needs=())
    with web.store.work() as work:
        copy_assets(work, 56)
        copy_referral(work, one, 249)
    assert web.scalar("SELECT count(*) FROM asset") >= 5_000
    assert web.scalar("SELECT count(*) FROM referral") == 250
    return web, one


def sent_for(web: Web, browser: Browser, path: str) -> list[str]:
    with counted(web.town) as sent:
        answer = browser.get(path)
    assert answer.status_code == 200, path
    return sent


def test_twelve_at_most_for_every_page_and_for_what_a_page_adds_to_the_search(
    full: tuple[Web, str],
) -> None:
    web, one = full
    worker, lead, practice = web.browser(WORKER), web.browser(LEAD), web.browser(GP)
    pages = [
        *((worker, f"/referrals/{one}{part}") for part in PARTS),
        *((worker, path) for path in ("/start", "/me", "/inbox", "/caseload", "/people", "/refer")),
        *(
            (lead, path)
            for path in (
                "/caseload",
                "/caseload?who=all&from=200",
                "/break-glass",
                f"/audit/referral/{one}",
            )
        ),
        *((practice, path) for path in ("/sent", f"/refer/{one}", "/refer")),
    ]
    for browser, path in pages:
        sent = sent_for(web, browser, path)
        assert len(sent) <= MOST, (path, len(sent), sent)
    first = sent_for(web, worker, f"/referrals/{one}")
    map_path = re.search(r'<iframe src="([^"]+)"', worker.page)
    assert map_path, "there is a map beside the list"
    again = sent_for(web, worker, f"/referrals/{one}")
    map_sent = sent_for(web, worker, map_path[1].replace("&amp;", "&"))
    assert len(map_sent) <= MOST, map_sent
    own = [each for each in again if not OF_THE_SEARCH.search(each)]
    assert len(own) <= MOST, own
    # The first look of twelve hours writes more: what was shown, what is unmet, one more event.
    new = [each for each in first if not OF_THE_SEARCH.search(each)]
    assert len(new) <= len(own) + 5, new

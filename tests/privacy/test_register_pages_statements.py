"""No page about the register takes more than twelve statements, however much is on it."""

from __future__ import annotations

import pytest
from sent_statements import counted
from web_world import Web

from service.identity.actors import visitor
from service.register.actions.corrections import Proposal, propose
from service.register.correction_model import CorrectedField

pytest_plugins = ("web_fixtures",)

MOST = 12

PATHS = (
    "/register?need=loneliness_isolation&near=practice-N81011&day=TU&access=step_free&text=lunch",
    "/register?near=group-3&within=20",
    "/register?need=debt_money&near=practice-N81011&within=1&day=SU&free=yes&text=zzz",
    "/register/map?at=1&at=2&near=practice-N81011",
    "/register/1",
    "/register/1/correct",
    "/steward?days=90",
    "/steward/corrections/1",
    "/steward/duplicates",
    "/steward/assets/1",
    "/maps",
    "/maps/N81011",
    "/maps/N81011/map",
)


@pytest.mark.parametrize("path", PATHS)
def test_twelve_at_most(quick_web: Web, path: str) -> None:
    with quick_web.store.work() as work:
        for number in range(25):
            said = Proposal(CorrectedField.CONTACT, f"Ask for {number}", "I run it")
            asset_id = 1 + number % 20
            propose(work, by=visitor(), asset_id=asset_id, proposal=said)
    first = quick_web.scalar("SELECT min(correction_id) FROM correction")
    path = path.replace("/corrections/1", f"/corrections/{first}")
    browser = quick_web.browser("steward-halton")
    browser.get("/start")
    with counted(quick_web.town) as sent:
        assert browser.get(path).status_code == 200
    assert len(sent) <= MOST, (path, len(sent), sent)
    if path.startswith("/register"):
        with counted(quick_web.town) as sent:
            assert quick_web.browser().get(path).status_code == 200
        assert len(sent) <= MOST, (path, len(sent), sent)

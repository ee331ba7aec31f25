"""One list of crisis routes: sources for every number, and no number anywhere that is not in it."""

from __future__ import annotations

import re
import tomllib

import pytest
from shared import ROOT

from seed_data import needs
from seed_data.crisis import EVERY, public_routes, routes, routes_for
from service.matching.notes.model import Action, FlagStatus
from service.referrals.safety import Flag, Triage

NUMBER = re.compile(r"(?<![\d-])(?:999|111|116 ?123|0\d{3,4}[ \d]{5,10}\d)(?![\d-])")
OURS = {each.telephone for each in routes()}


def flag(name: str, status: FlagStatus = FlagStatus.CURRENT) -> Flag:
    return Flag(name, "", status, "", "", "", None)


def test_every_sign_has_a_route_and_every_route_is_for_signs_that_there_are():
    known = set(needs.load().red_flags)
    assert len(known) == 8
    for name in known:
        found = routes_for([name])
        assert found[0].id == "emergency"
        assert len(found) > 1, name
    for each in routes():
        assert each.flags <= known | {EVERY}
        assert each.flags
    assert len({each.id for each in routes()}) == len(routes())


def test_every_number_says_where_it_is_published():
    for each in routes():
        assert re.fullmatch(r"https://www\.[a-z.]+/\S*", each.source), each.id
        assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", each.seen)
        assert bool(each.number) == each.telephone.isdigit()
        assert each.about.endswith(".")
        assert each.when.startswith(("If ", "To "))


def test_where_each_council_has_its_own_number_none_is_invented():
    without = {each.id for each in routes() if not each.number}
    assert without == {"adult_safeguarding", "child_safeguarding", "council_urgent_help"}
    for each in routes():
        if each.id in without:
            assert not re.search(r"\d", each.sentence)
            assert "council" in each.sentence


@pytest.mark.parametrize(
    ("signs", "expected"),
    [
        (["suicide_selfharm"], ["emergency", "nhs_111_mental_health", "samaritans"]),
        (["domestic_abuse"], ["emergency", "domestic_abuse_helpline", "adult_safeguarding"]),
        (["acute_medical"], ["emergency", "nhs_111"]),
        (["urgent_basic_needs"], ["emergency", "council_urgent_help"]),
        ([], []),
        (["nonsense"], ["emergency"]),
    ],
)
def test_the_routes_of_some_signs(signs: list[str], expected: list[str]):
    assert [each.id for each in routes_for(signs)] == expected


def test_a_sentence_says_it_all():
    said = {each.id: each.sentence for each in routes()}
    assert said["emergency"].startswith(
        "If a life is in danger, or somebody is being hurt, ring 999."
    )
    assert (
        "ring NHS 111 on 111 and choose option 2. Somebody answers"
        in (said["nhs_111_mental_health"])
    )
    assert "ring Samaritans on 116 123. It is free" in said["samaritans"]


def test_history_and_what_was_closed_show_none():
    past = flag("suicide_selfharm", FlagStatus.HISTORY)
    assert past.routes == ()
    both = (past, flag("domestic_abuse"), flag("child_safeguarding", FlagStatus.RECENT))
    triage = Triage(Action.TRIAGE_FIRST, "", both)
    assert "samaritans" not in {each.id for each in triage.routes}
    assert len(triage.routes) == len(set(triage.routes)) == 4
    assert Triage(Action.ASK_FOR_MORE, "", ()).routes == ()


def test_the_form_for_the_public_shows_what_anybody_can_ring():
    assert {"999", "111", "116123", "08082000247"} == {each.telephone for each in public_routes()}


def test_no_page_and_no_rule_names_another_number():
    folders = ("service/web/templates", "service/matching/notes/rules", "seed_data")
    texts = [
        path
        for folder in folders
        for path in (ROOT / folder).rglob("*")
        if path.suffix in {".html", ".toml"} and path.name != "crisis_routes.toml"
    ]
    assert len(texts) > 50
    for path in texts:
        text = path.read_text(encoding="utf-8")
        if path.suffix == ".toml":
            said = [
                each.get("what_to_do", "")
                for each in tomllib.loads(text).values()
                if isinstance(each, dict)
            ]
            text = "\n".join(said)
        for found in NUMBER.findall(text):
            assert found.replace(" ", "") in OURS, (path.name, found)

"""What a token reaches: scopes as rules, and a narrow token at each door of version 1."""

from __future__ import annotations

import pytest
from api_client import Api, Town, referral_body, told
from client_world import System, registered, system_for
from fhir_sent import bundle, issues, post, taken
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from town import RUNCORN, WIDNES, token_for

from service.api.fhir.context import caller_of
from service.api.fhir.errors import OutOfScope
from service.identity.access_tokens import holder_of
from service.identity.roles import LINK_WORKER_SYSTEM, PRACTICE_SYSTEM, Permission
from service.identity.scopes import LETTERS, SUPPORTED, covers, granted, permissions, read_scopes

pytest_plugins = ("api_fixtures",)

LETTER_SETS = st.sets(st.sampled_from(LETTERS), min_size=1).map(
    lambda found: "".join(each for each in LETTERS if each in found)
)
SCOPES = st.frozensets(
    st.tuples(st.sampled_from([*SUPPORTED, "*"]), LETTER_SETS).map(
        lambda p: f"system/{p[0]}.{p[1]}"
    ),
    max_size=5,
)


@given(SCOPES, SCOPES)
@settings(max_examples=100, deadline=None)
def test_what_is_granted_reaches_what_both_reach_and_nothing_else(asked, allowed) -> None:
    both = granted(read_scopes(" ".join(asked)), read_scopes(" ".join(allowed)))
    for kind in SUPPORTED:
        for letter in LETTERS:
            expected = covers(asked, kind, letter) and covers(allowed, kind, letter)
            assert covers(both, kind, letter) is expected


@given(SCOPES)
@settings(max_examples=50, deadline=None)
def test_scopes_never_give_more_than_a_practice_system_has(scopes) -> None:
    assert permissions(scopes) <= PRACTICE_SYSTEM.permissions
    assert read_scopes(" ".join(read_scopes(" ".join(scopes)))) == read_scopes(" ".join(scopes))


def test_what_each_scope_permits() -> None:
    assert permissions(()) == frozenset()
    assert permissions({"system/Organization.rs"}) == frozenset()
    assert permissions({"system/HealthcareService.rs"}) == {Permission.MATCH}
    assert Permission.REFER not in permissions({"system/ServiceRequest.rs", "system/Task.crus"})
    assert permissions({"system/*.cruds"}) == PRACTICE_SYSTEM.permissions
    works = permissions({"system/Task.u"}, LINK_WORKER_SYSTEM)
    assert works == permissions({"system/Task.u"}) | {Permission.TRIAGE, Permission.WORK_REFERRALS}
    assert permissions({"system/*.cruds"}, LINK_WORKER_SYSTEM) == LINK_WORKER_SYSTEM.permissions


@pytest.fixture
def system(town: Town) -> System:
    return system_for(town)


SEEN = {"name": "Dr A Example", "role": "GP", "outcome": "Seen today and safe to go on."}
DOORS = {
    "refer": ("POST", "/v1/referrals", {"ServiceRequest.c"}),
    "read": ("GET", "/v1/referrals/{id}", {"ServiceRequest.r", "Patient.r"}),
    "groups": ("GET", "/v1/referrals/{id}/matches", {"ServiceRequest.r", "HealthcareService.s"}),
    "close": (
        "POST",
        "/v1/referrals/{id}/flags/suicide_selfharm/closing",
        {"Task.u", "ServiceRequest.r", "Patient.r"},
    ),
    "match": ("POST", "/v1/matches", {"HealthcareService.s"}),
}
BODIES = {
    "refer": referral_body(reason="2"),
    "close": SEEN,
    "match": {"needs": ["bereavement"], "postcode": "WA8 0DQ"},
}


@pytest.mark.parametrize("door", DOORS)
def test_a_door_opens_with_its_scopes_and_with_none_fewer(system: System, door: str) -> None:
    note = "She says she wants to end her life."
    full = Api(system.town, token_for(system.town.store, WIDNES))
    taken = full.post("/v1/referrals", json=referral_body(reason=note)).json()["id"]
    method, path, needed = DOORS[door]
    sent = {"json": BODIES[door]} if door in BODIES else {}

    def ask(scopes: set[str]):
        api = system.api(" ".join(f"system/{each}" for each in scopes))
        return api.request(method, path.format(id=taken), **sent)

    def events(action: str) -> int:
        with system.town.store.read() as session:
            counted = text("SELECT count(*) FROM audit_event WHERE action = :action")
            return session.scalar(counted, {"action": action}) or 0

    before, refused = system.town.counts()["audit_event"], events("refused")
    every = {f"{k}.{letter}" for k, may in SUPPORTED.items() for letter in may}
    for missing in needed:
        # All that was registered but this one.
        narrow = {each for each in every if each != missing}
        by_kind: dict[str, str] = {}
        for each in narrow:
            kind, letter = each.split(".")
            by_kind[kind] = by_kind.get(kind, "") + letter
        spelt = {
            f"{kind}.{''.join(letter for letter in LETTERS if letter in letters)}"
            for kind, letters in by_kind.items()
        }
        answer = ask(spelt)
        problem = told(answer, 403, "not-allowed")
        assert problem["scope"] == f"system/{missing}"
    # That tokens were given and doors stayed shut was written down, and nothing else happened.
    assert events("refused") == refused + len(needed)
    assert system.town.counts()["audit_event"] == before + 2 * len(needed)
    assert ask(needed).status_code in (200, 201)


def test_an_access_token_sees_its_practices_and_no_other(system: System, town: Town) -> None:
    ours = Api(town, token_for(town.store, WIDNES)).post("/v1/referrals", json=referral_body())
    other = system_for(town, practices=(RUNCORN,))
    scopes = "system/ServiceRequest.crs system/Patient.rs system/HealthcareService.rs"
    for path in (f"/v1/referrals/{ours.json()['id']}", f"{ours.json()['matches']}"):
        told(other.api(scopes).get(path), 404, "not-found")
        assert system.api(scopes).get(path).status_code == 200
    told(other.api(scopes).post("/v1/referrals", json=referral_body()), 403, "not-allowed")
    both = system_for(town, practices=(RUNCORN, WIDNES))
    assert both.api(scopes).get(f"/v1/referrals/{ours.json()['id']}").status_code == 200


def test_a_referral_names_the_system_that_sent_it(system: System) -> None:
    api = system.api("system/ServiceRequest.c")
    assert api.post("/v1/referrals", json=referral_body()).status_code == 201
    with system.town.store.read() as session:
        from sqlalchemy import text

        sender = session.scalar(text("SELECT received_from FROM referral"))
    assert sender == f"client:{system.client_id}"


def test_the_fhir_doors_are_given_the_scopes(system: System) -> None:
    answer = system.ask(scope="system/Task.ru system/Patient.r")
    practice = token_for(system.town.store, WIDNES)
    with system.town.store.read() as session:
        caller = caller_of(holder_of(session, answer.json()["access_token"]))
        own = caller_of(holder_of(session, practice))
    caller.require("Task", "u")
    for kind, letter in (("Task", "c"), ("ServiceRequest", "r"), ("Patient", "s")):
        with pytest.raises(OutOfScope):
            caller.require(kind, letter)
        own.require(kind, letter)
    assert own.scopes is None


def test_a_star_reaches_every_type(quick_town: Town) -> None:
    system = system_for(quick_town, scopes="system/*.rs")
    assert system.ask(scope="system/*.cruds").json()["scope"] == "system/*.rs"
    assert system.ask(scope="system/Task.rs").json()["scope"] == "system/Task.rs"
    told(system.api("system/*.rs").post("/v1/referrals", json=referral_body()), 403, "not-allowed")
    assert registered(quick_town.store, scopes="system/*.read")


def test_a_transaction_is_held_to_scopes_entry_by_entry(system: System) -> None:
    sent = bundle()
    kinds = sorted({each["resource"]["resourceType"] for each in sent["entry"]})
    before = system.town.counts()["referral"]
    for missing in kinds:
        api = system.api(" ".join(f"system/{each}.c" for each in kinds if each != missing))
        answer = post(api, "", sent)
        assert issues(answer, 403)[0]["code"] == "forbidden", missing
        assert f"system/{missing}.c" in answer.text
    assert system.town.counts()["referral"] == before
    api = system.api(" ".join(f"system/{each}.c" for each in kinds))
    taken(post(api, "", sent))

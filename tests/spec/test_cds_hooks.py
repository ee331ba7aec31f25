"""CDS Hooks: who may call, what is said, what never is, and that nothing is kept."""

from __future__ import annotations

import re
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
from api_client import Town, told
from cds_world import (
    LONELY,
    NEAR,
    NOT_MAPPED,
    ORDER,
    SNOMED,
    Hooks,
    bundle,
    condition,
    consent,
    draft,
    patient,
)
from client_world import jwks, key, publishing, system_for
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task
from joserfc.jwk import OctKey
from sqlalchemy import text
from structlog.testing import capture_logs
from town import RUNCORN, WIDNES
from web_world import Web, app_like

from service.api.cds.cards import OVERRIDES
from service.referrals.actions.card_feedback import REASONS
from service.store.base import utc_now

pytest_plugins = ("web_fixtures",)

ISSUER = "https://system.example/cds"
DANGER = "She says she wants to end her life and has written letters to say goodbye."


@pytest.fixture
def hooks(town: Town) -> Hooks:
    return Hooks(system_for(town, algorithm="ES384", kid="cds"))


@pytest.fixture
def quick_hooks(quick_town: Town) -> Hooks:
    return Hooks(system_for(quick_town, algorithm="ES384", kid="cds"))


def every_name(town: Town) -> list[str]:
    with town.store.read() as session:
        return list(session.scalars(text("SELECT name FROM asset")))


def nothing_empty(value: object) -> None:
    """No null and nothing empty anywhere, but for an empty list of cards."""
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    for each in inner:
        assert each not in (None, "", [], {}), value
        nothing_empty(each)


def test_discovery_is_open_and_tells_all_that_is_needed(quick_town: Town) -> None:
    answer = quick_town.caller.request("GET", "/cds-services")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "application/json"
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    services = answer.json()["services"]
    assert [(each["hook"], each["id"]) for each in services] == [
        ("patient-view", NEAR),
        ("order-sign", ORDER),
    ]
    nothing_empty(answer.json())
    for each in services:
        assert each["title"]
        assert each["description"]
        for template in each["prefetch"].values():
            assert template.count("{{") == template.count("}}") == 1
            assert "{{context.patientId}}" in template
    assert set(services[0]["prefetch"]) == {"patient", "conditions", "requests", "consents"}


def test_a_browser_may_ask_before_it_calls(quick_town: Town) -> None:
    for path in ("", f"/{NEAR}", f"/{NEAR}/feedback"):
        answer = quick_town.caller.request("OPTIONS", f"/cds-services{path}")
        assert answer.status_code == 204
        assert "Authorization" in answer.headers["Access-Control-Allow-Headers"]
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_a_card_counts_groups_and_names_none(hooks: Hooks) -> None:
    answer = hooks.call()
    (card,) = hooks.cards(answer)
    nothing_empty(answer.json())
    assert len(card["summary"]) < 140
    assert card["summary"].split()[0].isdigit()
    assert "km of home" in card["summary"]
    assert card["indicator"] == "info"
    assert card["source"] == {"label": "Kith", "url": "http://kith.test"}
    assert card["selectionBehavior"] == "at-most-one"
    assert "invented" in card["detail"]
    assert "estimate" in card["detail"]
    uuid.UUID(card["uuid"])
    for name in every_name(hooks.system.town):
        assert name not in answer.text
    assert {each["code"] for each in card["overrideReasons"]} == set(REASONS)
    assert all(each["display"] and each["system"] == OVERRIDES for each in card["overrideReasons"])
    assert answer.headers["Cache-Control"] == "no-store"


def test_what_is_suggested_is_a_draft_that_can_be_created(quick_hooks: Hooks) -> None:
    (card,) = quick_hooks.cards(quick_hooks.call())
    (suggestion,) = card["suggestions"]
    request, task = (each["resource"] for each in suggestion["actions"])
    assert [each["type"] for each in suggestion["actions"]] == ["create", "create"]
    assert all(each["description"] for each in suggestion["actions"])
    assert ServiceRequest.model_validate(request).status == "draft"
    assert Task.model_validate(task).status == "draft"
    assert request["subject"] == task["for"] == {"reference": "Patient/p1"}
    assert task["focus"] == {"reference": f"ServiceRequest/{request['id']}"}
    assert request["requester"] == {"reference": "Practitioner/r1"}
    codes = {(c["system"], c["code"]) for r in request["reasonCode"] for c in r["coding"]}
    assert (SNOMED, LONELY) in codes


def test_the_link_opens_the_form_and_holds_nothing_of_the_person(web: Web) -> None:
    hooks = Hooks(system_for(web.town, algorithm="ES384", kid="cds"))
    (card,) = hooks.cards(hooks.call())
    (link,) = card["links"]
    assert link["type"] == "absolute"
    assert link["url"].startswith("http://kith.test/launch/")
    browser, path = web.browser("practice-widnes"), link["url"].removeprefix("http://kith.test")
    assert browser.get(path).status_code == 200
    page = browser.post(path)
    assert page.status_code == 200
    assert "Needs in the record:" in page.text
    for part in ("Featherstonehaugh", "9990548609", "WA8 0DQ", "1951-03-09"):
        assert part not in page.text
        assert part not in link["url"]


def test_a_system_of_several_practices_links_to_the_person_s_own(quick_town: Town) -> None:
    hooks = Hooks(system_for(quick_town, algorithm="ES384", kid="cds", practices=(WIDNES, RUNCORN)))

    def places(**changes) -> list[str]:
        prefetch = {"patient": patient(**changes), "conditions": bundle(condition())}
        (card,) = hooks.cards(hooks.call(prefetch=prefetch))
        with quick_town.store.read() as session:
            found = list(session.scalars(text("SELECT practice_code FROM launch")))
        return found if "links" in card else []

    at = {"system": "https://fhir.nhs.uk/id/ods-organization-code", "value": "n81019"}
    assert places() == []
    assert places(generalPractitioner=[{"identifier": {**at, "value": "Y00001"}}]) == []
    assert places(generalPractitioner=[{"identifier": {**at, "value": "!"}}]) == []
    assert places(generalPractitioner=[{"identifier": at}]) == [RUNCORN]


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, True),
        ({"status": "rejected"}, False),
        ({"provision": {"type": "deny"}}, False),
        ({"provision": {}}, False),
        ({"provision": {"type": "permit", "period": {"end": "2020-01-01"}}}, False),
        ({"provision": {"type": "permit", "period": {"start": "2099-01-01"}}}, False),
        ({"provision": {"type": "permit", "period": {"end": "2099-01-01"}}}, True),
        ({"patient": {"reference": "Patient/p2"}}, False),
        ({"patient": {}}, False),
        ({"scope": {"coding": [{"code": "research"}]}}, False),
    ],
)
def test_groups_are_named_only_with_a_live_consent(
    quick_hooks: Hooks, changes: dict, names: bool
) -> None:
    prefetch = {
        "patient": patient(),
        "conditions": bundle(condition()),
        "consents": bundle(consent(**changes)),
    }
    (card,) = quick_hooks.cards(quick_hooks.call(prefetch=prefetch))
    named = [name for name in every_name(quick_hooks.system.town) if name in card["detail"]]
    assert bool(named) is names
    assert not [name for name in every_name(quick_hooks.system.town) if name in card["summary"]]


@pytest.mark.parametrize("code", ["R", "V", "REDACTED"])
@pytest.mark.parametrize("service", [NEAR, ORDER])
def test_there_is_no_card_for_a_restricted_record(
    quick_hooks: Hooks, code: str, service: str
) -> None:
    label = {"system": "http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "code": code}
    person = patient(meta={"security": [label]})
    before = quick_hooks.system.town.counts()
    if service == NEAR:
        prefetch = {"patient": person, "conditions": bundle(condition())}
        answer = quick_hooks.call(prefetch=prefetch)
    else:
        answer = quick_hooks.sign(draft(DANGER), prefetch={"patient": person})
    assert answer.json() == {"cards": []}
    after = quick_hooks.system.town.counts()
    assert after == before | {"used_assertion": before["used_assertion"] + 1}


@pytest.mark.parametrize("died", [{"deceasedBoolean": True}, {"deceasedDateTime": "2026-01-01"}])
def test_there_is_no_card_for_somebody_who_has_died(quick_hooks: Hooks, died: dict) -> None:
    prefetch = {"patient": patient(**died), "conditions": bundle(condition())}
    assert quick_hooks.cards(quick_hooks.call(prefetch=prefetch)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        bundle(),
        None,
        bundle(condition(NOT_MAPPED)),
        bundle(condition(clinicalStatus={"coding": [{"code": "resolved"}]})),
        bundle(condition(verificationStatus={"coding": [{"code": "refuted"}]})),
        bundle(condition(code={"text": "lonely"})),
        {"resourceType": "Bundle", "entry": "none"},
        {"resourceType": "Bundle", "entry": [7, None, {"resource": []}]},
    ],
)
def test_nothing_to_say_is_no_card(quick_hooks: Hooks, conditions) -> None:
    prefetch = {"patient": patient(), "conditions": conditions}
    assert quick_hooks.cards(quick_hooks.call(prefetch=prefetch)) == []


@pytest.mark.parametrize(
    "address",
    [
        [],
        [{"postalCode": "ZZ99 9ZZ"}],
        [{"use": "old", "postalCode": "WA8 0DQ"}],
        [{"postalCode": "WA8 0DQ", "period": {"end": "2001-01-01"}}],
        [{"postalCode": 7}],
        "none",
    ],
)
def test_without_a_home_no_distance_is_told(quick_hooks: Hooks, address) -> None:
    prefetch = {"patient": patient(address=address), "conditions": bundle(condition())}
    for card in quick_hooks.cards(quick_hooks.call(prefetch=prefetch)):
        assert "km" not in card["summary"]


def test_a_danger_sign_is_critical_and_nothing_can_be_taken_up(hooks: Hooks) -> None:
    for answer in (
        hooks.sign(draft(DANGER)),
        hooks.call(
            prefetch={
                "patient": patient(address=[{"postalCode": "nowhere"}]),
                "conditions": bundle(condition()),
                "requests": bundle(draft(DANGER)),
            }
        ),
    ):
        (card,) = hooks.cards(answer)
        nothing_empty(answer.json())
        assert card["indicator"] == "critical"
        assert "danger sign" in card["summary"].lower()
        assert len(card["summary"]) < 140
        assert "Tell" in card["detail"]
        assert not {"suggestions", "selectionBehavior", "links"} & set(card)


def test_before_signing_it_says_what_there_is_and_suggests_nothing_again(hooks: Hooks) -> None:
    (card,) = hooks.cards(hooks.sign(draft("On her own since last spring.")))
    assert card["indicator"] == "info"
    assert "suggestions" not in card
    assert "selectionBehavior" not in card
    assert card["links"]


@pytest.mark.parametrize(
    "order",
    [
        draft(DANGER, code={"coding": [{"system": SNOMED, "code": "306206005"}]}),
        draft(DANGER, status="active"),
        {"resourceType": "MedicationRequest", "note": [{"text": DANGER}]},
    ],
)
def test_other_orders_are_not_looked_at(quick_hooks: Hooks, order: dict) -> None:
    assert quick_hooks.cards(quick_hooks.sign(order)) == []


def test_an_order_that_says_so_in_words_is_one(quick_hooks: Hooks) -> None:
    order = draft(DANGER, code={"text": "Referral to Social Prescribing link worker"})
    (card,) = quick_hooks.cards(quick_hooks.sign(order))
    assert card["indicator"] == "critical"


@pytest.mark.parametrize(
    "prefetch",
    [
        {},
        {"conditions": bundle(condition())},
        {"patient": patient()},
        {"patient": None, "conditions": bundle(condition())},
        {"patient": {"resourceType": "OperationOutcome"}, "conditions": bundle()},
        {"patient": patient(), "conditions": {"resourceType": "OperationOutcome"}},
        {"patient": patient(id="p2"), "conditions": bundle(condition())},
        {"patient": "p1", "conditions": bundle(condition())},
    ],
)
def test_what_is_missing_is_412_and_nothing_is_fetched(quick_hooks: Hooks, prefetch) -> None:
    with publishing("{}") as server:
        answer = quick_hooks.call(
            prefetch=prefetch,
            fhirServer=server.address,
            fhirAuthorization={"access_token": "x", "token_type": "Bearer"},
        )
        assert server.asked == 0
    told(answer, 412, "prefetch-missing")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    "body",
    [
        {"hook": "order-sign"},
        {"hook": "patient-view ", "hookInstance": "x"},
        {"hookInstance": None},
        {"hookInstance": "not-a-uuid"},
        {"context": None},
        {"context": {}},
        {"context": {"userId": "Practitioner/1", "patientId": "no such/id"}},
        {"context": {"userId": 7, "patientId": "p1"}},
        {"prefetch": []},
    ],
)
def test_a_call_that_is_none_is_refused(quick_hooks: Hooks, body: dict) -> None:
    answer = quick_hooks.call(**body)
    assert answer.status_code == 422, answer.text
    assert answer.json()["type"] in {"/problems/request-invalid", "/problems/hook-mismatch"}


def test_order_sign_without_orders_is_refused(quick_hooks: Hooks) -> None:
    answer = quick_hooks.call(ORDER, prefetch={"patient": patient()})
    told(answer, 422, "hook-mismatch")


def test_an_unknown_service_is_not_found(quick_hooks: Hooks) -> None:
    told(quick_hooks.call("nothing", token=quick_hooks.signed(service="nothing")), 404, "not-found")
    sent = {
        "feedback": [
            {"card": "x", "outcome": "accepted", "outcomeTimestamp": "2026-11-25T09:00:00Z"}
        ]
    }
    signed = quick_hooks.signed(service="nothing", path="/feedback")
    told(quick_hooks.post("/cds-services/nothing/feedback", sent, signed), 404, "not-found")


def refusals(hooks: Hooks) -> dict[str, str]:
    shared = OctKey.import_key(jwks(key("cds", "EC")))
    now = int(time.time())
    return {
        "not a JWT": "hello",
        "none": hooks.signed(header={"alg": "none"}),
        "symmetric": hooks.signed(header={"alg": "HS384"}, by=shared),
        "RS512 is of tokens": hooks.signed(header={"alg": "RS512"}, by=key("first")),
        "another key": hooks.signed(by=key("other", "EC")),
        "no kid": hooks.signed(drop=("kid",)),
        "unknown kid": hooks.signed(header={"kid": "x"}),
        "no issuer": hooks.signed(drop=("iss",)),
        "unknown issuer": hooks.signed(iss="https://nobody.example"),
        "no audience": hooks.signed(drop=("aud",)),
        "the token endpoint's": hooks.signed(aud="http://kith.test/oauth2/token"),
        "another service's": hooks.signed(service=ORDER),
        "no number": hooks.signed(drop=("jti",)),
        "no time": hooks.signed(drop=("iat",)),
        "issued tomorrow": hooks.signed(iat=now + 86_400),
        "no end": hooks.signed(drop=("exp",)),
        "over": hooks.signed(exp=now - 1),
        "endless": hooks.signed(exp=now + 86_400),
        "keys elsewhere": hooks.signed(header={"jku": "https://evil.example/jwks"}),
    }


def test_a_call_that_is_not_signed_rightly_is_refused(quick_hooks: Hooks) -> None:
    for what, token in refusals(quick_hooks).items():
        answer = quick_hooks.call(token=token)
        problem = told(answer, 401, "assertion-refused")
        assert "client_assertion" not in problem["detail"], what
        assert answer.headers["WWW-Authenticate"].startswith("Bearer"), what
    told(quick_hooks.call(token=""), 401, "not-signed-in")


def test_a_signed_call_is_taken_once(hooks: Hooks) -> None:
    token = hooks.signed()
    with ThreadPoolExecutor(4) as pool:
        statuses = [a.status_code for a in pool.map(lambda _: hooks.call(token=token), range(4))]
    assert sorted(statuses) == [200, 401, 401, 401]


def test_a_system_may_be_known_by_its_issuer(quick_town: Town) -> None:
    system = system_for(quick_town, algorithm="ES384", kid="cds", issuer=ISSUER)
    hooks = Hooks(system)
    assert hooks.call(token=hooks.signed(iss=ISSUER)).status_code == 200
    assert hooks.call(token=hooks.signed()).status_code == 200


def test_keys_are_found_at_the_registered_address_alone(quick_town: Town) -> None:
    with publishing(jwks(key("cds", "EC"))) as there:
        hooks = Hooks(system_for(quick_town, algorithm="ES384", kid="cds", jwks_url=there.address))
        assert hooks.call(token=hooks.signed(header={"jku": there.address})).status_code == 200
        assert hooks.call(token=hooks.signed()).status_code == 200
        other = there.address.replace("/jwks", "/other")
        told(hooks.call(token=hooks.signed(header={"jku": other})), 401, "assertion-refused")
        assert there.asked == 1


def test_a_system_that_may_not_ask_for_groups_may_not_here(quick_town: Town) -> None:
    system = system_for(
        quick_town, algorithm="ES384", kid="cds", scopes="system/ServiceRequest.crs"
    )
    told(Hooks(system).call(), 403, "not-allowed")


def test_too_many_refused_calls_are_stopped(quick_hooks: Hooks) -> None:
    answers = [quick_hooks.call(token=quick_hooks.signed(exp=1)) for _ in range(23)]
    assert [a.status_code for a in answers[:20]] == [401] * 20
    assert told(answers[-1], 429, "too-many")["retry_after_s"] >= 1
    assert int(answers[-1].headers["Retry-After"]) >= 1


def test_the_address_is_the_one_that_others_use(quick_town: Town) -> None:
    hooks = Hooks(system_for(quick_town, algorithm="ES384", kid="cds"))
    with app_like(quick_town, public_url="https://kith.example.org") as caller:
        token = hooks.signed(aud="https://kith.example.org/cds-services")
        answer = caller.request(
            "POST",
            f"/cds-services/{NEAR}",
            json={
                "hook": "patient-view",
                "hookInstance": str(uuid.uuid4()),
                "context": {"userId": "Practitioner/r1", "patientId": "p1"},
                "prefetch": {"patient": patient(), "conditions": bundle(condition())},
            },
            headers={"Authorization": f"Bearer {token}"},
        )
    (card,) = hooks.cards(answer)
    assert card["source"]["url"] == "https://kith.example.org"
    assert card["links"][0]["url"].startswith("https://kith.example.org/launch/")


def test_nothing_of_the_person_is_kept(hooks: Hooks) -> None:
    town = hooks.system.town
    before = town.counts()
    with capture_logs() as logs:
        assert hooks.cards(hooks.call())
        assert hooks.cards(hooks.sign(draft(DANGER)))
        told(hooks.call(prefetch={"patient": patient()}), 412, "prefetch-missing")
        told(hooks.call(token="x"), 401, "assertion-refused")
    assert {each["route"] for each in logs} == {"/cds-services/{service_id}"}
    after = town.counts()
    changed = {name for name in after if after[name] != before[name]}
    # One link, what was written down of it and of the refusal; the numbers of the signed calls.
    assert changed == {"launch", "used_assertion", "audit_event", "rate_bucket"}
    with town.store.read() as session:
        kept = " ".join(
            str(session.execute(text(f"SELECT * FROM {name}")).all()) for name in changed
        )
    for part in ("Featherstonehaugh", "9990548609", "WA8 0DQ", "end her life", "Quillon"):
        assert part not in kept, part
        assert part not in str(logs), part
    # A year by itself: the same four figures may stand within a digest.
    assert re.search(r"\b1951\b", f"{kept} {logs}") is None


def feedback(hooks: Hooks, *items: dict, token: str | None = None):
    sent = {
        "feedback": [
            {"card": str(uuid.uuid4()), "outcomeTimestamp": "2026-11-25T09:30:00Z"} | each
            for each in items
        ]
    }
    signed = hooks.signed(path="/feedback") if token is None else token
    return hooks.post(f"/cds-services/{NEAR}/feedback", sent, signed)


def test_feedback_is_counted_and_comments_are_not_kept(hooks: Hooks) -> None:
    ours = {"reason": {"system": OVERRIDES, "code": "declined"}, "userComment": "Nora said no"}
    theirs = {"reason": {"system": "https://other.example", "code": "declined"}}
    items = (
        {"outcome": "accepted", "acceptedSuggestions": [{"id": "x"}]},
        {"outcome": "overridden", "overrideReason": ours},
        {"outcome": "overridden", "overrideReason": ours},
        {"outcome": "overridden", "overrideReason": theirs},
        {"outcome": "overridden", "overrideReason": {"userComment": "Nora"}},
    )
    for _ in range(2):
        answer = feedback(hooks, *items)
        assert (answer.status_code, answer.json()) == (200, {})
    with hooks.system.town.store.read() as session:
        rows = session.execute(
            text("SELECT outcome, reason, cards FROM card_feedback ORDER BY 1, 2")
        ).all()
        written = str(session.execute(text("SELECT * FROM audit_event")).all())
    assert [tuple(row) for row in rows] == [
        ("accepted", "", 2),
        ("overridden", "", 2),
        ("overridden", "declined", 4),
        ("overridden", "other", 2),
    ]
    assert "Nora" not in written


def test_feedback_at_once_is_all_counted(hooks: Hooks) -> None:
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: feedback(hooks, {"outcome": "accepted"}), range(6)))
    with hooks.system.town.store.read() as session:
        assert session.scalar(text("SELECT cards FROM card_feedback")) == 6


@pytest.mark.parametrize(
    "item",
    [
        {"outcome": "liked"},
        {"outcome": "accepted", "outcomeTimestamp": "today"},
        {"outcome": "accepted", "card": None},
        {"outcome": "overridden", "overrideReason": {"reason": {"code": "x" * 101}}},
    ],
)
def test_feedback_that_is_none_is_refused(quick_hooks: Hooks, item: dict) -> None:
    told(feedback(quick_hooks, item), 422, "request-invalid")
    told(feedback(quick_hooks), 422, "request-invalid")
    told(feedback(quick_hooks, {"outcome": "accepted"}, token=""), 401, "not-signed-in")


def test_the_day_of_feedback_is_the_day_in_britain(quick_hooks: Hooks) -> None:
    feedback(quick_hooks, {"outcome": "accepted"})
    with quick_hooks.system.town.store.read() as session:
        day = session.scalar(text("SELECT noted_on FROM card_feedback"))
    assert str(day) == quick_hooks.system.town.kith.today().isoformat()
    assert abs((utc_now().date() - quick_hooks.system.town.kith.today()).days) <= 1

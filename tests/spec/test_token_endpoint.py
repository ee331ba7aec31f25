"""The token endpoint: each row of the table, both names of a refusal, once only, and no trace."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from api_client import Api, Town
from client_world import (
    ASSERTION_TYPE,
    System,
    jwks,
    key,
    publishing,
    registered,
    signed,
    system_for,
    tls_of_nobody,
)
from joserfc.jwk import OctKey
from sqlalchemy import text
from web_world import app_like

from service.api.oauth.refusals import TABLE
from service.api.oauth.refusals import Request as Wrong
from service.identity.actors import operator
from service.identity.assertions import Fault
from service.identity.clients import KeysGiven, rotate_keys, withdraw_client

pytest_plugins = ("api_fixtures",)

ALGORITHMS = ("RS384", "ES384", "RS512")


@pytest.fixture
def system(town: Town) -> System:
    return system_for(town)


@pytest.fixture
def quick_system(quick_town: Town) -> System:
    return system_for(quick_town)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_a_signed_assertion_gives_a_token_of_some_minutes(town: Town, algorithm: str) -> None:
    system = system_for(town, algorithm=algorithm, kid=f"k-{algorithm}")
    answer = system.ask()
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert told["token_type"] == "Bearer"
    assert told["expires_in"] == 599
    assert told["scope"] == (
        "system/HealthcareService.rs system/Patient.r system/ServiceRequest.crs"
    )
    assert set(told) == {"access_token", "token_type", "expires_in", "scope"}
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "application/json"
    api = Api(town, told["access_token"])
    assert api.get("/v1/referrals/nothing").status_code == 404


def test_an_array_of_audiences_may_hold_ours_among_others(quick_system: System) -> None:
    given = quick_system.assertion(
        aud=["https://other.example/token", "http://kith.test/oauth2/token"]
    )
    assert quick_system.ask(given).status_code == 200


def test_the_audience_is_the_address_that_browsers_and_systems_use(quick_town: Town) -> None:
    system = system_for(quick_town)
    with app_like(quick_town, public_url="https://kith.example.org/") as caller:
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}

        def ask(audience: str) -> int:
            sent = {**form, "scope": "system/Task.r"} | {
                "client_assertion": system.assertion(aud=audience)
            }
            return caller.request("POST", "/oauth2/token", data=sent).status_code

        assert ask("http://kith.test/oauth2/token") == 401
        assert ask("https://kith.example.org/oauth2/token") == 200


FORM_ROWS: list[tuple[Wrong, Callable[[System], object]]] = [
    (Wrong.GRANT_MISSING, lambda s: s.ask(drop=("grant_type",))),
    (Wrong.GRANT_INVALID, lambda s: s.ask(grant_type="authorization_code")),
    (Wrong.TYPE, lambda s: s.ask(drop=("client_assertion_type",))),
    (Wrong.TYPE, lambda s: s.ask(client_assertion_type="jwt-bearer")),
    (Wrong.ASSERTION_MISSING, lambda s: s.ask(drop=("client_assertion",))),
    (Wrong.SCOPE_MISSING, lambda s: s.ask(drop=("scope",))),
    (Wrong.SCOPE_BEYOND, lambda s: s.ask(scope="system/CapabilityStatement.r")),
]
NOBODY = str(uuid.uuid4())
ASSERTION_ROWS: list[tuple[Fault, Callable[[System], str]]] = [
    (Fault.MALFORMED, lambda s: "not-a-jwt"),
    (Fault.MALFORMED, lambda s: "a.b.c"),
    (Fault.MALFORMED, lambda s: signed({"alg": "none"}, "[]")),
    (Fault.MALFORMED, lambda s: "e30.e30." + "x" * 9000),
    (Fault.MALFORMED, lambda s: signed({"alg": "none"}, '{"iss": "a", "iss": "b"}')),
    (Fault.MALFORMED, lambda s: s.assertion(header={"crit": ["kid"]})),
    (Fault.KID_MISSING, lambda s: s.assertion(drop=("kid",))),
    (Fault.KID_MISSING, lambda s: s.assertion(header={"kid": ""})),
    (Fault.KID_UNKNOWN, lambda s: s.assertion(header={"kid": "second"})),
    (Fault.JKU, lambda s: s.assertion(header={"jku": "https://evil.example/jwks"})),
    (Fault.TYPE, lambda s: s.assertion(header={"typ": "JOSE"})),
    (Fault.TYPE, lambda s: s.assertion(drop=("typ",))),
    (Fault.CLIENT_UNKNOWN, lambda s: s.assertion(iss=NOBODY, sub=NOBODY)),
    (Fault.CLIENT_MISSING, lambda s: s.assertion(drop=("iss",))),
    (Fault.CLIENT_MISSING, lambda s: s.assertion(drop=("sub",))),
    (Fault.CLIENT_MISSING, lambda s: s.assertion(sub="another")),
    (Fault.CLIENT_MISSING, lambda s: s.assertion(iss=[s.client_id], sub=[s.client_id])),
    (Fault.JTI_MISSING, lambda s: s.assertion(drop=("jti",))),
    (Fault.JTI_INVALID, lambda s: s.assertion(jti=17)),
    (Fault.JTI_INVALID, lambda s: s.assertion(jti="")),
    (Fault.JTI_INVALID, lambda s: s.assertion(jti="x" * 256)),
    (Fault.AUDIENCE, lambda s: s.assertion(drop=("aud",))),
    (Fault.AUDIENCE, lambda s: s.assertion(aud="https://other.example/oauth2/token")),
    (Fault.AUDIENCE, lambda s: s.assertion(aud=["https://other.example/oauth2/token"])),
    (Fault.EXPIRY_MISSING, lambda s: s.assertion(drop=("exp",))),
    (Fault.EXPIRY_INVALID, lambda s: s.assertion(exp="soon")),
    (Fault.EXPIRY_INVALID, lambda s: s.assertion(exp=time.time() + 60.5)),
    (Fault.EXPIRY_INVALID, lambda s: s.assertion(exp=True)),
    (Fault.EXPIRED, lambda s: s.assertion(exp=int(time.time()) - 1)),
    (Fault.EXPIRED, lambda s: s.assertion(exp=-(10**30))),
    (Fault.EXPIRY_TOO_FAR, lambda s: s.assertion(exp=int(time.time()) + 330)),
    (Fault.EXPIRY_TOO_FAR, lambda s: s.assertion(exp=10**30)),
    (Fault.NOT_YET, lambda s: s.assertion(nbf=int(time.time()) + 90)),
    (Fault.NOT_YET, lambda s: s.assertion(iat="yesterday")),
    (Fault.SIGNATURE, lambda s: s.assertion(by=key("another"))),
]
STATUSES = {
    "GRANT_MISSING": (400, "invalid_request", "invalid_request"),
    "GRANT_INVALID": (400, "unsupported_grant_type", "unsupported_grant_type"),
    "TYPE": (400, "invalid_request", "invalid_client"),
    "ASSERTION_MISSING": (400, "invalid_request", "invalid_client"),
    "SCOPE_MISSING": (400, "invalid_scope", "invalid_scope"),
    "SCOPE_BEYOND": (400, "invalid_scope", "invalid_scope"),
    "KID_UNKNOWN": (401, "invalid_request", "invalid_client"),
    "CLIENT_UNKNOWN": (401, "invalid_request", "invalid_client"),
    "AUDIENCE": (401, "invalid_request", "invalid_client"),
    "SIGNATURE": (401, "invalid_request", "invalid_client"),
    "JKU": (401, "invalid_request", "invalid_client"),
}
"""What the standard says, written out a second time: status, error in NHS mode, error otherwise."""
ALL_OTHERS = (400, "invalid_request", "invalid_client")

WORDS = {
    Wrong.GRANT_MISSING: "grant_type is missing",
    Wrong.GRANT_INVALID: "grant_type is invalid",
    Wrong.TYPE: "Missing or invalid client_assertion_type - must be "
    "'urn:ietf:params:oauth:client-assertion-type:jwt-bearer'",
    Wrong.ASSERTION_MISSING: "Missing client_assertion",
    Fault.MALFORMED: "Malformed JWT in client_assertion",
    Fault.KID_MISSING: "Missing 'kid' header in client_assertion JWT",
    Fault.KID_UNKNOWN: "Invalid 'kid' header in client_assertion JWT - no matching public key",
    Fault.TYPE: "Invalid 'typ' header in client_assertion JWT - must be 'JWT'",
    Fault.CLIENT_UNKNOWN: "Invalid 'iss'/'sub' claims in client_assertion JWT",
    Fault.CLIENT_MISSING: "Missing or non-matching 'iss'/'sub' claims in client_assertion JWT",
    Fault.JTI_MISSING: "Missing 'jti' claim in client_assertion JWT",
    Fault.JTI_INVALID: "Invalid 'jti' claim in client_assertion JWT - must be a unique string "
    "value such as a GUID",
    Fault.JTI_USED: "Non-unique 'jti' claim in client_assertion JWT",
    Fault.AUDIENCE: "Missing or invalid 'aud' claim in client_assertion JWT",
    Fault.EXPIRY_MISSING: "Missing 'exp' claim in client_assertion JWT",
    Fault.EXPIRY_INVALID: "Invalid 'exp' claim in client_assertion JWT - must be an integer",
    Fault.EXPIRED: "Invalid 'exp' claim in client_assertion JWT - JWT has expired",
    Fault.EXPIRY_TOO_FAR: "Invalid 'exp' claim in client_assertion JWT - more than 5 minutes in "
    "future",
}


def refused(answer, what: Wrong | Fault, *, nhs: bool) -> dict:
    status, in_nhs_mode, otherwise = STATUSES.get(what.name, ALL_OTHERS)
    body = answer.json()
    assert answer.status_code == status, body
    assert body["error"] == (in_nhs_mode if nhs else otherwise)
    assert body["error_description"] == WORDS.get(what, what.value)
    assert body["message_id"] == answer.headers["X-Request-Id"]
    assert set(body) == {"error", "error_description", "message_id"}
    assert answer.headers["Cache-Control"] == "no-store"
    return body


@pytest.mark.parametrize("nhs", [True, False], ids=["nhs", "smart"])
@pytest.mark.parametrize("row", range(len(FORM_ROWS)))
def test_each_fault_of_the_form(quick_town: Town, row: int, nhs: bool) -> None:
    what, ask = FORM_ROWS[row]
    system = system_for(quick_town, algorithm="RS512", nhs=nhs)
    if what is Wrong.SCOPE_MISSING and nhs:
        # The NHS asks without scopes: all that was registered is given.
        assert "system/Task.crus" in ask(system).json()["scope"]
        return
    if what is Wrong.ASSERTION_MISSING:
        # Nobody is named: a setting says how such a refusal is called.
        with app_like(quick_town, token_errors="nhs" if nhs else "smart") as caller:
            form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
            refused(caller.request("POST", "/oauth2/token", data=form), what, nhs=nhs)
        return
    refused(ask(system), what, nhs=nhs)


@pytest.mark.parametrize("nhs", [True, False], ids=["nhs", "smart"])
@pytest.mark.parametrize("row", range(len(ASSERTION_ROWS)))
def test_each_fault_of_the_assertion(quick_town: Town, row: int, nhs: bool) -> None:
    what, make = ASSERTION_ROWS[row]
    system = system_for(quick_town, algorithm="RS512", nhs=nhs)
    given = make(system)
    nobody = what in {Fault.MALFORMED, Fault.CLIENT_UNKNOWN, Fault.CLIENT_MISSING}
    if not nobody or not nhs:
        refused(system.ask(given), what, nhs=nhs)
        return
    # Whoever it is from is not known: the setting decides.
    with app_like(quick_town, token_errors="nhs") as caller:
        form = {"grant_type": "client_credentials", "client_assertion_type": ASSERTION_TYPE}
        form |= {"scope": "system/Task.r", "client_assertion": given}
        refused(caller.request("POST", "/oauth2/token", data=form), what, nhs=True)


def test_every_row_of_the_table_is_tried() -> None:
    tried = {what for what, _ in (*FORM_ROWS, *ASSERTION_ROWS)}
    elsewhere = {
        *(Wrong.NOT_A_FORM, Wrong.TWICE, Wrong.TOO_MANY, Wrong.SCOPE_INVALID),
        *(Fault.ALGORITHM, Fault.JTI_USED, Fault.KEYS_AWAY),
        Fault.ISSUED_MISSING,  # of CDS Hooks
    }
    assert tried | elsewhere == set(TABLE) == {*Wrong, *Fault}


@pytest.mark.parametrize(
    "algorithm", ["RS256", "RS384", "ES384", "PS256", "PS384", "PS512", "HS256", "HS384", "HS512"]
)
def test_nhs_mode_takes_one_algorithm(quick_town: Town, algorithm: str) -> None:
    system = system_for(quick_town, algorithm="RS512", nhs=True)
    shared = OctKey.import_key(jwks(key("first")))
    by = key("e", "EC") if algorithm.startswith("ES") else key("first")
    given = system.assertion(
        header={"alg": algorithm}, by=shared if algorithm.startswith("HS") else by
    )
    answer = system.ask(given)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_request"
    assert answer.json()["error_description"] == (
        "Invalid 'alg' header in client_assertion JWT - unsupported JWT algorithm - must be 'RS512'"
    )
    assert system.ask(system.assertion()).status_code == 200


@pytest.mark.parametrize("algorithm", ["none", "None", "HS256", "HS384", "HS512", "RS256", 7, None])
def test_nothing_symmetric_and_nothing_unsigned(quick_system: System, algorithm) -> None:
    shared = OctKey.import_key(jwks(key("first")))
    by = shared if str(algorithm).startswith("HS") else None
    given = quick_system.assertion()
    head = {"alg": algorithm, "kid": "first", "typ": "JWT"}
    claims = {
        "iss": quick_system.client_id,
        "sub": quick_system.client_id,
        "aud": "http://kith.test/oauth2/token",
        "jti": str(uuid.uuid4()),
        "exp": int(time.time()) + 100,
    }
    given = signed(head, claims, by)
    for text_ in (given, given.rpartition(".")[0] + "."):
        answer = quick_system.ask(text_)
        assert answer.status_code == 400
        assert answer.json()["error_description"].endswith("must be 'RS512' or 'RS384' or 'ES384'")


def test_an_elliptic_key_is_not_taken_for_another_kind(quick_town: Town) -> None:
    system = system_for(quick_town, algorithm="ES384", kid="curve")
    given = system.assertion(header={"alg": "RS384"}, by=key("first"))
    refused(system.ask(given), Fault.KID_UNKNOWN, nhs=False)


def test_the_same_assertion_twice_is_one_token(system: System) -> None:
    given = system.assertion()
    assert system.ask(given).status_code == 200
    refused(system.ask(given), Fault.JTI_USED, nhs=False)
    # Another assertion with the same number is no better, and another system's number is its own.
    other = system_for(system.town, kid="first")
    jti = str(uuid.uuid4())
    assert system.ask(system.assertion(jti=jti)).status_code == 200
    refused(system.ask(system.assertion(jti=jti)), Fault.JTI_USED, nhs=False)
    assert other.ask(other.assertion(jti=jti)).status_code == 200


def test_of_two_at_once_one_wins(system: System) -> None:
    given = system.assertion()
    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(a.status_code for a in pool.map(lambda _: system.ask(given), range(6)))
    assert statuses == [200, 400, 400, 400, 400, 400]


def test_a_refused_assertion_uses_nothing_up(quick_system: System) -> None:
    """Nobody can spoil another's number by sending it with a wrong signature or scope."""
    jti = str(uuid.uuid4())
    forged = quick_system.assertion(jti=jti, by=key("another"))
    refused(quick_system.ask(forged), Fault.SIGNATURE, nhs=False)
    beyond = quick_system.ask(quick_system.assertion(jti=jti), scope="system/CapabilityStatement.r")
    refused(beyond, Wrong.SCOPE_BEYOND, nhs=False)
    assert quick_system.ask(quick_system.assertion(jti=jti)).status_code == 200


def test_numbers_and_tokens_are_kept_until_they_end(system: System) -> None:
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def kept() -> tuple[int, int]:
        counts = system.town.counts()
        return counts["used_assertion"], counts["access_token"]

    with time_machine.travel(now, tick=False):
        assert system.ask().status_code == 200
        assert kept() == (1, 1)
    with time_machine.travel(now + timedelta(seconds=290), tick=False):
        assert system.ask().status_code == 200
        assert kept() == (2, 2)
    with time_machine.travel(now + timedelta(seconds=700), tick=False):
        assert system.ask().status_code == 200
        assert kept() == (1, 2)


def test_an_access_token_ends(system: System) -> None:
    now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
    with time_machine.travel(now, tick=False):
        api = system.api("system/ServiceRequest.r system/Patient.r")
    with time_machine.travel(now + timedelta(seconds=598), tick=False):
        assert api.get("/v1/referrals/nothing").status_code == 404
    with time_machine.travel(now + timedelta(seconds=599), tick=False):
        assert api.get("/v1/referrals/nothing").status_code == 401


def test_a_withdrawn_system_and_its_tokens_end_at_once(system: System) -> None:
    api = system.api("system/ServiceRequest.r system/Patient.r")
    for expected in (True, False):
        with system.town.store.work() as work:
            ended = withdraw_client(work, by=operator(), client_id=system.client_id)
        assert ended is expected
    assert api.get("/v1/referrals/nothing").status_code == 401
    refused(system.ask(), Fault.CLIENT_UNKNOWN, nhs=False)


def test_keys_change_with_and_without_a_gap(system: System) -> None:
    old, new = key("first"), key("second")

    def change(*keys) -> None:
        with system.town.store.work() as work:
            rotate_keys(
                work, by=operator(), client_id=system.client_id, keys=KeysGiven(jwks(*keys))
            )

    later = System(system.town, system.client_id, "RS384", "second")
    refused(later.ask(), Fault.KID_UNKNOWN, nhs=False)
    change(old, new)
    assert system.ask().status_code == later.ask().status_code == 200
    change(new)
    refused(system.ask(), Fault.KID_UNKNOWN, nhs=False)
    assert later.ask().status_code == 200


def test_keys_are_fetched_kept_and_looked_at_once_more(quick_town: Town) -> None:
    with publishing(jwks(key("first"))) as there:
        system = system_for(quick_town, jwks_url=there.address)
        assert [system.ask().status_code for _ in range(3)] == [200, 200, 200]
        assert there.asked == 1
        # A number that nobody knows does not make Kith ask again and again.
        for _ in range(3):
            refused(system.ask(system.assertion(header={"kid": "x"})), Fault.KID_UNKNOWN, nhs=False)
        assert there.asked == 1
        # The system has changed its keys: one more look finds the new one.
        there.document = jwks(key("second"))
        later = System(quick_town, system.client_id, "RS384", "second")
        with time_machine.travel(time.time() + 6):
            quick_town.kith.key_sets._clock = lambda: time.monotonic() + 6
            assert later.ask().status_code == 200
            assert there.asked == 2
            refused(system.ask(), Fault.KID_UNKNOWN, nhs=False)
        quick_town.kith.key_sets._clock = time.monotonic
        # The address itself may be named, and is not followed when it is another.
        named = later.assertion(header={"jku": there.address})
        assert later.ask(named).status_code == 200


@pytest.mark.parametrize(
    ("said", "asked"), [("no-store", 3), ("max-age=60", 1), ("max-age=0", 3), ("public", 1)]
)
def test_keys_are_kept_no_longer_than_their_owner_says(
    quick_town: Town, said: str, asked: int
) -> None:
    with publishing(jwks(key("first")), headers={"Cache-Control": said}) as there:
        system = system_for(quick_town, jwks_url=there.address)
        assert [system.ask().status_code for _ in range(3)] == [200, 200, 200]
        assert there.asked == asked


@pytest.mark.parametrize(
    "how",
    [
        {"status": 500},
        {"status": 302, "headers": {"Location": "http://127.0.0.1:9/jwks"}},
        {"document": "<html>"},
        {"document": '{"keys": "' + "x" * 200_000 + '"}'},
    ],
)
def test_keys_that_cannot_be_fetched_refuse_and_break_nothing(quick_town: Town, how) -> None:
    with publishing(**{"document": jwks(key("first"))} | how) as there:
        system = system_for(quick_town, jwks_url=there.address)
        answers = [system.ask() for _ in range(3)]
        assert there.asked == 1
    for answer in answers:
        assert answer.status_code == 401
        assert answer.json()["error_description"] == Fault.KEYS_AWAY.value


def test_keys_behind_a_certificate_that_nobody_vouches_for_are_not_taken(
    quick_town: Town, tmp_path: Path
) -> None:
    with publishing(jwks(key("first")), tls=tls_of_nobody(tmp_path)) as there:
        system = system_for(quick_town, jwks_url=there.address)
        assert system.ask().json()["error_description"] == Fault.KEYS_AWAY.value
        assert there.asked == 0


def test_a_set_without_a_usable_key_has_no_matching_key(quick_town: Town) -> None:
    odd = '{"keys": [{"kty": "oct", "k": "AAAA", "kid": "first"}, {"kty": "AKP"}, 7]}'
    with publishing(odd) as there:
        system = system_for(quick_town, jwks_url=there.address)
        refused(system.ask(), Fault.KID_UNKNOWN, nhs=False)


def test_a_host_that_does_not_answer_is_not_waited_for_long(quick_town: Town) -> None:
    from service.identity import key_sets

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(key_sets, "TIMEOUT_S", 0.2)
        with publishing(jwks(key("first")), slow_s=1.5) as there:
            system = system_for(quick_town, jwks_url=there.address)
            assert system.ask().json()["error_description"] == Fault.KEYS_AWAY.value


@pytest.mark.parametrize(
    ("sent", "what"),
    [
        ({"json": {"grant_type": "client_credentials"}}, Wrong.NOT_A_FORM),
        ({"files": {"grant_type": ("", "client_credentials")}}, Wrong.NOT_A_FORM),
        ({"content": b"grant_type=\xff\xfe"}, Wrong.GRANT_INVALID),
        ({"content": b"grant_type=client_credentials&grant_type=password"}, Wrong.TWICE),
        ({"content": b"&".join(b"a%d=1" % n for n in range(60))}, Wrong.NOT_A_FORM),
        ({"content": b""}, Wrong.GRANT_MISSING),
    ],
)
def test_what_is_no_form_is_refused_as_oauth_refuses(quick_town: Town, sent, what) -> None:
    headers = {"Content-Type": "application/x-www-form-urlencoded"} if "content" in sent else {}
    answer = quick_town.caller.request("POST", "/oauth2/token", headers=headers, **sent)
    body = answer.json()
    assert answer.status_code == 400
    assert body["error_description"] in {what.value, Wrong.NOT_A_FORM.value}
    assert body["error"] in {"invalid_request", "unsupported_grant_type"}


@pytest.mark.parametrize(
    "scope",
    [
        "patient/Task.r",
        "system/Task",
        "system/Task.rc",
        "system/Task.rr",
        "system/Observation.r",
        "system/Task.r?status=requested",
        "openid",
        "system/Task.r " * 100,
    ],
)
def test_a_scope_that_is_none_is_refused(quick_system: System, scope: str) -> None:
    answer = quick_system.ask(scope=scope)
    assert answer.status_code == 400
    assert answer.json()["error"] == "invalid_scope"
    assert answer.json()["error_description"].startswith("scope is invalid - ")


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("system/Task.r", "system/Task.r"),
        ("system/Task.cruds", "system/Task.crus"),
        ("system/Task.read", "system/Task.rs"),
        ("system/*.rs", None),
        ("system/Task.r system/CapabilityStatement.r", "system/Task.r"),
    ],
)
def test_never_more_than_was_registered_nor_than_was_asked(
    quick_system: System, asked: str, given: str | None
) -> None:
    told = quick_system.ask(scope=asked).json()["scope"]
    if given is not None:
        assert told == given
    else:
        assert "system/Patient.rs" in told
        assert "*" not in told
        assert not any("c" in each.partition(".")[2] for each in told.split())


def test_too_many_refusals_are_stopped_and_the_record_is_bounded(system: System) -> None:
    answers = [system.ask(system.assertion(jti=1)) for _ in range(25)]
    assert [a.status_code for a in answers[:20]] == [400] * 20
    for answer in answers[21:]:
        assert answer.status_code == 429
        assert int(answer.headers["Retry-After"]) >= 1
        assert answer.json()["error"] == "invalid_request"
    with system.town.store.read() as session:
        written = session.scalar(
            text("SELECT count(*) FROM audit_event WHERE action = 'access_token.refused'")
        )
    assert 20 <= written <= 21
    # Another system behind the same address goes on.
    assert system_for(system.town).ask().status_code == 200


def test_what_is_given_and_refused_is_written_down_and_holds_no_secret(system: System) -> None:
    told = system.ask().json()
    system.ask(system.assertion(by=key("another")))
    with system.town.store.read() as session:
        rows = session.execute(
            text("SELECT actor, action, subject, details FROM audit_event ORDER BY event_id")
        ).all()
        everything = str(rows) + str(session.execute(text("SELECT * FROM access_token")).all())
    actions = [row.action for row in rows]
    assert actions == ["client.registered", "access_token.issued", "access_token.refused"]
    assert {row.subject for row in rows} == {f"client:{system.client_id}"}
    assert "SIGNATURE" in str(rows[-1].details)
    assert told["access_token"].removeprefix("kitha_") not in everything


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_anything_like_an_access_token_is_refused_in_the_same_words(
    quick_town: Town, scheme: str
) -> None:
    for secret in ("kitha_" + "a" * 43, "kitha_", "kitha_" + "a" * 5000, "kitha_é" + "a" * 42):
        headers = {"Authorization": f"{scheme} {secret}".encode()}
        answer = quick_town.caller.request("GET", "/v1/referrals/x", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["type"] == "/problems/token-invalid"


def test_a_token_for_cds_hooks_names_is_no_client_id(quick_town: Town) -> None:
    """The issuer of CDS Hooks is another name of the same system and gets no token."""
    system = system_for(quick_town, issuer="https://system.example")
    given = system.assertion(iss="https://system.example", sub="https://system.example")
    refused(system.ask(given), Fault.CLIENT_UNKNOWN, nhs=False)


def test_an_unknown_method_is_told_as_the_api_tells_it(quick_town: Town) -> None:
    answer = quick_town.caller.request("GET", "/oauth2/token")
    assert answer.status_code == 405
    assert registered(quick_town.store)

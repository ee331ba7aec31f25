"""Registering systems: which keys are taken, by command and by action, and who may do it."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import pytest
from api_client import VAR, Api
from client_world import System, jwks, key, registered
from fhir_sent import bundle, post, put_task, read, taken
from joserfc.jwk import ECKey, OctKey, OKPKey, RSAKey
from town import RUNCORN, SYSTEM, WIDNES, add_practices, token_for
from typer.testing import CliRunner
from web_world import Web

from service.cli import clients as command
from service.identity.actors import operator
from service.identity.client_keys import read_keys
from service.identity.clients import (
    KeysGiven,
    client_list,
    client_named,
    register_client,
    rotate_keys,
    withdraw_client,
)
from service.identity.codes import OdsCode
from service.identity.errors import (
    BadClient,
    BadKeys,
    BadScope,
    NotAllowed,
    UnknownClient,
    UnknownPractice,
)
from service.identity.key_sets import require_safe
from service.store.work import Store
from tests.statements import counted

pytest_plugins = ("web_fixtures",)


@pytest.fixture
def known(store: Store) -> Store:
    add_practices(store)
    return store


def test_a_system_is_told_as_it_was_registered(known: Store) -> None:
    made = registered(known, practices=(RUNCORN, WIDNES, WIDNES), issuer="https://s.example")
    with known.read() as session:
        with counted(session) as sent:
            (listed,) = client_list(session)
        assert len(sent) == 2
        with counted(session) as sent:
            by_id = client_named(session, made)
        assert len(sent) == 1
        by_issuer = client_named(session, "https://s.example")
        assert client_named(session, "nobody") is None
        assert client_named(session, "x" * 5000) is None
        assert client_named(session, "a\x00b") is None
    assert listed == by_id == by_issuer
    assert listed.practices == {RUNCORN, WIDNES}
    assert listed.keys is not None
    assert set(listed.keys[0]) == {"kty", "kid", "n", "e", "use"}


def test_an_id_goes_before_an_issuer_of_the_same_name(known: Store) -> None:
    first = registered(known)
    registered(known, name="A second", issuer=first)
    with known.read() as session:
        found = client_named(session, first)
    assert found is not None
    assert found.name == "A clinical system"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"name": " "}, BadClient),
        ({"name": "x" * 121}, BadClient),
        ({"name": "a\x00"}, BadClient),
        ({"practices": ()}, BadClient),
        ({"practices": (OdsCode("A99999"),)}, UnknownPractice),
        ({"scopes": ""}, BadClient),
        ({"scopes": "system/Nothing.r"}, BadScope),
        ({"scopes": "user/Task.r"}, BadScope),
        ({"issuer": "x" * 256}, BadClient),
        ({"keys": KeysGiven()}, BadKeys),
        ({"keys": KeysGiven("{}", "https://s.example/jwks")}, BadKeys),
        ({"keys": KeysGiven(jwks_url="http://s.example/jwks")}, BadKeys),
    ],
)
def test_what_cannot_be_registered_leaves_nothing(known: Store, changes, error) -> None:
    with pytest.raises(error) as raised:
        registered(known, **changes)
    assert raised.value.message.endswith(".")
    with known.read() as session:
        assert client_list(session) == []


def test_two_systems_cannot_be_the_same_issuer(known: Store) -> None:
    registered(known, issuer="https://s.example")
    with pytest.raises(BadClient, match="issuer"):
        registered(known, issuer="https://s.example")


def test_only_who_may_manage_tokens_registers(known: Store) -> None:
    made = registered(known)
    given = KeysGiven(jwks(key("first")))
    with known.work() as work, pytest.raises(NotAllowed):
        register_client(work, by=SYSTEM, name="x", practices=[WIDNES], keys=given)
    with known.work() as work, pytest.raises(NotAllowed):
        rotate_keys(work, by=SYSTEM, client_id=made, keys=given)
    with known.work() as work, pytest.raises(NotAllowed):
        withdraw_client(work, by=SYSTEM, client_id=made)


@pytest.mark.parametrize("client_id", ["", "nobody", "x" * 5000])
def test_an_unknown_system_cannot_be_changed(known: Store, client_id: str) -> None:
    with known.work() as work, pytest.raises(UnknownClient):
        withdraw_client(work, by=operator(), client_id=client_id)


NAMED = {"kid": "k"}


def weak() -> RSAKey:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return RSAKey.generate_key(1024, NAMED)


REFUSED_KEYS = {
    "not JSON": "{",
    "not a set": "[]",
    "no key": '{"keys": []}',
    "not keys": '{"keys": [7]}',
    "too many": json.dumps({"keys": [{}] * 21}),
    "nested": '{"keys":' * 5_000,
    "private": json.dumps({"keys": [key("first").as_dict(private=True)]}),
    "shared": json.dumps({"keys": [OctKey.generate_key(256, NAMED).as_dict(private=True)]}),
    "another kind": json.dumps({"keys": [OKPKey.generate_key("Ed25519", NAMED).as_dict(False)]}),
    "another curve": json.dumps({"keys": [ECKey.generate_key("P-256", NAMED).as_dict(False)]}),
    "too short": json.dumps({"keys": [weak().as_dict(private=False)]}),
    "no name": json.dumps(
        {"keys": [{k: v for k, v in key("first").as_dict(private=False).items() if k != "kid"}]}
    ),
    "the same name twice": jwks(key("first"), key("first")),
    "to encrypt": json.dumps({"keys": [key("first").as_dict(private=False) | {"use": "enc"}]}),
    "another signature": json.dumps(
        {"keys": [key("first").as_dict(private=False) | {"alg": "RS256"}]}
    ),
    "a broken number": json.dumps({"keys": [key("first").as_dict(private=False) | {"n": "!"}]}),
}


@pytest.mark.parametrize("what", REFUSED_KEYS)
def test_keys_that_are_refused(what: str) -> None:
    with pytest.raises(BadKeys) as raised:
        read_keys(REFUSED_KEYS[what])
    assert raised.value.message.endswith((".", "}."))
    secret = key("first").as_dict(private=True)["d"]
    assert str(secret) not in raised.value.message


def test_what_is_not_public_or_not_used_is_not_kept() -> None:
    odd = key("first").as_dict(private=False) | {"x5c": ["AAAA"], "note": "hello"}
    (kept,) = read_keys(json.dumps({"keys": [odd]}))
    assert set(kept) == {"kty", "kid", "n", "e", "use"}


@pytest.mark.parametrize(
    "address",
    [
        "",
        "jwks",
        "ftp://s.example/jwks",
        "http://s.example/jwks",
        "http://127.0.0.1.evil.example/jwks",
        "https://user:pass@s.example/jwks",
        "https:///jwks",
        "https://s.example/jwks#part",
        "https://s.example:port/jwks",
        "https://s.example/" + "x" * 500,
        "file:///etc/passwd",
    ],
)
def test_keys_are_fetched_over_tls_alone(address: str) -> None:
    with pytest.raises(BadKeys):
        require_safe(address)


def test_an_address_over_tls_or_on_this_machine_is_taken() -> None:
    require_safe("https://s.example:8443/jwks?set=1")
    require_safe("http://127.0.0.1:8080/jwks")


@pytest.fixture
def shell(web: Web, monkeypatch: pytest.MonkeyPatch):
    url = web.store.engine.url.render_as_string(hide_password=False)
    monkeypatch.setenv("KITH_DATABASE_URL", url)
    monkeypatch.setenv("KITH_VAR_DIR", str(VAR))
    monkeypatch.setenv("COLUMNS", "300")

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(command.app, list(words))
        assert result.exit_code == code, result.output
        return result.output

    return run


def test_a_system_by_command(web: Web, shell, tmp_path: Path) -> None:
    file = tmp_path / "keys.json"
    file.write_text(jwks(key("first")), encoding="utf-8")
    given = ("add", "--name", "Our [system]", "--practice", "n81011", "--practice", "N81019")
    made = shell(*given, "--jwks", str(file), "--nhs").splitlines()[-1]
    listed = shell("list")
    for part in (made, "Our [system]", "N81011, N81019", "first", "NHS mode"):
        assert part in listed
    file.write_text(jwks(key("second")), encoding="utf-8")
    assert "new keys" in shell("keys", made, "--jwks", str(file))
    assert "second" in shell("list")
    shell("keys", made, "--jwks-url", "https://s.example/jwks")
    assert "https://s.example/jwks" in shell("list")
    assert "no more tokens" in shell("withdraw", made)
    assert "before" in shell("withdraw", made)
    assert "withdrawn" in shell("list")


def test_the_link_workers_own_system_by_command(web: Web, shell, tmp_path: Path) -> None:
    """From the command to a referral that it moves; a practice's system may not."""
    file = tmp_path / "keys.json"
    file.write_text(jwks(key("first")), encoding="utf-8")
    given = ("add", "--name", "Cases", "--practice", "N81011", "--jwks", str(file))
    works = shell(*given, "--role", "link-worker-system").splitlines()[-1]
    refers = shell(*given).splitlines()[-1]
    assert "link_worker_system" in shell("list")
    scopes = "system/Task.ru system/ServiceRequest.r"
    town = web.town
    sender, worker = (System(town, each).api(scopes) for each in (refers, works))
    task_id = taken(post(Api(town, token_for(town.store, WIDNES)), "", bundle()))
    stood = read(worker, f"Task/{task_id}")
    assert put_task(sender, stood | {"status": "accepted"}).status_code == 403
    moved = put_task(worker, stood | {"status": "accepted"})
    assert (moved.status_code, moved.json()["status"]) == (200, "accepted")
    # It is bounded by its scopes, and by its practices.
    read_only = System(town, works).api("system/Task.r")
    assert put_task(read_only, moved.json() | {"status": "on-hold"}).status_code == 403
    elsewhere = ("add", "--name", "Cases", "--practice", "N81019", "--jwks", str(file))
    other = shell(*elsewhere, "--role", "link_worker_system").splitlines()[-1]
    assert put_task(System(town, other).api(scopes), moved.json()).status_code == 404
    # Withdrawn, its tokens end with it.
    shell("withdraw", works)
    assert put_task(worker, moved.json() | {"status": "on-hold"}).status_code == 401


def test_a_mistake_is_told_with_what_to_do(web: Web, shell, tmp_path: Path) -> None:
    given = ("add", "--name", "x", "--practice", "N81011")
    assert "one of the two" in shell(*given, code=64)
    assert "--jwks" in shell(*given, "--jwks", str(tmp_path / "none.json"), code=64)
    large = tmp_path / "large.json"
    large.write_text("x" * 200_000, encoding="utf-8")
    assert "too large" in shell(*given, "--jwks", str(large), code=64)
    assert "https" in shell(*given, "--jwks-url", "http://s.example", code=64)
    file = tmp_path / "keys.json"
    file.write_text(jwks(key("first")), encoding="utf-8")
    told = shell(*given, "--jwks", str(file), "--role", "link_worker", code=64)
    assert "practice_system" in told
    assert "kith client list" in shell("withdraw", "nobody", code=66)
    assert web.scalar("SELECT count(*) FROM client") == 0


def test_the_help_of_each_command_has_an_example(shell) -> None:
    for name in ("add", "list", "keys", "withdraw"):
        assert f"Example: kith client {name}" in " ".join(shell(name, "--help").split())

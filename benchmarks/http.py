"""How long a question over HTTP takes on a register of 300,000 assets, and in how much memory.

A real `kith serve` answers `POST /v1/matches` for one client that keeps its connection. Beside it,
in the same run, the same questions are answered the plain way: every asset of the register judged,
in Python, without narrowing. Read the ratio: milliseconds differ from machine to machine.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, TypeAlias

import httpx
import numpy as np
import psutil
from sqlalchemy import select

from benchmarks.big_register import big_register, said
from benchmarks.english_postcodes import postcode_texts
from seed_data import needs as need_list
from service import bootstrap
from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.identity.tokens import create_token
from service.matching.match import match
from service.matching.wanted import WantedNeed
from service.parts import Kith
from service.people.circumstances import person_facts
from service.people.places import home_of
from service.register.model import Asset
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import snapshots
from service.register.vocabulary import ReferralRoute
from service.settings import Settings
from service.store.work import Store

Question: TypeAlias = dict[str, Any]

TARGETS = {"p95_ms": 25.0, "resident_mb": 1_000.0}
PRACTICE = OdsCode("N81011")
WARM = 30
"""Questions asked before the clock runs: statements compiled, pages of the file in memory."""


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run saw. Milliseconds are those of the client; memory is the server's own.

    `server_cpu_...` is what a question costs the server's processor, whoever else uses the machine;
    0 where the system does not tell it finely enough.
    """

    assets: int
    questions: int
    p50_ms: float
    p95_ms: float
    max_ms: float
    server_cpu_ms: float
    server_cpu_p50_ms: float
    server_cpu_p95_ms: float
    mean_matches: float
    resident_mb: float
    plain_p50_ms: float
    ratio: float
    same_answers: bool


def questions(count: int, seed: int) -> list[Question]:
    """Questions as different as people: where, what for, how old, on foot or by car, steps or not.

    Equal seeds give equal questions.
    """
    random = np.random.default_rng(seed)
    postcodes = postcode_texts(count, seed)
    codes = list(need_list.load().needs)
    weights = np.array([6.0 if at < len(codes) // 4 else 1.0 for at in range(len(codes))])
    asked = []
    for postcode in postcodes:
        wanted = random.choice(
            len(codes), random.integers(1, 4), replace=False, p=weights / weights.sum()
        )
        facts: dict[str, Any] = {"age": int(random.integers(16, 96))}
        if random.random() < 0.5:
            facts["gender"] = str(random.choice(["female", "male"]))
        if random.random() < 0.3:
            facts["access_needed"] = ["step_free"]
        if random.random() < 0.5:
            facts["modes"] = [str(random.choice(["walk", "bus", "car", "lift"]))]
        if random.random() < 0.2:
            facts["free_days"] = ["MO", "WE"]
        asked.append({"needs": [codes[at] for at in wanted], "postcode": postcode, "facts": facts})
    return asked


@contextmanager
def served(settings: Settings) -> Iterator[tuple[str, psutil.Process]]:
    """A `kith serve` process on a free port, ready to answer."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).with_name("kith")), "serve", "--port", str(port)]
    environment = {
        **os.environ,
        "KITH_VAR_DIR": str(settings.var_dir),
        "KITH_DATABASE_URL": settings.url,
        "KITH_LOG_LEVEL": "ERROR",
    }
    process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _until_ready(address, process)
        yield address, psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait(timeout=30)


def _until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        if process.poll() is not None:
            raise SystemExit("The server stopped. Run `kith serve` on the same database to see.")
        try:
            if httpx.get(f"{address}/readyz").status_code == httpx.codes.OK:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise SystemExit("The server was not ready within a minute.")


def cpu_ms(process: psutil.Process) -> float:
    """Milliseconds of processor that a process has had so far, of all its threads; 0 if not told.

    From Linux's `schedstat`, in nanoseconds: the usual counters go by hundredths of a second.
    """
    total_ns = 0
    for thread in Path(f"/proc/{process.pid}/task").glob("*/schedstat"):
        total_ns += int(thread.read_text().split()[0])
    return total_ns / 1e6


def asked(
    address: str, process: psutil.Process, token: str, all_questions: Sequence[Question]
) -> tuple[list[float], list[float], list[Any]]:
    """Milliseconds, those of the server's processor, and answer of each question.

    One after the other on one connection.
    """
    times, cpu, answers = [], [], []
    headers = {"Authorization": f"Bearer {token}"}
    with httpx.Client(base_url=address, headers=headers, timeout=60) as client:
        for question in all_questions[:WARM]:
            client.post("/v1/matches", json=question).raise_for_status()
        for question in all_questions:
            body, before_ms = json.dumps(question), cpu_ms(process)
            start = time.perf_counter()
            answer = client.post(
                "/v1/matches", content=body, headers={"Content-Type": "application/json"}
            )
            times.append((time.perf_counter() - start) * 1000)
            cpu.append(cpu_ms(process) - before_ms)
            answers.append(answer.raise_for_status().json())
    return times, cpu, answers


def everything(store: Store) -> list[AssetSnapshot]:
    """Every asset of the register in memory: what the plain way reads before its clock runs."""
    with store.read() as session:
        ids = session.scalars(select(Asset.asset_id).where(~Asset.is_retired)).all()
        return list(snapshots(session, ids).values())


def plainly(
    kith: Kith, assets: Sequence[AssetSnapshot], some: Sequence[Question]
) -> tuple[list[float], list[list[int]]]:
    """The same questions with every asset judged, and which assets were suggested."""
    times, found = [], []
    for question in some:
        start = time.perf_counter()
        person = person_facts(
            question["facts"],
            today=kith.today(),
            home=home_of(question["postcode"], kith.gazetteer),
            birth_date=None,
            route=ReferralRoute.GP,
        )
        wanted = [WantedNeed(code, 1.0) for code in question["needs"]]
        result = match(
            wanted, person, assets, kith.travel, kith.parameters, limit=kith.settings.match_limit
        )
        times.append((time.perf_counter() - start) * 1000)
        found.append([each.asset.asset_id for each in result.matches])
    return times, found


def measure(assets: int, count: int, plain: int) -> Measured:
    """Ask `count` questions over HTTP and the first `plain` of them the plain way."""
    var = Path("var")
    settings = Settings(
        var_dir=var, database_url=f"sqlite:///{var / f'bench-{assets // 1000}k.db'}"
    )
    store = big_register(settings, assets)
    with store.work() as work:
        token = create_token(work, by=operator(), practice=PRACTICE, days=1, note="bench").secret
    all_questions = questions(count, seed=7)
    with served(settings) as (address, process):
        times, cpu, answers = asked(address, process, token, all_questions)
        resident_mb = process.memory_info().rss / 1e6
    said("now the plain way, every asset judged")
    kith = bootstrap.wire(settings)
    slow, suggested = plainly(kith, everything(store), all_questions[:plain])
    same = all(
        [each["asset"]["id"] for each in answer["matches"]] == ids
        for answer, ids in zip(answers, suggested, strict=False)
    )
    p50_ms = float(np.percentile(times, 50))
    return Measured(
        assets=assets,
        questions=count,
        p50_ms=round(p50_ms, 2),
        p95_ms=round(float(np.percentile(times, 95)), 2),
        max_ms=round(max(times), 2),
        server_cpu_ms=round(float(np.mean(cpu)), 2),
        server_cpu_p50_ms=round(float(np.percentile(cpu, 50)), 2),
        server_cpu_p95_ms=round(float(np.percentile(cpu, 95)), 2),
        mean_matches=round(float(np.mean([len(each["matches"]) for each in answers])), 1),
        resident_mb=round(resident_mb),
        plain_p50_ms=round(float(np.median(slow)), 1),
        ratio=round(float(np.median(slow)) / p50_ms, 1),
        same_answers=same,
    )


def table(seen: Measured) -> str:
    """The figures as a person reads them."""
    return "\n".join(
        [
            f"{seen.questions} questions, {seen.assets:,} assets, one client, one process",
            f"POST /v1/matches    p50 {seen.p50_ms:7.1f} ms   p95 {seen.p95_ms:7.1f} ms   "
            f"max {seen.max_ms:7.1f} ms   (target p95 {TARGETS['p95_ms']:g} ms)",
            f"processor time     p50 {seen.server_cpu_p50_ms:7.1f} ms   "
            f"p95 {seen.server_cpu_p95_ms:7.1f} ms   mean {seen.server_cpu_ms:.1f} ms   "
            "(the server's own, a question)",
            f"every asset judged  p50 {seen.plain_p50_ms:7.1f} ms   {seen.ratio:g} times as long",
            f"memory of the server {seen.resident_mb:,.0f} MB "
            f"(target {TARGETS['resident_mb']:,.0f})",
            f"the same suggestions both ways: {'yes' if seen.same_answers else 'NO'}",
        ]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print; 1 when the two ways differ, and with --check when a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.http", description=__doc__)
    parser.add_argument("--assets", type=int, default=300_000)
    parser.add_argument("--questions", type=int, default=300)
    parser.add_argument("--plain", type=int, default=5, help="Questions answered the plain way.")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--check", action="store_true", help="fail if a target is missed")
    asked_for = parser.parse_args(arguments)
    seen = measure(asked_for.assets, asked_for.questions, asked_for.plain)
    print(json.dumps(asdict(seen), indent=2) if asked_for.json else table(seen))
    met = seen.p95_ms <= TARGETS["p95_ms"] and seen.resident_mb <= TARGETS["resident_mb"]
    return 0 if seen.same_answers and (met or not asked_for.check) else 1


if __name__ == "__main__":
    sys.exit(main())

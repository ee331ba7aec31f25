"""Polling while others write: no change is missed and none comes twice, whatever commits first.

Writers hold their work open between the change and the commit, so that commits come in another
order than the work began. A poller goes on from the last instant it has seen, as any client does.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from random import Random

import pytest
from api_client import Api, Town
from fhir_world import ANN, World, polled
from sqlalchemy import text
from town import WIDNES, token_for

from service.referrals.actions.triage import accept, plan_next
from service.store.errors import StoreBusy

pytest_plugins = ("api_fixtures",)

WRITERS, REFERRALS, CHANGES = 4, 8, 6


def change(world: World, referral_id: str, pause_s: float) -> None:
    """One more version of a referral, committed a little later than it was made."""
    while True:
        try:
            with world.town.store.work() as work:
                version = work.session.scalar(
                    text("SELECT version FROM referral WHERE referral_id = :id"),
                    {"id": referral_id},
                )
                act = accept if version == 1 else plan_next
                more = {} if version == 1 else {"action": f"Ring {version}", "on": None}
                # Before the turn in the chain is taken, and after it.
                time.sleep(pause_s)
                act(work, by=ANN, referral_id=referral_id, seen_version=version, **more)
                time.sleep(pause_s)
            return
        except StoreBusy:
            time.sleep(0.01)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_poller_sees_each_version_it_can_see_once(town: Town, seed: int) -> None:
    world = World(town)
    referrals = [world.refer(str(number)) for number in range(REFERRALS)]
    api = Api(town, token_for(town.store, WIDNES))
    shared = [referrals[number::WRITERS] for number in range(WRITERS)]
    failures: list[BaseException] = []

    def write(number: int) -> None:
        random = Random(f"{seed} {number}")
        try:
            for _ in range(CHANGES):
                change(world, random.choice(shared[number]), random.random() / 30)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    since, seen = "2000-01-01", []
    is_over = False
    while True:
        # Once more after the last writer has ended.
        was_over, is_over = is_over, not any(thread.is_alive() for thread in threads)
        tasks = polled(api, since, count=2)
        for task in tasks:
            assert task["meta"]["lastUpdated"] > since
            since = task["meta"]["lastUpdated"]
            seen.append((task["id"], int(task["meta"]["versionId"])))
        if was_over:
            break
    for thread in threads:
        thread.join()
    assert not failures, failures
    assert not [each for each, times in Counter(seen).items() if times > 1]
    for referral_id in referrals:
        versions = [version for each, version in seen if each == referral_id]
        # Versions that another one overtook between two polls need not be seen; the last one must.
        assert versions == sorted(versions)
        assert versions[-1] == world.version(referral_id)
    total = sum(world.version(each) - 1 for each in referrals)
    assert total == WRITERS * CHANGES


def test_instants_are_in_order_of_commit(town: Town) -> None:
    """What bears the earlier instant was there first, for every pair of changes."""
    world = World(town)
    first, second = world.refer("first"), world.refer("second")
    began = threading.Event()

    def slow() -> None:
        with town.store.work() as work:
            began.set()
            time.sleep(0.2)
            accept(work, by=ANN, referral_id=first, seen_version=1)

    thread = threading.Thread(target=slow)
    thread.start()
    began.wait()
    change(world, second, 0)
    thread.join()
    with town.store.read() as session:
        events = session.execute(
            text(
                "SELECT subject, at FROM audit_event WHERE action = 'referral.accepted' "
                "ORDER BY event_id"
            )
        ).all()
        stamps = dict(session.execute(text("SELECT referral_id, changed_at FROM referral")).all())
    order = [each[0].removeprefix("referral:") for each in events]
    assert sorted(order) == sorted([first, second])
    assert stamps[order[0]] < stamps[order[1]]

"""`kith worker`: what happens without anybody asking for it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Annotated

import structlog
import typer

from service.api.couriers import HttpCourier
from service.cli.opened import opened_store
from service.cli.outcomes import told
from service.identity.actors import Actor
from service.identity.actors import worker as worker_actor
from service.logs import set_up
from service.parts import today_in_britain
from service.referrals.actions.offers import expire_offers
from service.referrals.actions.parts import purge_parts
from service.referrals.actions.webhooks import hand_out, note_try, take_due
from service.referrals.notices import Courier
from service.settings import Settings
from service.store.base import utc_now
from service.store.errors import StoreError
from service.store.work import Store

log = structlog.get_logger("kith.worker")

PURGE_EVERY = timedelta(hours=1)
LONGEST_PAUSE_S = 300
"""Longest pause after trouble with the database, which doubles up to it."""


def worker(
    once: Annotated[
        bool, typer.Option(help="Do what is waiting, and end; for a scheduler of your own.")
    ] = False,
    every: Annotated[
        int, typer.Option(min=1, max=3_600, help="Seconds between looks when nothing waits.")
    ] = 5,
) -> None:
    """Tell practices' systems what changed, and end what nobody answered or finished in time.

    Run one beside the server; several at once do no harm. It writes a line for each round in which
    something was done, and ends at once when it is told to stop, losing nothing.

    Example: kith worker --once
    """
    with told(), opened_store() as store:
        set_up(Settings().log_level)
        courier = HttpCourier()
        try:
            if once:
                Rounds(store, courier).until_done()
            else:
                with _stopping() as stop:
                    Rounds(store, courier).until(stop, every)
        finally:
            courier.close()


class Rounds:
    """One worker's work on one database: rounds, each of which takes what waits and no more."""

    def __init__(self, store: Store, courier: Courier, *, by: Actor | None = None) -> None:
        self.store = store
        self.courier = courier
        self.by = by or worker_actor()
        self._expired_on: date | None = None
        self._purged_at: datetime | None = None

    def until_done(self) -> None:
        """Rounds until nothing waits that can be done now."""
        while self.round():
            pass

    def until(self, stop: threading.Event, every_s: int) -> None:
        """Rounds until told to stop. A database that is busy or away is tried again later."""
        pause_s = every_s
        while not stop.is_set():
            try:
                found = self.round()
            except StoreError as error:
                pause_s = min(pause_s * 2, LONGEST_PAUSE_S)
                log.warning("store", problem=error.slug, again_in_s=pause_s)
                stop.wait(pause_s)
                continue
            pause_s = every_s
            if not found:
                stop.wait(every_s)

    def round(self) -> int:
        """One round. Returns how much was done; 0 when nothing was waiting."""
        expired, purged = self._expire(), self._purge()
        with self.store.work() as work:
            handed = hand_out(work, by=self.by)
        tried, taken = self._deliver()
        if expired or purged or handed or tried:
            log.info(
                "round",
                expired=expired,
                purged=purged,
                handed_out=handed,
                tried=tried,
                taken=taken,
            )
        return expired + purged + handed + tried

    def _expire(self) -> int:
        today = today_in_britain()
        if self._expired_on == today:
            return 0
        with self.store.work() as work:
            expired = expire_offers(work, by=self.by, today=today)
        self._expired_on = today
        return expired

    def _purge(self) -> int:
        """Once an hour, throw away parts of referrals that were never finished."""
        now = utc_now()
        if self._purged_at is not None and now - self._purged_at < PURGE_EVERY:
            return 0
        with self.store.work() as work:
            purged = purge_parts(work, by=self.by, now=now)
        self._purged_at = now
        return purged

    def _deliver(self) -> tuple[int, int]:
        with self.store.work() as work:
            due = take_due(work, by=self.by, now=utc_now())
        taken = 0
        for each in due:
            # Outside any transaction: a slow receiver must not keep others from the database.
            status = self.courier.bring(each)
            with self.store.work() as work:
                note_try(work, by=self.by, notice_id=each.notice_id, status=status, now=utc_now())
            taken += 200 <= status < 300
        return len(due), taken


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """An event that is set when the process is told to stop; handlers as before afterwards."""
    stop = threading.Event()
    before = {
        each: signal.signal(each, lambda *_: stop.set()) for each in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)

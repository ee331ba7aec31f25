"""The unit of work: everything an action changes, or nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geo.errors import Json
from service.store.errors import translated
from service.store.outbox import OutboxMessage


class UnitOfWork:
    """One transaction in which an action changes, audits and announces.

    Made by `Store.work()`; an action receives it and never commits by itself.
    """

    def __init__(self, session: Session) -> None:
        self.session = session

    def announce(self, topic: str, *, key: str, body: dict[str, Json]) -> None:
        """Put a message in the outbox, to be sent after this work commits, at least once.

        Parameters
        ----------
        topic : str
            What happened, as `referral.received`.
        key : str
            Makes the message unique: the same key twice is one message.
        body : dict
            Identifiers only. Whoever sends the message looks the rest up again, so that consent
            withdrawn in between is honoured.
        """
        self.session.add(OutboxMessage(topic=topic, key=key, body=body))


class Store:
    """The database as the rest of Kith uses it: sessions to read, units of work to change."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = engine.execution_options(kith_writes=True)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that only reads; whatever it is made to change is rolled back."""
        with translated(), Session(self.engine, expire_on_commit=False) as session:
            try:
                yield session
            finally:
                session.rollback()

    @contextmanager
    def work(self) -> Iterator[UnitOfWork]:
        """A unit of work: committed when the block ends, undone when it raises.

        Raises
        ------
        StoreBusy, StoreFull, StoreUnavailable, StoreOutOfDate
            When the database cannot; nothing was changed.
        """
        with translated(), Session(self._writer, expire_on_commit=False) as session:
            try:
                yield UnitOfWork(session)
                session.commit()
            except BaseException:
                session.rollback()
                raise

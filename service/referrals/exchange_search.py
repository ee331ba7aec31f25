"""Searching referrals for another system: by what it asks, and by what has changed since.

Every search is of what was committed up to an instant (see `service.identity.audit.turn`), and in
order of instant and id, so that whoever reads page after page, and then asks for what came later,
misses nothing and sees nothing twice.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.identity.actors import Actor
from service.identity.gate import readable
from service.people.model import Person
from service.referrals.exchange_conditions import (
    OFFER,
    REQUEST,
    TASK,
    Condition,
    conditions,
    unrestricted,
)
from service.referrals.exchange_terms import Filter, Hit, Hits, Position
from service.referrals.model import Referral
from service.referrals.offer_model import Offer


def requests(
    session: Session,
    *,
    by: Actor,
    filters: Sequence[Filter],
    upto: datetime,
    after: Position | None,
    limit: int,
    newest_first: bool = False,
) -> Hits:
    """Referrals that `by` may read and that all `filters` fit. Two statements.

    Parameters
    ----------
    upto : datetime
        Only what changed last at or before it.
    after : Position or None
        Where the page before this one ended.
    limit : int
        How many at most; 0 counts only.
    """
    gate = readable(by).rows(Referral.practice_code)
    fits = [gate, Referral.changed_at <= upto, *conditions(REQUEST, filters)]
    total = session.scalar(select(func.count()).select_from(Referral).where(*fits)) or 0
    page = _page(
        Referral.referral_id, Referral.changed_at, Referral.referral_id, after, newest_first
    )
    return _hits(session, page.where(*fits), limit, total, newest_first)


def tasks(
    session: Session,
    *,
    by: Actor,
    filters: Sequence[Filter],
    upto: datetime,
    after: Position | None,
    limit: int,
    newest_first: bool = False,
) -> Hits:
    """Tasks of referrals and of offers that `by` may read, as `requests`. Two statements."""
    gate = readable(by).rows(Referral.practice_code)
    of_referrals = [gate, Referral.changed_at <= upto, *conditions(TASK, filters)]
    of_offers = [
        gate,
        Offer.changed_at <= upto,
        Offer.sent_at.is_not(None),
        *conditions(OFFER, filters),
    ]
    joined = select(Offer.offer_id).join(Referral, Referral.referral_id == Offer.referral_id)
    counts = session.execute(
        select(
            select(func.count()).select_from(Referral).where(*of_referrals).scalar_subquery(),
            select(func.count()).select_from(joined.where(*of_offers).subquery()).scalar_subquery(),
        )
    ).one()
    parents = _page(
        Referral.referral_id, Referral.changed_at, Referral.referral_id, after, newest_first
    ).where(*of_referrals)
    offers = (
        _page(Offer.offer_id, Offer.changed_at, Offer.referral_id, after, newest_first)
        .join(Referral, Referral.referral_id == Offer.referral_id)
        .where(*of_offers)
    )
    # Each half is cut short by itself, so that neither is read whole for one page.
    halves = [select(*half.limit(limit + 1).subquery().c) for half in (parents, offers)]
    both = union_all(*halves).subquery()
    page = select(both.c.id, both.c.at, both.c.of).order_by(
        *(each.desc() if newest_first else each for each in (both.c.at, both.c.id))
    )
    return _hits(session, page, limit, sum(counts), newest_first)


def patients(session: Session, *, by: Actor, numbers: Sequence[str]) -> list[list[str]]:
    """The referrals of each person who has one of these NHS numbers, newest first; one statement.

    Nobody who is restricted is among them. In order of the person's id.
    """
    rows = session.execute(
        select(Referral.person_id, Referral.referral_id)
        .join(Person, Person.person_id == Referral.person_id)
        .where(
            readable(by).rows(Referral.practice_code),
            readable(by).rows(Person.practice_code),
            Person.nhs_number.in_(numbers),
            unrestricted(),
        )
        .order_by(Referral.person_id, Referral.received_at.desc(), Referral.referral_id)
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for person_id, referral_id in rows:
        found[person_id].append(referral_id)
    return list(found.values())


def _page(
    identity: InstrumentedAttribute[str],
    at: InstrumentedAttribute[datetime],
    referral_id: InstrumentedAttribute[str],
    after: Position | None,
    newest_first: bool,
) -> Select[Any]:
    order = (at.desc(), identity.desc()) if newest_first else (at, identity)
    columns: list[ColumnElement[Any]] = [
        identity.label("id"),
        at.label("at"),
        referral_id.label("of"),
    ]
    found = select(*columns).order_by(*order)
    return found if after is None else found.where(_beyond(identity, at, after, newest_first))


def _beyond(
    identity: InstrumentedAttribute[str],
    at: InstrumentedAttribute[datetime],
    after: Position,
    newest_first: bool,
) -> Condition:
    if newest_first:
        return or_(at < after.at, and_(at == after.at, identity < after.identity))
    return or_(at > after.at, and_(at == after.at, identity > after.identity))


def _hits(session: Session, page: Select[Any], limit: int, total: int, newest_first: bool) -> Hits:
    if limit == 0:
        return Hits((), more=False, total=total)
    rows = session.execute(page.limit(limit + 1)).all()
    hits = tuple(Hit(row.id, row.at, row.of) for row in rows[:limit])
    return Hits(hits, more=len(rows) > limit, total=total)

"""Which assets have the words of a search, and how well: decided in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select, union_all
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.register.narrowing import AssetWord
from service.register.words import Term


def hits(terms: Sequence[Term]) -> Subquery:
    """The assets anywhere that have any of the terms, each once.

    Columns: `asset_id`; `matched`, how many of the terms; `weight`, the sum over those of the most
    that the matching words say. There must be at least one term. Two index ranges for each.
    """
    every = union_all(*(_hits_of(term) for term in terms)).subquery("every_hit")
    return (
        select(
            every.c.asset_id,
            func.count().label("matched"),
            func.sum(every.c.weight).label("weight"),
        )
        .group_by(every.c.asset_id)
        .subquery("hit")
    )


def matched_among(
    session: Session, terms: Sequence[Term], asset_ids: Sequence[int]
) -> dict[int, int]:
    """How many of the terms each of these assets has; those that have none are left out.

    Reads the words of these assets and no others: for the few that are near, this is far less
    than everybody in the country who has one of the words. One statement.
    """
    # OFFSET 0 keeps both databases from turning it round and beginning with the words.
    theirs = (
        select(AssetWord.asset_id, AssetWord.word)
        .where(AssetWord.asset_id.in_(asset_ids))
        .offset(0)
        .subquery()
    )
    has_each = [func.max(case((_meets(theirs.c.word, term), 1), else_=0)) for term in terms]
    statement = select(theirs.c.asset_id, *has_each).group_by(theirs.c.asset_id)
    counts = {row[0]: sum(row[1:]) for row in session.execute(statement)}
    return {asset_id: count for asset_id, count in counts.items() if count}


def _hits_of(term: Term) -> Select[Any, Any]:
    # Two ranges put together; an OR of them would read the whole table on SQLite.
    ways = [select(AssetWord.asset_id, AssetWord.weight).where(AssetWord.word.in_(term.equal))]
    if term.beginning is not None:
        begins = _begins(AssetWord.word, term.beginning)
        ways.append(select(AssetWord.asset_id, AssetWord.weight).where(begins))
    found = union_all(*ways).subquery()
    best = func.max(found.c.weight).label("weight")
    return select(found.c.asset_id, best).group_by(found.c.asset_id)


def _meets(
    word: ColumnElement[str] | InstrumentedAttribute[str], term: Term
) -> ColumnElement[bool]:
    equal = word.in_(term.equal)
    return equal if term.beginning is None else or_(equal, _begins(word, term.beginning))


def _begins(
    word: ColumnElement[str] | InstrumentedAttribute[str], beginning: str
) -> ColumnElement[bool]:
    after = beginning[:-1] + chr(ord(beginning[-1]) + 1)
    return and_(word >= beginning, word < after)

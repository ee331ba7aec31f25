"""Which assets have the words of a search, and how well: decided in the database."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, Subquery, func, select, union_all

from service.register.narrowing import AssetWord
from service.register.words import Term


def hits(terms: Sequence[Term]) -> Subquery:
    """The assets that have any of the terms, each once.

    Columns: `asset_id`; `matched`, how many of the terms; `weight`, the sum over those of the most
    that the matching words say. There must be at least one term. An index range for each.
    """
    each = [_hits_of(term) for term in terms]
    every = union_all(*each).subquery("every_hit")
    return (
        select(
            every.c.asset_id,
            func.count().label("matched"),
            func.sum(every.c.weight).label("weight"),
        )
        .group_by(every.c.asset_id)
        .subquery("hit")
    )


def _hits_of(term: Term) -> Select[Any, Any]:
    ways = [select(AssetWord.asset_id, AssetWord.weight).where(AssetWord.word.in_(term.equal))]
    if term.beginning is not None:
        after = term.beginning[:-1] + chr(ord(term.beginning[-1]) + 1)
        ways.append(
            select(AssetWord.asset_id, AssetWord.weight).where(
                AssetWord.word >= term.beginning, AssetWord.word < after
            )
        )
    found = union_all(*ways).subquery()
    best = func.max(found.c.weight).label("weight")
    return select(found.c.asset_id, best).group_by(found.c.asset_id)

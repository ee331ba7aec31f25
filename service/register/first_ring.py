"""How far a search looks first: as far as there is enough to choose from, settled by the database.

One statement reads for all of somebody's needs what comes to them, what takes people from where
they are, and what is near: of rings that grow, the smallest with enough in it. With it comes the
version of the register, so that what comes to anybody is read only when it has changed.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from geo.point import GridPoint
from service.register.area_cells import ranges_at
from service.register.areas import Whereabouts
from service.register.by_driver import Asked, fetched
from service.register.candidates import GROWTH_M, MAX_M, CandidateRows, as_rows, by_place
from service.register.narrowing import REMOTE_CELL, Box, box_of, strips
from service.register.remote_rows import Kept, keep_rows, kept_rows

REACHES_M: Final = (*GROWTH_M[:-1], MAX_M)
"""Radii of the rings. The last step is longer: where there was so little, there is little more."""

_SOMEWHERE: Final = 0
"""The ring of what has no place and takes people from where somebody is: read at any distance."""

_VERSION: Final = -1
"""In the place of a need: the row that tells how far was read, and the register's version."""

_EVERYWHERE, _HERE = 0, 1
"""Rows of what comes to anybody anywhere, and the others."""

_NOW: Final = (
    "SELECT coalesce((SELECT {version} FROM register_version WHERE version_id = 1), '') AS version"
)
_STEPS: Final = """
WITH RECURSIVE now AS MATERIALIZED ({now}),
most(enough, plenty, last) AS MATERIALIZED ({most}),
strip(ring, low, high) AS MATERIALIZED ({strip}),
wanted(place, need, held) AS MATERIALIZED ({wanted}),
grown(ring, inside, found) AS (
    SELECT 0, 0, 0 UNION ALL
    SELECT ring + 1, found, found + (
        SELECT {count} FROM (
            SELECT 1 FROM strip CROSS JOIN wanted CROSS JOIN {near}
            WHERE strip.ring = grown.ring + 1 {joined}
            LIMIT (SELECT plenty + 1 FROM most)
        ) AS counted
    ) FROM grown CROSS JOIN most WHERE ring < last AND found <= plenty
),
reached(ring) AS MATERIALIZED (
    SELECT max(ring) FROM grown CROSS JOIN most
    WHERE ring = 0 OR inside < enough OR found <= plenty
)
SELECT {version}, reached.ring, {text} FROM reached CROSS JOIN now
UNION ALL
SELECT place, {everywhere}, facts FROM wanted CROSS JOIN candidate
WHERE candidate.need = wanted.need AND cell = {remote}
AND wanted.held <> (SELECT version FROM now)
UNION ALL
SELECT place, {here}, facts FROM strip CROSS JOIN wanted CROSS JOIN {near}
WHERE strip.ring <= (SELECT ring FROM reached) {joined}
"""
# As in `candidates.BY_STRIP`: SQLite obeys the order of a CROSS JOIN, PostgreSQL needs OFFSET 0.
_STATEMENT: Final = {
    "sqlite": _STEPS.format(
        now=_NOW.format(version="version || ' ' || changed_at"),
        strip=(
            "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), "
            "json_extract(value, '$[2]') FROM json_each(?)"
        ),
        wanted=(
            "SELECT key, json_extract(value, '$[0]'), json_extract(value, '$[1]') FROM json_each(?)"
        ),
        count="count(*)",
        near="candidate",
        joined="AND candidate.need = wanted.need AND cell BETWEEN low AND high",
        most="SELECT ?, ?, ?",
        version=_VERSION,
        text="CAST(now.version AS BLOB)",
        remote=REMOTE_CELL,
        everywhere=_EVERYWHERE,
        here=_HERE,
    ),
    "postgresql": _STEPS.format(
        now=_NOW.format(version="version || ' ' || changed_at"),
        strip="SELECT * FROM unnest(%s::int[], %s::int[], %s::int[])",
        wanted=(
            "SELECT (place - 1)::int, need, held "
            "FROM unnest(%s::text[], %s::text[]) WITH ORDINALITY AS each(need, held, place)"
        ),
        count="count(*)::int",
        near=(
            "LATERAL (SELECT facts FROM candidate WHERE candidate.need = wanted.need "
            "AND cell BETWEEN low AND high OFFSET 0) AS found"
        ),
        joined="",
        most="SELECT %s::int, %s::int, %s::int",
        version=_VERSION,
        text="convert_to(now.version, 'UTF8')",
        remote=REMOTE_CELL,
        everywhere=_EVERYWHERE,
        here=_HERE,
    ),
}

_NEVER: Final = "?"
"""A version that no register has: nothing is kept."""


@dataclass(frozen=True, slots=True, eq=False)
class Ring:
    """What may suit somebody, of so far around.

    Attributes
    ----------
    rows : tuple of CandidateRows
        By need, in the order asked. The rows without a place may hold an asset more than once.
    complete_m : float
        Every place within so many metres is among them, or among those of the rings inside; 0
        where there is no middle.
    """

    rows: tuple[CandidateRows, ...]
    complete_m: float


def first_ring(
    session: Session,
    *,
    needs: Sequence[str],
    at: Whereabouts,
    centre: GridPoint | None,
    enough: int,
    plenty: int = 0,
) -> Ring:
    """What comes to somebody who is `at`, and what is within the first of `REACHES_M` with enough.

    One statement, whatever the number of needs; none for none.

    Parameters
    ----------
    centre : GridPoint, optional
        Without it nothing is near, and only what has no place is read.
    enough, plenty : int
        Rows with a place, of all needs together: rings are read until there are enough, and on as
        long as there are no more than plenty, which is `enough` at least.
    """
    if not needs:
        return Ring((), 0.0)
    kept = kept_rows(session, needs)
    held = [kept[need].version if need in kept else _NEVER for need in needs]
    ranges = [(_SOMEWHERE, low, high) for low, high in ranges_at(at)]
    if centre is not None:
        ranges += _rings(tuple(box_of(centre, each) for each in REACHES_M))
    last = 0 if centre is None else len(REACHES_M)
    rows, n = (
        fetched(session, asked(needs, held, ranges, (enough, max(enough, plenty), last))),
        len(needs),
    )
    reached, version = next((ring, bytes(text).decode()) for place, ring, text in rows if place < 0)
    new, near = (
        by_place(((place, facts) for place, part, facts in rows if place >= 0 and part == which), n)
        for which in (_EVERYWHERE, _HERE)
    )
    fresh = {
        need: Kept(version, packed)
        for need, packed, had in zip(needs, new, held, strict=True)
        if had != version
    }
    keep_rows(session, fresh)
    whole = {**kept, **fresh}
    return Ring(
        tuple(
            as_rows(whole[need].packed + packed) for need, packed in zip(needs, near, strict=True)
        ),
        REACHES_M[reached - 1] if reached else 0.0,
    )


def _rings(boxes: Sequence[Box]) -> list[tuple[int, int, int]]:
    """The strips of each box without the one before, each with the number of its ring from 1."""
    inner = (None, *boxes)
    return [
        (ring, low, high)
        for ring, box in enumerate(boxes, start=1)
        for low, high in strips(box, inner[ring - 1])
    ]


def asked(
    needs: Sequence[str],
    held: Sequence[str],
    ranges: Sequence[tuple[int, int, int]],
    most: tuple[int, int, int],
) -> dict[str, Asked]:
    """The statement for each database, with its parameters.

    Parameters
    ----------
    held : sequence of str
        The version of the register of which the process keeps each need's rows.
    ranges : sequence of (int, int, int)
        Ring, first and last cell; ring 0 is read whatever is found.
    most : (int, int, int)
        As `enough` and `plenty` of `first_ring`, and the last ring.
    """
    # Spelled by hand: an encoder takes longer over so many small lists.
    listed = f"[{','.join(f'[{ring},{low},{high}]' for ring, low, high in ranges)}]"
    wanted = json.dumps(list(zip(needs, held, strict=True)))
    return {
        "sqlite": (_STATEMENT["sqlite"], (*most, listed, wanted)),
        "postgresql": (
            _STATEMENT["postgresql"],
            (*most, *map(list, zip(*ranges, strict=True)), list(needs), list(held)),
        ),
    }

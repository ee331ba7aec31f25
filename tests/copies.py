"""Many rows from few: copies of what is there, for counting what grows and what does not."""

from __future__ import annotations

import random
from collections.abc import Mapping
from string import ascii_lowercase

from sqlalchemy import inspect, text

from service.register.indexing import reindex_all
from service.store.work import UnitOfWork

OF_ASSETS = ("asset", "asset_need", "area_served", "schedule")
APART = 1000
"""Between the numbers of an asset and of its copy; fewer than that there must be."""


def copy_rows(work: UnitOfWork, table: str, changed: Mapping[str, str], where: str) -> None:
    """Copy the rows of `table` for which `where` holds, some columns made new by an expression."""
    names = [each["name"] for each in inspect(work.session.connection()).get_columns(table)]
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    listed = ", ".join(f'"{name}"' for name in names)
    work.session.execute(
        text(f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE {where}")
    )


def copy_assets(work: UnitOfWork, copies: int) -> None:
    """So many more of each asset, with all that belongs to it, at the same places.

    Their names are unlike each other, so that none is taken for a duplicate.
    """
    for copy in range(1, copies + 1):
        word = "".join(random.Random(copy).choices(ascii_lowercase, k=12))
        changed = {
            "asset_id": f"asset_id + {copy * APART}",
            "name": f"'{word} ' || asset_id",
            "code": f"code || '-{copy}'",
            "schedule_id": f"schedule_id + {copy * APART}",
            "area_id": f"area_id + {copy * APART}",
            "area_served_id": f"area_served_id + {copy * APART}",
        }
        for table in OF_ASSETS:
            copy_rows(work, table, changed, f"asset_id < {APART}")
    # What is derived from them tells each by its own number.
    reindex_all(work)


def copy_referral(work: UnitOfWork, referral_id: str, copies: int) -> None:
    """So many more people like one who was referred, each with a referral and its needs."""
    for copy in range(1, copies + 1):
        changed = {
            "referral_id": f"substr(referral_id, 1, 32) || '{copy:04d}'",
            "person_id": f"substr(person_id, 1, 32) || '{copy:04d}'",
            "request_key": f"request_key || '-{copy}'",
            "family_name": f"family_name || '{copy}'",
            "nhs_number": "NULL",
        }
        theirs = f"referral_id = '{referral_id}'"
        person = f"person_id = (SELECT person_id FROM referral WHERE {theirs})"
        copy_rows(work, "person", changed, person)
        for table in ("referral", "referral_need"):
            copy_rows(work, table, changed, theirs)

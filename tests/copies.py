"""Many rows from few: copies of what is there, on SQLite, for counting what grows and what not."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import text

from service.store.work import UnitOfWork

OF_ASSETS = ("asset", "asset_need", "area_served", "schedule", "candidate", "asset_document")
"""Of these, the tables that there are."""
APART = 1000
"""Between the numbers of an asset and of its copy; fewer than that there must be."""


def copy_rows(work: UnitOfWork, table: str, changed: Mapping[str, str], where: str) -> None:
    """Copy the rows of `table` for which `where` holds, some columns made new by an expression.

    A table that is not there has no rows.
    """
    names = [row[1] for row in work.session.execute(text(f"PRAGMA table_info({table})"))]
    values = ", ".join(changed.get(name, f'"{name}"') for name in names)
    if not names:
        return
    listed = ", ".join(f'"{name}"' for name in names)
    work.session.execute(
        text(f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} WHERE {where}")
    )


def copy_assets(work: UnitOfWork, copies: int) -> None:
    """So many more of each asset, with all that belongs to it, at the same places."""
    for copy in range(1, copies + 1):
        changed = {
            "asset_id": f"asset_id + {copy * APART}",
            "code": f"code || '-{copy}'",
            "schedule_id": f"schedule_id + {copy * APART}",
            "area_id": f"area_id + {copy * APART}",
            "area_served_id": f"area_served_id + {copy * APART}",
        }
        for table in OF_ASSETS:
            copy_rows(work, table, changed, f"asset_id < {APART}")


def copy_referral(work: UnitOfWork, referral_id: str, copies: int) -> None:
    """So many more people like one who was referred, each with a referral and its needs."""
    for copy in range(1, copies + 1):
        changed = {
            "referral_id": f"referral_id || '-{copy}'",
            "person_id": f"person_id || '-{copy}'",
            "request_key": f"request_key || '-{copy}'",
            "family_name": f"family_name || '{copy}'",
            "nhs_number": "NULL",
        }
        theirs = f"referral_id = '{referral_id}'"
        person = f"person_id = (SELECT person_id FROM referral WHERE {theirs})"
        copy_rows(work, "person", changed, person)
        for table in ("referral", "referral_need"):
            copy_rows(work, table, changed, theirs)

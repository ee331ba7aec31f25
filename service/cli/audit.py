"""`kith audit`: whether the record of what was done holds, and what it says of a person."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.cli.opened import opened_store
from service.cli.outcomes import told
from service.identity import audit
from service.identity.actors import operator
from service.identity.audit_queries import who_saw
from service.referrals.records import subjects_of_person

app = typer.Typer(help="The record of what was done and seen.", no_args_is_help=True)


@app.command(epilog="Example: kith audit verify")
def verify() -> None:
    """Check the whole chain. Leaves with 1 when something was changed, added or taken away."""
    with told(), opened_store() as store:
        with store.read() as session:
            broken = audit.first_break(session)
        if broken is not None:
            Console(stderr=True).print(
                f"[bold red]The chain does not hold from event {broken} on.[/] Somebody changed "
                "the record behind Kith's back, or a copy was put back. Keep this database as it "
                "is, and compare it with the last copy."
            )
            raise SystemExit(1)
        Console().print("The chain holds from the first event to the last.")


@app.command(epilog="Example: kith audit person 1b4e28ba-2fa1-41d2-883f-0016d3cca427")
def person(
    person_id: Annotated[str, typer.Argument(help="The person's id in Kith, never a name.")],
) -> None:
    """Who saw and changed what is kept about a person and their referrals, newest first."""
    with told(), opened_store() as store:
        with store.work() as work:
            subjects = subjects_of_person(work.session, person_id)
            seen = who_saw(work.session, *subjects)
            audit.record(work, by=operator(), action="audit.read", subject=f"person:{person_id}")
        table = Table("When (UTC)", "Who", "As", "What", "Record")
        for each in seen:
            when = f"{each.at:%d %B %Y %H:%M}"
            table.add_row(when, escape(each.who), each.role, each.action, each.subject)
        Console().print(table if seen else "Nothing is written down about this person.")

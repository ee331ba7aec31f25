"""`kith webhook`: where practices' systems are told of changes."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.cli.opened import opened_store
from service.cli.outcomes import told
from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.referrals.actions.webhooks import add_webhook, withdraw_webhook
from service.referrals.notice_queries import addresses, troubles

app = typer.Typer(help="Where practices' systems are told of changes.", no_args_is_help=True)


@app.command(epilog="Example: kith webhook add --practice N81011 --url https://gp.example/kith")
def add(
    practice: Annotated[str, typer.Option(help="ODS code of the practice.")],
    url: Annotated[str, typer.Option(help="Address that takes a POST; https.")],
    note: Annotated[str, typer.Option(help="Which system it is.")] = "",
) -> None:
    """Tell changes of a practice's referrals at an address: type, id and version, nothing else.

    The last line printed is the secret that messages are signed with, shown only now.
    """
    with told(), opened_store() as store:
        with store.work() as work:
            made = add_webhook(work, by=operator(), practice=OdsCode(practice), url=url, note=note)
        Console(stderr=True).print(
            f"Address {made.hook_id} hears of changes from now on. Messages are signed as "
            "Standard Webhooks says, with this secret; it cannot be shown again."
        )
        print(made.secret)


@app.command("list", epilog="Example: kith webhook list")
def list_() -> None:
    """The addresses, what waits for each, and what was given up."""
    with told(), opened_store() as store:
        with store.read() as session:
            found = addresses(session, by=operator())
        table = Table("Number", "Practice", "Host", "Note", "Told", "Waiting", "Given up", "Until")
        for each in found:
            table.add_row(
                str(each.hook_id),
                each.practice,
                escape(each.host),
                escape(each.note),
                str(each.told),
                str(each.waiting),
                str(each.given_up),
                "" if each.withdrawn_at is None else f"{each.withdrawn_at:%d %B %Y}",
            )
        Console().print(table if found else "Nothing is told anywhere yet.")


@app.command("troubles", epilog="Example: kith webhook troubles 3")
def troubles_(
    number: Annotated[int, typer.Argument(help="The address's number, as `list` shows it.")],
) -> None:
    """The notices that an address has not taken, the latest first."""
    with told(), opened_store() as store:
        with store.read() as session:
            found = troubles(session, by=operator(), hook_id=number)
        table = Table("Notice", "Resource", "Tries", "Last answer", "Next try (UTC)")
        for each in found:
            answer = {None: "none yet", 0: "nobody answered"}.get(
                each.status, f"HTTP {each.status}"
            )
            again = "given up" if each.due_at is None else f"{each.due_at:%d %B %Y %H:%M}"
            table.add_row(str(each.notice_id), each.kind, str(each.attempts), answer, again)
        Console().print(table if found else "Everything was taken.")


@app.command(epilog="Example: kith webhook withdraw 3")
def withdraw(
    number: Annotated[int, typer.Argument(help="The address's number, as `list` shows it.")],
) -> None:
    """Tell nothing at an address any more."""
    with told(), opened_store() as store:
        with store.work() as work:
            withdraw_webhook(work, by=operator(), hook_id=number)
        Console().print(f"Nothing more is told at address {number}.")

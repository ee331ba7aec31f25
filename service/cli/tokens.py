"""`kith token`: credentials for practice systems."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from service import bootstrap
from service.cli.outcomes import told
from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.identity.tokens import create_token, withdraw_token
from service.settings import Settings

app = typer.Typer(help="Credentials for practice systems.", no_args_is_help=True)


@app.command(epilog="Example: kith token create --practice N81011 --days 30")
def create(
    practice: Annotated[str, typer.Option(help="ODS code of the practice it acts for.")],
    days: Annotated[int, typer.Option(help="Days until it ends, 1 to 366.")] = 30,
    note: Annotated[str, typer.Option(help="Which system it is for.")] = "",
) -> None:
    """Make a token for a practice's system. The last line printed is the token, shown only now."""
    with told():
        store = bootstrap.ready_store(Settings())
        with store.work() as work:
            made = create_token(
                work, by=operator(), practice=OdsCode(practice), days=days, note=note
            )
        Console(stderr=True).print(
            f"Token {made.token_id} for practice {made.practice}, until "
            f"{made.expires_at:%d %B %Y %H:%M} UTC. It is not kept and cannot be shown again."
        )
        print(made.secret)


@app.command(epilog="Example: kith token withdraw 3")
def withdraw(
    token: Annotated[int, typer.Argument(help="The token's number, told when it was made.")],
) -> None:
    """End a token now."""
    with told():
        store = bootstrap.ready_store(Settings())
        with store.work() as work:
            withdraw_token(work, by=operator(), token_id=token)
        Console().print(f"Token {token} no longer works.")

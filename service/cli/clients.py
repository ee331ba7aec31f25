"""`kith client`: systems that sign with a key of their own, and how far they may reach."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.cli.opened import opened_store
from service.cli.outcomes import told
from service.identity import clients
from service.identity.actors import operator
from service.identity.clients import KeysGiven
from service.identity.codes import OdsCode
from service.identity.errors import BadKeys
from service.identity.roles import PRACTICE_SYSTEM, system_role

app = typer.Typer(
    help="Systems that sign with a key of their own: OAuth 2.0 and CDS Hooks.",
    no_args_is_help=True,
)

MOST_BYTES = 100_000

ClientId = Annotated[str, typer.Argument(help="Its client id, as `kith client list` shows it.")]
Jwks = Annotated[Path | None, typer.Option(help="File with its public keys, a JSON Web Key Set.")]
JwksUrl = Annotated[str, typer.Option(help="Or the https address where they are published.")]


@app.command(
    epilog="Example: kith client add --name 'Our clinical system' --practice N81064 "
    "--jwks-url https://system.example/jwks"
)
def add(
    name: Annotated[str, typer.Option(help="What the system is called.")],
    practice: Annotated[
        list[str], typer.Option(help="ODS code of a practice it acts for; may be given again.")
    ],
    jwks: Jwks = None,
    jwks_url: JwksUrl = "",
    scope: Annotated[
        str, typer.Option(help="The most it may ask for, blank-separated, in quotes.")
    ] = clients.DEFAULT_SCOPES,
    nhs: Annotated[
        bool, typer.Option("--nhs", help="Sign with RS512 alone; refusals as the NHS names them.")
    ] = False,
    role: Annotated[
        str,
        typer.Option(
            help="practice_system, or link_worker_system for the system that link workers work "
            "in: only that may say what became of a referral."
        ),
    ] = PRACTICE_SYSTEM.name,
    issuer: Annotated[
        str, typer.Option(help="Its `iss` in CDS Hooks, if that is not the client id.")
    ] = "",
) -> None:
    """Register a system. The last line printed is its client id, which is no secret.

    For the system that link workers work in: kith client add --name 'Case system' --role
    link_worker_system --practice N81064 --practice N81011 --jwks keys.json
    """
    with told(), opened_store() as store:
        keys = _given(jwks, jwks_url)
        with store.work() as work:
            made = clients.register_client(
                work,
                by=operator(),
                name=name,
                practices=[OdsCode(each) for each in practice],
                keys=keys,
                scopes=scope,
                role=system_role(role),
                nhs_mode=nhs,
                issuer=issuer,
            )
        note = (
            "It is registered. Its client id:"
            if jwks_url
            else "It is registered. When its keys change, run `kith client keys`. Its client id:"
        )
        Console(stderr=True).print(note)
        print(made)


@app.command("list", epilog="Example: kith client list")
def list_() -> None:
    """Every system that is or was registered."""
    with told(), opened_store() as store:
        with store.read() as session:
            found = clients.client_list(session)
        table = Table("Client id", "Name", "Acts as", "Practices", "Keys", "Scopes", "State")
        for each in found:
            places = sorted(each.practices)
            kids = [str(key.get("kid")) for key in each.keys or ()]
            more = f" and {len(places) - 5} more" if len(places) > 5 else ""
            table.add_row(
                each.client_id,
                escape(each.name),
                each.role.name,
                ", ".join(places[:5]) + more,
                escape(each.jwks_url or ", ".join(kids)),
                " ".join(sorted(each.scopes)),
                f"withdrawn {each.withdrawn_at:%d %B %Y}"
                if each.withdrawn_at
                else ("NHS mode" if each.nhs_mode else "works"),
            )
        Console().print(table)


@app.command(epilog="Example: kith client keys CLIENT_ID --jwks new-keys.json")
def keys(client: ClientId, jwks: Jwks = None, jwks_url: JwksUrl = "") -> None:
    """Put other public keys in the place of a system's keys, at once.

    For a change without a gap give a file with both the old and the new keys first, and later one
    with the new keys alone.
    """
    with told(), opened_store() as store:
        given = _given(jwks, jwks_url)
        with store.work() as work:
            clients.rotate_keys(work, by=operator(), client_id=client, keys=given)
        Console().print("Its new keys hold from now on.")


@app.command(epilog="Example: kith client withdraw CLIENT_ID")
def withdraw(client: ClientId) -> None:
    """End a system's registration and all its tokens, now."""
    with told(), opened_store() as store:
        with store.work() as work:
            ended = clients.withdraw_client(work, by=operator(), client_id=client)
        Console().print(
            "It gets no more tokens, and those it had no longer work."
            if ended
            else "It was withdrawn before. Nothing was changed."
        )


def _given(jwks: Path | None, jwks_url: str) -> KeysGiven:
    if jwks is None:
        return KeysGiven(jwks_url=jwks_url.strip())
    try:
        with jwks.open(encoding="utf-8") as file:
            text = file.read(MOST_BYTES + 1)
    except (OSError, UnicodeError) as error:
        raise BadKeys("The file of keys cannot be read. Check --jwks.", file=jwks.name) from error
    if len(text) > MOST_BYTES:
        raise BadKeys("The file of keys is too large. It holds public keys alone.", file=jwks.name)
    return KeysGiven(jwks=text, jwks_url=jwks_url.strip())

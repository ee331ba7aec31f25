"""`kith staff`: who may sign in, as what, and where."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from service.cli.opened import opened_store
from service.cli.outcomes import told
from service.identity import staff as people
from service.identity.actors import operator
from service.identity.roles import ROLES
from service.settings import Settings

app = typer.Typer(help="Who may sign in, as what, and where.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(help="Their number, as `kith staff list` shows it.")]
RoleName = Annotated[str, typer.Option(help="Role; `kith staff roles` says what each may do.")]
Place = Annotated[
    str, typer.Option(help="ODS code of a practice, PCN or ICB; it holds for all below it.")
]


@app.command(epilog="Example: kith staff add --subject 555012345678 --name 'Jo Marsh'")
def add(
    subject: Annotated[str, typer.Option(help="How the identity provider names them, for good.")],
    name: Annotated[str, typer.Option(help="The name others see.")],
    email: Annotated[str, typer.Option(help="Where messages for them go.")] = "",
    issuer: Annotated[
        str, typer.Option(help="The provider; KITH_OIDC_ISSUER when not given.")
    ] = "",
) -> None:
    """List somebody who may sign in. They may do nothing until they are granted a role."""
    settings = Settings()
    with told(), opened_store(settings) as store:
        by_whom = issuer or settings.oidc_issuer or people.DEVELOPMENT
        with store.work() as work:
            number = people.add_staff(
                work, by=operator(), issuer=by_whom, subject=subject, name=name, email=email
            )
        Console().print(
            f"Number {number}. Next: kith staff grant {number} --role link_worker --place U79408",
            highlight=False,
        )


@app.command(epilog="Example: kith staff grant 3 --role link_worker --place U79408")
def grant(number: Number, role: RoleName, place: Place = "") -> None:
    """Give somebody a role for a place. Giving it twice changes nothing."""
    with told(), opened_store() as store:
        with store.work() as work:
            people.grant(work, by=operator(), staff_id=number, role=role, place=place)
        Console().print(f"Number {number} is {role}{f' for {place}' if place else ''}.")


@app.command(epilog="Example: kith staff revoke 3 --role link_worker --place U79408")
def revoke(number: Number, role: RoleName, place: Place = "") -> None:
    """Take a role for a place away, at once."""
    with told(), opened_store() as store:
        with store.work() as work:
            had = people.revoke(work, by=operator(), staff_id=number, role=role, place=place)
        where = f" for {place}" if place else ""
        Console().print(
            f"Number {number} is no longer {role}{where}."
            if had
            else f"Number {number} was not {role}{where}. Nothing was changed."
        )


@app.command(epilog="Example: kith staff end 3")
def end(number: Number) -> None:
    """Somebody has left: they are signed out and cannot sign in."""
    with told(), opened_store() as store:
        with store.work() as work:
            people.end_staff(work, by=operator(), staff_id=number)
        Console().print(f"Number {number} can no longer sign in.")


@app.command("list", epilog="Example: kith staff list")
def list_() -> None:
    """Everybody who is listed, with their roles and places."""
    with told(), opened_store() as store:
        with store.read() as session:
            listed = people.staff_list(session)
        table = Table("Number", "Name", "Provider", "Subject", "Roles and places")
        for each in listed:
            roles = ", ".join(f"{role} {place}".strip() for role, place in each.roles)
            table.add_row(
                str(each.staff_id),
                escape(each.display_name),
                escape(each.issuer),
                escape(each.subject),
                (roles or "none yet") if each.is_active else "has left",
            )
        Console().print(table)


@app.command(epilog="Example: kith staff roles")
def roles() -> None:
    """What each role may do, in plain words."""
    table = Table("Role", "What it is", "Given for a place")
    for each in ROLES.values():
        if each.is_for_staff:
            table.add_row(each.name, each.description, each.place.value)
    Console().print(table)

"""The command `kith`: its groups, and nothing else."""

from __future__ import annotations

import typer

from service.cli import (
    audit,
    clients,
    database,
    demo,
    doctor,
    evaluation,
    import_,
    maps,
    matching,
    serving,
    staff,
    tokens,
    webhooks,
    worker,
)

app = typer.Typer(
    name="kith",
    help="Kith: a register of what a community has, referrals matched to it, maps of it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("demo")(demo.demo)
app.command("serve")(serving.serve)
app.command("worker")(worker.worker)
app.command("match")(matching.match)
app.command("map")(maps.map_)
app.command("evaluate")(evaluation.evaluate)
app.command("doctor")(doctor.doctor)
app.add_typer(import_.app, name="import")
app.add_typer(staff.app, name="staff")
app.add_typer(tokens.app, name="token")
app.add_typer(webhooks.app, name="webhook")
app.add_typer(clients.app, name="client")
app.add_typer(audit.app, name="audit")
app.add_typer(database.app, name="db")


def run() -> None:
    """The command `kith`."""
    app()

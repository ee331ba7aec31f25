"""`kith demo`: the main job on the example town, with nothing to configure and no network."""

from __future__ import annotations

import os
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from geo.gazetteer import open_gazetteer
from seed_data import halton
from service import bootstrap
from service.cli.maps import write_map
from service.cli.outcomes import told
from service.cli.progress import Bars
from service.identity.actors import operator
from service.identity.codes import OdsCode
from service.identity.demo_staff import add_demo_staff
from service.identity.tokens import create_token
from service.parts import Kith
from service.register.imports.example_town import load_example_town
from service.register.indexing import index_once
from service.settings import Settings
from service.store import schema
from service.store.errors import StoreUnavailable

SHOWN = 5


def demo() -> None:
    """Build the example town, send a GP's referral over HTTP, print the matches, draw the map.

    Everything is made below var/ and can be thrown away. Run it as often as you like.

    Example: kith demo
    """
    console = Console()
    with told():
        settings = Settings()
        kith = prepare(console, settings)
        sent = halton.referral()
        practice = OdsCode(str(sent["practice"]))
        with kith.store.work() as work:
            token = create_token(work, by=operator(), practice=practice, days=1, note="demo").secret
        with serving() as address:
            referral, matches = refer(console, address, token, sent)
        tell(console, matches)
        page = write_map(kith, practice, settings.var_dir / "maps" / f"{practice}.html")
        _where(console, settings, page, practice, referral["id"])


def prepare(console: Console, settings: Settings) -> Kith:
    """Postcodes packed, the database in shape, the example town in it: each only if needed."""
    with Bars() as bars:
        gazetteer = open_gazetteer(settings.gazetteer_dir, progress=bars)
        store = bootstrap.open_store(settings)
        schema.upgrade(store.engine, bootstrap.metadata())
        kith = bootstrap.wire(settings, progress=bars)
        with store.work() as work:
            index_once(work, bars)
            load_example_town(work, by=operator(), gazetteer=gazetteer, today=kith.today())
            add_demo_staff(work, by=operator())
    console.print(
        "[bold]Halton[/], the example town: real practices and postcodes, "
        "[bold]invented[/] community groups."
    )
    return kith


@contextmanager
def serving() -> Iterator[str]:
    """A real server on a free port of this machine, for as long as the block runs."""
    # Loaded by name, as `kith serve` does: the application is not the command line's to import.
    os.environ["KITH_LOG_LEVEL"] = "ERROR"
    config = uvicorn.Config(
        "service.main:create_app",
        factory=True,
        host="127.0.0.1",
        port=0,
        log_level="error",
        access_log=False,
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise StoreUnavailable("The server did not start. Run `kith doctor` to see why.")
        time.sleep(0.01)
    try:
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join()


def refer(
    console: Console, address: str, token: str, sent: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Send the referral as a practice's system would, twice, and ask for its matches."""
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid.uuid4())}
    with httpx.Client(base_url=address, headers=headers, timeout=30) as client:
        first = client.post("/v1/referrals", json=sent).raise_for_status()
        again = client.post("/v1/referrals", json=sent).raise_for_status()
        found = client.get(f"{first.headers['Location']}/matches", params={"limit": SHOWN})
        found.raise_for_status()
    console.print(
        f"POST /v1/referrals -> {first.status_code}; sent again -> {again.status_code}, "
        f"the same referral: {first.json()['id'] == again.json()['id']}"
    )
    return first.json(), found.json()


def tell(console: Console, found: dict[str, Any]) -> None:
    """The matches with their reasons, and what was left out, as a person reads them."""
    table = Table(title="Matches: a suggestion, a person decides", title_justify="left")
    table.add_column("", justify="right")
    table.add_column("Group (all invented)")
    table.add_column("Score", justify="right")
    table.add_column("Why, and what to check first")
    for each in found["matches"]:
        lines = [f"+ {reason['sentence']}" for reason in each["reasons"]]
        lines += [f"? {unknown['sentence']}" for unknown in each["check_first"]]
        when = "; ".join(each["asset"]["when"]) or "times not stated"
        name = f"{each['asset']['name']}\n{when}"
        table.add_row(
            str(each["rank"]), escape(name), f"{each['score']:.3f}", escape("\n".join(lines))
        )
        table.add_section()
    console.print(table)
    left = Table(title="Left out, and the rule that did it", title_justify="left")
    left.add_column("Group (invented)")
    left.add_column("Why not")
    for each in found["near_misses"][:SHOWN]:
        left.add_row(escape(each["asset"]["name"]), escape(each["sentence"]))
    console.print(left)


def _where(
    console: Console, settings: Settings, page: Path, practice: OdsCode, referral: str
) -> None:
    table = Table(title="Where everything is", title_justify="left", show_header=False)
    table.add_row("Referral", referral)
    table.add_row(f"Map of practice {practice}", f"{page}  (opens from disk, no network)")
    table.add_row("Database", settings.url)
    table.add_row("Look around", "make serve, then http://127.0.0.1:8000")
    table.add_row("Sign in", "there, as an invented link worker, lead, practice, steward ...")
    table.add_row("Use the API", f"{_kith()} token create --practice {practice} --days 30")
    console.print(table)


def _kith() -> str:
    """How this very command is called from here: it is seldom on the path after `make demo`."""
    return "kith" if shutil.which("kith") else os.path.relpath(sys.argv[0])

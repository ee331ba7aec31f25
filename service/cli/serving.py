"""`kith serve`: the HTTP server."""

from __future__ import annotations

import os
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from service import bootstrap
from service.cli.outcomes import told
from service.settings import Settings


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes.")] = 1,
) -> None:
    """Serve the API, the maps and the pages.

    Without other settings it serves the database below var/ that `kith demo` made.

    Example: kith serve --port 8000
    """
    with told():
        settings = Settings()
        bootstrap.ready_store(settings)
        host, port = host or settings.host, port or settings.port
        Console(stderr=True).print(f"Kith on http://{host}:{port}  (stop with Ctrl+C)")
        os.environ.setdefault("KITH_VAR_DIR", str(settings.var_dir))
        uvicorn.run(
            "service.main:create_app",
            factory=True,
            host=host,
            port=port,
            workers=workers,
            access_log=False,
            server_header=False,
            log_level="warning",
        )

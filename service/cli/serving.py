"""`kith serve`: the HTTP server."""

from __future__ import annotations

import os
import socket
from typing import Annotated

import typer
import uvicorn
from rich.console import Console

from service import bootstrap
from service.cli.outcomes import told
from service.settings import CannotListen, Settings


def serve(
    port: Annotated[int | None, typer.Option(min=1, max=65_535, help="Port to listen on.")] = None,
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
        _require_free(host, port)
        Console(stderr=True).print(f"Kith on http://{host}:{port}  (stop with Ctrl+C)")
        os.environ.setdefault("KITH_VAR_DIR", str(settings.var_dir))
        # Whether the development sign-in may run depends on who can reach the server.
        os.environ["KITH_HOST"], os.environ["KITH_PORT"] = host, str(port)
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


def _require_free(host: str, port: int) -> None:
    """Say in a sentence what the server would say in a traceback."""
    try:
        family, kind, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise CannotListen(
            f"{host}, port {port}: {error.strerror}. Stop what listens there, or choose another "
            "with --host and --port.",
            host=host,
            port=port,
        ) from error

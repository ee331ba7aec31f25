"""Logs: one JSON line an event, with nothing of a person in it."""

from __future__ import annotations

import logging
import sys
import traceback
from pathlib import Path

import structlog


def set_up(level: str) -> None:
    """Have every logger write JSON lines to standard error, from `level` up.

    An exception is logged by its class and where it was raised, never by its text: the text of a
    database error quotes the row.
    """
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(sort_keys=True),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level)),
        logger_factory=structlog.WriteLoggerFactory(file=sys.stderr),
        # A logger that is kept goes past whoever captures or redirects the log later.
        cache_logger_on_first_use=False,
    )


def unforeseen(error: BaseException, request_id: str = "") -> None:
    """Write down the classes of an error and its causes, and the lines it passed; never its text.

    A database's own error quotes the row that it is about.
    """
    kinds: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(kinds) < 10:
        kinds.append(f"{type(cause).__module__}.{type(cause).__qualname__}")
        cause = cause.__cause__ or cause.__context__
    at = traceback.extract_tb(error.__traceback__)
    lines = [f"{Path(each.filename).name}:{each.lineno} {each.name}" for each in at]
    log = structlog.get_logger("kith.http")
    log.error("unforeseen", kinds=kinds, lines=lines[-20:], request_id=request_id)

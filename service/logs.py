"""Logs: one JSON line an event, with nothing of a person in it."""

from __future__ import annotations

import logging
import sys

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

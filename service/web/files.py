"""Styles, scripts and pictures, served by Kith itself."""

from __future__ import annotations

from typing import Any

from fastapi import Response
from fastapi.staticfiles import StaticFiles


class Files(StaticFiles):
    """A folder of files: asked for again each time, and sent again only when changed."""

    def file_response(self, *args: Any, **options: Any) -> Response:  # noqa: ANN401 - Starlette's own
        """The file, with the headers that keep a browser from guessing what it is."""
        response = super().file_response(*args, **options)
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-cache"
        return response

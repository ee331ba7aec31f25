"""How Alembic runs here: on the connection it is given, in that connection's transaction."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext

from service.store.base import LONGEST_WORD, EnumText, JsonDocument, UtcDateTime
from service.store.schema import ours


def rendered(kind: str, item: Any, autogen: AutogenContext) -> str | Literal[False]:  # noqa: ANN401 - whatever Alembic found
    """Our own types as a migration writes them: a closed list is text, or it could not grow."""
    if kind == "type" and isinstance(item, EnumText):
        return f"sa.String({LONGEST_WORD})"
    if kind == "type" and isinstance(item, JsonDocument | UtcDateTime):
        name = type(item).__name__
        autogen.imports.add(f"from service.store.base import {name}")
        return f"{name}()"
    return False


connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=connection.dialect.name == "sqlite",
    render_item=rendered,
    compare_type=True,
    include_name=ours,
)
with context.begin_transaction():
    context.run_migrations()

"""How Alembic runs here: on the connection it is given, in that connection's transaction."""

from __future__ import annotations

from alembic import context

from service.store.schema import ours

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=context.config.attributes["metadata"],
    render_as_batch=connection.dialect.name == "sqlite",
    compare_type=True,
    include_name=ours,
)
with context.begin_transaction():
    context.run_migrations()

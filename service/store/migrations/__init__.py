"""Alembic's folder: one migration a change of shape, the same on SQLite and PostgreSQL."""

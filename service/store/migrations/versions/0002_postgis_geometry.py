"""A geometry of each venue for QGIS and analysts, on PostgreSQL with PostGIS.

Kith itself never reads it: searches use the derived table, which every database has.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column and its index where the extension is, or can be, installed."""
    if not _postgis():
        return
    op.execute(
        "ALTER TABLE venue ADD COLUMN geom geometry(Point, 27700) GENERATED ALWAYS AS "
        "(ST_SetSRID(ST_MakePoint(easting_m, northing_m), 27700)) STORED"
    )
    op.execute("CREATE INDEX ix_venue_geom ON venue USING gist (geom)")


def downgrade() -> None:
    """Take the column away; the extension stays, since others may use it."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE venue DROP COLUMN IF EXISTS geom")


def _postgis() -> bool:
    connection = op.get_bind()
    if connection.dialect.name != "postgresql":
        return False
    there = sa.text("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if connection.scalar(there):
        return True
    offered = sa.text("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'")
    allowed = sa.text("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    if not (connection.scalar(offered) and connection.scalar(allowed)):
        return False
    op.execute("CREATE EXTENSION postgis")
    return True

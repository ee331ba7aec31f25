"""By which route a referral came."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("route", sa.String(40), server_default="gp", nullable=False))


def downgrade() -> None:
    """Take it back to the one before."""
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_column("route")

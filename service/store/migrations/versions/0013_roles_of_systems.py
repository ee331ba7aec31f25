"""As what a registered system acts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("role", sa.String(40), server_default="practice_system", nullable=False)
        )


def downgrade() -> None:
    """Take it back to the one before."""
    with op.batch_alter_table("client", schema=None) as batch_op:
        batch_op.drop_column("role")

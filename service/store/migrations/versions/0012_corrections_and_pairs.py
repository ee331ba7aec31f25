"""Corrections that somebody proposed, and groups that may be one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import UtcDateTime

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "asset_pair",
        sa.Column("first_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("second_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("decision", sa.String(40), nullable=False),
        sa.Column("kept_id", sa.Integer(), nullable=True),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_asset_pair_order")),
        sa.ForeignKeyConstraint(["first_id"], ["asset.asset_id"], name="fk_asset_pair_first_id"),
        sa.ForeignKeyConstraint(["second_id"], ["asset.asset_id"], name="fk_asset_pair_second_id"),
        sa.PrimaryKeyConstraint("first_id", "second_id", name="pk_asset_pair"),
    )
    op.create_table(
        "correction",
        sa.Column("correction_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("field", sa.String(40), nullable=False),
        sa.Column("proposed", sa.String(length=1000), nullable=False),
        sa.Column("how_known", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.String(length=40), nullable=False),
        sa.Column("proposed_at", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=40), nullable=False),
        sa.Column("decided_at", UtcDateTime(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_correction_asset_id"),
        sa.PrimaryKeyConstraint("correction_id", name="pk_correction"),
    )
    op.create_index("ix_correction_asset_id", "correction", ["asset_id"], unique=False)
    op.create_index("ix_correction_queue", "correction", ["state", "proposed_at"], unique=False)


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("correction")
    op.drop_table("asset_pair")

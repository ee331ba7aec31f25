"""The search tables hold one value for each row, and one text for each asset."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

NEED = sa.String(length=80, collation="C").with_variant(sa.String(length=80), "sqlite")


def upgrade() -> None:
    """Bring the database to this shape; `kith db upgrade` then fills both tables."""
    op.drop_table("candidate")
    op.create_table(
        "candidate",
        sa.Column("need", NEED, nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("venue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("facts", sa.LargeBinary(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("access_has", sa.Integer(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("need", "cell", "asset_id", "venue_id", name="pk_candidate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_candidate_asset_id", "candidate", ["asset_id"], unique=False)
    op.create_table(
        "asset_document",
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("asset_id", name="pk_asset_document"),
    )


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("asset_document")
    op.drop_table("candidate")
    numbers = (
        *("min_age", "max_age", "open_to", "capacity", "opens_day", "closes_day"),
        *("checks_day", "assured_day"),
    )
    masks = ("access_has", "access_lacks", "deliveries", "days", "serves_m")
    op.create_table(
        "candidate",
        sa.Column("need", NEED, nullable=False),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("venue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("directness", sa.Double(), nullable=False),
        sa.Column("easting_m", sa.Double(), nullable=True),
        sa.Column("northing_m", sa.Double(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in numbers),
        sa.Column("acceptance", sa.Double(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in masks),
        sa.PrimaryKeyConstraint("need", "cell", "asset_id", "venue_id", name="pk_candidate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_candidate_asset_id", "candidate", ["asset_id"], unique=False)

"""Danger signs, readings of notes, turns and unmet needs."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "asset_shown",
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("shown_on", sa.Date(), nullable=False),
        sa.Column("exposure", sa.Double(), nullable=False),
        sa.Column("merit", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_asset_shown_asset_id"),
        sa.PrimaryKeyConstraint("asset_id", "shown_on", name="pk_asset_shown"),
    )
    op.create_table(
        "raised_flag",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("flag", sa.String(length=60), nullable=False),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("what_to_do", sa.Text(), nullable=False),
        sa.Column("tell", sa.String(length=200), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("closed_at", UtcDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("closed_role", sa.String(length=120), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_raised_flag_referral_id"
        ),
        sa.PrimaryKeyConstraint("referral_id", "flag", name="pk_raised_flag"),
    )
    with op.batch_alter_table("raised_flag", schema=None) as batch_op:
        batch_op.create_index("ix_raised_flag_open", ["closed_at", "raised_at"], unique=False)

    op.create_table(
        "unmet_need",
        sa.Column("unmet_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("need", sa.String(length=60), nullable=False),
        sa.Column("district", sa.String(length=4), nullable=False),
        sa.Column("barrier", sa.String(length=60), nullable=False),
        sa.Column("nearest_asset_id", sa.Integer(), nullable=True),
        sa.Column("nearest_min", sa.Double(), nullable=True),
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_unmet_need_referral_id"
        ),
        sa.PrimaryKeyConstraint("unmet_id", name="pk_unmet_need"),
        sa.UniqueConstraint("referral_id", "need", name="uq_unmet_need_referral_id_need"),
    )
    with op.batch_alter_table("unmet_need", schema=None) as batch_op:
        batch_op.create_index("ix_unmet_need_place", ["need", "district"], unique=False)

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(sa.Column("state_reason", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("referrer_name", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("referrer_role", sa.String(length=120), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("reading", JsonDocument(), nullable=True))
        batch_op.add_column(
            sa.Column("safe_contact", sa.String(length=200), server_default="", nullable=False)
        )

    with op.batch_alter_table("referral_need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("words", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    """Take it back to the one before."""
    with op.batch_alter_table("referral_need", schema=None) as batch_op:
        batch_op.drop_column("words")

    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_column("safe_contact")
        batch_op.drop_column("reading")
        batch_op.drop_column("referrer_role")
        batch_op.drop_column("referrer_name")
        batch_op.drop_column("state_reason")

    with op.batch_alter_table("unmet_need", schema=None) as batch_op:
        batch_op.drop_index("ix_unmet_need_place")

    op.drop_table("unmet_need")
    with op.batch_alter_table("raised_flag", schema=None) as batch_op:
        batch_op.drop_index("ix_raised_flag_open")

    op.drop_table("raised_flag")
    op.drop_table("asset_shown")

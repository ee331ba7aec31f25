"""What senders of referrals brought with them, and their own numbers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "referral_identifier",
        sa.Column("identifier_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("system", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_referral_identifier_practice_code"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_referral_identifier_referral_id"
        ),
        sa.PrimaryKeyConstraint("identifier_id", name="pk_referral_identifier"),
        sa.UniqueConstraint(
            "practice_code",
            "kind",
            "system",
            "value",
            name="uq_referral_identifier_practice_code_kind_system_value",
        ),
    )
    op.create_index(
        "ix_referral_identifier_referral_id", "referral_identifier", ["referral_id"], unique=False
    )
    op.create_table(
        "referral_source",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("channel", sa.String(length=20), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("sent", JsonDocument(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_referral_source_referral_id"
        ),
        sa.PrimaryKeyConstraint("referral_id", name="pk_referral_source"),
    )


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("referral_source")
    op.drop_table("referral_identifier")

"""Addresses of practices' systems, what each was told, and codes that go with a message back."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "webhook",
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("url", sa.String(length=500), nullable=False),
        sa.Column("secret", sa.String(length=80), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_webhook_practice_code"
        ),
        sa.PrimaryKeyConstraint("hook_id", name="pk_webhook"),
    )
    op.create_index("ix_webhook_practice_code", "webhook", ["practice_code"], unique=False)
    op.create_table(
        "notice",
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("hook_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("resource_id", sa.String(length=64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("given_up_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["hook_id"], ["webhook.hook_id"], name="fk_notice_hook_id"),
        sa.PrimaryKeyConstraint("notice_id", name="pk_notice"),
        sa.UniqueConstraint(
            "hook_id",
            "kind",
            "resource_id",
            "version",
            name="uq_notice_hook_id_kind_resource_id_version",
        ),
    )
    op.create_index("ix_notice_due", "notice", ["sent_at", "given_up_at", "due_at"], unique=False)
    with op.batch_alter_table("message_back", schema=None) as batch_op:
        batch_op.add_column(sa.Column("codes", JsonDocument(), server_default="[]", nullable=False))


def downgrade() -> None:
    """Take it back to the one before."""
    with op.batch_alter_table("message_back", schema=None) as batch_op:
        batch_op.drop_column("codes")
    op.drop_table("notice")
    op.drop_table("webhook")

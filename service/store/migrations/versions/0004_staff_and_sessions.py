"""Who works here, with which roles, signed in since when."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "rate_bucket",
        sa.Column("bucket", sa.String(length=64), nullable=False),
        sa.Column("tokens", sa.Float(), nullable=False),
        sa.Column("counted_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name="pk_rate_bucket"),
    )
    op.create_index("ix_rate_bucket_counted_at", "rate_bucket", ["counted_at"], unique=False)
    op.create_table(
        "sign_in_attempt",
        sa.Column("state_digest", sa.String(length=64), nullable=False),
        sa.Column("browser_digest", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=64), nullable=False),
        sa.Column("verifier", sa.String(length=128), nullable=False),
        sa.Column("next_path", sa.String(length=500), nullable=False),
        sa.Column("started_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("state_digest", name="pk_sign_in_attempt"),
    )
    op.create_index(
        "ix_sign_in_attempt_started_at", "sign_in_attempt", ["started_at"], unique=False
    )
    op.create_table(
        "staff_member",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("display_name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("staff_id", name="pk_staff_member"),
        sa.UniqueConstraint("issuer", "subject", name="uq_staff_member_issuer_subject"),
    )
    op.create_table(
        "break_glass",
        sa.Column("glass_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("referral_key", sa.String(length=36), nullable=False),
        sa.Column("person_key", sa.String(length=36), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("opened_at", UtcDateTime(), nullable=False),
        sa.Column("ends_at", UtcDateTime(), nullable=False),
        sa.Column("reviewed_at", UtcDateTime(), nullable=True),
        sa.Column("reviewed_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["staff_member.staff_id"], name="fk_break_glass_reviewed_by"
        ),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.staff_id"], name="fk_break_glass_staff_id"
        ),
        sa.PrimaryKeyConstraint("glass_id", name="pk_break_glass"),
    )
    op.create_index(
        "ix_break_glass_practice_code", "break_glass", ["practice_code", "opened_at"], unique=False
    )
    op.create_index(
        "ix_break_glass_staff_id_ends_at", "break_glass", ["staff_id", "ends_at"], unique=False
    )
    op.create_table(
        "kept_form",
        sa.Column("kept_id", sa.String(length=43), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("typed", sa.LargeBinary(), nullable=False),
        sa.Column("kept_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.staff_id"], name="fk_kept_form_staff_id"
        ),
        sa.PrimaryKeyConstraint("kept_id", name="pk_kept_form"),
    )
    op.create_index("ix_kept_form_kept_at", "kept_form", ["kept_at"], unique=False)
    op.create_table(
        "staff_role",
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("place_code", sa.String(length=10), nullable=False),
        sa.Column("granted_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.staff_id"], name="fk_staff_role_staff_id"
        ),
        sa.PrimaryKeyConstraint("staff_id", "role", "place_code", name="pk_staff_role"),
    )
    op.create_table(
        "staff_session",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("seen_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("said", JsonDocument(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id"], ["staff_member.staff_id"], name="fk_staff_session_staff_id"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_staff_session"),
    )
    op.create_index("ix_staff_session_expires_at", "staff_session", ["expires_at"], unique=False)
    op.create_index("ix_staff_session_staff_id", "staff_session", ["staff_id"], unique=False)


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("staff_session")
    op.drop_table("staff_role")
    op.drop_table("kept_form")
    op.drop_table("break_glass")
    op.drop_table("staff_member")
    op.drop_table("sign_in_attempt")
    op.drop_table("rate_bucket")

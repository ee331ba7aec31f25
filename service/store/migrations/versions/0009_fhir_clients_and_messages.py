"""FHIR, clients that sign, links from other systems, and messages: what each keeps."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "card_feedback",
        sa.Column("noted_on", sa.Date(), nullable=False),
        sa.Column("card_service", sa.String(length=40), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("cards", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "noted_on", "card_service", "outcome", "reason", name="pk_card_feedback"
        ),
    )
    op.create_table(
        "client",
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("scopes", sa.String(length=1000), nullable=False),
        sa.Column("nhs_mode", sa.Boolean(), nullable=False),
        sa.Column("keys", JsonDocument(), nullable=True),
        sa.Column("jwks_url", sa.String(length=500), nullable=False),
        sa.Column("issuer", sa.String(length=255), nullable=True),
        sa.Column("registered_at", UtcDateTime(), nullable=False),
        sa.Column("keys_changed_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("client_id", name="pk_client"),
        sa.UniqueConstraint("issuer", name="uq_client_issuer"),
    )
    op.create_table(
        "used_assertion",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_used_assertion"),
    )
    op.create_index("ix_used_assertion_expires_at", "used_assertion", ["expires_at"], unique=False)
    op.create_table(
        "access_token",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("scopes", sa.String(length=1000), nullable=False),
        sa.Column("practices", JsonDocument(), nullable=False),
        sa.Column("issued_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name="fk_access_token_client_id"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_access_token"),
    )
    op.create_index("ix_access_token_client_id", "access_token", ["client_id"], unique=False)
    op.create_index("ix_access_token_expires_at", "access_token", ["expires_at"], unique=False)
    op.create_table(
        "client_practice",
        sa.Column("client_id", sa.String(length=36), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.ForeignKeyConstraint(
            ["client_id"], ["client.client_id"], name="fk_client_practice_client_id"
        ),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_client_practice_practice_code"
        ),
        sa.PrimaryKeyConstraint("client_id", "practice_code", name="pk_client_practice"),
    )
    op.create_table(
        "launch",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("referral_id", sa.String(length=64), nullable=True),
        sa.Column("filled", sa.LargeBinary(), nullable=True),
        sa.Column("made_by", sa.String(length=80), nullable=False),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_launch_practice_code"
        ),
        sa.PrimaryKeyConstraint("digest", name="pk_launch"),
    )
    op.create_index("ix_launch_expires_at", "launch", ["expires_at"], unique=False)
    op.create_table(
        "referral_part",
        sa.Column("part_id", sa.String(length=36), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("document", JsonDocument(), nullable=False),
        sa.Column("became", sa.String(length=36), server_default="", nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_referral_part_practice_code"
        ),
        sa.PrimaryKeyConstraint("part_id", name="pk_referral_part"),
    )
    op.create_index("ix_referral_part_expires_at", "referral_part", ["expires_at"], unique=False)
    op.create_table(
        "referral_part_number",
        sa.Column("number_id", sa.Integer(), nullable=False),
        sa.Column("part_id", sa.String(length=36), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("system", sa.String(length=255), nullable=False),
        sa.Column("value", sa.String(length=255), nullable=False),
        sa.ForeignKeyConstraint(
            ["part_id"], ["referral_part.part_id"], name="fk_referral_part_number_part_id"
        ),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_referral_part_number_practice_code"
        ),
        sa.PrimaryKeyConstraint("number_id", name="pk_referral_part_number"),
        sa.UniqueConstraint(
            "client",
            "practice_code",
            "kind",
            "system",
            "value",
            name="uq_referral_part_number_client_practice_code_kind_system_value",
        ),
    )
    op.create_table(
        "received_message",
        sa.Column("received_id", sa.Integer(), nullable=False),
        sa.Column("client", sa.String(length=80), nullable=False),
        sa.Column("request_id", sa.String(length=36), nullable=False),
        sa.Column("correlation_id", sa.String(length=36), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("message_id", sa.String(length=64), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=True),
        sa.Column("follows", sa.String(length=36), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["follows"], ["referral.referral_id"], name="fk_received_message_follows"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_received_message_referral_id"
        ),
        sa.PrimaryKeyConstraint("received_id", name="pk_received_message"),
        sa.UniqueConstraint("client", "request_id", name="uq_received_message_client_request_id"),
    )
    op.create_index(
        "ix_received_message_correlation",
        "received_message",
        ["client", "correlation_id"],
        unique=False,
    )
    op.create_index(
        "ix_received_message_referral_id", "received_message", ["referral_id"], unique=False
    )
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        batch_op.add_column(sa.Column("at", UtcDateTime(), nullable=True))
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "changed_at",
                UtcDateTime(),
                server_default="2000-01-01 00:00:00.000000",
                nullable=False,
            )
        )
    op.create_index("ix_offer_changed_at", "offer", ["changed_at", "offer_id"], unique=False)
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("preferred_name", sa.String(length=120), server_default="", nullable=False)
        )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column(
                "changed_at",
                UtcDateTime(),
                server_default="2000-01-01 00:00:00.000000",
                nullable=False,
            )
        )
    op.create_index(
        "ix_referral_practice_code_changed_at",
        "referral",
        ["practice_code", "changed_at", "referral_id"],
        unique=False,
    )
    with op.batch_alter_table("referral_source", schema=None) as batch_op:
        batch_op.add_column(sa.Column("authored_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("task_authored_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("priority", sa.String(length=20), server_default="", nullable=False)
        )
    # What was there before changed last when somebody last touched it.
    op.execute("UPDATE referral SET changed_at = coalesce(touched_at, received_at)")
    op.execute(
        "UPDATE offer SET changed_at = coalesce("
        "(SELECT max(at) FROM offer_event WHERE offer_event.offer_id = offer.offer_id), offered_at)"
    )


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_index("ix_referral_practice_code_changed_at", table_name="referral")
    op.drop_index("ix_offer_changed_at", table_name="offer")
    with op.batch_alter_table("referral_source", schema=None) as batch_op:
        batch_op.drop_column("priority")
        batch_op.drop_column("task_authored_at")
        batch_op.drop_column("authored_at")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("preferred_name")
    with op.batch_alter_table("offer", schema=None) as batch_op:
        batch_op.drop_column("changed_at")
    with op.batch_alter_table("audit_head", schema=None) as batch_op:
        batch_op.drop_column("at")
    op.drop_table("received_message")
    op.drop_table("referral_part_number")
    op.drop_table("referral_part")
    op.drop_table("launch")
    op.drop_table("client_practice")
    op.drop_table("access_token")
    op.drop_table("used_assertion")
    op.drop_table("client")
    op.drop_table("card_feedback")

"""Offers to groups, what each was told, letters back, and people known twice."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "person_join",
        sa.Column("join_id", sa.Integer(), nullable=False),
        sa.Column("kept_id", sa.String(length=36), nullable=False),
        sa.Column("dropped_id", sa.String(length=36), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("carried", JsonDocument(), nullable=False),
        sa.Column("filled", JsonDocument(), nullable=False),
        sa.Column("joined_by", sa.String(length=80), nullable=False),
        sa.Column("joined_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.String(length=80), nullable=False),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["dropped_id"], ["person.person_id"], name="fk_person_join_dropped_id"
        ),
        sa.ForeignKeyConstraint(["kept_id"], ["person.person_id"], name="fk_person_join_kept_id"),
        sa.PrimaryKeyConstraint("join_id", name="pk_person_join"),
    )
    op.create_index("ix_person_join_kept_id", "person_join", ["kept_id"], unique=False)
    op.create_table(
        "message_back",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_by", sa.String(length=80), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("sent_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_message_back_referral_id"
        ),
        sa.PrimaryKeyConstraint("message_id", name="pk_message_back"),
    )
    op.create_index("ix_message_back_referral_id", "message_back", ["referral_id"], unique=False)
    op.create_table(
        "offer",
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("offered_at", UtcDateTime(), nullable=False),
        sa.Column("offered_by", sa.String(length=80), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("answer_by", sa.Date(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("first_attended_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("sessions", sa.Integer(), nullable=True),
        sa.Column("place_in_list", sa.Integer(), nullable=True),
        sa.Column("place_expected_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("is_resumed", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_offer_asset_id"),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_offer_referral_id"
        ),
        sa.PrimaryKeyConstraint("offer_id", name="pk_offer"),
    )
    op.create_index("ix_offer_asset_id", "offer", ["asset_id"], unique=False)
    op.create_index("ix_offer_referral_id", "offer", ["referral_id"], unique=False)
    op.create_index("ix_offer_state_answer_by", "offer", ["state", "answer_by"], unique=False)
    op.create_table(
        "referral_event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("what", sa.String(length=60), nullable=False),
        sa.Column("at_state", sa.String(40), nullable=True),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_referral_event_referral_id"
        ),
        sa.PrimaryKeyConstraint("event_id", name="pk_referral_event"),
    )
    op.create_index(
        "ix_referral_event_referral_id", "referral_event", ["referral_id", "version"], unique=False
    )
    op.create_table(
        "shortlisted",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("listed_by", sa.String(length=80), nullable=False),
        sa.Column("listed_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["asset_id"], ["asset.asset_id"], name="fk_shortlisted_asset_id", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"],
            ["referral.referral_id"],
            name="fk_shortlisted_referral_id",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("referral_id", "asset_id", name="pk_shortlisted"),
    )
    op.create_table(
        "signpost",
        sa.Column("signpost_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("told_on", sa.Date(), nullable=False),
        sa.Column("told_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_signpost_asset_id"),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_signpost_referral_id"
        ),
        sa.PrimaryKeyConstraint("signpost_id", name="pk_signpost"),
    )
    op.create_index("ix_signpost_referral_id", "signpost", ["referral_id"], unique=False)
    op.create_table(
        "disclosure",
        sa.Column("disclosure_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("consent_level", sa.String(40), nullable=False),
        sa.Column("consent_given", sa.Boolean(), nullable=False),
        sa.Column("content", JsonDocument(), nullable=False),
        sa.Column("disclosed_by", sa.String(length=80), nullable=False),
        sa.Column("disclosed_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "(level = 'introduction' and consent_level in ('introduction', 'full')) "
            "or (level = 'full' and consent_level = 'full')",
            name=op.f("ck_disclosure_level"),
        ),
        sa.CheckConstraint("consent_given", name=op.f("ck_disclosure_consent_given")),
        sa.ForeignKeyConstraint(
            ["consent_id", "referral_id", "recipient", "consent_level", "consent_given"],
            [
                "consent.consent_id",
                "consent.referral_id",
                "consent.recipient",
                "consent.level",
                "consent.given",
            ],
            name="fk_disclosure_consent_scope",
        ),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name="fk_disclosure_offer_id"),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_disclosure_referral_id"
        ),
        sa.PrimaryKeyConstraint("disclosure_id", name="pk_disclosure"),
    )
    op.create_index("ix_disclosure_offer_id", "disclosure", ["offer_id"], unique=False)
    op.create_index("ix_disclosure_referral_id", "disclosure", ["referral_id"], unique=False)
    op.create_table(
        "offer_event",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("at_state", sa.String(40), nullable=True),
        sa.Column("to_state", sa.String(40), nullable=False),
        sa.Column("is_held", sa.Boolean(), nullable=False),
        sa.Column("is_resumed", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("heard", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name="fk_offer_event_offer_id"),
        sa.PrimaryKeyConstraint("event_id", name="pk_offer_event"),
    )
    op.create_index("ix_offer_event_offer_id", "offer_event", ["offer_id"], unique=False)
    op.create_table(
        "recall",
        sa.Column("recall_id", sa.Integer(), nullable=False),
        sa.Column("offer_id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=40), nullable=False),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("done_at", UtcDateTime(), nullable=True),
        sa.Column("done_by", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["offer_id"], ["offer.offer_id"], name="fk_recall_offer_id"),
        sa.PrimaryKeyConstraint("recall_id", name="pk_recall"),
        sa.UniqueConstraint("offer_id", name="uq_recall_offer_id"),
    )
    op.create_index("ix_recall_waiting", "recall", ["done_at", "asked_at"], unique=False)


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("recall")
    op.drop_table("offer_event")
    op.drop_table("disclosure")
    op.drop_table("signpost")
    op.drop_table("shortlisted")
    op.drop_table("referral_event")
    op.drop_table("offer")
    op.drop_table("message_back")
    op.drop_table("person_join")

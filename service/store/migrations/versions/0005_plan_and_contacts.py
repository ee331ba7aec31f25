"""The link worker's plan, contacts, measures and risks, and what a referral carries for it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.add_column(sa.Column("expires_on", sa.Date(), nullable=True))
        batch_op.create_index(
            "ix_consent_referral_id_recipient", ["referral_id", "recipient"], unique=False
        )
        batch_op.create_index(
            "uq_consent_scope",
            ["consent_id", "referral_id", "recipient", "level", "given"],
            unique=True,
        )
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("telephone", sa.String(length=40), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("email", sa.String(length=200), server_default="", nullable=False)
        )
        batch_op.add_column(
            sa.Column("reach_by", sa.String(length=20), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("objected_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("objection", sa.Text(), server_default="", nullable=False))
        batch_op.add_column(
            sa.Column("address_protected", sa.Boolean(), server_default=sa.false(), nullable=False)
        )
        batch_op.add_column(sa.Column("joined_to", sa.String(length=36), nullable=True))
        batch_op.create_index("ix_person_joined_to", ["joined_to"], unique=False)
        batch_op.create_index(
            "ix_person_practice_code_birth_date", ["practice_code", "birth_date"], unique=False
        )
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("urgency", sa.String(40), server_default="routine", nullable=False)
        )
        batch_op.add_column(sa.Column("assigned_to", sa.String(length=80), nullable=True))
        batch_op.add_column(
            sa.Column("next_action", sa.String(length=300), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("next_action_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("version", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("held_from", sa.String(40), nullable=True))
        batch_op.add_column(sa.Column("first_contact_on", sa.Date(), nullable=True))
        batch_op.add_column(sa.Column("touched_at", UtcDateTime(), nullable=True))
        batch_op.add_column(sa.Column("ended_at", UtcDateTime(), nullable=True))
        batch_op.add_column(
            sa.Column("end_reason", sa.String(length=40), server_default="", nullable=False)
        )
        batch_op.add_column(sa.Column("end_text", sa.Text(), server_default="", nullable=False))
        batch_op.create_index(
            "ix_referral_assigned_to_state", ["assigned_to", "state"], unique=False
        )
        batch_op.create_index("ix_referral_person_id", ["person_id"], unique=False)
        batch_op.create_index(
            "ix_referral_practice_code_state",
            ["practice_code", "state", "received_at"],
            unique=False,
        )
    with op.batch_alter_table("referral_need", schema=None) as batch_op:
        batch_op.add_column(sa.Column("confirmed_by", sa.String(length=80), nullable=True))
    op.create_table(
        "contact",
        sa.Column("contact_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("happened_at", UtcDateTime(), nullable=False),
        sa.Column("mode", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("next_action", sa.String(length=300), nullable=False),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_contact_referral_id"
        ),
        sa.PrimaryKeyConstraint("contact_id", name="pk_contact"),
    )
    op.create_index(
        "ix_contact_referral_id", "contact", ["referral_id", "happened_at"], unique=False
    )
    op.create_table(
        "goal",
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("need", sa.String(length=60), nullable=False),
        sa.Column("hope", sa.String(length=500), nullable=False),
        sa.Column("importance", sa.Integer(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("status", sa.String(40), nullable=False),
        sa.Column("set_on", sa.Date(), nullable=False),
        sa.CheckConstraint(
            "confidence is null or confidence between 1 and 10", name=op.f("ck_goal_confidence")
        ),
        sa.CheckConstraint(
            "importance is null or importance between 1 and 10", name=op.f("ck_goal_importance")
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_goal_referral_id"
        ),
        sa.PrimaryKeyConstraint("goal_id", name="pk_goal"),
    )
    op.create_index("ix_goal_referral_id", "goal", ["referral_id"], unique=False)
    op.create_table(
        "measurement",
        sa.Column("measurement_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("instrument", sa.String(length=20), nullable=False),
        sa.Column("instrument_version", sa.String(length=40), nullable=False),
        sa.Column("answers", JsonDocument(), nullable=False),
        sa.Column("scores", JsonDocument(), nullable=False),
        sa.Column("taken_on", sa.Date(), nullable=False),
        sa.Column("entered_by", sa.String(length=80), nullable=False),
        sa.Column("entered_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_measurement_referral_id"
        ),
        sa.PrimaryKeyConstraint("measurement_id", name="pk_measurement"),
    )
    op.create_index(
        "ix_measurement_referral_id",
        "measurement",
        ["referral_id", "instrument", "taken_on"],
        unique=False,
    )
    op.create_table(
        "plan",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("what_matters", sa.Text(), nullable=False),
        sa.Column("strengths", JsonDocument(), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=True),
        sa.Column("agreed_with", sa.String(length=200), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_plan_referral_id"
        ),
        sa.PrimaryKeyConstraint("referral_id", name="pk_plan"),
    )
    op.create_table(
        "risk",
        sa.Column("risk_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("none_known", sa.Boolean(), nullable=False),
        sa.Column("risk", sa.String(length=500), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("recorded_by", sa.String(length=80), nullable=False),
        sa.CheckConstraint(
            "(none_known and risk = '') or (not none_known and risk <> '')",
            name=op.f("ck_risk_answer"),
        ),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_risk_referral_id"
        ),
        sa.PrimaryKeyConstraint("risk_id", name="pk_risk"),
    )
    op.create_index("ix_risk_referral_id", "risk", ["referral_id"], unique=False)
    op.create_table(
        "safeguarding_concern",
        sa.Column("concern_id", sa.Integer(), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("concern", sa.Text(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("raised_by", sa.String(length=80), nullable=False),
        sa.Column("escalated_at", UtcDateTime(), nullable=True),
        sa.Column("escalated_to", sa.String(length=200), nullable=False),
        sa.Column("escalated_by", sa.String(length=80), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column("settled_by", sa.String(length=80), nullable=False),
        sa.Column("settled_how", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_safeguarding_concern_referral_id"
        ),
        sa.PrimaryKeyConstraint("concern_id", name="pk_safeguarding_concern"),
    )
    op.create_index(
        "ix_safeguarding_concern_referral_id", "safeguarding_concern", ["referral_id"], unique=False
    )
    op.create_table(
        "goal_action",
        sa.Column("action_id", sa.Integer(), nullable=False),
        sa.Column("goal_id", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(length=500), nullable=False),
        sa.Column("who", sa.String(length=120), nullable=False),
        sa.Column("by_on", sa.Date(), nullable=True),
        sa.Column("confidence", sa.Integer(), nullable=True),
        sa.Column("done_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "confidence is null or confidence between 1 and 10",
            name=op.f("ck_goal_action_confidence"),
        ),
        sa.ForeignKeyConstraint(["goal_id"], ["goal.goal_id"], name="fk_goal_action_goal_id"),
        sa.PrimaryKeyConstraint("action_id", name="pk_goal_action"),
    )
    op.create_index("ix_goal_action_goal_id", "goal_action", ["goal_id"], unique=False)


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("goal_action")
    op.drop_table("safeguarding_concern")
    op.drop_table("risk")
    op.drop_table("plan")
    op.drop_table("measurement")
    op.drop_table("goal")
    op.drop_table("contact")
    with op.batch_alter_table("referral_need", schema=None) as batch_op:
        batch_op.drop_column("confirmed_by")
    with op.batch_alter_table("referral", schema=None) as batch_op:
        batch_op.drop_index("ix_referral_assigned_to_state")
        batch_op.drop_index("ix_referral_person_id")
        batch_op.drop_index("ix_referral_practice_code_state")
        batch_op.drop_column("end_text")
        batch_op.drop_column("end_reason")
        batch_op.drop_column("ended_at")
        batch_op.drop_column("touched_at")
        batch_op.drop_column("first_contact_on")
        batch_op.drop_column("held_from")
        batch_op.drop_column("version")
        batch_op.drop_column("next_action_on")
        batch_op.drop_column("next_action")
        batch_op.drop_column("assigned_to")
        batch_op.drop_column("urgency")
    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_index("ix_person_joined_to")
        batch_op.drop_index("ix_person_practice_code_birth_date")
        batch_op.drop_column("joined_to")
        batch_op.drop_column("address_protected")
        batch_op.drop_column("objection")
        batch_op.drop_column("objected_at")
        batch_op.drop_column("reach_by")
        batch_op.drop_column("email")
        batch_op.drop_column("telephone")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index("ix_consent_referral_id_recipient")
        batch_op.drop_index("uq_consent_scope")
        batch_op.drop_column("expires_on")

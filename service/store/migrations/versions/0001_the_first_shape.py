"""The first shape."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from service.store.base import JsonDocument, UtcDateTime

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Bring the database to this shape."""
    op.create_table(
        "asset_word",
        sa.Column(
            "word",
            sa.String(length=80, collation="C").with_variant(sa.String(length=80), "sqlite"),
            nullable=False,
        ),
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("word", "asset_id", name="pk_asset_word"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_asset_word_asset_id", "asset_word", ["asset_id"], unique=False)

    op.create_table(
        "audit_event",
        sa.Column("event_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor", sa.String(length=80), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("action", sa.String(length=80), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("details", JsonDocument(), nullable=False),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name="pk_audit_event"),
    )
    op.create_index("ix_audit_event_subject", "audit_event", ["subject"], unique=False)

    op.create_table(
        "audit_head",
        sa.Column("head_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("head_id", name="pk_audit_head"),
    )
    op.create_table(
        "candidate",
        sa.Column(
            "need",
            sa.String(length=80, collation="C").with_variant(sa.String(length=80), "sqlite"),
            nullable=False,
        ),
        sa.Column("cell", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("asset_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("venue_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("directness", sa.Double(), nullable=False),
        sa.Column("easting_m", sa.Double(), nullable=True),
        sa.Column("northing_m", sa.Double(), nullable=True),
        sa.Column("min_age", sa.Integer(), nullable=False),
        sa.Column("max_age", sa.Integer(), nullable=False),
        sa.Column("open_to", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("opens_day", sa.Integer(), nullable=False),
        sa.Column("closes_day", sa.Integer(), nullable=False),
        sa.Column("checks_day", sa.Integer(), nullable=False),
        sa.Column("assured_day", sa.Integer(), nullable=False),
        sa.Column("acceptance", sa.Double(), nullable=False),
        sa.Column("access_has", sa.Integer(), nullable=False),
        sa.Column("access_lacks", sa.Integer(), nullable=False),
        sa.Column("deliveries", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("serves_m", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("need", "cell", "asset_id", "venue_id", name="pk_candidate"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_candidate_asset_id", "candidate", ["asset_id"], unique=False)

    op.create_table(
        "nhs_org",
        sa.Column("ods_code", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("parent_code", sa.String(length=10), nullable=True),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("easting_m", sa.Double(), nullable=True),
        sa.Column("northing_m", sa.Double(), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("opened_on", sa.Date(), nullable=True),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("list_size", sa.Integer(), nullable=True),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("source_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("ods_code", name="pk_nhs_org"),
    )
    op.create_index("ix_nhs_org_parent_code", "nhs_org", ["parent_code"], unique=False)

    op.create_table(
        "organisation",
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("is_small", sa.Boolean(), nullable=False),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("organisation_id", name="pk_organisation"),
        sa.UniqueConstraint("name", name="uq_organisation_name"),
    )
    op.create_table(
        "outbox_message",
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("topic", sa.String(length=80), nullable=False),
        sa.Column("key", sa.String(length=120), nullable=False),
        sa.Column("body", JsonDocument(), nullable=False),
        sa.Column("written_at", UtcDateTime(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("message_id", name="pk_outbox_message"),
        sa.UniqueConstraint("key", name="uq_outbox_message_key"),
    )
    op.create_index(
        "ix_outbox_message_waiting", "outbox_message", ["sent_at", "message_id"], unique=False
    )

    op.create_table(
        "register_version",
        sa.Column("version_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("version_id", name="pk_register_version"),
    )
    op.create_table(
        "venue",
        sa.Column("venue_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("address", sa.String(length=400), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("easting_m", sa.Double(), nullable=True),
        sa.Column("northing_m", sa.Double(), nullable=True),
        sa.Column("accuracy_m", sa.Double(), nullable=True),
        sa.Column("access", JsonDocument(), nullable=False),
        sa.PrimaryKeyConstraint("venue_id", name="pk_venue"),
    )
    op.create_index("uq_venue_key", "venue", ["key"], unique=True)

    op.create_table(
        "asset",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=80), nullable=False),
        sa.Column("organisation_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("group_kind", sa.String(length=60), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("deliveries", JsonDocument(), nullable=False),
        sa.Column("min_age", sa.Integer(), nullable=True),
        sa.Column("max_age", sa.Integer(), nullable=True),
        sa.Column("open_to", sa.String(40), nullable=True),
        sa.Column("conditions", JsonDocument(), nullable=False),
        sa.Column("languages", JsonDocument(), nullable=False),
        sa.Column("routes", JsonDocument(), nullable=False),
        sa.Column("cost_pence", sa.Integer(), nullable=True),
        sa.Column("cost_note", sa.String(length=200), nullable=False),
        sa.Column("capacity", sa.String(40), nullable=False),
        sa.Column("places_per_week", sa.Integer(), nullable=True),
        sa.Column("group_size", sa.Integer(), nullable=True),
        sa.Column("welcomes_newcomers", sa.Boolean(), nullable=True),
        sa.Column("opens_on", sa.Date(), nullable=True),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.Column("checks_valid_until", sa.Date(), nullable=True),
        sa.Column("times_asked", sa.Integer(), nullable=False),
        sa.Column("times_accepted", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=300), nullable=False),
        sa.Column("website", sa.String(length=300), nullable=False),
        sa.Column("source", sa.String(length=200), nullable=False),
        sa.Column("licence", sa.String(length=120), nullable=False),
        sa.Column("assured_on", sa.Date(), nullable=True),
        sa.Column("invented", sa.Boolean(), nullable=False),
        sa.Column("is_retired", sa.Boolean(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint("cost_pence is null or cost_pence >= 0", name=op.f("ck_asset_cost")),
        sa.CheckConstraint(
            "group_size is null or group_size > 0", name=op.f("ck_asset_group_size")
        ),
        sa.CheckConstraint(
            "max_age is null or max_age between 0 and 130", name=op.f("ck_asset_max_age")
        ),
        sa.CheckConstraint(
            "min_age is null or max_age is null or min_age <= max_age", name=op.f("ck_asset_ages")
        ),
        sa.CheckConstraint(
            "min_age is null or min_age between 0 and 130", name=op.f("ck_asset_min_age")
        ),
        sa.ForeignKeyConstraint(
            ["organisation_id"], ["organisation.organisation_id"], name="fk_asset_organisation_id"
        ),
        sa.PrimaryKeyConstraint("asset_id", name="pk_asset"),
        sa.UniqueConstraint("code", name="uq_asset_code"),
    )
    op.create_table(
        "machine_token",
        sa.Column("token_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("note", sa.String(length=120), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_machine_token_practice_code"
        ),
        sa.PrimaryKeyConstraint("token_id", name="pk_machine_token"),
        sa.UniqueConstraint("digest", name="uq_machine_token_digest"),
    )
    op.create_table(
        "person",
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("nhs_number", sa.String(length=10), nullable=True),
        sa.Column("given_name", sa.String(length=120), nullable=False),
        sa.Column("family_name", sa.String(length=120), nullable=False),
        sa.Column("birth_date", sa.Date(), nullable=True),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_person_practice_code"
        ),
        sa.PrimaryKeyConstraint("person_id", name="pk_person"),
    )
    op.create_index(
        "ix_person_practice_code_nhs_number",
        "person",
        ["practice_code", "nhs_number"],
        unique=False,
    )

    op.create_table(
        "area_served",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("value", sa.String(length=40), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_area_served_asset_id"),
        sa.PrimaryKeyConstraint("asset_id", "kind", "value", name="pk_area_served"),
    )
    op.create_index(
        "ix_area_served_place", "area_served", ["kind", "value", "asset_id"], unique=False
    )

    op.create_table(
        "asset_need",
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("need", sa.String(length=60), nullable=False),
        sa.Column("directness", sa.Double(), nullable=False),
        sa.CheckConstraint(
            "directness > 0 and directness <= 1", name=op.f("ck_asset_need_directness")
        ),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_asset_need_asset_id"),
        sa.PrimaryKeyConstraint("asset_id", "need", name="pk_asset_need"),
    )
    op.create_table(
        "assurance",
        sa.Column("assurance_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("assured_on", sa.Date(), nullable=False),
        sa.Column("assured_by", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_assurance_asset_id"),
        sa.PrimaryKeyConstraint("assurance_id", name="pk_assurance"),
    )
    op.create_index("ix_assurance_asset_id", "assurance", ["asset_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("consent_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=120), nullable=False),
        sa.Column("level", sa.String(40), nullable=False),
        sa.Column("given", sa.Boolean(), nullable=False),
        sa.Column("asked_on", sa.Date(), nullable=False),
        sa.Column("taken_by", sa.String(length=120), nullable=False),
        sa.Column("how", sa.String(length=120), nullable=False),
        sa.Column("reason_not_given", sa.Text(), nullable=False),
        sa.Column("withdrawn_at", UtcDateTime(), nullable=True),
        sa.Column("recorded_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_consent_person_id"),
        sa.PrimaryKeyConstraint("consent_id", name="pk_consent"),
    )
    op.create_index("ix_consent_person_id", "consent", ["person_id"], unique=False)

    op.create_table(
        "referral",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("practice_code", sa.String(length=10), nullable=False),
        sa.Column("person_id", sa.String(length=36), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("request_key", sa.String(length=160), nullable=False),
        sa.Column("request_digest", sa.String(length=64), nullable=False),
        sa.Column("postcode", sa.String(length=8), nullable=True),
        sa.Column("facts", JsonDocument(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.Column("received_from", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.person_id"], name="fk_referral_person_id"),
        sa.ForeignKeyConstraint(
            ["practice_code"], ["nhs_org.ods_code"], name="fk_referral_practice_code"
        ),
        sa.PrimaryKeyConstraint("referral_id", name="pk_referral"),
        sa.UniqueConstraint(
            "practice_code", "request_key", name="uq_referral_practice_code_request_key"
        ),
    )
    op.create_index(
        "ix_referral_practice_code_received_at",
        "referral",
        ["practice_code", "received_at"],
        unique=False,
    )
    op.create_index(
        "ix_referral_request_digest",
        "referral",
        ["practice_code", "request_digest", "received_at"],
        unique=False,
    )

    op.create_table(
        "schedule",
        sa.Column("schedule_id", sa.Integer(), nullable=False),
        sa.Column("asset_id", sa.Integer(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("rule", sa.String(length=240), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.ForeignKeyConstraint(["asset_id"], ["asset.asset_id"], name="fk_schedule_asset_id"),
        sa.ForeignKeyConstraint(["venue_id"], ["venue.venue_id"], name="fk_schedule_venue_id"),
        sa.PrimaryKeyConstraint("schedule_id", name="pk_schedule"),
    )
    op.create_index("ix_schedule_asset_id", "schedule", ["asset_id"], unique=False)
    op.create_index("ix_schedule_venue_id", "schedule", ["venue_id"], unique=False)

    op.create_table(
        "referral_need",
        sa.Column("referral_id", sa.String(length=36), nullable=False),
        sa.Column("need", sa.String(length=60), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(
            ["referral_id"], ["referral.referral_id"], name="fk_referral_need_referral_id"
        ),
        sa.PrimaryKeyConstraint("referral_id", "need", name="pk_referral_need"),
    )


def downgrade() -> None:
    """Take it back to the one before."""
    op.drop_table("referral_need")

    op.drop_table("schedule")

    op.drop_table("referral")

    op.drop_table("consent")

    op.drop_table("assurance")
    op.drop_table("asset_need")

    op.drop_table("area_served")

    op.drop_table("person")
    op.drop_table("machine_token")
    op.drop_table("asset")

    op.drop_table("venue")
    op.drop_table("register_version")

    op.drop_table("outbox_message")
    op.drop_table("organisation")

    op.drop_table("nhs_org")

    op.drop_table("candidate")
    op.drop_table("audit_head")

    op.drop_table("audit_event")

    op.drop_table("asset_word")

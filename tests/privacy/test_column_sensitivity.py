"""Every column says what it may reveal, and what is personal stands where people are kept."""

from sqlalchemy import Table

from service import bootstrap
from service.store.base import Sensitivity

ABOUT_PEOPLE = {
    "notice",
    "received_message",
    "referral_identifier",
    "referral_source",
    "break_glass",
    "consent",
    "contact",
    "correction",
    "disclosure",
    "goal",
    "goal_action",
    "kept_form",
    "launch",
    "measurement",
    "message_back",
    "offer",
    "offer_event",
    "person",
    "person_join",
    "plan",
    "raised_flag",
    "rate_bucket",
    "recall",
    "referral",
    "referral_event",
    "referral_need",
    "referral_part",
    "referral_part_number",
    "risk",
    "safeguarding_concern",
    "shortlisted",
    "sign_in_attempt",
    "signpost",
    "staff_member",
    "staff_session",
    "unmet_need",
}
"""Tables that hold people, staff among them. Another table with a personal column fails until it is
here, and in what the retention and the export of a person's record have to reach."""

NOT_PERSONAL_THERE = {
    ("break_glass", "ends_at"): "when",
    ("break_glass", "glass_id"): "a number that means nothing elsewhere",
    ("break_glass", "opened_at"): "when",
    ("break_glass", "practice_code"): "which practice",
    ("break_glass", "reviewed_at"): "when",
    ("break_glass", "reviewed_by"): "which member of staff, by number",
    ("break_glass", "staff_id"): "which member of staff, by number",
    ("consent", "recorded_at"): "when",
    ("contact", "recorded_at"): "when",
    ("contact", "recorded_by"): "which member of staff, by number",
    ("correction", "asset_id"): "which group",
    ("correction", "correction_id"): "a number that means nothing elsewhere",
    ("correction", "decided_at"): "when",
    ("correction", "decided_by"): "which member of staff, by number",
    ("correction", "field"): "which fact of a group",
    ("correction", "proposed_at"): "when",
    ("correction", "proposed_by"): "which member of staff, by number",
    ("correction", "reason"): "why a group’s entry stays, in a steward’s words",
    ("correction", "state"): "how far it is decided",
    ("correction", "version"): "how often it was changed",
    ("disclosure", "disclosed_at"): "when",
    ("disclosure", "disclosed_by"): "which member of staff, by number",
    ("kept_form", "kept_at"): "when",
    ("kept_form", "kept_id"): "a number that means nothing elsewhere",
    ("launch", "digest"): "a digest or a random value",
    ("launch", "expires_at"): "when",
    ("launch", "made_at"): "when",
    ("launch", "made_by"): "which system",
    ("launch", "practice_code"): "which practice",
    ("launch", "used_at"): "when",
    ("kept_form", "staff_id"): "which member of staff, by number",
    ("measurement", "entered_at"): "when",
    ("measurement", "entered_by"): "which member of staff, by number",
    ("message_back", "sent_at"): "when",
    ("message_back", "sent_by"): "which member of staff, by number",
    ("message_back", "version"): "how often it was changed",
    ("message_back", "written_at"): "when",
    ("message_back", "written_by"): "which member of staff, by number",
    ("offer", "answer_by"): "a number of a member of staff, or a day to answer by",
    ("offer", "answered_on"): "when",
    ("offer", "asset_id"): "which group",
    ("offer", "changed_at"): "when",
    ("offer", "offered_at"): "when",
    ("offer", "offered_by"): "which member of staff, by number",
    ("offer", "sent_at"): "when",
    ("offer", "version"): "how often it was changed",
    ("offer_event", "actor"): "which member of staff, by number",
    ("offer_event", "at"): "when",
    ("person_join", "joined_at"): "when",
    ("person_join", "joined_by"): "which member of staff, by number",
    ("person_join", "undone_at"): "when",
    ("person_join", "undone_by"): "which member of staff, by number",
    ("raised_flag", "closed_at"): "when",
    ("raised_flag", "raised_at"): "when",
    ("rate_bucket", "counted_at"): "when",
    ("rate_bucket", "tokens"): "how many tries are left",
    ("recall", "asked_at"): "when",
    ("recall", "done_at"): "when",
    ("recall", "done_by"): "which member of staff, by number",
    ("referral", "changed_at"): "when",
    ("referral_source", "authored_at"): "when",
    ("referral_source", "task_authored_at"): "when",
    ("referral", "assigned_to"): "which member of staff, by number",
    ("referral", "ended_at"): "when",
    ("referral", "first_contact_on"): "when",
    ("referral", "next_action_on"): "when",
    ("referral", "practice_code"): "which practice",
    ("referral", "received_at"): "when",
    ("referral", "received_from"): "which system",
    ("referral", "request_digest"): "a digest or a random value",
    ("referral", "request_key"): "the sender's own key, or a digest",
    ("referral", "touched_at"): "when",
    ("referral", "version"): "how often it was changed",
    ("referral_event", "actor"): "which member of staff, by number",
    ("referral_event", "at"): "when",
    ("referral_event", "version"): "how often it was changed",
    ("referral_need", "confirmed_by"): "which member of staff, by number",
    ("referral_part", "client"): "which system",
    ("referral_part", "expires_at"): "when",
    ("referral_part", "kind"): "a type of resource",
    ("referral_part", "practice_code"): "which practice",
    ("referral_part", "received_at"): "when",
    ("referral_part_number", "client"): "which system",
    ("referral_part_number", "kind"): "a type of resource",
    ("referral_part_number", "practice_code"): "which practice",
    ("referral_part_number", "system"): "whose numbers they are",
    ("risk", "recorded_by"): "which member of staff, by number",
    ("safeguarding_concern", "escalated_at"): "when",
    ("safeguarding_concern", "escalated_by"): "which member of staff, by number",
    ("safeguarding_concern", "raised_at"): "when",
    ("safeguarding_concern", "raised_by"): "which member of staff, by number",
    ("safeguarding_concern", "settled_at"): "when",
    ("safeguarding_concern", "settled_by"): "which member of staff, by number",
    ("shortlisted", "asset_id"): "which group",
    ("shortlisted", "listed_at"): "when",
    ("shortlisted", "listed_by"): "which member of staff, by number",
    ("sign_in_attempt", "browser_digest"): "a digest or a random value",
    ("sign_in_attempt", "nonce"): "a digest or a random value",
    ("sign_in_attempt", "started_at"): "when",
    ("sign_in_attempt", "state_digest"): "a digest or a random value",
    ("sign_in_attempt", "verifier"): "a digest or a random value",
    ("signpost", "asset_id"): "which group",
    ("signpost", "told_by"): "which member of staff, by number",
    ("staff_member", "added_at"): "when",
    ("staff_member", "ended_at"): "when",
    ("staff_member", "issuer"): "which provider",
    ("staff_member", "staff_id"): "which member of staff, by number",
    ("staff_session", "created_at"): "when",
    ("staff_session", "digest"): "a digest or a random value",
    ("staff_session", "ended_at"): "when",
    ("staff_session", "expires_at"): "when",
    ("staff_session", "seen_at"): "when",
    ("staff_session", "staff_id"): "which member of staff, by number",
    ("unmet_need", "barrier"): "which rule",
    ("notice", "attempts"): "how often it was tried",
    ("notice", "due_at"): "when",
    ("notice", "given_up_at"): "when",
    ("notice", "hook_id"): "which address",
    ("notice", "kind"): "of which resource",
    ("notice", "last_status"): "what the receiver answered",
    ("notice", "notice_id"): "a number that means nothing elsewhere",
    ("notice", "sent_at"): "when",
    ("notice", "version"): "a count",
    ("notice", "written_at"): "when",
    ("received_message", "client"): "which practice",
    ("received_message", "correlation_id"): "a number that means nothing elsewhere",
    ("received_message", "digest"): "of which nothing can be read",
    ("received_message", "message_id"): "the sender's number of a message",
    ("received_message", "reason"): "new, update or delete",
    ("received_message", "received_at"): "when",
    ("received_message", "received_id"): "a number that means nothing elsewhere",
    ("received_message", "request_id"): "a number that means nothing elsewhere",
    ("referral_identifier", "kind"): "of which resource",
    ("referral_identifier", "practice_code"): "which practice",
    ("referral_identifier", "system"): "whose number it is",
    ("referral_source", "channel"): "by which door",
    ("referral_source", "client"): "which system, by number",
    ("referral_source", "received_at"): "when",
    ("unmet_need", "district"): "a postcode district, thousands of homes",
    ("unmet_need", "nearest_asset_id"): "which group",
    ("unmet_need", "nearest_min"): "minutes from the district",
    ("unmet_need", "need"): "which need, of nobody once the referral is gone",
    ("unmet_need", "noted_on"): "when",
    ("unmet_need", "unmet_id"): "a number that means nothing elsewhere",
}
"""Columns of those tables that tell nothing of the person by themselves, and why."""

FREE_TEXT = {
    ("asset", "summary"),
    ("asset_document", "document"),
    ("break_glass", "reason"),
    ("consent", "reason_not_given"),
    ("contact", "note"),
    ("message_back", "body"),
    ("offer", "text"),
    ("offer_event", "text"),
    ("person", "objection"),
    ("person_join", "reason"),
    ("plan", "what_matters"),
    ("raised_flag", "outcome"),
    ("raised_flag", "what_to_do"),
    ("raised_flag", "words"),
    ("referral", "end_text"),
    ("referral", "reason"),
    ("referral", "state_reason"),
    ("referral_event", "text"),
    ("referral_need", "words"),
    ("safeguarding_concern", "concern"),
    ("safeguarding_concern", "settled_how"),
}


def tables() -> list[Table]:
    return bootstrap.metadata().sorted_tables


def test_every_column_declares_what_it_may_reveal() -> None:
    assert len(tables()) > 10
    for table in tables():
        for column in table.columns:
            assert isinstance(column.info.get("sensitivity"), Sensitivity), column


def test_personal_columns_are_in_tables_about_people() -> None:
    personal = {
        table.name
        for table in tables()
        for column in table.columns
        if column.info["sensitivity"] is Sensitivity.PERSONAL
    }
    assert personal == ABOUT_PEOPLE


def test_what_is_not_personal_in_those_tables_is_listed() -> None:
    found = {
        (table.name, column.name)
        for table in tables()
        for column in table.columns
        if table.name in ABOUT_PEOPLE and column.info["sensitivity"] is not Sensitivity.PERSONAL
    }
    assert found == set(NOT_PERSONAL_THERE)


def test_the_record_points_at_nothing() -> None:
    """So that a person's rows can be taken away and what was done stays readable."""
    for table in tables():
        if table.name in ("audit_event", "audit_head", "outbox_message"):
            assert not table.foreign_keys, table.name


def test_every_text_without_an_end_is_known() -> None:
    """Where people write freely they write about people: there are few such columns."""
    free = {
        (table.name, column.name)
        for table in tables()
        for column in table.columns
        if type(column.type).__name__ == "Text"
    }
    assert free == FREE_TEXT

"""Every column says what it may reveal, and what is personal stands where people are kept."""

from sqlalchemy import Table

from service import bootstrap
from service.store.base import Sensitivity

ABOUT_PEOPLE = {"person", "consent", "referral", "referral_need", "raised_flag", "unmet_need"}
"""Tables that hold people. Another table with a personal column fails until it is here, and in
what the retention and the export of a person's record have to reach."""

NOT_PERSONAL_THERE = {
    ("consent", "recorded_at"): "when a row was written",
    ("referral", "practice_code"): "which practice",
    ("referral", "request_key"): "the sender's own key, or a digest",
    ("referral", "request_digest"): "a digest",
    ("referral", "received_at"): "when",
    ("referral", "received_from"): "which system",
    ("raised_flag", "raised_at"): "when",
    ("raised_flag", "closed_at"): "when",
    ("unmet_need", "unmet_id"): "a number",
    ("unmet_need", "need"): "which need, of nobody once the referral is gone",
    ("unmet_need", "district"): "a postcode district, thousands of homes",
    ("unmet_need", "barrier"): "which rule",
    ("unmet_need", "nearest_asset_id"): "which group",
    ("unmet_need", "nearest_min"): "minutes from the district",
    ("unmet_need", "noted_on"): "when",
}
"""Columns of those tables that tell nothing of the person by themselves, and why."""

FREE_TEXT = {
    ("asset", "summary"),
    ("consent", "reason_not_given"),
    ("referral", "reason"),
    ("referral", "state_reason"),
    ("referral_need", "words"),
    ("raised_flag", "words"),
    ("raised_flag", "what_to_do"),
    ("raised_flag", "outcome"),
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

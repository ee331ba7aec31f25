"""The layouts in which NHS organisations and their list sizes are published."""

from __future__ import annotations

from service.register.imports.header import Layout

_COLUMNS = (
    "code",
    "name",
    "national_grouping",
    "high_level_health_geography",
    "addr1",
    "addr2",
    "addr3",
    "addr4",
    "addr5",
    "postcode",
    "open_date",
    "close_date",
    "status",
    "org_subtype",
    "commissioner",
    "join_date",
    "left_date",
    "telephone",
)
_REQUIRED = frozenset({"code", "name", "postcode", "status", "prescribing_setting"})
_SYNONYMS = {
    "organisation_code": "code",
    "address_line_1": "addr1",
    "address_line_2": "addr2",
    "address_line_3": "addr3",
    "address_line_4": "addr4",
    "address_line_5": "addr5",
    "status_code": "status",
    "organisation_sub_type_code": "org_subtype",
    "contact_telephone_number": "telephone",
}

PRESCRIBERS = Layout(
    what="an ODS prescriber file",
    columns=(*_COLUMNS, "amended", "provider_purchaser", "prescribing_setting"),
    required=_REQUIRED,
    synonyms=_SYNONYMS,
    headerless=True,
)
"""epraccur with the columns that ODS leaves empty taken out: 21."""

PRESCRIBERS_WITH_GAPS = Layout(
    what="an ODS prescriber file",
    columns=(
        *(*_COLUMNS, "null_1", "null_2", "null_3", "amended", "null_4", "provider_purchaser"),
        *("null_5", "prescribing_setting", "null_6"),
    ),
    required=_REQUIRED,
    synonyms=_SYNONYMS,
    headerless=True,
)
"""epraccur as ODS published it until 2024, without header and with its empty columns: 27."""

MEMBERSHIP = Layout(
    what="a list of practices and their primary care networks",
    columns=("practice_code", "pcn_code", "pcn_name", "stp_code"),
    required=frozenset({"practice_code", "pcn_code", "pcn_name"}),
    synonyms={"icb_code": "stp_code"},
)

BY_SEX_AND_AGE = Layout(
    what="a list of patients by practice, sex and age",
    columns=("code", "sex", "age", "number_of_patients"),
    required=frozenset({"code", "sex", "age", "number_of_patients"}),
    synonyms={"org_code": "code"},
)
LIST_SIZES = Layout(
    what="a list of practices and how many are registered with them",
    columns=("code", "list_size"),
    required=frozenset({"code", "list_size"}),
    synonyms={
        "practice_code": "code",
        "ods_code": "code",
        "org_code": "code",
        "organisation_code": "code",
        "registered_patients": "list_size",
        "number_of_patients": "list_size",
        **{f"list_size_{year}": "list_size" for year in range(2013, 2051)},
        **{f"patients_{year}": "list_size" for year in range(2013, 2051)},
    },
)
"""One row a practice. Other columns are not read: published shares by age have been wrong."""

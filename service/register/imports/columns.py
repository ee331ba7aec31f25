"""The columns of the asset file; `seed_data/README.md` says what each means."""

from __future__ import annotations

from service.register.imports.header import Layout

ASSET_COLUMNS = (
    "name",
    "kind",
    "group_kind",
    "needs",
    "summary",
    "organisation",
    "delivery",
    "min_age",
    "max_age",
    "open_to",
    "conditions",
    "languages",
    "routes",
    "areas",
    "cost_pence",
    "cost_note",
    "capacity",
    "places_per_week",
    "group_size",
    "welcomes_newcomers",
    "opens_on",
    "opens_days",
    "closes_on",
    "closes_days",
    "assured_on",
    "assured_days_ago",
    "assured_by",
    "checks_valid_until",
    "checks_valid_days",
    "is_small",
    "contact",
    "website",
    "source",
    "licence",
    "invented",
)
"""Facts of an asset: stated in the first row of its id, empty or the same in further rows."""

VENUE_COLUMNS = (
    "venue_name",
    "address",
    "postcode",
    "easting_m",
    "northing_m",
    "latitude",
    "longitude",
    "access_yes",
    "access_no",
)
MEETING_COLUMNS = ("meets_rule", "meets_from", "starts_at", "ends_at")

ASSET_FILE = Layout(
    what="an asset file",
    columns=("asset_id", *ASSET_COLUMNS, *VENUE_COLUMNS, *MEETING_COLUMNS),
    required=frozenset({"asset_id", "name", "kind", "postcode"}),
    synonyms={
        "easting": "easting_m",
        "northing": "northing_m",
        "lat": "latitude",
        "lon": "longitude",
        "lng": "longitude",
        "long": "longitude",
    },
    ignored=frozenset({"reason"}),
    is_ours=True,
)

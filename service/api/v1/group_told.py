"""What version 1 says of one group and of the place where it meets."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from service.api.v1.fields import Told
from service.register.snapshot import AssetSnapshot, Place


class PlaceTold(Told):
    """Where it happens."""

    name: str
    address: str
    postcode: str | None
    access: dict[str, bool] = Field(description="What is known; a feature not here is unknown.")


class AssetTold(Told):
    """The group itself."""

    id: int
    name: str
    kind: str
    group_kind: str
    summary: str
    organisation: str
    invented: bool = Field(description="True for an example that does not exist.")
    when: list[str]
    cost_pence: int | None
    cost_note: str
    capacity: str
    contact: str
    website: str
    source: str
    assured_on: date | None


def asset_told(asset: AssetSnapshot) -> AssetTold:
    """An asset in the API's words."""
    return AssetTold(
        id=asset.asset_id,
        name=asset.name,
        kind=asset.kind.value,
        group_kind=asset.group_kind,
        summary=asset.summary,
        organisation=asset.organisation,
        invented=asset.invented,
        when=[meeting.says for meeting in asset.meetings if meeting.says],
        cost_pence=asset.cost_pence,
        cost_note=asset.cost_note,
        capacity=asset.capacity.value,
        contact=asset.contact,
        website=asset.website,
        source=asset.source,
        assured_on=asset.assured_on,
    )


def place_told(place: Place | None) -> PlaceTold | None:
    """A place in the API's words."""
    if place is None:
        return None
    return PlaceTold(
        name=place.name,
        address=place.address,
        postcode=place.postcode,
        access={feature.value: has for feature, has in place.access.items()},
    )

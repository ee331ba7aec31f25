"""Maps: the only place that draws, and the only place that imports folium."""

from geo.maps.draw import draw
from geo.maps.files import Assets, static_directory
from geo.maps.palette import Ring
from geo.maps.policy import content_security_policy
from geo.maps.sheet import (
    Area,
    AreaKind,
    Centre,
    Freshness,
    Group,
    Link,
    MapFeature,
    MapSheet,
    PlaceName,
    Tiles,
)

__all__ = [
    "Area",
    "AreaKind",
    "Assets",
    "Centre",
    "Freshness",
    "Group",
    "Link",
    "MapFeature",
    "MapSheet",
    "PlaceName",
    "Ring",
    "Tiles",
    "content_security_policy",
    "draw",
    "static_directory",
]

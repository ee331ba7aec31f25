"""Made-up map sheets for tests and benchmarks: two towns on a river, nothing in them is real."""

from __future__ import annotations

import random
from datetime import date, timedelta

import shapely

from geo.maps.palette import Ring
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
from geo.point import GridPoint

GROUPS = tuple(
    Group(key, label)
    for key, label in [
        ("company", "Company and connection"),
        ("active", "Moving and being active"),
        ("mind", "Mind and mood"),
        ("money", "Money, benefits and debt"),
        ("food", "Food and warmth"),
        ("home", "Home and housing"),
        ("care", "Caring for someone"),
        ("work", "Work and learning"),
    ]
)
FRESHNESS = (
    Freshness("new", "In the last 3 months", Ring.SOLID),
    Freshness("due", "3 to 12 months ago", Ring.DASHED),
    Freshness("old", "Longer ago, or not known", Ring.DOTTED),
)
WATER = shapely.LineString(
    [(347000, 382600), (349500, 383400), (351200, 383900), (352600, 384050), (354500, 384900),
     (357000, 385600)]
).buffer(330)  # fmt: skip
LAND = shapely.Polygon(
    [(347200, 384300), (349000, 387800), (352500, 389300), (356500, 388600), (357500, 384000),
     (356600, 380200), (352500, 378800), (348200, 380300)]
)  # fmt: skip
PRACTICE = GridPoint(351400, 385650)
NAMES = (
    "Tea and talk", "Walk and natter", "Mending morning", "Chair exercise", "Singing for fun",
    "Allotment hour", "Form-filling help", "Community lunch", "Carers' coffee", "Job club",
)  # fmt: skip
WHERE = ("Rowan Hall", "The Old Library", "St Example's", "Bridge Rooms", "Canal Park pavilion")
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
TODAY = date(2026, 3, 3)


def feature(number: int, rng: random.Random, **changed: object) -> MapFeature:
    """An invented group at a place drawn from `rng`."""
    group = rng.choices(GROUPS[:6], weights=[6, 5, 4, 3, 3, 1])[0]
    fresh = rng.choices(FRESHNESS, weights=[6, 3, 2])[0]
    days_ago = {"new": 40, "due": 200, "old": 700}[fresh.key] + rng.randrange(40)
    values: dict[str, object] = {
        "id": f"asset-{number}",
        "name": f"{NAMES[number % len(NAMES)]} {number}",
        "point": GridPoint(rng.randint(350000, 354500), rng.randint(382500, 387500)),
        "group": group.key,
        "freshness": fresh.key,
        "checked_on": TODAY - timedelta(days=days_ago),
        "rows": (
            ("When", f"{rng.choice(DAYS)} {rng.randint(9, 18)}:00"),
            ("Where", rng.choice(WHERE)),
            ("Who it is for", rng.choice(["Everyone", "Adults over 50", "Carers", "Women"])),
        ),
        "link": f"/assets/asset-{number}",
        "labels": ("Invented example",),
    }
    return MapFeature(**{**values, **changed})  # type: ignore[arg-type]


def town(count: int = 42, **changed: object) -> MapSheet:
    """A practice, its catchment, a river, a gap and `count` invented groups."""
    rng = random.Random(7)
    features = [feature(number, rng) for number in range(1, count + 1)]
    if count > 5:
        features[4] = feature(
            5, rng, point=None, rows=(("When", "Weekdays"), ("Where", "By phone"))
        )
    values: dict[str, object] = {
        "title": "What there is near Rowan Street Surgery",
        "subtitle": "Groups and places within 3 km, by kind of need",
        "groups": GROUPS,
        "freshness": FRESHNESS,
        "features": tuple(features),
        "centres": (
            Centre("Rowan Street Surgery", PRACTICE, rows=(("People registered", "9,300"),)),
        ),
        "areas": (
            Area(AreaKind.LAND, "", LAND),
            Area(AreaKind.WATER, "River", WATER.intersection(LAND)),
            Area(AreaKind.CATCHMENT, "3 km from the practice", _circle(3000)),
            Area(AreaKind.GAP, "No food help near", shapely.box(352700, 382400, 353900, 383300)),
        ),
        "places": (
            PlaceName("Northbank", GridPoint(351300, 386300)),
            PlaceName("Southbank", GridPoint(351900, 382300)),
        ),
        "attribution": ("Groups on this map are invented examples.",),
        "back": Link("Back to practices", "/practices"),
        "links": (Link("Download as CSV", "?f=csv"), Link("Download as GeoJSON", "?f=geojson")),
    }
    return MapSheet(**{**values, **changed})  # type: ignore[arg-type]


def empty_town(tiles: Tiles | None = None) -> MapSheet:
    """The same town before anybody has recorded anything."""
    return town(0, tiles=tiles)


def _circle(radius_m: float) -> shapely.Polygon:
    centre = shapely.Point(PRACTICE.easting_m, PRACTICE.northing_m)
    return centre.buffer(radius_m, quad_segs=24)

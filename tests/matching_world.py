"""People and assets made up for the tests of matching: plain ones to change, and random ones."""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time, timedelta
from typing import TypeVar

import shapely

from geo.gazetteer import Located, Quality
from geo.point import GridPoint
from geo.travel import Barrier, Crossing, DetourTravel, Mode
from seed_data import needs
from service.people.facts import PersonFacts, Preference
from service.register.snapshot import Area, AssetSnapshot, MeetingTime, Needed, Place
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    Gender,
    OpenTo,
    ReferralRoute,
    Weekday,
)

T = TypeVar("T")

TODAY = date(2026, 3, 5)
NEEDS = tuple(needs.load().needs)
KINDS = tuple(needs.load().kinds)
CONDITIONS = ("dementia", "diabetes", "carer", "housebound")
LANGUAGES = ("en", "pl", "cy", "ar")
HALTON = "E06000006"
WEST_M, SOUTH_M = 351_000, 383_000


def home_at(
    easting: float = WEST_M,
    northing: float = SOUTH_M,
    *,
    asked: str = "WA8 6TR",
    quality: Quality = Quality.LIVE,
    accuracy_m: float | None = 100.0,
    lad: str | None = HALTON,
    located: bool = True,
) -> Located:
    """A home at a point of the grid, with what a gazetteer says of it."""
    return Located(
        asked=asked,
        quality=quality,
        point=GridPoint(easting, northing) if located else None,
        accuracy_m=accuracy_m if located else None,
        terminated_on=None,
        lsoa21=None,
        lad=lad,
        sentence="Found.",
    )


def place_at(
    easting: float = WEST_M,
    northing: float = SOUTH_M,
    *,
    venue_id: int = 1,
    access: dict[AccessFeature, bool] | None = None,
) -> Place:
    """A venue at a point of the grid."""
    return Place(
        venue_id=venue_id,
        name=f"Hall {venue_id}",
        address="1 Example Street",
        postcode="WA8 6TR",
        point=GridPoint(easting, northing),
        access=access or {},
    )


def meeting(days: str, starts: time | None, ends: time | None) -> MeetingTime:
    """A weekly meeting: `days` as in RFC 5545, 'MO,TH'; empty for not stated."""
    return MeetingTime(
        weekdays=frozenset(Weekday(day) for day in days.split(",") if day),
        starts_at=starts,
        ends_at=ends,
        rule=f"FREQ=WEEKLY;BYDAY={days}" if days else "",
        says=f"{days or 'some days'} from {starts or 'some time'} to {ends or 'some time'}",
    )


OPEN_DOOR = AssetSnapshot(
    asset_id=1,
    name="Open Door",
    kind=AssetKind.ASSOCIATION,
    group_kind="social_group",
    summary="Tea and talk.",
    organisation="Open Door",
    invented=True,
    needs=(Needed("loneliness_isolation", 1.0),),
    deliveries=frozenset({Delivery.IN_PERSON}),
    places=(place_at(),),
    meetings=(meeting("TU", time(10), time(12)),),
    areas=(Area(AreaKind.EVERYWHERE),),
    min_age=0,
    max_age=None,
    open_to=OpenTo.EVERYONE,
    conditions=frozenset(),
    languages=frozenset({"en"}),
    routes=frozenset({ReferralRoute.SELF}),
    cost_pence=0,
    cost_note="",
    capacity=Capacity.OPEN,
    opens_on=None,
    closes_on=None,
    assured_on=TODAY,
    source="invented",
    checks_valid_until=date(2027, 1, 1),
    is_small=True,
)
"""An invented asset about which everything is known and that is open to anybody."""

PERSON = PersonFacts(
    today=TODAY,
    home=home_at(),
    age=42,
    gender=Gender.FEMALE,
    languages=frozenset({"en"}),
    route=ReferralRoute.LINK_WORKER,
)
"""An invented person of whom everything that groups ask about is known."""


def asset(**changes: object) -> AssetSnapshot:
    """`OPEN_DOOR` with some facts changed."""
    return replace(OPEN_DOOR, **changes)


def person(**changes: object) -> PersonFacts:
    """`PERSON` with some facts changed."""
    return replace(PERSON, **changes)


def river_town() -> DetourTravel:
    """A river through the made-up town, with one bridge for all and one for cars only."""
    river = shapely.box(WEST_M - 9_000, SOUTH_M + 900, WEST_M + 9_000, SOUTH_M + 1_300)
    ends = (GridPoint(WEST_M, SOUTH_M + 890), GridPoint(WEST_M, SOUTH_M + 1_310))
    far = (GridPoint(WEST_M + 3_000, SOUTH_M + 890), GridPoint(WEST_M + 3_000, SOUTH_M + 1_310))
    return DetourTravel(
        [Barrier("river", "River", river)],
        [
            Crossing("old", "Old Bridge", ends, 430.0, frozenset({Mode.WALK, Mode.CAR})),
            Crossing("new", "New Bridge", far, 430.0, frozenset({Mode.CAR})),
        ],
    )


def _maybe(rng: random.Random, value: T, chance: float = 0.7) -> T | None:
    return value if rng.random() < chance else None


def _some(rng: random.Random, among: Iterable[T], most: int = 2) -> frozenset[T]:
    members = sorted(among)
    return frozenset(rng.sample(members, rng.randint(0, min(most, len(members)))))


def _time(rng: random.Random) -> time | None:
    return _maybe(rng, time(rng.randint(7, 21), rng.choice((0, 30))))


def random_place(rng: random.Random, venue_id: int, spread_m: int = 8_000) -> Place:
    """A venue somewhere around the middle of the made-up town; sometimes nobody knows where."""
    point = GridPoint(
        WEST_M + rng.randint(-spread_m, spread_m), SOUTH_M + rng.randint(-spread_m, spread_m)
    )
    return Place(
        venue_id=venue_id,
        name=f"Hall {venue_id}",
        address="",
        postcode=None,
        point=_maybe(rng, point, 0.93),
        access={feature: rng.random() < 0.7 for feature in AccessFeature if rng.random() < 0.5},
    )


def random_area(rng: random.Random) -> Area:
    """Any sort of area served, sometimes badly written."""
    kind = rng.choice(list(AreaKind))
    value = {
        AreaKind.EVERYWHERE: "",
        AreaKind.POSTCODE_DISTRICT: rng.choice(("WA8", "WA7", " wa8 ", "")),
        AreaKind.LOCAL_AUTHORITY: rng.choice((HALTON, "E08000013")),
        AreaKind.RADIUS_M: rng.choice(("500", "3000", "8000", "far")),
    }[kind]
    return Area(kind, value)


def random_asset(
    rng: random.Random, asset_id: int, chosen: tuple[str, ...] = NEEDS
) -> AssetSnapshot:
    """An asset with every fact sometimes there, sometimes not, sometimes awkward."""
    low, high = sorted((rng.randint(0, 90), rng.randint(10, 100)))
    day = TODAY + timedelta(days=rng.randint(-400, 400))
    served = rng.sample(chosen, min(len(chosen), rng.randint(1, 3)))
    return replace(
        OPEN_DOOR,
        asset_id=asset_id,
        name=f"Group {asset_id}",
        group_kind=rng.choice((*KINDS[:12], "")),
        summary=rng.choice(("", "Gardening and tea", "We sing together", "A single party")),
        organisation=rng.choice(("", "North Trust", "South Trust", f"Group {asset_id}")),
        needs=tuple(Needed(need, rng.choice((0.3, 0.5, 0.75, 1.0))) for need in served),
        deliveries=frozenset({Delivery.IN_PERSON})
        if rng.random() < 0.5
        else _some(rng, Delivery, 3),
        places=tuple(
            random_place(rng, asset_id * 10 + at) for at in range(rng.choice((0, 1, 1, 1, 2, 3)))
        ),
        meetings=tuple(
            meeting(",".join(sorted(_some(rng, Weekday, 3))), _time(rng), _time(rng))
            for _ in range(rng.choice((0, 1, 1, 2)))
        ),
        areas=tuple(random_area(rng) for _ in range(rng.choice((0, 1, 1, 2)))),
        min_age=_maybe(rng, low),
        max_age=_maybe(rng, high),
        open_to=_maybe(rng, rng.choice(list(OpenTo))),
        conditions=_some(rng, CONDITIONS) if rng.random() < 0.3 else frozenset(),
        languages=_some(rng, LANGUAGES, 3),
        routes=_some(rng, ReferralRoute),
        cost_pence=_maybe(rng, rng.choice((0, 200, 300, 500))),
        capacity=rng.choice(list(Capacity)),
        opens_on=_maybe(rng, day, 0.2),
        closes_on=_maybe(rng, TODAY + timedelta(days=rng.randint(-100, 300)), 0.2),
        assured_on=_maybe(rng, TODAY - timedelta(days=rng.randint(-5, 900)), 0.8),
        checks_valid_until=_maybe(rng, TODAY + timedelta(days=rng.randint(-60, 600)), 0.5),
        is_small=rng.random() < 0.5,
        times_asked=(asked := rng.randint(0, 20)),
        times_accepted=rng.randint(0, asked),
        group_size=_maybe(rng, rng.randint(3, 40), 0.5),
        welcomes_newcomers=_maybe(rng, rng.random() < 0.5, 0.5),
    )


def random_home(rng: random.Random) -> Located | None:
    """A home, whole, in part, unknown, or with a postcode that does not exist."""
    if rng.random() < 0.1:
        return None
    quality = rng.choice(
        (Quality.LIVE, Quality.LIVE, Quality.LIVE, Quality.SECTOR, Quality.UNKNOWN)
    )
    asked = {Quality.LIVE: "wa8 6tr", Quality.SECTOR: "WA7 5", Quality.UNKNOWN: "WA8 9ZZ"}[quality]
    return home_at(
        WEST_M + rng.randint(-3_000, 3_000),
        SOUTH_M + rng.randint(-3_000, 3_000),
        asked=asked,
        quality=quality,
        accuracy_m=rng.choice((80.0, 900.0)),
        lad=_maybe(rng, HALTON, 0.8),
        located=quality is not Quality.UNKNOWN,
    )


def random_person(rng: random.Random) -> PersonFacts:
    """A person with every fact sometimes stated and sometimes not."""
    return PersonFacts(
        today=TODAY,
        home=random_home(rng),
        age=_maybe(rng, rng.randint(0, 100), 0.8),
        gender=_maybe(rng, rng.choice(list(Gender)), 0.8),
        languages=_some(rng, LANGUAGES),
        conditions=_some(rng, CONDITIONS),
        access_needed=_some(rng, AccessFeature, 2) if rng.random() < 0.4 else frozenset(),
        free_days=_some(rng, Weekday, 5) if rng.random() < 0.5 else frozenset(),
        not_before=_time(rng) if rng.random() < 0.4 else None,
        home_by=_time(rng) if rng.random() < 0.4 else None,
        max_cost_pence=_maybe(rng, rng.choice((0, 250, 400)), 0.4),
        online=rng.choice((True, False, None)),
        has_phone=rng.choice((True, False, None)),
        housebound=rng.random() < 0.15,
        women_only=rng.random() < 0.1,
        men_only=rng.random() < 0.05,
        mobility_difficulty=rng.random() < 0.2,
        wheelchair=rng.random() < 0.15,
        modes=_some(rng, Mode, 3) if rng.random() < 0.5 else frozenset(),
        interests=rng.choice(
            (frozenset(), frozenset({"singing"}), frozenset({"gardening", "art"}))
        ),
        route=_maybe(rng, rng.choice(list(ReferralRoute)), 0.8),
        preferences=_some(rng, Preference, 3) if rng.random() < 0.5 else frozenset(),
    )

"""The search that reads little against the plain one that judges every asset there is.

`service.referrals.finding.find` stops as soon as nothing unread could be among the best. Here the
same question is asked of all snapshots of the register at once; both must give the same suggestions
with the same scores and reasons in the same order.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest
from matching_world import (
    CONDITIONS,
    HALTON,
    KINDS,
    LANGUAGES,
    NEEDS,
    PERSON,
    TODAY,
    home_at,
    random_person,
    river_town,
)
from register_town import HOME, At, add

from geo.distance import straight_line_m
from geo.gazetteer import Quality
from geo.travel import DetourTravel
from service.matching.explain import Match
from service.matching.match import MatchResult, match
from service.matching.parameters import MatchParameters
from service.matching.wanted import WantedNeed
from service.people.facts import PersonFacts, SetsOut
from service.referrals import finding
from service.referrals.finding import find
from service.register.areas import Whereabouts
from service.register.candidates import MAX_M
from service.register.indexing import reindex_all
from service.register.snapshot import AssetSnapshot
from service.register.snapshots import snapshots
from service.register.vocabulary import (
    AccessFeature,
    AreaKind,
    AssetKind,
    Capacity,
    Delivery,
    OpenTo,
    ReferralRoute,
)
from service.store.work import Store

ASSETS = 400
PEOPLE = {"sqlite": 42, "postgresql": 10}
"""For each set of parameters: 208 questions in all."""
SOME_NEEDS = (*NEEDS[:4], "young_person")
PARAMETERS = MatchParameters()

DELIVERIES: tuple[tuple[Delivery, ...], ...] = (
    *((Delivery.IN_PERSON,),) * 5,
    (Delivery.IN_PERSON, Delivery.HOME_VISIT),
    (Delivery.IN_PERSON, Delivery.ONLINE),
    (Delivery.HOME_VISIT,),
    (Delivery.PHONE,),
    (Delivery.ONLINE, Delivery.PHONE),
    (),
)


def somewhere(rng: random.Random) -> At | None:
    """A venue from 100 m to 60 km away, as often between 1 and 10 km as under 1; or unknown."""
    kind = rng.random()
    if kind < 0.05:
        return At(None, None)
    if kind < 0.10:
        return None
    metres = 100 * 600 ** rng.random()
    turn = rng.uniform(0, 2 * math.pi)
    return At(
        # Whole hundreds, so that some stand at one place and tie.
        round(metres * math.cos(turn), -2),
        round(metres * math.sin(turn), -2),
        rule=rng.choice(("", "FREQ=WEEKLY;BYDAY=TU", "FREQ=WEEKLY;BYDAY=SA")),
        access={each: rng.random() < 0.7 for each in AccessFeature if rng.random() < 0.5},
    )


def maybe(rng: random.Random, value: object, chance: float = 0.7) -> object:
    return value if rng.random() < chance else None


def open_to_all(rng: random.Random) -> dict[str, object]:
    """Nothing left unsaid, so that what the search expects of it is hardly more than it scores."""
    asked = rng.randint(0, 20)
    return {
        "kind": AssetKind.ASSOCIATION,
        "group_kind": rng.choice(KINDS[:8]),
        "organisation": rng.choice(("North Trust", "South Trust", "East Trust")),
        "deliveries": rng.choice(((Delivery.IN_PERSON,),) * 12 + ((Delivery.HOME_VISIT,),)),
        "min_age": 0,
        "max_age": 130,
        "open_to": OpenTo.EVERYONE,
        "languages": list(LANGUAGES),
        "routes": [each.value for each in ReferralRoute],
        "cost_pence": 0,
        "capacity": rng.choice((Capacity.OPEN, Capacity.OPEN, Capacity.WAITING_LIST)),
        "opens_on": TODAY - timedelta(days=900),
        "assured_on": TODAY - timedelta(days=rng.choice((0, 0, 20, 40, 200))),
        "checks_valid_until": TODAY + timedelta(days=600),
        "times_asked": asked,
        "times_accepted": rng.randint(0, asked),
    }


def anything(rng: random.Random) -> dict[str, object]:
    low, high = sorted((rng.randint(0, 90), rng.randint(10, 100)))
    asked = rng.randint(0, 20)
    return {
        "kind": rng.choice(list(AssetKind)),
        "group_kind": rng.choice((*KINDS[:8], "")),
        "organisation": rng.choice(("North Trust", "South Trust", "East Trust")),
        "deliveries": rng.choice(DELIVERIES),
        "min_age": maybe(rng, low),
        "max_age": maybe(rng, high),
        "open_to": maybe(rng, rng.choice((*(OpenTo.EVERYONE,) * 4, *OpenTo))),
        "conditions": rng.sample(CONDITIONS, 1) if rng.random() < 0.2 else [],
        "languages": rng.sample(LANGUAGES, rng.randint(0, 3)),
        "routes": [each.value for each in rng.sample(list(ReferralRoute), rng.randint(0, 2))],
        "cost_pence": maybe(rng, rng.choice((0, 200, 500))),
        "capacity": rng.choice((*(Capacity.OPEN,) * 3, *Capacity)),
        "opens_on": maybe(rng, TODAY + timedelta(days=rng.randint(-300, 60)), 0.2),
        "closes_on": maybe(rng, TODAY + timedelta(days=rng.randint(-60, 300)), 0.2),
        "assured_on": maybe(rng, TODAY - timedelta(days=rng.choice((0, 30, 200, 900))), 0.8),
        "checks_valid_until": maybe(rng, TODAY + timedelta(days=rng.randint(-60, 600)), 0.5),
        "times_asked": asked,
        "times_accepted": rng.randint(0, asked),
        "group_size": maybe(rng, rng.randint(3, 40), 0.5),
        "welcomes_newcomers": maybe(rng, rng.random() < 0.5, 0.5),
    }


def areas(rng: random.Random) -> list[tuple[AreaKind, str]]:
    return rng.sample(
        [
            (AreaKind.EVERYWHERE, ""),
            (AreaKind.POSTCODE_DISTRICT, rng.choice(("WA8", "WA7"))),
            (AreaKind.LOCAL_AUTHORITY, rng.choice((HALTON, "E08000013"))),
            (AreaKind.RADIUS_M, rng.choice(("500", "3000", "20000"))),
        ],
        rng.choice((0, 1, 1, 2)),
    )


def fill(store: Store, rng: random.Random) -> list[AssetSnapshot]:
    ids = []
    with store.work() as work:
        for number in range(ASSETS):
            plain = rng.random() < 0.6
            needs = rng.sample(SOME_NEEDS, rng.randint(1, 3))
            places = [somewhere(rng) for _ in range(1 if plain else rng.choice((0, 1, 1, 2, 3)))]
            identity = add(
                work,
                f"group-{number}",
                *places,
                needs={need: rng.choice((0.3, 0.5, 1.0)) for need in needs},
                areas=[(AreaKind.EVERYWHERE, "")] if plain else areas(rng),
                index=False,
                **(open_to_all(rng) if plain else anything(rng)),
            )
            ids.append(identity)
        reindex_all(work)
    with store.read() as session:
        return list(snapshots(session, ids).values())


def somebody(rng: random.Random) -> PersonFacts:
    """Anybody of the random world, at a place of their own, and sometimes at none."""
    person = random_person(rng)
    if rng.random() < 0.5:
        # Asks for little, so that many suit and the order among them is close.
        person = replace(PERSON, modes=person.modes, age=person.age)
    if rng.random() < 0.12:
        return replace(person, home=rng.choice((None, home_at(located=False, lad=None))))
    if rng.random() < 0.08:
        hidden = replace(person, home=home_at(located=False), sets_out=SetsOut.NOT_MEASURED)
        return replace(hidden, area=Whereabouts("WA8", HALTON, HOME))
    away_m = rng.choice((500, 4_000, 4_000, 30_000))
    return replace(
        person,
        sets_out=rng.choice((SetsOut.HOME, SetsOut.HOME, SetsOut.PRACTICE)),
        home=home_at(
            HOME.easting_m + rng.randint(-away_m, away_m),
            HOME.northing_m + rng.randint(-away_m, away_m),
            quality=rng.choice((Quality.LIVE, Quality.LIVE, Quality.SECTOR)),
            accuracy_m=rng.choice((80.0, 900.0)),
            lad=rng.choice((HALTON, None)),
        ),
    )


def wanted(rng: random.Random) -> list[WantedNeed]:
    chosen = rng.sample(SOME_NEEDS, rng.randint(1, 3))
    return [WantedNeed(need, rng.choice((0.3, 0.6, 0.9, 1.0))) for need in chosen]


def is_within_reach(asset: AssetSnapshot, person: PersonFacts) -> bool:
    """Whether the search promises to look at it: what it may leave out is said in its docstring."""
    placed = [place.point for place in asset.places if place.point is not None]
    goes_there = not asset.deliveries or Delivery.IN_PERSON in asset.deliveries
    if not goes_there or not placed or any(each.is_remote for each in asset.deliveries):
        return True
    if len(placed) < len(asset.places):
        return True
    home = person.home and person.home.point
    return bool(home) and any(straight_line_m(home, point) <= MAX_M for point in placed)


def same(found: MatchResult, plain: MatchResult, person: PersonFacts, limit: int) -> None:
    # The search may look a little beyond what it promises; nothing of that may be missed for it.
    promised = [each for each in found.matches if is_within_reach(each.asset, person)]
    expected = list(plain.matches)
    assert len(found.matches) >= min(limit, len(expected))
    assert [without_rank(each) for each in promised] == [
        without_rank(each) for each in expected[: len(promised)]
    ]
    if not plain.eligible and not found.eligible:
        assert found.nothing_fits is not None
    assert {each.asset.asset_id for each in found.near_misses}.isdisjoint(
        each.asset.asset_id for each in plain.matches
    )


def without_rank(each: Match) -> Match:
    return replace(each, rank=0)


@pytest.mark.parametrize(
    ("seed", "parameters"),
    [
        (1, PARAMETERS),
        (2, replace(PARAMETERS, diversify=True)),
        (3, replace(PARAMETERS, rotate=True)),
        (4, replace(PARAMETERS, rotate=True, diversify=True)),
    ],
)
def test_the_search_finds_what_judging_everything_finds(
    store: Store, seed: int, parameters: MatchParameters, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Fewer at a time than at work, so that it has to decide more often whether to go on.
    monkeypatch.setattr(finding, "SPARE", 1)
    rng = random.Random(seed)
    everything = fill(store, rng)
    assert len(everything) == ASSETS
    travels: tuple[DetourTravel, ...] = (DetourTravel([], []), river_town())
    seen: Counter[str] = Counter()
    for number in range(PEOPLE[store.engine.dialect.name]):
        person, needs = somebody(rng), wanted(rng)
        limit, travel = rng.choice((1, 3, 10, 30)), travels[number % 2]
        asked = {"travel": travel, "parameters": parameters, "limit": limit}
        reachable = [asset for asset in everything if is_within_reach(asset, person)]
        plain = match(needs, person, reachable, travel, parameters, limit=limit)
        with store.read() as session:
            found = find(session, needs=needs, person=person, **asked)  # type: ignore[arg-type]
        same(found, plain, person, limit)
        seen["nobody" if not plain.matches else "somebody"] += 1
        seen["no home"] += person.home is None or person.home.point is None
        seen["housebound"] += person.housebound
        seen["protected"] += person.sets_out is SetsOut.NOT_MEASURED
        seen["cut short"] += found.considered < plain.considered
        seen.update({each.journey.mode.value for each in plain.matches})
    # A twin proves nothing about what never happens.
    rare = (
        ("no home", "protected", "housebound", "walk", "car", "home_visit") if number > 20 else ()
    )
    for case in ("somebody", "cut short", *rare):
        assert seen[case], (case, seen)


def test_a_place_that_nobody_has_located_counts_beside_one_far_away(sqlite_store: Store) -> None:
    """Judged by itself, an unknown place is worth more than a place sixty kilometres away."""
    with sqlite_store.work() as work:
        add(work, "two-places", At(None, None), At(60_000.0, 0.0), needs=SOME_NEEDS[:1])
        reindex_all(work)
    person = replace(PERSON, home=home_at(HOME.easting_m, HOME.northing_m))
    needs, travel = [WantedNeed(SOME_NEEDS[0], 1.0)], DetourTravel([], [])
    with sqlite_store.read() as session:
        everything = list(snapshots(session, [1]).values())
        plain = match(needs, person, everything, travel, PARAMETERS, limit=1)
        found = find(
            session, needs=needs, person=person, travel=travel, parameters=PARAMETERS, limit=1
        )
    assert plain.matches
    assert found.matches == plain.matches

"""Matching written again, slowly and plainly, from the published description alone.

It shares no code with `service.matching`: only the words of the register and of people. Verdicts
are 'no', 'maybe' and 'yes'.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from geo.gazetteer import Quality
from geo.travel import Journey, Method, Mode, Traveller, TravelModel

HALF_MINUTES = {"walk": 10, "wheel": 10, "bus": 20, "lift": 20, "car": 20}
PAPERS_NEEDS = {
    "young_person",
    "parenting_family",
    "perinatal_wellbeing",
    "homebound_companionship",
    "memory_dementia",
    "domestic_abuse_support",
}
BADNESS = {"no": 0, "maybe": 1, "yes": 2}


def worst(verdicts):
    return min(verdicts, key=BADNESS.get, default="yes")


def best(verdicts):
    return max(verdicts, key=BADNESS.get, default="no")


@dataclass
class TwinWay:
    delivery: str | None  # None: the group has not said
    place: object | None
    minutes: float | None
    shut: bool
    access: float

    @property
    def at_home(self):
        return self.delivery in ("home_visit", "phone", "online")


def modes_of(person):
    if person.housebound:
        return []
    stated = {str(mode) for mode in person.modes} or {"walk"}
    if person.wheelchair and "walk" in stated:
        stated.remove("walk")
        stated.add("wheel")
    return [mode for mode in ("walk", "wheel", "bus", "lift", "car") if mode in stated]


def speed_of(person):
    age = person.age or 0
    if person.wheelchair:
        return 0.79
    if person.mobility_difficulty:
        return 0.71 if age >= 85 else 0.75 if age >= 75 else 0.80
    return 0.85 if age >= 65 else 1.33


def journeys_to(places, person, travel: TravelModel) -> list[list[Journey]]:
    """For each place the journeys by every mode; an empty list where nothing can be asked."""
    found: list[list[Journey]] = [[] for _ in places]
    home = person.home.point if person.home else None
    for mode in modes_of(person):
        if home is None:
            continue
        limit = 150.0 if person.wheelchair else 100.0 if person.mobility_difficulty else None
        traveller = Traveller(speed_of(person), frozenset({Mode(mode)}), limit)
        known = [at for at, place in enumerate(places) if place.point is not None]
        points = [places[at].point for at in known]
        for at, journey in zip(
            known, travel.journeys(home, points, traveller, on=person.today), strict=True
        ):
            found[at].append(journey)
    return found


def unknown_access(straight_m):
    return 0.25 * 0.5 ** ((5000 if straight_m is None else straight_m) / 5000)


def way_there(delivery, place, journeys, person):
    if not journeys:
        cannot = not modes_of(person) and not person.housebound
        return TwinWay(delivery, place, None, cannot, 0.0 if cannot else unknown_access(None))
    chosen = None
    for journey in journeys:
        if journey.minutes is not None:
            access = 0.5 ** (journey.minutes / HALF_MINUTES[str(journey.mode)])
            way, kind = TwinWay(delivery, place, journey.minutes, False, access), 2
        elif journey.method is Method.UNAVAILABLE:
            way, kind = TwinWay(delivery, place, None, True, 0.0), 0
        else:
            access = unknown_access(journey.straight_m)
            way, kind = TwinWay(delivery, place, None, False, access), 1
        if chosen is None or (kind, way.access) > (chosen[0], chosen[1].access):
            chosen = (kind, way)
    return chosen[1]


def ways_into(asset, person, journeys_by_place):
    deliveries = {str(each) for each in asset.deliveries}
    ways = []
    if not deliveries or "in_person" in deliveries:
        delivery = "in_person" if deliveries else None
        for place, journeys in zip(asset.places, journeys_by_place, strict=True):
            ways.append(way_there(delivery, place, journeys, person))
        if not asset.places:
            ways.append(way_there(delivery, None, [], person))
    for delivery in ("home_visit", "phone", "online"):
        if delivery in deliveries:
            ways.append(TwinWay(delivery, None, 0.0, False, 1.0))
    return ways


def age(person, asset):
    if asset.min_age is None and asset.max_age is None:
        return "maybe"
    if person.age is None:
        all_welcome = asset.min_age in (None, 0) and (asset.max_age is None or asset.max_age >= 130)
        return "yes" if all_welcome else "maybe"
    if asset.min_age is not None and person.age < asset.min_age:
        return "no"
    if asset.max_age is not None and person.age > asset.max_age:
        return "no"
    return "yes"


def gender(person, asset):
    if asset.open_to is None:
        return "maybe"
    if asset.open_to == "everyone":
        return "yes"
    if person.gender is None or person.gender == "non_binary":
        return "maybe"
    if asset.open_to == "women":
        return "yes" if person.gender == "female" else "no"
    return "yes" if person.gender == "male" else "no"


def single_sex(asset, wanted):
    if asset.open_to is None:
        return "maybe"
    return "yes" if asset.open_to == wanted else "no"


def condition(person, asset):
    has = set(person.conditions)
    if person.housebound:
        has.add("housebound")
    if not asset.conditions:
        return "yes"
    for one in asset.conditions:
        if one in has:
            return "yes"
    return "no" if person.conditions else "maybe"


def area(person, asset):
    if not asset.areas:
        return "maybe"
    found = []
    home = person.home
    real = home is not None and home.quality not in (Quality.UNKNOWN, Quality.NOT_IN_GREAT_BRITAIN)
    for served in asset.areas:
        if served.kind == "everywhere":
            found.append("yes")
        elif not real:
            found.append("maybe")
        elif served.kind == "postcode_district":
            mine = home.asked.upper().replace(" ", "")
            mine = mine[:-3] if home.quality in (Quality.LIVE, Quality.TERMINATED) else mine[:3]
            wanted = served.value.strip().upper()
            found.append("maybe" if not wanted else "yes" if wanted == mine else "no")
        elif served.kind == "local_authority":
            wanted = served.value.strip().upper()
            known = home.lad is not None and wanted
            found.append(("yes" if wanted == home.lad else "no") if known else "maybe")
        else:
            found.append(within(home, served.value, asset))
    return best(found)


def within(home, radius, asset):
    if not radius.isdigit() or home.point is None or not asset.places:
        return "maybe"
    blur = home.accuracy_m if home.quality in (Quality.SECTOR, Quality.OUTWARD) else 0.0
    found = []
    for place in asset.places:
        if place.point is None:
            found.append("maybe")
            continue
        metres = math.dist(
            (home.point.easting_m, home.point.northing_m),
            (place.point.easting_m, place.point.northing_m),
        )
        if metres + blur <= float(radius):
            found.append("yes")
        elif metres - blur <= float(radius):
            found.append("maybe")
        else:
            found.append("no")
    return best(found)


def open_now(person, asset):
    if asset.opens_on is not None and person.today < asset.opens_on:
        return "no"
    if asset.closes_on is not None and person.today > asset.closes_on:
        return "no"
    if asset.opens_on is None and asset.closes_on is None and asset.assured_on is None:
        return "maybe"
    return "yes"


def papers(person, needs, asset):
    if asset.checks_valid_until is not None:
        return "no" if asset.checks_valid_until < person.today else "yes"
    if person.age is not None and person.age < 18:
        return "maybe"
    if "home_visit" in asset.deliveries:
        return "maybe"
    return "maybe" if set(needs) & PAPERS_NEEDS else "yes"


def route(person, asset):
    if not asset.routes:
        return "maybe"
    if "self" in asset.routes:
        return "yes"
    if person.route is None:
        return "maybe"
    return "yes" if person.route in asset.routes else "no"


def language(person, asset):
    if not asset.languages or not person.languages:
        return "maybe"
    return "yes" if set(asset.languages) & set(person.languages) else "no"


def about_asset(person, needs, asset):
    """Rule id to verdict, for the rules about the asset wherever it is joined."""
    found = {
        "age": age(person, asset),
        "gender": gender(person, asset),
        "condition": condition(person, asset),
        "area_served": area(person, asset),
        "capacity": {"full": "no", "unknown": "maybe"}.get(str(asset.capacity), "yes"),
        "open": open_now(person, asset),
        "papers": papers(person, needs, asset),
        "referral_route": route(person, asset),
        "language": language(person, asset),
        "checked": "maybe" if asset.assured_on is None else "yes",
    }
    if person.women_only:
        found["women_only"] = single_sex(asset, "women")
    if person.men_only:
        found["men_only"] = single_sex(asset, "men")
    if person.max_cost_pence is not None:
        if asset.cost_pence is None:
            found["cost"] = "maybe"
        else:
            found["cost"] = "yes" if asset.cost_pence <= person.max_cost_pence else "no"
    return found


def about_way(person, asset, way):
    """Rule id to verdict, for the rules about one way of taking part."""
    found = {"delivery": delivery(person, way)}
    found["reach"] = "no" if way.shut else "maybe" if way.minutes is None else "yes"
    needed = {str(each) for each in person.access_needed}
    if person.wheelchair:
        needed.add("step_free")
    for feature in needed:
        if way.at_home:
            verdict = "maybe" if feature == "sign_language" else "yes"
        elif way.place is None or feature not in way.place.access:
            verdict = "maybe"
        else:
            verdict = "yes" if way.place.access[feature] else "no"
        found[f"access_{feature}"] = verdict
    if person.free_days or person.not_before or person.home_by:
        found["time"] = best(fits(person, meeting, way) for meeting in asset.meetings)
        if not asset.meetings:
            found["time"] = "maybe"
    return found


def delivery(person, way):
    if way.delivery is None:
        return "maybe"
    if way.delivery == "in_person":
        return "no" if person.housebound else "yes"
    if way.delivery == "home_visit":
        return "yes"
    has = person.has_phone if way.delivery == "phone" else person.online
    if has is None and way.delivery in person.modes:
        has = True
    return "maybe" if has is None else "yes" if has else "no"


def fits(person, meeting, way):
    found = []
    if person.free_days:
        if not meeting.weekdays:
            found.append("maybe")
        else:
            found.append("yes" if set(meeting.weekdays) & set(person.free_days) else "no")
    starts, ends = meeting.starts_at, meeting.ends_at
    if person.not_before is not None:
        if starts is not None:
            found.append("yes" if starts >= person.not_before else "no")
        else:
            found.append("no" if ends is not None and ends <= person.not_before else "maybe")
    if person.home_by is not None:
        found.append(back_in_time(person.home_by, starts, ends, way.minutes))
    return worst(found)


def back_in_time(home_by, starts, ends, minutes):
    some_day = date(2026, 3, 3)
    limit = datetime.combine(some_day, home_by)
    if starts is not None and datetime.combine(some_day, starts) >= limit:
        return "no"
    if ends is None:
        return "maybe"
    over = datetime.combine(some_day, ends)
    if starts is not None and ends < starts:
        over += timedelta(days=1)
    if over > limit:
        return "no"
    if minutes is None:
        return "maybe"
    return "yes" if over + timedelta(minutes=minutes) <= limit else "no"


@dataclass
class TwinJudged:
    asset: object
    failed: set[str]
    unknown: int
    way: TwinWay


def judged(person, needs, asset, journeys_by_place) -> TwinJudged:
    """Which rules an asset fails, how many are unknown, and the way of taking part to offer."""
    rules = about_asset(person, needs, asset)
    chosen = None
    for way in ways_into(asset, person, journeys_by_place):
        verdicts = about_way(person, asset, way)
        near = -math.inf if way.minutes is None else -way.minutes
        key = (BADNESS[worst(verdicts.values())], way.access, near)
        if chosen is None or key > chosen[0]:
            chosen = (key, way, verdicts)
    rules = {**rules, **chosen[2]}
    failed = {rule for rule, verdict in rules.items() if verdict == "no"}
    unknown = sum(verdict == "maybe" for verdict in rules.values())
    return TwinJudged(asset, failed, unknown, chosen[1])


def wish_verdicts(person, asset, way):
    """One verdict for each preference the person stated."""
    found = []
    if person.interests:
        text = f"{asset.group_kind} {asset.name} {asset.summary}".lower().replace("_", " ")
        words = {word.strip(".,") for word in text.split()}
        forms = {
            "singing": {"sing", "sings", "singing", "singer", "singers"},
            "gardening": {"garden", "gardens", "gardening", "gardener", "gardeners"},
            "art": {"art", "arts"},
        }
        liked = set().union(*(forms[interest] for interest in person.interests))
        said = bool(asset.group_kind or asset.summary)
        found.append("yes" if words & liked else "no" if said else "maybe")
    named = {str(wish) for wish in person.preferences}
    found += [wished(wish, asset, way) for wish in named - set(HOURS)]
    hours = [HOURS[wish] for wish in named & set(HOURS)]
    if hours and not asset.meetings:
        found.append("maybe")
    elif hours:
        found.append(best(starts_within(meeting.starts_at, hours) for meeting in asset.meetings))
    return found


HOURS = {"morning": (0, 12), "afternoon": (12, 17), "evening": (17, 24)}


def starts_within(at, hours):
    if at is None:
        return "maybe"
    return "yes" if any(begins <= at.hour < ends for begins, ends in hours) else "no"


def wished(wish, asset, way):
    if wish == "small_group":
        size = asset.group_size
        return "maybe" if size is None else "yes" if size <= 12 else "no"
    if wish == "low_cost":
        cost = asset.cost_pence
        return "maybe" if cost is None else "yes" if cost <= 300 else "no"
    if wish == "company_first_visit":
        return {None: "maybe", True: "yes", False: "no"}[asset.welcomes_newcomers]
    if way.at_home:
        return "yes"
    quiet = way.place.access.get("quiet_space") if way.place else None
    return {None: "maybe", True: "yes", False: "no"}[quiet]


def score_of(person, needs, judged_asset) -> float:
    """N x G x F x Q x U as published. `needs` is need id to confidence."""
    asset = judged_asset.asset
    missed = 1.0
    for served in asset.needs:
        missed *= 1 - needs.get(served.need, 0.0) * served.directness
    fit = 1.0
    for verdict in wish_verdicts(person, asset, judged_asset.way):
        fit *= {"yes": 1.0, "maybe": 0.9, "no": 0.7}[verdict]
    days = 365 if asset.assured_on is None else max(0, (person.today - asset.assured_on).days)
    freshness = 0.5 ** (days / 180)
    acceptance = (asset.times_accepted + 4) / (asset.times_asked + 5)
    room = 0.5 if asset.capacity == "waiting_list" else 1.0
    unknowns = 0.9**judged_asset.unknown
    return (1 - missed) * judged_asset.way.access * fit * freshness * acceptance * room * unknowns


def matched(person, needs, assets, travel) -> list[tuple[int, float]]:
    """Asset ids with their scores, best first: every asset judged and scored one at a time."""
    found = []
    for asset in assets:
        if not any(needs.get(served.need, 0.0) > 0 for served in asset.needs):
            continue
        one = judged(person, needs, asset, journeys_to(asset.places, person, travel))
        if not one.failed:
            minutes = math.inf if one.way.minutes is None else one.way.minutes
            found.append((score_of(person, needs, one), minutes, asset.asset_id))
    found.sort(key=lambda each: (-each[0], each[1], each[2]))
    return [(asset_id, score) for score, _, asset_id in found]

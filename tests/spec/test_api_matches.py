"""Matches for nobody in particular: the same rules, and nothing of the question kept."""

import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest
from api_client import Api, Town, referral_body
from structlog.testing import capture_logs
from town import WIDNES, token_for

from service.api.v1.answers import MatchesTold
from service.people.circumstances import age_on

pytest_plugins = ("api_fixtures",)

QUESTION: dict[str, Any] = {
    "needs": ["loneliness_isolation", "bereavement"],
    "postcode": "WA8 0DQ",
    "facts": {"age": 74, "gender": "female", "access_needed": ["step_free"]},
}


def asked(api: Api, **changes: Any) -> MatchesTold:  # noqa: ANN401 - any field
    answer = api.post("/v1/matches", json=QUESTION | changes)
    assert answer.status_code == 200, answer.text
    return MatchesTold.model_validate_json(answer.text)


def test_nothing_of_the_question_is_stored(api: Api) -> None:
    before = api.town.counts()
    for number in range(5):
        asked(api, limit=number + 1)
    assert api.town.counts() == before


def test_nothing_of_the_question_is_logged(api: Api, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with capture_logs() as logs:
        asked(api)
    assert [each["event"] for each in logs] == ["request"]
    told = {key: value for key, value in logs[0].items() if key not in ("ms", "request_id")}
    written = f"{told} {caplog.text}"
    for part in ("WA8", "0DQ", "bereavement", "female", "step_free"):
        assert part not in written


def test_it_gives_what_a_referral_with_the_same_facts_is_given(api: Api) -> None:
    taken = api.post("/v1/referrals", json=referral_body()).json()
    of_referral = api.get(taken["matches"]).json()
    age = age_on(date.fromisoformat(taken["person"]["birth_date"]), api.town.kith.today())
    body = {key: taken[key] for key in ("needs", "postcode")} | {
        "facts": {**taken["facts"], "age": age}
    }
    plain = api.post("/v1/matches", json=body).json()
    assert of_referral == plain


def test_the_limit_is_kept(api: Api) -> None:
    for limit in (1, 3, 50):
        assert len(asked(api, limit=limit).matches) <= limit
    assert len(asked(api).matches) <= api.town.settings.match_limit


def test_fewer_asked_for_are_the_first_of_more(api: Api) -> None:
    many, few = asked(api, limit=10), asked(api, limit=3)
    assert [each.asset.id for each in few.matches] == [each.asset.id for each in many.matches[:3]]


def test_what_would_change_the_list_is_told_when_asked(api: Api) -> None:
    plain = asked(api, postcode="WA8 7NU")
    told = asked(api, postcode="WA8 7NU", what_if=True)
    of_change = {"would_change", "would_enter"}
    bare, usual = (
        {
            key: [{k: v for k, v in each.items() if k not in of_change} for each in value]
            if key in ("matches", "near_misses")
            else value
            for key, value in found.model_dump(exclude={"would_enter"}).items()
        }
        for found in (told, plain)
    )
    assert bare == usual
    assert plain.would_enter == []
    assert not any(each.would_change for each in (*plain.matches, *plain.near_misses))
    listed = {each.asset.id for each in (*told.matches, *told.near_misses)}
    assert listed.isdisjoint(each.asset.id for each in told.would_enter)
    said = [
        change
        for each in (*told.matches, *told.near_misses, *told.would_enter)
        for change in each.would_change
    ]
    assert any(each.sentence.endswith(" if you could get a lift.") for each in said)
    assert all(1 <= each.rank_then <= api.town.settings.match_limit for each in said)


def test_a_place_with_steps_is_left_out_and_said(api: Api) -> None:
    found = asked(api, limit=50)
    assert found.matches
    for each in found.matches:
        if each.place is not None:
            assert each.place.access.get("step_free") is not False
    without = asked(api, facts={"age": 74}, limit=50)
    assert {each.asset.id for each in found.matches} < {each.asset.id for each in without.matches}
    assert "access_step_free" in {miss.rule for miss in found.near_misses}


def test_somebody_who_cannot_leave_home_is_offered_what_comes_to_them(api: Api) -> None:
    found = asked(api, facts={"housebound": True, "has_phone": True, "online": True}, limit=50)
    assert found.matches
    assert {each.journey.mode for each in found.matches} <= {"home_visit", "phone", "online"}


def test_without_a_postcode_no_distance_is_invented(api: Api) -> None:
    found = asked(api, postcode=None)
    assert found.home is None
    assert found.matches
    for each in found.matches:
        # Nothing to go to is no distance; anything else is not known.
        nowhere = each.journey.method == "none_needed"
        assert each.journey.distance_m == (0.0 if nowhere else None)


def test_a_part_of_a_postcode_is_a_rough_place_and_says_so(api: Api) -> None:
    found = asked(api, postcode="WA8")
    assert found.home is not None
    assert found.home.quality == "outward"
    assert (found.home.accuracy_m or 0) > 500


def test_a_river_is_no_shortcut(api: Api) -> None:
    """From the Widnes bank, a group in Runcorn is by the bridge, and said to be."""
    crossed = [
        each
        for each in asked(api, postcode="WA8 7NU", facts={}, limit=50).matches
        if each.journey.crossing
    ]
    assert crossed
    for each in crossed:
        assert each.journey.crossing == "Silver Jubilee Bridge"
        assert (each.journey.minutes or 0) > 30
        assert any("bridge" in reason.sentence.lower() for reason in each.reasons)


def test_nobody_suits_and_it_is_said(api: Api) -> None:
    impossible = {"housebound": True, "online": False, "has_phone": False, "men_only": True}
    found = asked(api, facts=impossible | {"gender": "female"}, limit=50)
    assert found.matches == []
    assert found.nothing_fits is not None
    assert found.nothing_fits.code == "none_fits"
    assert found.near_misses


def test_far_from_everything_only_what_needs_no_going_to(api: Api) -> None:
    found = asked(api, postcode="TR1 1XU", facts={"age": 40}, limit=50)
    assert all(each.journey.mode in {"home_visit", "phone", "online"} for each in found.matches)


@pytest.mark.parametrize("needs", [["loneliness_isolation"], ["bereavement", "debt_money"]])
def test_each_match_serves_a_need_that_was_asked(api: Api, needs: list[str]) -> None:
    for each in asked(api, needs=needs, limit=50).matches:
        assert set(each.needs) & set(needs)


def test_the_neighbours_token_may_ask_too(neighbour: Api, api: Api) -> None:
    assert asked(neighbour) == asked(api)


def test_many_at_once_have_the_same_answer(town: Town) -> None:
    api = Api(town, token_for(town.store, WIDNES))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: asked(api), range(16)))
    assert all(each == answers[0] for each in answers)

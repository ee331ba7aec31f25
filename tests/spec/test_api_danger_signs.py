"""A danger sign in a referral's note stops the list until a named person has seen it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from api_client import Api, referral_body, told
from sqlalchemy import text

pytest_plugins = ("api_fixtures",)

NOTE = (
    "Lonely since her husband died. Last night she took tablets and says she wants to end her life."
)
SEEN = {
    "name": "Dr A Example",
    "role": "duty GP",
    "outcome": "Seen today; safety plan made; fit to go on with the referral.",
}


@pytest.fixture
def flagged(api: Api) -> dict[str, Any]:
    body = referral_body(reason=NOTE, referrer={"name": "Dr B Example", "role": "GP"})
    answer = api.post("/v1/referrals", json=body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


def closing(referral: dict[str, Any], flag: str = "suicide_selfharm") -> str:
    return f"/v1/referrals/{referral['id']}/flags/{flag}/closing"


def test_it_is_told_at_once_with_what_to_do(flagged: dict[str, Any]) -> None:
    assert flagged["state"] == "triage_first"
    (flag,) = flagged["flags"]
    assert (flag["flag"], flag["status"], flag["open"]) == ("suicide_selfharm", "current", True)
    assert flag["words"] in NOTE
    assert flag["tell"] == "Dr B Example (GP)"
    assert "Samaritans" in flag["what_to_do"]


def test_no_group_is_suggested_while_it_is_open(api: Api, flagged: dict[str, Any]) -> None:
    found = api.get(flagged["matches"]).json()
    assert found["matches"] == []
    assert found["near_misses"] == []
    assert found["triage"]["action"] == "triage_first"
    assert [flag["flag"] for flag in found["flags"]] == ["suicide_selfharm"]
    for routes in (found["triage"]["routes"], flagged["routes"]):
        assert [each["id"] for each in routes] == [
            "emergency",
            "nhs_111_mental_health",
            "samaritans",
        ]
        assert [each["telephone"] for each in routes] == ["999", "111", "116123"]
        assert routes[1]["option"] == "2"
        assert all(each["source"].startswith("https://") for each in routes)


def test_when_a_person_has_seen_it_groups_are_suggested(api: Api, flagged: dict[str, Any]) -> None:
    answer = api.post(closing(flagged), json=SEEN)
    assert answer.status_code == 200, answer.text
    seen = answer.json()
    assert seen["state"] == "received"
    assert seen["routes"] == []
    (flag,) = seen["flags"]
    assert (flag["open"], flag["closed_by"], flag["outcome"]) == (
        False,
        SEEN["name"],
        SEEN["outcome"],
    )
    found = api.get(flagged["matches"]).json()
    assert found["triage"] is None
    assert found["matches"]


def test_closing_twice_changes_nothing(api: Api, flagged: dict[str, Any]) -> None:
    first = api.post(closing(flagged), json=SEEN)
    before = api.town.counts()
    again = api.post(closing(flagged), json=SEEN | {"name": "Somebody Else"})
    assert again.status_code == 200
    assert again.json() == first.json()
    assert api.town.counts() == before


def test_closing_at_once_from_many_sides_is_once(api: Api, flagged: dict[str, Any]) -> None:
    def close(number: int) -> dict[str, Any]:
        answer = api.post(closing(flagged), json=SEEN | {"name": f"Dr {number}"})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(close, range(12)))
    assert len({answer["flags"][0]["closed_by"] for answer in answers}) == 1
    with api.town.store.read() as session:
        closed = "SELECT count(*) FROM audit_event WHERE action = 'referral.flag_closed'"
        assert session.scalar(text(closed)) == 1


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"name": " "}, "flag-closing-incomplete"),
        ({"role": ""}, "flag-closing-incomplete"),
        ({"outcome": "ok"}, "flag-closing-incomplete"),
        ({"name": None}, "request-invalid"),
        ({"outcome": "x" * 2001}, "request-invalid"),
        ({"more": 1}, "request-invalid"),
        ({"name": "a\x00"}, "request-invalid"),
    ],
)
def test_nobody_in_particular_cannot_close_it(
    api: Api, flagged: dict[str, Any], change: dict[str, Any], slug: str
) -> None:
    told(api.post(closing(flagged), json=SEEN | change), 422, slug)
    assert api.get(f"/v1/referrals/{flagged['id']}").json()["flags"][0]["open"] is True


@pytest.mark.parametrize("flag", ["abuse", "nothing", "a%20b"])
def test_a_sign_that_was_not_raised_is_not_found(
    api: Api, flagged: dict[str, Any], flag: str
) -> None:
    told(api.post(closing(flagged, flag), json=SEEN), 404, "not-found")


def test_a_character_that_no_database_keeps(api: Api, flagged: dict[str, Any]) -> None:
    told(api.post(closing(flagged, "%00"), json=SEEN), 422, "request-invalid")


def test_sent_again_it_is_not_raised_again(api: Api, flagged: dict[str, Any]) -> None:
    api.post(closing(flagged), json=SEEN)
    body = referral_body(reason=NOTE, referrer={"name": "Dr B Example", "role": "GP"})
    again = api.post("/v1/referrals", json=body)
    assert again.status_code == 200
    assert again.json()["id"] == flagged["id"]
    assert again.json()["flags"][0]["open"] is False


def test_matches_for_nobody_in_particular_stop_too_and_keep_nothing(api: Api) -> None:
    before = api.town.counts()
    answer = api.post("/v1/matches", json={"note": NOTE, "postcode": "WA8 0DQ"})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found["matches"] == []
    assert found["triage"]["action"] == "triage_first"
    assert api.town.counts() == before


def test_what_is_not_said_of_the_person_stops_nothing(api: Api) -> None:
    note = "Lonely since she moved. No thoughts of suicide. Her brother killed himself years ago."
    answer = api.post("/v1/referrals", json=referral_body(reason=note)).json()
    assert not [flag for flag in answer["flags"] if flag["open"]]
    assert answer["state"] == "received"
    assert api.get(answer["matches"]).json()["matches"]

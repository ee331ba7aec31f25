"""A referral over the API: taken once however often it is sent, and read by its practice alone."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from api_client import Api, Town, referral_body, told

pytest_plugins = ("api_fixtures",)


def test_a_referral_is_taken(api: Api) -> None:
    answer = api.post("/v1/referrals", json=referral_body())
    assert answer.status_code == 201
    body = answer.json()
    assert answer.headers["Location"] == f"/v1/referrals/{body['id']}"
    assert "Idempotency-Replayed" not in answer.headers
    sent = referral_body()
    assert body["person"] == sent["person"]
    assert {key: body[key] for key in ("practice", "postcode", "needs", "facts", "reason")} == {
        key: sent[key] for key in ("practice", "postcode", "needs", "facts", "reason")
    }
    assert body["consent"] == {"given": True, "on": sent["consent"]["on"]}
    assert body["state"] == "received"
    assert body["matches"] == f"/v1/referrals/{body['id']}/matches"


def test_it_can_be_read_again_where_the_answer_says(api: Api) -> None:
    taken = api.post("/v1/referrals", json=referral_body())
    read = api.get(taken.headers["Location"])
    assert read.status_code == 200
    assert read.json() == taken.json()


@pytest.mark.parametrize("key", [None, "3f0c1b2e-0000-4000-8000-000000000001"])
def test_sent_again_it_is_the_same_one(api: Api, key: str | None) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}
    first = api.post("/v1/referrals", json=referral_body(), headers=headers)
    before = api.town.counts()
    again = api.post("/v1/referrals", json=referral_body(), headers=headers)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.headers["Location"] == first.headers["Location"]
    assert again.json() == first.json()
    assert api.town.counts() == before


def test_the_order_of_members_and_blanks_do_not_make_another_referral(api: Api) -> None:
    body = referral_body()
    shuffled = {key: body[key] for key in reversed(body)} | {"reason": f"  {body['reason']} "}
    first = api.post("/v1/referrals", json=body)
    again = api.post("/v1/referrals", json=shuffled)
    assert again.status_code == 200
    assert again.json()["id"] == first.json()["id"]


def test_a_key_may_not_be_used_for_another_request(api: Api) -> None:
    headers = {"Idempotency-Key": "one"}
    first = api.post("/v1/referrals", json=referral_body(), headers=headers)
    other = api.post("/v1/referrals", json=referral_body(reason="Other."), headers=headers)
    problem = told(other, 422, "idempotency-key-reused")
    assert problem["referral"] == first.json()["id"]
    assert api.town.counts()["referral"] == 1


@pytest.mark.parametrize("key", ["", "two words", "x" * 121, "na\u00efve"])
def test_a_key_that_cannot_be_kept_is_refused(api: Api, key: str) -> None:
    headers = {"Idempotency-Key": key.encode()}
    told(
        api.post("/v1/referrals", json=referral_body(), headers=headers),
        422,
        "idempotency-key-invalid",
    )
    assert api.town.counts()["referral"] == 0


@pytest.mark.parametrize("key", [None, "race"])
def test_many_at_once_over_http_are_one_referral(
    live: httpx.Client, town: Town, key: str | None
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key}

    def send(_number: int) -> httpx.Response:
        return live.post("/v1/referrals", json=referral_body(), headers=headers)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(24)))
    assert sorted({answer.status_code for answer in answers}) == [200, 201]
    assert sum(answer.status_code == 201 for answer in answers) == 1
    assert len({answer.json()["id"] for answer in answers}) == 1
    counts = town.counts()
    assert [counts[name] for name in ("referral", "person", "consent", "outbox_message")] == [1] * 4
    assert counts["audit_event"] == 2  # the token, and the referral


def test_many_different_ones_at_once_are_all_taken(live: httpx.Client, town: Town) -> None:
    def send(number: int) -> int:
        return live.post("/v1/referrals", json=referral_body(reason=f"No. {number}")).status_code

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(send, range(24))) == [201] * 24
    counts = town.counts()
    assert (counts["referral"], counts["outbox_message"], counts["audit_event"]) == (24, 24, 25)
    assert counts["person"] == 1


def test_a_key_raced_with_two_requests_keeps_one_and_refuses_the_other(
    live: httpx.Client, town: Town
) -> None:
    def send(number: int) -> httpx.Response:
        body = referral_body(reason=f"Reason {number % 2}")
        return live.post("/v1/referrals", json=body, headers={"Idempotency-Key": "same"})

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(16)))
    statuses = [answer.status_code for answer in answers]
    assert (statuses.count(201), statuses.count(200), statuses.count(422)) == (1, 7, 8)
    assert town.counts()["referral"] == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"person": {}},
        {"postcode": None},
        {"facts": {}},
        {"reason": ""},
        {"reason": "\U0001f9e1 \u0645\u0631\u062d\u0628\u0627 \u200f e\u0301 \u2028 tab\tline\n"},
        {"reason": "x" * 20_000},
        {"postcode": "wa80dq"},
        {"postcode": "WA8"},
        {"postcode": "WA8 0"},
        {"postcode": "ZZ99 3VZ"},
        {"consent": {"given": False, "on": "2026-01-05", "reason_not_given": "Lacks capacity."}},
    ],
)
def test_what_is_less_usual_is_taken_too(api: Api, changes: dict[str, object]) -> None:
    answer = api.post("/v1/referrals", json=referral_body(**changes))
    assert answer.status_code == 201, answer.text
    read = api.get(answer.headers["Location"]).json()
    assert read == answer.json()
    if "reason" in changes:
        assert read["reason"] == str(changes["reason"]).strip()


def test_its_matches_are_near_and_say_why(api: Api) -> None:
    taken = api.post("/v1/referrals", json=referral_body()).json()
    answer = api.get(taken["matches"], params={"limit": 4})
    assert answer.status_code == 200
    found = answer.json()
    assert found["home"]["quality"] == "live"
    assert [each["rank"] for each in found["matches"]] == [1, 2, 3, 4]
    scores = [each["score"] for each in found["matches"]]
    assert scores == sorted(scores, reverse=True)
    for each in found["matches"]:
        assert each["asset"]["invented"] is True
        assert each["reasons"]
        assert set(each["needs"]) & {"loneliness_isolation", "bereavement"}
        product = 1.0
        for factor in each["factors"].values():
            product *= factor
        assert each["score"] == pytest.approx(product)
    for miss in found["near_misses"]:
        assert miss["rule"]
        assert miss["sentence"]
    assert found["nothing_fits"] is None


def test_the_same_question_has_the_same_answer(api: Api) -> None:
    taken = api.post("/v1/referrals", json=referral_body()).json()
    assert api.get(taken["matches"]).json() == api.get(taken["matches"]).json()


def test_every_reading_is_written_down(api: Api) -> None:
    taken = api.post("/v1/referrals", json=referral_body()).json()
    api.get(f"/v1/referrals/{taken['id']}")
    api.get(taken["matches"])
    from sqlalchemy import text

    with api.town.store.read() as session:
        rows = session.execute(
            text("SELECT action, actor FROM audit_event WHERE subject = :s ORDER BY event_id"),
            {"s": f"referral:{taken['id']}"},
        ).all()
    assert [row[0] for row in rows] == ["referral.received", "referral.read", "referral.matched"]
    assert len({row[1] for row in rows}) == 1


@pytest.mark.parametrize("path", ["/v1/referrals/nothing", "/v1/referrals/nothing/matches"])
def test_a_referral_that_is_not_there_is_not_found(api: Api, path: str) -> None:
    before = api.town.counts()
    told(api.get(path), 404, "not-found")
    assert api.town.counts() == before


@pytest.mark.parametrize("limit", ["0", "51", "-1", "1.5", "many", "1" * 30])
def test_a_limit_has_bounds(quick: Api, limit: str) -> None:
    taken = quick.post("/v1/referrals", json=referral_body()).json()
    told(quick.get(taken["matches"], params={"limit": limit}), 422, "request-invalid")

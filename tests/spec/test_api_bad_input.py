"""Whatever is wrong with a request is said in a sentence, nothing is kept, and it is no 500."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import time_machine
from api_client import Api, Town, referral_body, told, town_on
from sqlalchemy import make_url
from town import RUNCORN, WIDNES, token_for

from geo.gazetteer import open_gazetteer
from geo.gazetteer_import import import_postcodes
from service.identity.actors import operator
from service.identity.tokens import withdraw_token

pytest_plugins = ("api_fixtures",)

JSON = {"Content-Type": "application/json"}
REFERRALS, MATCHES = "/v1/referrals", "/v1/matches"


def sent_raw(api: Api, body: bytes, path: str = REFERRALS) -> httpx.Response:
    return api.post(path, content=body, headers=JSON)


def kept_nothing(town: Town) -> None:
    counts = town.counts()
    assert [counts[name] for name in ("referral", "person", "consent", "outbox_message")] == [0] * 4


@pytest.mark.parametrize(
    ("postcode", "slug", "says"),
    [
        ("nonsense", "postcode-malformed", "postcode"),
        ("WA8", None, ""),
        ("WA8 6T", "postcode-malformed", "“WA8 6T”"),
        ("WA8 6TR please", "postcode-malformed", ""),
        ("\U0001f9e1", "postcode-malformed", ""),
        ("WA8 6ZZ", "postcode-not-usable", "There is no postcode WA8 6ZZ"),
        ("WA99", "postcode-not-usable", "WA99"),
        ("BT1 1AA", "postcode-not-usable", "Northern Ireland"),
        ("GY1 1WH", "postcode-not-usable", "Guernsey"),
        ("BF1 0AX", "postcode-not-usable", "Forces"),
    ],
)
def test_a_postcode_that_cannot_be_used(
    quick: Api, postcode: str, slug: str | None, says: str
) -> None:
    referral = quick.post(REFERRALS, json=referral_body(postcode=postcode))
    match = quick.post(
        MATCHES, json={"needs": ["loneliness_isolation"], "postcode": postcode, "limit": 1}
    )
    search = quick.get("/v1/assets", params={"near": postcode})
    if slug is None:
        assert (referral.status_code, match.status_code, search.status_code) == (201, 200, 200)
        return
    for answer in (referral, match, search):
        assert says in told(answer, 422, slug)["detail"]
    kept_nothing(quick.town)


def test_a_postcode_out_of_use_is_used_and_said(tmp_path: Path, quick_town: Town) -> None:
    """Imported into a gazetteer of this test's own, from a file in the ONS's layout."""
    ended = tmp_path / "onspd.csv"
    ended.write_text(
        "pcds,dointr,doterm,oslaua,oseast1m,osnrth1m,osgrdind,lsoa21,lsoa11\n"
        "WA8 6ZZ,198001,201206,E06000006,0351000,0385000,1,E01012345,E01012345\n"
    )
    folder = tmp_path / "gazetteer"
    folder.mkdir()
    for file in (quick_town.settings.gazetteer_dir).iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    import_postcodes(ended, folder)
    url = quick_town.store.engine.url
    with town_on(make_url(url), open_gazetteer(folder), load=False, var_dir=tmp_path) as town:
        api = Api(town, token_for(town.store, WIDNES))
        body = {"needs": ["loneliness_isolation"], "postcode": "WA8 6ZZ"}
        home = api.post(MATCHES, json=body).json()["home"]
        assert home["quality"] == "terminated"
        assert "2012" in home["sentence"]
        taken = api.post(REFERRALS, json=referral_body(postcode="WA8 6ZZ"))
        assert taken.status_code == 201


def test_an_unknown_need_names_the_nearest(quick: Api) -> None:
    needs = ["bereavement", "loneliness_izolation"]
    for answer in (
        quick.post(REFERRALS, json=referral_body(needs=needs)),
        quick.post(MATCHES, json={"needs": needs}),
        quick.get("/v1/assets", params={"need": needs}),
        quick.get("/v1/practices/N81011/assets", params={"need": needs}),
        quick.get("/v1/practices/N81011/map", params={"need": needs}),
    ):
        problem = told(answer, 422, "need-unknown")
        assert problem["close"] == ["loneliness_isolation"]
        assert "Need number 2" in problem["detail"]
        assert "Did you mean loneliness_isolation?" in problem["detail"]
    kept_nothing(quick.town)


def test_no_need_at_all(quick: Api) -> None:
    body = referral_body(needs=[], reason="")
    told(quick.post(REFERRALS, json=body), 422, "needs-missing")
    told(quick.post(MATCHES, json={"needs": []}), 422, "needs-missing")


def test_a_need_given_twice_is_one(api: Api) -> None:
    body = referral_body(needs=["bereavement", "debt_money", "bereavement"])
    answer = api.post(REFERRALS, json=body)
    assert answer.status_code == 201
    assert answer.json()["needs"] == ["bereavement", "debt_money"]


@pytest.mark.parametrize("path", ["", "/assets", "/map"])
def test_an_unknown_practice(quick: Api, path: str) -> None:
    problem = told(quick.get(f"/v1/practices/A99999{path}"), 404, "practice-unknown")
    assert "A99999" in problem["detail"]


@pytest.mark.parametrize(
    "code", ["n8", "N81011-1", "%00", "x" * 41, "N81%2F11", "\u00e9\u00e9\u00e9"]
)
def test_a_code_that_is_no_practice_code(quick: Api, code: str) -> None:
    answer = quick.get(f"/v1/practices/{code}")
    assert answer.status_code in (404, 422)
    told(answer, answer.status_code, answer.json()["type"].removeprefix("/problems/"))


def test_the_token_of_another_practice(api: Api) -> None:
    answer = api.post(REFERRALS, json=referral_body(practice=RUNCORN))
    assert RUNCORN in told(answer, 403, "not-allowed")["detail"]
    kept_nothing(api.town)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", REFERRALS),
        ("GET", "/v1/referrals/some"),
        ("GET", "/v1/referrals/some/matches"),
        ("POST", MATCHES),
    ],
)
@pytest.mark.parametrize(
    ("header", "slug"),
    [
        (None, "not-signed-in"),
        (b"Basic a2l0aDpraXRo", "not-signed-in"),
        (b"Bearer", "not-signed-in"),
        (b"Bearer ", "not-signed-in"),
        (b"Bearer kith_short", "token-invalid"),
        (b"Bearer kith_" + b"A" * 43, "token-invalid"),
        (b"Bearer " + b"\xff" * 48, "token-invalid"),
        (b"Bearer " + b"x" * 10_000, "token-invalid"),
        (b"Bearer kith_" + b"A" * 42 + b"'", "token-invalid"),
    ],
)
def test_without_a_token_that_works(
    quick_town: Town, method: str, path: str, header: bytes | None, slug: str
) -> None:
    headers = {} if header is None else {"Authorization": header}
    body = referral_body() if path == REFERRALS else {"needs": ["bereavement"]}
    sent = {"json": body} if method == "POST" else {}
    answer = Api(quick_town).request(method, path, headers=headers, **sent)
    told(answer, 401, slug)
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    kept_nothing(quick_town)


def test_a_token_that_has_ended_or_was_withdrawn(town: Town) -> None:
    with time_machine.travel(datetime.now(UTC) - timedelta(days=2), tick=True):
        ended = token_for(town.store, WIDNES)
    told(Api(town, ended).get("/v1/referrals/some"), 401, "token-invalid")
    withdrawn = Api(town, token_for(town.store, WIDNES))
    told(withdrawn.get("/v1/referrals/some"), 404, "not-found")
    with town.store.read() as session:
        newest = session.connection().exec_driver_sql("SELECT max(token_id) FROM machine_token")
        number = newest.scalar_one()
    with town.store.work() as work:
        withdraw_token(work, by=operator(), token_id=number)
    told(withdrawn.get("/v1/referrals/some"), 401, "token-invalid")


async def in_pieces(total: int) -> AsyncIterator[bytes]:
    for _ in range(total // 100_000):
        yield b" " * 100_000


@pytest.mark.parametrize("path", [REFERRALS, MATCHES])
def test_a_body_of_ten_megabytes(quick: Api, path: str) -> None:
    whole = sent_raw(quick, b" " * 10_000_000, path)
    pieces = quick.post(path, content=in_pieces(10_000_000), headers=JSON)
    assert "content-length" in whole.request.headers
    assert "content-length" not in pieces.request.headers
    for answer in (whole, pieces):
        problem = told(answer, 413, "body-too-large")
        assert problem["limit_bytes"] == 1_000_000
        assert "1,000,000 bytes" in problem["detail"]
    kept_nothing(quick.town)


def test_a_body_of_ten_megabytes_over_http(live: httpx.Client, town: Town) -> None:
    def pieces():
        for _ in range(100):
            yield b" " * 100_000

    told(live.post(REFERRALS, content=b" " * 10_000_000, headers=JSON), 413, "body-too-large")
    told(live.post(REFERRALS, content=pieces(), headers=JSON), 413, "body-too-large")
    # The server is none the worse for it.
    assert live.post(REFERRALS, json=referral_body()).status_code == 201


def test_a_body_just_within_the_limit_is_read(quick: Api) -> None:
    body = json.dumps(referral_body()).encode()
    assert sent_raw(quick, body + b" " * (1_000_000 - len(body))).status_code == 201
    told(sent_raw(quick, body + b" " * (1_000_001 - len(body))), 413, "body-too-large")


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"not json",
        b'{"practice": }',
        b"{'practice': 'N81011'}",
        b"\xff\xfe\xfa",
        b'{"a":' * 100_000,
        b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
        b"[" * 100_000 + b"]" * 100_000,
        b'{"needs": [], "limit": ' + b"9" * 10_000 + b"}",
        '{"reason": "é"}'.encode("latin-1"),
    ],
)
def test_what_is_not_json(quick: Api, body: bytes) -> None:
    for path in (REFERRALS, MATCHES):
        told(sent_raw(quick, body, path), 400, "body-not-json")


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "",
        "nonsense",
        "application/",
        "text/json; charset=utf-8",
    ],
)
def test_another_type_of_body(quick: Api, kind: str) -> None:
    body = json.dumps(referral_body()).encode()
    for path in (REFERRALS, MATCHES):
        answer = quick.post(path, content=body, headers={"Content-Type": kind})
        told(answer, 415, "media-type")
    kept_nothing(quick.town)


WRONG: list[tuple[dict[str, object], str, str]] = [
    ({"practice": 81011}, "body.practice", "Send text, in quotes."),
    ({"practice": "n8"}, "body.practice", "An ODS code is 3 to 10 letters and digits"),
    ({"practice": None}, "body.practice", "Send text"),
    ({"needs": "bereavement"}, "body.needs", "Send a list"),
    ({"needs": [1]}, "body.needs[0]", "Send text"),
    ({"needs": ["bereavement"] * 39}, "body.needs", "Give at most 38."),
    ({"needs": [["bereavement"]]}, "body.needs[0]", "Send text"),
    (
        {"consent": {"given": "yes", "on": "2026-01-05"}},
        "body.consent.given",
        "Write true or false",
    ),
    ({"consent": {"given": 1, "on": "2026-01-05"}}, "body.consent.given", "Write true or false"),
    ({"consent": {"given": True, "on": 20260105}}, "body.consent.on", "Write the day as"),
    ({"consent": {"given": True, "on": "05/01/2026"}}, "body.consent.on", "Write the day as"),
    ({"consent": {"given": True, "on": "2026-02-30"}}, "body.consent.on", "Write the day as"),
    ({"consent": {"given": True}}, "body.consent.on", "This is needed"),
    ({"consent": None}, "body.consent", "Send a JSON object"),
    ({"colour": "red"}, "body.colour", "There is no such field."),
    ({"person": {"nhs": "1"}}, "body.person.nhs", "There is no such field."),
    ({"person": {"nhs_number": "9990000345"}}, "body.person.nhs_number", "check digit"),
    ({"person": {"nhs_number": "999000034"}}, "body.person.nhs_number", "ten digits"),
    ({"person": {"nhs_number": "9999999999"}}, "body.person.nhs_number", "Ten equal digits"),
    ({"person": {"nhs_number": 9990000344}}, "body.person.nhs_number", "Send text"),
    ({"person": {"given_name": "x" * 121}}, "body.person.given_name", "at most 120 characters"),
    ({"person": {"birth_date": "1952-4-17"}}, "body.person.birth_date", "Write the day as"),
    ({"person": []}, "body.person", "Send a JSON object"),
    ({"postcode": ""}, "body.postcode", "at least 1 character"),
    ({"postcode": "W" * 41}, "body.postcode", "at most 40 characters"),
    ({"reason": "x" * 20_001}, "body.reason", "at most 20000 characters"),
    ({"reason": "a\x00b"}, "body.reason", "Take out the character NUL"),
    ({"person": {"given_name": "\x00"}}, "body.person.given_name", "Take out the character NUL"),
    ({"postcode": "WA8\x006TR"}, "body.postcode", "Take out the character NUL"),
    ({"facts": {"age": "74"}}, "body.facts.age", "Write a whole number, without quotes."),
    ({"facts": {"age": 74.5}}, "body.facts.age", "whole number"),
    ({"facts": {"age": -1}}, "body.facts.age", "Use 0 or more."),
    ({"facts": {"age": 131}}, "body.facts.age", "Use 130 or less."),
    ({"facts": {"age": 10**30}}, "body.facts.age", "Use 130 or less."),
    ({"facts": {"gender": "unknown"}}, "body.facts.gender", "Use one of: female, male"),
    (
        {"facts": {"access_needed": ["lift"]}},
        "body.facts.access_needed[0]",
        "Use one of: step_free",
    ),
    ({"facts": {"languages": ["English"]}}, "body.facts.languages[0]", "as its code"),
    ({"facts": {"home_by": "25:00"}}, "body.facts.home_by", "clock on the wall"),
    ({"facts": {"home_by": "12:00Z"}}, "body.facts.home_by", "clock on the wall"),
    ({"facts": {"conditions": ["x\x00"]}}, "body.facts.conditions[0]", "NUL"),
    ({"facts": {"max_cost_pence": 10**12}}, "body.facts.max_cost_pence", "Use 1,000,000 or less."),
    ({"facts": {"housebound": "no"}}, "body.facts.housebound", "Write true or false"),
    ({"facts": {"modes": ["rocket"]}}, "body.facts.modes[0]", "Use one of: walk"),
    ({"facts": {"free_days": ["MON"]}}, "body.facts.free_days[0]", "Use one of: MO"),
]


@pytest.mark.parametrize(("change", "where", "what"), WRONG, ids=lambda value: str(value)[:40])
def test_a_wrong_field_is_named_with_what_to_do(
    quick: Api, change: dict[str, object], where: str, what: str
) -> None:
    problem = told(quick.post(REFERRALS, json=referral_body(**change)), 422, "request-invalid")
    assert [each["where"] for each in problem["errors"]] == [where]
    assert what in problem["errors"][0]["what"]
    assert problem["errors"][0]["what"].endswith(".")
    kept_nothing(quick.town)


@pytest.mark.parametrize("field", ["reason", "postcode", "practice"])
def test_half_a_character(quick: Api, field: str) -> None:
    body = json.dumps(referral_body(**{field: "\ud800"})).encode()
    problem = told(sent_raw(quick, body), 422, "request-invalid")
    assert problem["errors"][0]["where"] == f"body.{field}"


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"1", b'"text"', b"true"])
def test_a_body_that_is_no_object(quick: Api, body: bytes) -> None:
    problem = told(sent_raw(quick, body), 422, "request-invalid")
    assert problem["errors"][0]["where"] == "body"


def test_a_thousand_errors_are_not_all_told(quick: Api) -> None:
    body = {f"field{number}": number for number in range(1000)}
    problem = told(quick.post(REFERRALS, json=body), 422, "request-invalid")
    assert len(problem["errors"]) == 50
    assert problem["detail"].startswith("1002 things are wrong")


@pytest.mark.parametrize(
    ("change", "slug"),
    [
        ({"consent": {"given": False, "on": "2026-01-05"}}, "consent-incomplete"),
        ({"consent": {"given": True, "on": "9999-12-31"}}, "consent-incomplete"),
        ({"person": {"birth_date": "9999-12-31"}}, "birth-date-invalid"),
        ({"person": {"birth_date": "1801-01-01"}}, "birth-date-invalid"),
        ({"facts": {"age": 30}}, "facts-invalid"),
        ({"facts": {"women_only": True, "men_only": True}}, "facts-invalid"),
        ({"facts": {"not_before": "15:00", "home_by": "12:00"}}, "facts-invalid"),
    ],
)
def test_what_cannot_be_true_of_a_person(quick: Api, change: dict[str, object], slug: str) -> None:
    told(quick.post(REFERRALS, json=referral_body(**change)), 422, slug)
    kept_nothing(quick.town)


@pytest.mark.parametrize(
    ("query", "where"),
    [
        ("colour=red", "query.colour"),
        ("limit=5&near=WA8&neer=WA7", "query.neer"),
        ("near=WA8&near=WA7", "query.near"),
        ("limit=0", "query.limit"),
        ("limit=101", "query.limit"),
        ("limit=ten", "query.limit"),
        ("limit=" + "9" * 5000, "query.limit"),
        ("offset=-1", "query.offset"),
        ("age=-1", "query.age"),
        ("age=131", "query.age"),
        ("near=WA8&within=-1", "query.within"),
        ("near=WA8&within=50001", "query.within"),
        ("near=WA8&within=nan", "query.within"),
        ("near=WA8&within=inf", "query.within"),
        ("near=" + "W" * 61, "query.near"),
        ("text=" + "x" * 501, "query.text"),
        ("day=MONDAY", "query.day[0]"),
        ("access=lift", "query.access[0]"),
        ("kind=club", "query.kind[0]"),
        ("delivery=post", "query.delivery[0]"),
        ("free=perhaps", "query.free"),
        ("format=xml", "query.format"),
        ("updated_since=yesterday", "query.updated_since"),
    ],
)
def test_a_wrong_parameter_is_named(quick: Api, query: str, where: str) -> None:
    problem = told(quick.get(f"/v1/assets?{query}"), 422, "request-invalid")
    assert [each["where"] for each in problem["errors"]] == [where]
    assert problem["errors"][0]["what"].endswith(".")


@pytest.mark.parametrize(
    "path",
    [
        "/v1/practices/N81011",
        "/v1/practices/N81011/assets",
        "/v1/practices/N81011/map",
        "/v1/assets/lapwing-lunch-club",
        "/v1/referrals/some",
        "/v1/referrals/some/matches",
    ],
)
def test_a_parameter_that_is_not_there_is_never_passed_over(quick: Api, path: str) -> None:
    problem = told(quick.get(path, params={"nead": "x"}), 422, "request-invalid")
    assert problem["errors"][0]["where"] == "query.nead"


@pytest.mark.parametrize(
    ("query", "slug"),
    [
        ("within=500", "filter-invalid"),
        ("wider=true", "filter-invalid"),
        ("near=ZZ99 3VZ", "filter-invalid"),
        ("near=1,2", "coordinate-invalid"),
        ("near=-2.7,53.3", "coordinate-invalid"),
        ("near=53.3,", "coordinate-invalid"),
        ("near=nan,nan", "coordinate-invalid"),
        ("near=53.3,-2.7,9", "coordinate-invalid"),
        ("near=%00", "postcode-malformed"),
        ("updated_since=2026-01-01T00:00:00", "filter-invalid"),
        ("updated_since=9999-12-31T23:59:59-23:59", "filter-invalid"),
        ("updated_since=0001-01-01T00:00:00%2B14:00", "filter-invalid"),
        ("need=%00", "need-unknown"),
    ],
)
def test_a_filter_that_cannot_be_meant(api: Api, query: str, slug: str) -> None:
    told(api.get(f"/v1/assets?{query}"), 422, slug)


@pytest.mark.parametrize("text", ["%00", "%ED%A0%80", "\U0001f9e1", "' OR 1=1 --", "%25_", "\\"])
def test_odd_words_are_words(api: Api, text: str) -> None:
    assert api.get(f"/v1/assets?text={text}").status_code == 200


@pytest.mark.parametrize(
    ("path", "slug"),
    [
        ("/nothing", "address-unknown"),
        ("/v1", "address-unknown"),
        ("/v1/referrals/", "address-unknown"),
        ("/v1/assets/", "address-unknown"),
        ("/docs", "address-unknown"),
        ("/static/kith/nothing.css", "address-unknown"),
        ("/static/kith/..%2F..%2Fsettings.py", "address-unknown"),
        ("/static/maps/%00", "address-unknown"),
        ("/v1/assets/nothing", "asset-unknown"),
        ("/v1/assets/%ED%A0%80", "asset-unknown"),
        ("/v1/referrals/%ED%A0%80/matches", "not-found"),
        ("/v1/referrals/' OR 1=1 --", "not-found"),
    ],
)
def test_nothing_is_there(api: Api, path: str, slug: str) -> None:
    told(api.get(path), 404, slug)


@pytest.mark.parametrize("path", ["/v1/assets/%00", "/v1/referrals/%00"])
def test_a_character_that_no_database_keeps(api: Api, path: str) -> None:
    problem = told(api.get(path), 422, "request-invalid")
    assert "NUL" in problem["errors"][0]["what"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", REFERRALS, "POST"),
        ("PUT", REFERRALS, "POST"),
        ("DELETE", "/v1/assets", "GET"),
        ("OPTIONS", "/v1/assets", "GET"),
        ("TRACE", "/v1/assets", "GET"),
        ("BREW", "/v1/matches", "POST"),
        ("PATCH", "/v1/practices/N81011", "GET"),
        ("POST", "/livez", "GET"),
        ("POST", "/", "GET"),
    ],
)
def test_a_method_that_an_address_does_not_take(
    quick: Api, method: str, path: str, allowed: str
) -> None:
    answer = quick.request(method, path)
    told(answer, 405, "method-not-allowed")
    assert allowed in answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/livez", "/v1/assets", "/v1/practices/N81011/map", "/", "/no"])
def test_head_is_get_without_the_body(quick: Api, path: str) -> None:
    get, head = quick.get(path), quick.request("HEAD", path)
    assert head.status_code == get.status_code
    assert head.content == b""
    for name in ("content-type", "content-length", "etag"):
        assert head.headers.get(name) == get.headers.get(name)


def test_head_over_http(live: httpx.Client) -> None:
    for path in ("/livez", "/v1/assets", "/v1/practices/N81011/map", "/static/kith/kith.css"):
        get, head = live.get(path), live.head(path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == get.headers["content-length"]
        # The connection is still good for the next one.
        assert live.get("/livez").status_code == 200

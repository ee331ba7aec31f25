"""How many statements each answer takes: few, and no more when there is more to tell.

Counted by SQLite itself, so that what goes past SQLAlchemy counts too; beginnings and ends of
transactions are left out. Four of the statements of anything that tells of assets are the reading
of those assets (their needs, times, areas and themselves), however many they are.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from api_client import Api, Town, referral_body
from sqlalchemy import event, text
from town import WIDNES, token_for

pytest_plugins = ("api_fixtures",)

ENDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "PRAGMA", "--")
ASSETS = 4
ABOUT_ASSETS = re.compile(r"FROM (asset_need|schedule|area_served|asset)\b.* IN \(")


@contextmanager
def counted(town: Town) -> Iterator[list[str]]:
    """The statements that SQLite is sent while the block runs, whoever sends them."""
    sent: list[str] = []

    def note(statement: str) -> None:
        if not statement.lstrip().upper().startswith(ENDS):
            sent.append(" ".join(statement.split()))

    def watch(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(note)

    def leave(connection: sqlite3.Connection, *_rest: object) -> None:
        connection.set_trace_callback(None)

    engine = town.store.engine
    event.listen(engine, "checkout", watch)
    event.listen(engine, "checkin", leave)
    try:
        yield sent
    finally:
        event.remove(engine, "checkout", watch)
        event.remove(engine, "checkin", leave)


def statements(api: Api, method: str, path: str, **sent: object) -> list[str]:
    with counted(api.town) as found:
        answer = api.request(method, path, **sent)
    assert answer.status_code < 400, answer.text
    return found


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("/livez", 0),
        ("/problems", 0),
        ("/openapi.json", 0),
        ("/static/kith/kith.css", 0),
        ("/readyz", 2),  # the revision, and whether a question is answered
        ("/", 2),  # the practices; how many groups
        ("/v1/assets", 1 + ASSETS),  # the page and its total are one
        ("/v1/assets?limit=1", 1 + ASSETS),
        ("/v1/assets?limit=100", 1 + ASSETS),
        ("/v1/assets?offset=1000", 2),  # beyond the last: the total is asked for by itself
        ("/v1/assets?text=lunch", 1 + ASSETS),
        ("/v1/assets?text=xylozorgle", 2),
        ("/v1/assets?near=WA8 6TR", 1 + ASSETS),
        ("/v1/assets?near=WA8 6TR&free=true", 2 + ASSETS),  # and the filter
        ("/v1/assets?near=WA8 6TR&text=lunch", 2 + ASSETS),  # and the words
        ("/v1/assets?near=WA8 6TR&wider=true", 3 + ASSETS),  # what is remote; whose area holds it
        ("/v1/assets?near=WA8 6TR&need=bereavement&need=debt_money", 2 + ASSETS),  # one a need
        ("/v1/assets?format=csv&limit=100", 1 + ASSETS),
        ("/v1/assets/lapwing-lunch-club", 1 + ASSETS),
        ("/v1/practices/N81011", 1),  # with all that are above it
        ("/v1/practices/N81011/assets", 2 + ASSETS),
        ("/v1/practices/N81011/map", 4 + ASSETS),  # practice, version, near, remote
        ("/v1/practices/N81011/map?within=50000", 4 + ASSETS),
        ("/v1/practices/N81011/map?need=bereavement&need=debt_money", 6 + ASSETS),
        ("/v1/practices/N81011/map?format=geojson", 4 + ASSETS),
    ],
)
def test_what_anybody_may_open(quick_town: Town, path: str, count: int) -> None:
    found = statements(Api(quick_town), "GET", path)
    assert len(found) == count, found


def test_a_map_that_has_not_changed(quick_town: Town) -> None:
    api, path = Api(quick_town), "/v1/practices/N81011/map"
    tag = api.get(path).headers["ETag"]
    found = statements(api, "GET", path, headers={"If-None-Match": tag})
    assert len(found) == 2, found  # the practice and the version


TOKEN, REFERRAL, RECORD = 1, 3, 3
"""Who asks; the referral with its person and consent, needs, danger signs; the record: head, event,
head."""


def test_taking_a_referral(quick: Api) -> None:
    first = statements(quick, "POST", "/v1/referrals", json=referral_body(reason="1"))
    known = statements(quick, "POST", "/v1/referrals", json=referral_body(reason="2"))
    many = statements(
        quick,
        "POST",
        "/v1/referrals",
        json=referral_body(needs=["bereavement", "debt_money", "housing", "digital"]),
    )
    # Was it here before; the practice, held; who it is; person, referral, two needs, consent, its
    # first event; the message; and once more as the practice may read it.
    assert len(first) == TOKEN + 1 + 1 + 1 + 6 + RECORD + 1 + REFERRAL, first
    assert len(known) == len(first) - 1, known
    # SQLite is told of each need by itself, in one call of its driver.
    assert len(many) == len(known) + 2, many


def test_taking_it_again(quick: Api) -> None:
    quick.post("/v1/referrals", json=referral_body())
    again = statements(quick, "POST", "/v1/referrals", json=referral_body())
    assert len(again) == TOKEN + 1 + REFERRAL, again


def test_a_refusal_costs_little(quick: Api) -> None:
    for changes, count in (
        ({"needs": ["nonsense"]}, TOKEN),
        ({"postcode": "WA8 6ZZ"}, TOKEN),
        ({"practice": "N81019"}, TOKEN),
        ({"colour": "red"}, TOKEN),
    ):
        with counted(quick.town) as found:
            quick.post("/v1/referrals", json=referral_body(**changes))
        assert len(found) == count, found
    with counted(quick.town) as found:
        quick.post("/v1/referrals", json=referral_body(), headers={"Authorization": "Bearer x"})
    assert found == []


def test_reading_a_referral(quick: Api) -> None:
    where = quick.post("/v1/referrals", json=referral_body()).headers["Location"]
    found = statements(quick, "GET", where)
    assert len(found) == TOKEN + REFERRAL + RECORD, found


def test_matches_take_no_more_the_more_groups_there_are(quick: Api) -> None:
    """Candidates of each need, remote and in rings; then groups read some forty at a time."""
    where = quick.post("/v1/referrals", json=referral_body()).json()["matches"]
    question = {"needs": ["loneliness_isolation", "bereavement"], "postcode": "WA8 0DQ"}
    of_referral = statements(quick, "GET", where)
    plain = statements(quick, "POST", "/v1/matches", json=question)
    rings, needs = 5, 2
    for found, before in ((of_referral, TOKEN + REFERRAL + RECORD), (plain, TOKEN)):
        candidates = [each for each in found if "FROM json_each" in each]
        read = [each for each in found if ABOUT_ASSETS.search(each)]
        assert len(candidates) <= needs * (1 + rings)
        assert len(read) % ASSETS == 0
        assert len(read) <= ASSETS * 4, read
        # What was shown before, once a ring; of a referral also what is shown now, and unmet.
        turns = [each for each in found if "asset_shown" in each]
        assert sum(each.startswith("SELECT") for each in turns) <= 1 + rings
        unmet = [each for each in found if "INTO unmet_need" in each]
        assert len(unmet) <= needs
        counted_elsewhere = len(candidates) + len(read) + len(turns) + len(unmet)
        assert len(found) == before + counted_elsewhere, found


def test_matches_of_a_register_ten_times_as_large(broken_town: Town) -> None:
    """The same question where every group stands ten times: not a statement more a group."""
    api = Api(broken_town, token_for(broken_town.store, WIDNES))
    question = {"needs": ["loneliness_isolation"], "postcode": "WA8 0DQ", "limit": 3}
    few = statements(api, "POST", "/v1/matches", json=question)
    tables = ("asset", "asset_need", "area_served", "schedule", "candidate")
    with broken_town.store.work() as work:
        for copy in range(1, 10):
            for table in tables:
                names = [
                    row[1] for row in work.session.execute(text(f"PRAGMA table_info({table})"))
                ]
                changed = {
                    "asset_id": f"asset_id + {copy * 1000}",
                    "code": f"code || '-{copy}'",
                    "schedule_id": f"schedule_id + {copy * 1000}",
                    "area_id": f"area_id + {copy * 1000}",
                    "area_served_id": f"area_served_id + {copy * 1000}",
                }
                values = ", ".join(changed.get(name, f'"{name}"') for name in names)
                listed = ", ".join(f'"{name}"' for name in names)
                work.session.execute(
                    text(
                        f"INSERT INTO {table} ({listed}) SELECT {values} FROM {table} "
                        "WHERE asset_id < 1000"
                    )
                )
    many = statements(api, "POST", "/v1/matches", json=question)
    assert api.get("/v1/assets").json()["total"] == 900
    assert len(many) <= len(few) + ASSETS * 3, (len(few), len(many))


def test_what_would_change_a_list_is_a_few_searches_and_no_more(quick: Api) -> None:
    body = {
        "needs": ["loneliness_isolation"],
        "postcode": "WA8 6TR",
        "facts": {
            "age": 74,
            "home_by": "16:00",
            "max_cost_pence": 300,
            "preferences": ["company_first_visit"],
        },
    }
    plain = statements(quick, "POST", "/v1/matches", json=body)
    told = statements(quick, "POST", "/v1/matches", json=body | {"what_if": True})
    # Five changes and the best groups, each a search that may grow a ring or two farther.
    assert len(told) - len(plain) <= 6 * 2 * len(plain), told

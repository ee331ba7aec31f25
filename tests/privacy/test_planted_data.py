"""A person is planted, everything is done with them, and nothing of them is found outside."""

import io
import json
import logging
import uuid
from collections.abc import Iterator
from contextlib import redirect_stderr

import httpx
import pytest
import structlog
from api_client import Api, Town, referral_body, served
from sqlalchemy import inspect, text
from structlog.testing import capture_logs
from town import RUNCORN, WIDNES, token_for

from service import bootstrap
from service.store.base import Sensitivity

pytest_plugins = ("api_fixtures",)

NUMBER, SPACED = "9990548609", "999 054 8609"
GIVEN, FAMILY = "Quillon", "Featherstonehaugh"
POSTCODE = "WA8 0DQ"
NOTE = "Zephyrine keeps bees and wants to end her life"
TAKEN_BY, REFERRER, CLINICIAN = "Dr Umbrage", "Dr Quincunx", "Dr Obelisk"
OUTCOME = "Talked with her, safety plan on the fridge"
PLANTED = (
    *(NUMBER, SPACED, GIVEN, FAMILY, POSTCODE, POSTCODE.replace(" ", ""), NOTE, "Zephyrine"),
    *(TAKEN_BY, REFERRER, CLINICIAN, OUTCOME, "end her life", "1952-04-17"),
    *("WA8%200DQ", "WA8+0DQ"),
)

SEEN = {"name": CLINICIAN, "role": "duty GP", "outcome": OUTCOME}


def body(**changes: object) -> dict[str, object]:
    return referral_body(
        person={
            "nhs_number": NUMBER,
            "given_name": GIVEN,
            "family_name": FAMILY,
            "birth_date": "1952-04-17",
        },
        postcode=POSTCODE,
        reason=NOTE,
        referrer={"name": REFERRER, "role": "GP"},
        consent={**referral_body()["consent"], "taken_by": TAKEN_BY},
        **changes,
    )


def launch() -> dict[str, object]:
    known = body()
    return {key: known[key] for key in ("practice", "person", "postcode", "reason")}


def nothing_planted(where: str, found: str) -> None:
    for part in PLANTED:
        assert part.lower() not in found.lower(), (where, part)


class Heard(logging.Handler):
    """Every line that any logger of the process writes, at any level."""

    def __init__(self) -> None:
        super().__init__(logging.NOTSET)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith(("httpx", "httpcore", "hypothesis")):
            return  # the caller's side, not Kith's
        self.lines.append(f"{record.name} {self.format(record)} {record.exc_info}")


@pytest.fixture
def heard() -> Iterator[Heard]:
    root, handler = logging.getLogger(), Heard()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield handler
    root.setLevel(before)
    root.removeHandler(handler)


def everything(client: httpx.Client, other: str) -> list[httpx.Response]:
    """What can be done with a person over HTTP: rightly, wrongly, and by somebody else."""
    key = {"Idempotency-Key": str(uuid.uuid4())}
    taken = client.post("/v1/referrals", json=body(), headers=key)
    assert taken.status_code == 201, taken.text
    where = taken.headers["Location"]
    stranger = {"Authorization": f"Bearer {other}"}
    facts = {"age": 74, "interests": [NOTE]}
    return [
        taken,
        client.post("/v1/referrals", json=body(), headers=key),
        client.post("/v1/referrals", json=body(needs=["debt_money"]), headers=key),
        client.get(where),
        client.get(f"{where}/matches"),
        client.get(f"{where}/matches", params={"limit": 99}),
        client.post(f"{where}/flags/suicide_selfharm/closing", json=SEEN, headers=stranger),
        client.post(f"{where}/flags/suicide_selfharm/closing", json=SEEN | {"outcome": "x"}),
        client.post(f"{where}/flags/{FAMILY}/closing", json=SEEN),
        client.post(f"{where}/answers", json={"text": NOTE}, headers=stranger),
        client.post(f"{where}/answers", json={"text": NOTE}),
        client.post(f"{where}/flags/suicide_selfharm/closing", json=SEEN),
        client.get(f"{where}/matches"),
        client.get(where, headers=stranger),
        client.get(f"{where}/matches", headers=stranger),
        client.post("/v1/referrals", json=body(), headers=stranger),
        client.post("/v1/referrals", json=body(needs=["nonsense"])),
        client.post("/v1/referrals", json=body(colour=NOTE)),
        client.post("/v1/referrals", json=body() | {"person": {"nhs_number": "9990548608"}}),
        client.post("/v1/referrals", json=body() | {"person": {"given_name": [FAMILY]}}),
        client.post("/v1/referrals", json=body() | {"reason": NOTE * 2000}),
        client.post("/v1/referrals", content=json.dumps(body())[:-5].encode()),
        client.post(
            "/v1/referrals",
            content=json.dumps(body())[:-5].encode(),
            headers={"Content-Type": "application/json"},
        ),
        client.post(
            "/v1/matches",
            json={"needs": ["bereavement"], "postcode": POSTCODE, "facts": facts},
        ),
        client.post("/v1/launches", json=launch()),
        client.post("/v1/launches", json=launch(), headers=stranger),
        client.post("/v1/launches", json=launch() | {"referral": FAMILY}),
        client.post("/v1/launches", json={"referral": NUMBER}),
        client.get("/v1/assets", params={"near": POSTCODE, "text": f"{GIVEN} {FAMILY}"}),
        client.get("/v1/assets/", params={"near": POSTCODE}),
        client.get(f"/v1/nothing/{NUMBER}", params={"name": FAMILY}),
        client.get(f"/v1/referrals/{NUMBER}"),
        client.delete(where),
    ]


def test_no_log_line_carries_anything_of_a_person(town: Town, heard: Heard) -> None:
    """With structured and plain logs at their lowest level, over a real server."""
    headers = {"Authorization": f"Bearer {token_for(town.store, WIDNES)}"}
    other = token_for(town.store, RUNCORN)
    printed = io.StringIO()
    with (
        redirect_stderr(printed),
        capture_logs() as logs,
        served(town.app) as address,
        httpx.Client(base_url=address, headers=headers, timeout=60) as client,
    ):
        answers = everything(client, other)
    assert not [answer.status_code for answer in answers if answer.status_code >= 500]
    assert len(logs) == len(answers)
    nothing_planted("structured log", str(logs))
    nothing_planted("plain log", "\n".join(heard.lines))
    nothing_planted("standard error", printed.getvalue())
    secret = headers["Authorization"].removeprefix("Bearer ")
    for found in (str(logs), "\n".join(heard.lines), printed.getvalue()):
        assert secret not in found
        assert other not in found


@pytest.mark.parametrize("broken", ["state", "table"])
def test_no_log_line_of_a_fault_carries_anything_either(
    broken_town: Town, heard: Heard, broken: str
) -> None:
    api = Api(broken_town, token_for(broken_town.store, WIDNES))
    where = api.post("/v1/referrals", json=body()).headers["Location"]
    with broken_town.store.work() as work:
        if broken == "state":
            work.session.execute(text("UPDATE referral SET state = :s"), {"s": NOTE})
        else:
            work.session.execute(text("DROP TABLE referral_need"))
            work.session.execute(text("CREATE TABLE referral_need (other TEXT)"))
    with capture_logs() as logs:
        answers = [
            api.get(where),
            api.post("/v1/referrals", json=body(needs=["debt_money"])),
            api.get(f"{where}/matches"),
        ]
    assert {answer.status_code for answer in answers} & {500, 503}
    for answer in answers:
        if answer.status_code >= 500:
            nothing_planted("answer", answer.text)
    nothing_planted("structured log", str(logs))
    nothing_planted("plain log", "\n".join(heard.lines))


def test_no_error_tells_of_another_request_and_no_address_of_a_person(town: Town) -> None:
    api = Api(town, token_for(town.store, WIDNES))
    other = token_for(town.store, RUNCORN)
    headers = {"Authorization": f"Bearer {api.token}"}
    with (
        served(town.app) as address,
        httpx.Client(base_url=address, headers=headers, timeout=60) as client,
    ):
        answers = everything(client, other)
    for answer in answers:
        for name, value in answer.headers.items():
            nothing_planted(f"header {name}", value)
        if answer.status_code >= 400:
            # What the caller itself wrote may come back as what it asked for; a note, a name or a
            # number never does.
            told = answer.text.replace(POSTCODE, "").replace("limit=99", "")
            nothing_planted(f"{answer.request.method} {answer.request.url.path}", told)


def test_the_record_and_the_messages_carry_identifiers_alone(town: Town) -> None:
    api = Api(town, token_for(town.store, WIDNES))
    where = api.post("/v1/referrals", json=body()).headers["Location"]
    api.get(where)
    api.post(f"{where}/flags/suicide_selfharm/closing", json=SEEN)
    api.get(f"{where}/matches")
    with town.store.read() as session:
        for table in ("audit_event", "outbox_message", "machine_token", "audit_head"):
            rows = session.execute(text(f"SELECT * FROM {table}")).all()
            assert rows or table == "audit_head"
            nothing_planted(table, str(rows))


def test_what_is_planted_is_found_in_personal_columns_alone(town: Town) -> None:
    """Looks through every text of every table, and so also at columns that are added later."""
    api = Api(town, token_for(town.store, WIDNES))
    where = api.post("/v1/referrals", json=body()).headers["Location"]
    api.post(f"{where}/flags/suicide_selfharm/closing", json=SEEN)
    places = set()
    with town.store.read() as session:
        for table in bootstrap.metadata().sorted_tables:
            for row in session.execute(table.select()).mappings():
                for column in table.columns:
                    value = str(row[column.key])
                    if any(part in value for part in PLANTED if part != "1952-04-17"):
                        places.add((table.name, column.name, column.info["sensitivity"]))
    assert {sensitivity for _, _, sensitivity in places} == {Sensitivity.PERSONAL}
    assert {(table, name) for table, name, _ in places} == {
        ("person", "nhs_number"),
        ("person", "given_name"),
        ("person", "family_name"),
        ("person", "postcode"),
        ("referral", "postcode"),
        ("referral", "reason"),
        ("referral", "referrer_name"),
        ("consent", "taken_by"),
        ("raised_flag", "words"),
        ("raised_flag", "tell"),
        ("raised_flag", "closed_by"),
        ("raised_flag", "outcome"),
    }


def test_the_token_itself_is_kept_nowhere(town: Town) -> None:
    secret = token_for(town.store, WIDNES)
    Api(town, secret).post("/v1/referrals", json=body())
    with town.store.read() as session:
        for name in inspect(town.store.engine).get_table_names():
            rows = session.execute(text(f"SELECT * FROM {name}")).all()
            assert secret.removeprefix("kith_") not in str(rows), name


def test_an_error_of_the_database_does_not_repeat_what_was_sent(town: Town) -> None:
    from sqlalchemy.exc import DBAPIError

    with pytest.raises(DBAPIError) as raised, town.store.engine.begin() as connection:
        connection.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": FAMILY})
    assert FAMILY not in str(raised.value)


def test_the_log_of_requests_is_one_line_of_json_each(town: Town) -> None:
    printed = io.StringIO()
    before = structlog.get_config()
    try:
        from service.logs import set_up

        with redirect_stderr(printed):
            set_up("INFO")
            Api(town).get("/v1/assets", params={"near": POSTCODE, "limit": 1})
    finally:
        structlog.configure(**before)
    (line,) = printed.getvalue().splitlines()
    written = json.loads(line)
    assert written["route"] == "/v1/assets"
    assert set(written) == {
        *("event", "level", "method", "ms", "request_id", "route", "status", "timestamp"),
    }

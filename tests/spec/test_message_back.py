"""What the practice's system reads of what was written back: the text, and codes for the record."""

from __future__ import annotations

from api_client import Api, referral_body
from sqlalchemy import text
from town import WIDNES

from service.identity.actors import Actor
from service.identity.roles import LINK_WORKER
from service.referrals.actions.contacts import ContactGiven, record_contact
from service.referrals.actions.letters import send_message, write_message
from service.referrals.actions.outcomes import leave
from service.referrals.actions.triage import accept
from service.referrals.kinds import ContactMode, ContactOutcome
from service.referrals.record_codes import DECLINED, REFERRED
from service.store.base import utc_now

pytest_plugins = ("api_fixtures",)

ANN = Actor("staff:1", LINK_WORKER, frozenset({WIDNES}))


def taken_on(api: Api) -> str:
    referral_id: str = api.post("/v1/referrals", json=referral_body()).json()["id"]
    with api.town.store.work() as work:
        accept(work, by=ANN, referral_id=referral_id, seen_version=1)
    return referral_id


def spoke(api: Api, referral_id: str) -> None:
    with api.town.store.work() as work:
        record_contact(
            work,
            by=ANN,
            referral_id=referral_id,
            contact=ContactGiven(
                mode=ContactMode.TELEPHONE, outcome=ContactOutcome.SPOKE, happened_at=utc_now()
            ),
            today=api.town.kith.today(),
        )


def wrote(api: Api, referral_id: str) -> int:
    with api.town.store.work() as work:
        message = write_message(work, by=ANN, referral_id=referral_id, today=api.town.kith.today())
        version = work.session.scalar(
            text("SELECT version FROM message_back WHERE message_id = :id"), {"id": message}
        )
        send_message(
            work, by=ANN, referral_id=referral_id, message_id=message, seen_version=version
        )
    return message


def read(api: Api, referral_id: str) -> list[dict[str, object]]:
    answer = api.get(f"/v1/referrals/{referral_id}/messages")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, object]] = answer.json()["messages"]
    return found


def codes(message: dict[str, object]) -> list[str]:
    listed = message["codes"]
    assert isinstance(listed, list)
    return [each["code"] for each in listed]


def test_nothing_was_written_yet(api: Api) -> None:
    assert read(api, taken_on(api)) == []


def test_a_draft_is_not_for_the_practice(api: Api) -> None:
    referral_id = taken_on(api)
    with api.town.store.work() as work:
        write_message(work, by=ANN, referral_id=referral_id, today=api.town.kith.today())
    assert read(api, referral_id) == []


def test_the_code_of_the_referral_comes_with_the_first_message_after_the_first_contact(
    api: Api,
) -> None:
    referral_id = taken_on(api)
    wrote(api, referral_id)
    spoke(api, referral_id)
    number = wrote(api, referral_id)
    wrote(api, referral_id)
    before, first, second = read(api, referral_id)
    assert (codes(before), codes(first), codes(second)) == ([], [REFERRED[0]], [])
    assert first["id"] == f"message-{number}"
    assert first["kind"] == "progress"
    assert str(first["text"]).startswith("Social prescribing: progress")
    assert first["codes"] == [
        {
            "system": "http://snomed.info/sct",
            "code": REFERRED[0],
            "display": REFERRED[1],
            "on": api.town.kith.today().isoformat(),
        }
    ]


def test_the_practice_hears_that_the_person_declined(api: Api) -> None:
    referral_id = taken_on(api)
    with api.town.store.work() as work:
        leave(
            work,
            by=ANN,
            referral_id=referral_id,
            seen_version=2,
            reason="changed_mind",
            today=api.town.kith.today(),
        )
    wrote(api, referral_id)
    assert codes(read(api, referral_id)[-1]) == [DECLINED[0]]


def test_another_practice_reads_nothing_of_it(api: Api, neighbour: Api, visitor: Api) -> None:
    referral_id = taken_on(api)
    wrote(api, referral_id)
    assert neighbour.get(f"/v1/referrals/{referral_id}/messages").status_code == 404
    assert visitor.get(f"/v1/referrals/{referral_id}/messages").status_code == 401


def test_reading_it_is_written_down(api: Api) -> None:
    referral_id = taken_on(api)
    read(api, referral_id)
    with api.town.store.read() as session:
        found = session.scalar(
            text("SELECT count(*) FROM audit_event WHERE action = 'message_back.read'")
        )
    assert found == 1

"""A referral is taken once, with its record and its message, or not at all."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from geo.errors import DomainError
from geo.gazetteer import NullGazetteer
from service.identity.errors import NotAllowed
from service.identity.model import AuditEvent
from service.people.errors import BadConsent, BadPlace
from service.people.model import Consent, Person
from service.people.nhs_number import NhsNumber
from service.referrals.actions import Received, refer
from service.referrals.errors import BadKey, KeyReused
from service.referrals.model import Referral
from service.referrals.requests import ConsentGiven, PersonGiven, ReferralRequest
from service.register.errors import NoNeeds, UnknownNeed
from service.store.outbox import OutboxMessage
from service.store.work import Store
from tests.town import OTHER_SYSTEM, SYSTEM, TODAY, add_practices, request

TABLES = (Referral, Person, Consent, OutboxMessage, AuditEvent)


@pytest.fixture(autouse=True)
def practices(store: Store) -> None:
    add_practices(store)


def send(
    store: Store, asked: ReferralRequest, *, key: str | None = None, today: date = TODAY
) -> Received:
    with store.work() as work:
        return refer(
            work, by=SYSTEM, request=asked, gazetteer=NullGazetteer(), today=today, key=key
        )


def counts(store: Store) -> list[int]:
    with store.read() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in TABLES]


def test_it_is_kept_with_its_record_and_its_message(store: Store) -> None:
    received = send(store, request())
    assert not received.repeated
    assert counts(store) == [1, 1, 1, 1, 1]
    with store.read() as session:
        message = session.scalars(select(OutboxMessage)).one()
        assert message.body == {"referral": received.referral_id}
        event = session.scalars(select(AuditEvent)).one()
        assert event.subject == f"referral:{received.referral_id}"
        assert "9990000018" not in str(event.details)


def test_the_same_request_twice_is_one_referral(store: Store) -> None:
    first, second = send(store, request()), send(store, request())
    assert second == Received(first.referral_id, repeated=True)
    assert counts(store) == [1, 1, 1, 1, 1]


def test_the_same_words_next_month_are_another_referral_of_the_same_person(store: Store) -> None:
    first = send(store, request())
    later = send(store, request(), today=TODAY + timedelta(days=30))
    assert later.referral_id != first.referral_id
    assert counts(store)[:2] == [2, 1]


def test_a_key_makes_it_the_same_on_any_day(store: Store) -> None:
    first = send(store, request(), key="abc")
    later = send(store, request(), key="abc", today=TODAY + timedelta(days=30))
    assert later == Received(first.referral_id, repeated=True)


def test_a_key_used_for_something_else_is_refused(store: Store) -> None:
    send(store, request(), key="abc")
    with pytest.raises(KeyReused, match="different request"):
        send(store, request(reason="Somebody else entirely."), key="abc")
    assert counts(store)[0] == 1


def test_many_at_once_are_one_referral(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _n: send(store, request(), key="race"), range(16)))
    assert len({answer.referral_id for answer in answers}) == 1
    assert sum(not answer.repeated for answer in answers) == 1
    assert counts(store) == [1, 1, 1, 1, 1]


def test_if_the_record_cannot_be_written_nothing_is_changed(store: Store) -> None:
    with store.work() as work:
        work.session.execute(text("DROP TABLE audit_event"))
    try:
        with pytest.raises((DBAPIError, DomainError)):
            send(store, request())
        with store.read() as session:
            for table in (Referral, Person, Consent, OutboxMessage):
                assert session.scalar(select(func.count()).select_from(table)) == 0
    finally:
        AuditEvent.__table__.create(store.engine)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"needs": ()}, NoNeeds),
        ({"needs": ("lonelyness_isolation",)}, UnknownNeed),
        ({"consent": ConsentGiven(False, TODAY)}, BadConsent),
        ({"consent": ConsentGiven(True, TODAY + timedelta(days=1))}, BadConsent),
        ({"postcode": "WA8 6TR"}, BadPlace),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_kept(
    store: Store, change: dict[str, object], error: type[DomainError]
) -> None:
    with pytest.raises(error):
        send(store, request(**change))
    assert counts(store) == [0, 0, 0, 0, 0]


def test_an_unknown_need_names_what_it_may_have_meant(store: Store) -> None:
    with pytest.raises(UnknownNeed, match="loneliness_isolation"):
        send(store, request(needs=("loneliness_izolation",)))


def test_no_consent_with_a_reason_is_taken_and_said(store: Store) -> None:
    refused = ConsentGiven(
        False, TODAY, reason_not_given="Lacks capacity; best-interests decision."
    )
    send(store, request(consent=refused))
    with store.read() as session:
        assert session.scalars(select(Consent)).one().given is False


@pytest.mark.parametrize("key", ["", "a b", "x" * 121, "naïve", "tab\t"])
def test_a_key_that_cannot_be_kept_is_refused(store: Store, key: str) -> None:
    with pytest.raises(BadKey):
        send(store, request(), key=key)


def test_another_practices_system_is_turned_away(store: Store) -> None:
    with pytest.raises(NotAllowed, match="N81011"), store.work() as work:
        refer(work, by=OTHER_SYSTEM, request=request(), gazetteer=NullGazetteer(), today=TODAY)
    assert counts(store)[0] == 0


def test_a_number_alone_does_not_make_two_people_one(store: Store) -> None:
    send(store, request(), key="1")
    other = PersonGiven(NhsNumber("9990000018"), "Other", "Family", date(1951, 3, 9))
    send(store, replace(request(), person=other), key="2")
    assert counts(store)[:2] == [2, 2]


def test_somebody_without_a_number_or_a_name_is_welcome(store: Store) -> None:
    send(store, request(person=PersonGiven()))
    assert counts(store)[0] == 1

"""What a group is told: no more than its level, and nothing without a live consent."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from service.identity.actors import operator
from service.identity.model import AuditEvent
from service.people.levels import DisclosureLevel
from service.people.model import Consent, Person
from service.people.nhs_number import NhsNumber
from service.referrals.actions.consents import (
    lift_objection,
    object_to_sharing,
    settle_recall,
    withdraw_consent,
)
from service.referrals.actions.contacts import Reach, set_reach
from service.referrals.actions.looking import preview_disclosure
from service.referrals.actions.offers import expire_offers, offer, send
from service.referrals.actions.plan import GoalGiven, set_goal
from service.referrals.disclosure import (
    THROUGH_LINK_WORKER,
    PersonShared,
    ReferralShared,
    disclosed,
)
from service.referrals.errors import AlreadyOffered, BadMove, BadReason, NoConsent
from service.referrals.lifecycle import OfferState
from service.referrals.model import Referral
from service.referrals.offer_model import Disclosure, Offer, Recall, Signpost
from service.register.model import Asset
from service.store.base import utc_now
from service.store.outbox import OutboxMessage
from service.store.work import Store
from tests.town import TODAY
from tests.workspace_town import ANN, YES, Town, agreed, heard, offered, person, sent, town, version

FULL, INTRODUCTION, SIGNPOST = (
    DisclosureLevel.FULL,
    DisclosureLevel.INTRODUCTION,
    DisclosureLevel.SIGNPOST,
)
PLANTED = {
    "number": "9990000018",
    "note": "On her own since last year",
    "hope": "Sing with others again",
    "secret": "Court date with the bailiff",
}


def disclosures(store: Store) -> list[dict]:
    with store.read() as session:
        return [each.content for each in session.scalars(select(Disclosure))]


def send_it(of: Town, offer_id: str, today=TODAY) -> None:
    with of.store.work() as work:
        send(work, by=ANN, referral_id=of.referral_id, offer_id=offer_id, today=today)


def with_secrets(of: Town) -> None:
    with of.store.work() as work:
        set_reach(
            work, by=ANN, referral_id=of.referral_id, seen_version=version(of),
            reach=Reach("01632 960001", "example@example.org", "telephone"),
        )  # fmt: skip
    for hope, need in (
        (PLANTED["hope"], "loneliness_isolation"),
        (PLANTED["secret"], "debt_money"),
        (f"Ask for {PLANTED['number'][:3]} 000 0018", "loneliness_isolation"),
    ):
        with of.store.work() as work:
            set_goal(
                work, by=ANN, referral_id=of.referral_id, goal=GoalGiven(hope, need), today=TODAY
            )


@pytest.mark.parametrize(
    ("level", "fields"),
    [
        (INTRODUCTION, {"name", "telephone", "email", "reach_by"}),
        (FULL, {"name", "telephone", "email", "reach_by", "needs", "goals"}),
    ],
)
def test_a_group_gets_its_level_and_not_a_field_more(
    store: Store, level: DisclosureLevel, fields: set[str]
) -> None:
    of = town(store)
    with_secrets(of)
    with store.work() as work:
        preview = preview_disclosure(
            work, by=ANN, referral_id=of.referral_id, asset_id=of.choir, level=level
        )
    sent(of, of.choir, level)
    (content,) = disclosures(store)
    assert content == preview
    assert set(content) == fields
    for word in ("number", "note", "secret"):
        assert PLANTED[word] not in str(content)
    assert "000 0018" not in str(content)
    assert (PLANTED["hope"] in str(content)) is (level is FULL)
    with store.read() as session:
        message = session.scalars(
            select(OutboxMessage).where(OutboxMessage.topic == "offer.sent")
        ).one()
        assert set(message.body) == {"offer"}
        for event in session.scalars(select(AuditEvent)):
            for planted in (*PLANTED.values(), "Example Person", "01632", "example@"):
                assert planted not in str(event.details)


def test_needs_that_the_group_does_not_serve_are_none_of_its_business(store: Store) -> None:
    of = town(store)
    with_secrets(of)
    sent(of, of.garden)
    (content,) = disclosures(store)
    assert "needs" not in content
    assert "goals" not in content


@pytest.mark.parametrize(
    "consent",
    [
        None,
        {"level": INTRODUCTION},
        {"given": False, "reason_not_given": "Not yet."},
        {"expires_on": TODAY, "late": True},
    ],
)
def test_without_a_live_consent_nothing_is_told(store: Store, consent: dict | None) -> None:
    of = town(store)
    if consent is not None:
        consent = dict(consent)
        late = consent.pop("late", False)
        agreed(of, of.choir, consent.pop("level", FULL), **consent)
    else:
        late = False
    offer_id = offered(of, of.choir)
    with pytest.raises(NoConsent, match="nothing was sent"):
        send_it(of, offer_id, TODAY + timedelta(days=1) if late else TODAY)
    assert disclosures(store) == []
    with store.read() as session:
        assert session.get_one(Offer, offer_id).state is OfferState.OFFERED


def test_consent_for_one_group_is_none_for_another(store: Store) -> None:
    of = town(store)
    agreed(of, of.garden)
    offer_id = offered(of, of.choir)
    with pytest.raises(NoConsent):
        send_it(of, offer_id)


def test_the_last_word_counts(store: Store) -> None:
    of = town(store)
    agreed(of, of.choir)
    offer_id = offered(of, of.choir)
    agreed(of, of.choir, given=False, reason_not_given="Changed her mind.")
    with store.read() as session:
        assert session.get_one(Offer, offer_id).state is OfferState.WITHDRAWN
    agreed(of, of.choir)
    send_it(of, offered(of, of.choir))
    assert len(disclosures(store)) == 1


@pytest.mark.parametrize(
    "changes",
    [
        {"consent_level": FULL},
        {"consent_given": True},
        {"recipient": "asset:99"},
        {"consent_id": 4242},
        {"consent_level": INTRODUCTION, "level": FULL},
        {"consent_given": False},
        {"level": SIGNPOST},
    ],
)
def test_the_database_itself_refuses_a_disclosure_without_its_consent(
    store: Store, changes: dict
) -> None:
    of = town(store)
    refused = "consent_given" in changes
    agreed(
        of, of.choir, INTRODUCTION,
        **({"given": False, "reason_not_given": "No."} if refused else {}),
    )  # fmt: skip
    offer_id = offered(of, of.choir)
    with store.read() as session:
        consent = session.scalars(
            select(Consent.consent_id).where(Consent.recipient == f"asset:{of.choir}")
        ).one()
    row = {
        "offer_id": offer_id, "referral_id": of.referral_id, "recipient": f"asset:{of.choir}",
        "level": INTRODUCTION, "consent_id": consent, "consent_level": INTRODUCTION,
        "consent_given": True, "content": {}, "disclosed_by": "x", "disclosed_at": utc_now(),
        **changes,
    }  # fmt: skip
    with pytest.raises(IntegrityError), store.work() as work:
        work.session.execute(insert(Disclosure), [row])


def test_withdrawing_stops_at_once_and_recalls_whoever_was_told(store: Store) -> None:
    of = town(store)
    told, taken = sent(of, of.choir), sent(of, of.garden)
    heard(of, taken, OfferState.ACCEPTED)
    with store.work() as work:
        assert withdraw_consent(work, by=ANN, referral_id=of.referral_id, asset_id=of.choir) == 1
    with store.read() as session:
        assert session.get_one(Offer, told).state is OfferState.WITHDRAWN
        assert session.get_one(Offer, taken).state is OfferState.ACCEPTED
    with store.work() as work:
        assert withdraw_consent(work, by=ANN, referral_id=of.referral_id) == 1, "once for each"
    with store.read() as session:
        assert session.get_one(Offer, taken).state is OfferState.WITHDRAWN
        recalls = session.scalars(select(Recall)).all()
        assert {each.recipient for each in recalls} == {f"asset:{of.choir}", f"asset:{of.garden}"}
        assert len(disclosures(store)) == 2, "what was told stays in the log"
    offer_id = offered(of, of.choir)
    with pytest.raises(NoConsent):
        send_it(of, offer_id)
    with store.work() as work:
        settle_recall(work, by=ANN, referral_id=of.referral_id, offer_id=told)
    with store.read() as session:
        assert {each.offer_id for each in session.scalars(select(Recall)) if each.done_at} == {told}


def test_an_objection_stands_above_every_consent(store: Store) -> None:
    of = town(store)
    told = sent(of, of.choir)
    with store.work() as work:
        assert object_to_sharing(work, by=ANN, referral_id=of.referral_id, text="No more.") == 1
    with store.read() as session:
        assert session.get_one(Offer, told).reason == "objected"
    agreed(of, of.garden)
    offer_id = offered(of, of.garden)
    with pytest.raises(NoConsent):
        send_it(of, offer_id)
    with store.work() as work:
        lift_objection(work, by=ANN, referral_id=of.referral_id, text="She has thought again.")
    assert person(of).objected_at is None
    send_it(of, offer_id)


def test_signposting_tells_nobody_anything(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        ids = offer(
            work, by=ANN, referral_id=of.referral_id, asset_ids=[of.choir, of.garden],
            level=SIGNPOST, today=TODAY,
        )  # fmt: skip
    assert ids == ()
    assert disclosures(store) == []
    with store.read() as session:
        assert len(session.scalars(select(Signpost)).all()) == 2
        assert session.get_one(Referral, of.referral_id).state == "signposted"


def test_a_group_is_asked_once_and_several_together(store: Store) -> None:
    of = town(store)
    with store.work() as work:
        first, _ = offer(
            work, by=ANN, referral_id=of.referral_id, asset_ids=[of.choir, of.garden],
            level=FULL, today=TODAY,
        )  # fmt: skip
    with pytest.raises(AlreadyOffered):
        offered(of, of.choir)
    agreed(of, of.choir)
    send_it(of, first)
    with pytest.raises(BadMove):
        send_it(of, first)
    heard(of, first, OfferState.DECLINED, reason="22")
    offered(of, of.choir)


def test_unanswered_offers_expire_and_ask_for_another_look(store: Store) -> None:
    of = town(store)
    offer_id = sent(of, of.choir)
    with store.work() as work:
        assert expire_offers(work, by=operator(), today=TODAY + timedelta(days=14)) == 0
    with store.work() as work:
        assert expire_offers(work, by=operator(), today=TODAY + timedelta(days=15)) == 1
    with store.work() as work:
        assert expire_offers(work, by=operator(), today=TODAY + timedelta(days=15)) == 0
    with store.read() as session:
        assert session.get_one(Offer, offer_id).state is OfferState.EXPIRED
        again = session.scalars(
            select(OutboxMessage).where(OutboxMessage.topic == "referral.rematch")
        ).one()
        assert again.body == {"referral": of.referral_id, "offer": offer_id}
        choir = session.get_one(Asset, of.choir)
        assert (choir.times_asked, choir.times_accepted) == (1, 0)
    with pytest.raises(BadMove):
        heard(of, offer_id, OfferState.ACCEPTED)


def test_what_is_heard_by_telephone(store: Store) -> None:
    of = town(store)
    offer_id = sent(of, of.choir)
    with pytest.raises(BadReason):
        heard(of, offer_id, OfferState.DECLINED)
    with pytest.raises(BadReason):
        heard(of, offer_id, OfferState.DECLINED, reason="99")
    heard(of, offer_id, OfferState.WAITLISTED, place_in_list=3)
    heard(of, offer_id, OfferState.WAITLISTED, place_in_list=3)
    with pytest.raises(BadMove, match="not been there"):
        heard(of, offer_id, OfferState.ENDED, reason="goal_met")
    heard(of, offer_id, OfferState.FIRST_ATTENDED)
    heard(of, offer_id, OfferState.ATTENDING, sessions=2)
    heard(of, offer_id, OfferState.ATTENDING, sessions=5)
    heard(of, offer_id, OfferState.ENDED, reason="goal_met")
    with store.read() as session:
        row = session.get_one(Offer, offer_id)
        assert (row.sessions, row.place_in_list, row.reason) == (5, 3, "goal_met")
        assert session.get_one(Asset, of.choir).times_asked == 1


def test_the_persons_own_no_is_not_counted_against_the_group(store: Store) -> None:
    of = town(store)
    heard(of, sent(of, of.choir), OfferState.DECLINED, reason="26")
    with store.read() as session:
        assert session.get_one(Asset, of.choir).times_asked == 0


def test_a_protected_address_or_unsafe_contact_goes_to_nobody() -> None:
    who = PersonShared("Example", "Person", "01632 960001", "e@example.org", "telephone")
    for person_, referral in (
        (replace(who, address_protected=True), ReferralShared({})),
        (who, ReferralShared({}, safe_contact="Do not ring the house.")),
        (PersonShared("Example", "Person"), ReferralShared({})),
    ):
        told = disclosed(FULL, person_, referral)
        assert told == {"name": "Example Person", "contact": THROUGH_LINK_WORKER}


@settings(max_examples=100, deadline=None)
@given(
    level=st.sampled_from(DisclosureLevel),
    facts=st.dictionaries(
        st.sampled_from(
            ["conditions", "age", "gender", "interests", "access_needed", "wheelchair"]
        ),
        st.sampled_from([["PLANTED"], True, 77]),
    ),
    goals=st.lists(st.sampled_from(["Walk more", "999 000 0018", "x9990000018x", "999-000-0018"])),
)
def test_whatever_is_known_a_level_tells_no_more(level, facts, goals) -> None:
    told = disclosed(
        level,
        PersonShared("Example", "Person", "01632 960001"),
        ReferralShared(facts, ("loneliness_isolation",), tuple(goals)),
    )
    allowed = {
        SIGNPOST: set(),
        INTRODUCTION: {"name", "telephone", "access_needed", "wheelchair"},
        FULL: {"name", "telephone", "access_needed", "wheelchair", "needs", "goals"},
    }[level]
    assert set(told) <= allowed
    assert set(told.get("goals", [])) <= {"Walk more"}


def test_the_planted_number_is_the_persons_own(store: Store) -> None:
    of = town(store)
    assert person(of).nhs_number == NhsNumber(PLANTED["number"])
    assert YES.given
    assert isinstance(person(of), Person)

"""Cards as rules: short enough whatever is found, and no name where there is no consent."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from seed_data import needs as need_list
from service.api.cds.cards import LONGEST_SUMMARY, Shown, danger_card, groups_card
from service.api.cds.reading import Seen
from service.matching.notes.model import FlagStatus
from service.referrals.nearby import Nearby
from service.referrals.safety import DUTY, Flag

SHOWN = Shown("https://kith.example", "Kith", datetime(2026, 11, 25, tzinfo=UTC))
NEEDS = sorted(need_list.load().needs)
KINDS = [*sorted(need_list.load().kinds), "", "unheard-of"]
NAMES = st.text(min_size=4, max_size=60).filter(lambda name: name.strip() == name)


@given(
    st.integers(1, 60),
    st.none() | st.integers(100, 10_000),
    st.lists(st.sampled_from(NEEDS), unique=True, max_size=38),
    st.lists(st.sampled_from(KINDS), unique=True, min_size=1, max_size=12),
    st.booleans(),
)
@settings(max_examples=100, deadline=None)
def test_a_summary_is_short_and_names_nobody(count, within_m, needs, kinds, is_referring) -> None:
    found = Nearby(count, within_m, tuple((kind, 1) for kind in kinds), ("Zyzzyva Club",), False)
    card = groups_card(found, Seen("p1", "", is_referring=is_referring), needs, SHOWN)
    assert 0 < len(card.summary) <= LONGEST_SUMMARY < 140
    assert "Zyzzyva" not in card.model_dump_json()
    assert bool(card.suggestions) is not is_referring
    assert ("km" in card.summary) is (within_m is not None)


@given(st.lists(NAMES, min_size=1, max_size=9))
@settings(max_examples=100, deadline=None)
def test_names_make_no_markdown(names) -> None:
    found = Nearby(len(names), 100, (("", len(names)),), tuple(names), True)
    seen = Seen("p1", "Practitioner/1", may_name=True)
    detail = groups_card(found, seen, ["debt_money"], SHOWN).detail
    for sign in "[]<>*`":
        named = detail.partition("Nearest and most fitting: ")[2].partition("Some of these")[0]
        assert named.count(sign) == named.count(f"\\{sign}")
    assert "do not exist" in detail


def test_the_requester_is_named_only_when_it_is_one() -> None:
    for user, expected in (("Practitioner/1", True), ("", False)):
        found = Nearby(1, 100, (("lunch_club", 1),), ("A",), False)
        (suggestion,) = groups_card(found, Seen("p1", user), ["debt_money"], SHOWN).suggestions
        assert all(("requester" in each.resource) is expected for each in suggestion.actions)


def test_every_danger_sign_fits_a_card() -> None:
    for name, flag in need_list.load().red_flags.items():
        raised = Flag(name, flag.label, FlagStatus.CURRENT, "words", "Act now.", DUTY, None)
        card = danger_card([raised], SHOWN)
        assert len(card.summary) <= LONGEST_SUMMARY
        assert flag.label in card.detail
        assert card.indicator == "critical"

"""Which codes a message back brings for the person's record."""

from __future__ import annotations

from datetime import date

import pytest

from service.referrals.lifecycle import ReferralState
from service.referrals.reasons import REASONS, ReasonKind
from service.referrals.record_codes import DECLINED, REFERRED, codes_due

DAY, END = date(2026, 3, 2), date(2026, 5, 4)


def due(**changes: object) -> list[tuple[str, date]]:
    given: dict[str, object] = {
        "state": ReferralState.CONTACTED,
        "reason": "",
        "first_contact_on": DAY,
        "ended_on": None,
        "told": (),
    }
    found = codes_due(**{**given, **changes})  # type: ignore[arg-type]
    return [(each.code, each.on) for each in found]


def test_nothing_is_due_before_anybody_spoke_with_the_person() -> None:
    assert due(first_contact_on=None) == []


def test_the_referral_code_comes_with_the_first_contact_and_never_again() -> None:
    assert due() == [(REFERRED[0], DAY)]
    assert due(told=[REFERRED[0]]) == []


@pytest.mark.parametrize("reason", sorted(REASONS[ReasonKind.WITHDRAWAL]))
def test_declined_is_said_only_when_it_was_the_persons_choice(reason: str) -> None:
    chosen = reason in {"changed_mind", "already_supported", "not_safe_or_welcome"}
    found = due(state=ReferralState.WITHDRAWN, reason=reason, ended_on=END, told=[REFERRED[0]])
    assert found == ([(DECLINED[0], END)] if chosen else [])


def test_a_referral_that_nobody_agreed_to_was_declined() -> None:
    found = due(
        state=ReferralState.RETURNED,
        reason="did_not_agree",
        first_contact_on=None,
        ended_on=END,
    )
    assert found == [(DECLINED[0], END)]


def test_a_closed_referral_is_not_a_declined_one() -> None:
    assert due(state=ReferralState.CLOSED, reason="goals_met", ended_on=END) == [(REFERRED[0], DAY)]


@pytest.mark.parametrize("code", [REFERRED[0], DECLINED[0]])
def test_each_code_has_a_valid_check_digit(code: str) -> None:
    """Verhoeff's, as every SNOMED CT identifier has."""
    times = [[0] * 10 for _ in range(10)]
    for first in range(10):
        for second in range(10):
            turn = (first % 5 + second % 5) % 5 if first < 5 else (first % 5 - second % 5) % 5
            other = (first < 5) == (second < 5)
            times[first][second] = turn if other else turn + 5
    swap = [list(range(10)), [1, 5, 7, 6, 2, 8, 3, 0, 9, 4]]
    for _ in range(6):
        swap.append([swap[-1][swap[1][each]] for each in range(10)])
    check = 0
    for place, digit in enumerate(reversed(code)):
        check = times[check][swap[place % 8][int(digit)]]
    assert check == 0
